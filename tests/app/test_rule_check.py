"""Checking rules: which files, how strict, and how mended files are written."""

import os
import stat
from pathlib import Path

import pytest

from tests.detect.lint.conftest import rule
from tests.skips import skip
from tocsin.app.rule_check import Request, changes, code, rule_check, sarif, shape, write
from tocsin.app.rules import builtin_sources
from tocsin.detect.lint.catalogue import chosen
from tocsin.detect.lint.check import check
from tocsin.detect.lint.remark import State
from tocsin.model import UserError
from tocsin.model.errors import Exit

GOOD = rule("s:\n    CommandLine|contains: whoami\ncondition: s")
OLD = GOOD.replace("2026-01-02", "2026/01/02")
BAD = GOOD.replace("condition: s", "condition: t")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"a_good.yml": GOOD, "sub/b_old.yaml": OLD.replace("3a11", "3a12"), "c_bad.yml": BAD}.items():
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text.replace("A rule of a test", name), encoding="utf-8")
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "ci.yml").write_text("on: push\n")
    (tmp_path / "README.md").write_text("no rule")
    return tmp_path


def test_a_folder_is_looked_through_except_what_is_hidden_and_no_yaml(folder: Path) -> None:
    found = rule_check(Request(paths=(folder,)))
    assert found.files == 3
    assert {Path(one.path).name: one.state for one in found.remarks if one.lint != "id-twice"} == {
        "a_good.yml": State.OK, "b_old.yaml": State.WARNING, "c_bad.yml": State.ERROR,
    }  # fmt: skip
    assert code(found) is Exit.GATE


def test_a_file_that_is_named_twice_is_looked_at_once(folder: Path) -> None:
    assert rule_check(Request(paths=(folder / "a_good.yml", folder))).files == 3


def test_paths_are_left_out_by_pattern(folder: Path) -> None:
    assert rule_check(Request(paths=(folder,), exclude=("sub/*", "*bad*"))).files == 1


def test_strict_takes_warnings_for_errors(folder: Path) -> None:
    old = folder / "sub"
    assert code(rule_check(Request(paths=(old,)))) is Exit.DONE
    assert code(rule_check(Request(paths=(old,), strict=True))) is Exit.GATE


def test_names_that_are_none_are_refused_with_the_nearest(folder: Path) -> None:
    with pytest.raises(UserError, match="no such file or folder"):
        rule_check(Request(paths=(folder / "nowhere",)))
    with pytest.raises(UserError) as refused:
        rule_check(Request(paths=(folder,), only=("never-fire",)))
    assert "never-fires" in refused.value.hint
    with pytest.raises(UserError, match="no convention"):
        rule_check(Request(paths=(folder,), conventions=("ours",)))


def test_a_file_that_cannot_be_read_makes_the_check_incomplete(folder: Path) -> None:
    (folder / "sub" / "latin.yml").write_bytes(b"title: \xff\n")
    found = rule_check(Request(paths=(folder / "sub",)))
    assert [Path(path).name for path, _ in found.unread] == ["latin.yml"]
    assert code(found) is Exit.INCOMPLETE


def test_mending_shows_a_diff_and_writes_only_when_told(folder: Path) -> None:
    path = folder / "sub" / "b_old.yaml"
    before = path.read_bytes()
    request = Request(paths=(folder,))
    (change,) = changes(request, rule_check(request))
    assert path.read_bytes() == before
    assert [line for line in change.diff.splitlines() if line[0] in "+-"][2:] == [
        "-date: 2026/01/02",
        "+date: 2026-01-02",
    ]
    write(change)
    assert path.read_text(encoding="utf-8").count("2026-01-02") == 1
    assert list(changes(request, rule_check(request))) == []


def test_a_rule_in_utf16_is_checked_and_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "wide.yml"
    path.write_bytes(OLD.encode("utf-16"))
    request = Request(paths=(path,))
    found = rule_check(request)
    assert [one.lint for one in found.remarks] == ["date-form"]
    assert list(changes(request, found)) == []


def test_a_byte_order_mark_and_the_rights_of_a_file_stay(folder: Path) -> None:
    if os.name == "nt":
        skip("windows", "rights are others there")
    path = folder / "sub" / "b_old.yaml"
    path.write_bytes(b"\xef\xbb\xbf" + OLD.replace("\n", "\r\n").encode())
    path.chmod(0o640)
    request = Request(paths=(path,))
    for change in changes(request, rule_check(request)):
        write(change)
    assert path.read_bytes() == b"\xef\xbb\xbf" + GOOD.replace("\n", "\r\n").encode()
    assert stat.S_IMODE(path.stat().st_mode) == 0o640
    assert [one.name for one in path.parent.iterdir()] == ["b_old.yaml"]


def test_the_shape_has_one_entry_a_remark_and_one_a_clean_rule(folder: Path) -> None:
    made = shape(rule_check(Request(paths=(folder,), skip=("id-twice", "same-logic"))))
    assert [(Path(one["path"]).name, one["state"], one["fix"]) for one in made["rules"]] == [
        ("a_good.yml", "ok", None), ("c_bad.yml", "error", None), ("b_old.yaml", "warning", "date: 2026-01-02"),
    ]  # fmt: skip
    assert set(made["rules"][0]) == {"path", "id", "state", "says", "line", "fix", "lint", "hint"}
    assert made["checked"] == {"files": 3, "rules": 3, "ok": 1, "errors": 1, "warnings": 1, "allowed": 0, "fixable": 1}


def test_the_sarif_of_a_check_is_sarif(folder: Path) -> None:
    from sarif_pydantic import Sarif

    made = sarif(rule_check(Request(paths=(folder,), skip=("id-twice", "same-logic"))))
    read = Sarif.model_validate(made)
    assert [one.rule_id for one in read.runs[0].results or []] == ["cannot-load", "date-form"]
    assert made["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"] == {"startLine": 12}


def test_our_own_rules_are_clean() -> None:
    found = check(builtin_sources(), chosen())
    assert [(one.path, one.line, one.lint, one.says) for one in found.remarks if one.state is not State.OK] == []


def test_every_unsupported_rule_of_sigmahq_is_checked_or_named(data: Path) -> None:
    found = rule_check(Request(paths=(data / "sigma" / "unsupported",), exclude=("*rule-[0-9]*.yml",)))
    assert found.files == 87
    assert found.unread == ()
    assert {one.lint for one in found.remarks if one.state is State.ERROR} == {
        "cannot-load", "old-aggregation", "id-twice",
    }  # fmt: skip
