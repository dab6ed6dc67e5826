"""`tocsin rule check` as a person calls it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Result
from tests.detect.lint.conftest import rule

Tocsin = Callable[..., Result]
GOOD = rule("s:\n    CommandLine|contains: whoami\ncondition: s")
OLD = GOOD.replace("2026-01-02", "2026/01/02")
BAD = GOOD.replace("condition: s", "condition: t").replace("3a11", "3a12").replace("A rule of", "Another rule of")


@pytest.fixture
def rules(home: Path) -> Path:
    folder = home / "rules"
    folder.mkdir()
    (folder / "a_old.yml").write_text(OLD)
    (folder / "b_bad.yml").write_text(BAD)
    return folder


def test_each_remark_names_file_line_what_and_what_to_do_the_worst_last(tocsin: Tocsin, rules: Path) -> None:
    code, out, _ = tocsin("rule", "check", rules)
    assert code == 1
    lines = out.splitlines()
    assert lines[0].startswith("warning  ")
    assert "a_old.yml:6  date-form  date: '2026/01/02'" in lines[0]
    assert lines[1].strip() == "YYYY-MM-DD  [--fix: date: 2026-01-02]"
    assert "b_bad.yml:12  cannot-load" in lines[2]
    assert "2 files, 2 rules: 0 ok, 1 error, 1 warning" in lines
    assert lines[-1] == "Exit code 1: there is an error."


def test_warnings_alone_end_well_unless_strict(tocsin: Tocsin, rules: Path) -> None:
    assert tocsin("rule", "check", rules / "a_old.yml")[0] == 0
    assert tocsin("rule", "check", rules / "a_old.yml", "--strict")[0] == 1


def test_diff_writes_nothing_and_fix_does_once(tocsin: Tocsin, rules: Path) -> None:
    path = rules / "a_old.yml"
    code, out, _ = tocsin("rule", "check", path, "--diff")
    assert (code, path.read_text()) == (0, OLD)
    assert "+date: 2026-01-02" in out
    assert "1 remark can be mended (--fix writes it) in 1 file" in out
    tocsin("rule", "check", path, "--diff", "--fix")
    assert path.read_text() == OLD
    code, out, _ = tocsin("rule", "check", path, "--fix")
    assert (code, path.read_text()) == (0, GOOD)
    assert "1 remark mended in 1 file" in out
    _, out, _ = tocsin("rule", "check", path, "--fix")
    assert out == "1 file, 1 rule: 1 ok, 0 errors, 0 warnings\n"


def test_json_has_an_entry_for_each_remark_and_each_clean_rule(tocsin: Tocsin, rules: Path) -> None:
    (rules / "a_old.yml").write_text(GOOD)
    code, out, _ = tocsin("rule", "check", rules, "--format", "json")
    said = json.loads(out)
    assert code == 1
    assert [(one["state"], one["lint"], one["line"], one["fix"]) for one in said["rules"]] == [
        ("ok", "", 1, None),
        ("error", "cannot-load", 12, None),
    ]
    assert said["checked"]["errors"] == 1


def test_json_tells_what_was_fixed(tocsin: Tocsin, rules: Path) -> None:
    said = json.loads(tocsin("rule", "check", rules / "a_old.yml", "--fix", "--format", "json")[1])
    assert [(one["state"], one["fix"]) for one in said["fixed"]] == [("fixed", "date: 2026-01-02")]
    assert [one["state"] for one in said["rules"]] == ["ok"]


def test_other_formats_are_for_machines(tocsin: Tocsin, rules: Path) -> None:
    assert json.loads(tocsin("rule", "check", rules, "--format", "sarif")[1])["version"] == "2.1.0"
    lines = tocsin("rule", "check", rules, "--format", "csv")[1].splitlines()
    assert lines[0] == "path,line,id,state,lint,says,hint,fix"
    assert len(lines) == 3
    said = tocsin("rule", "check", rules, "--format", "github")[1].splitlines()
    assert said[1].startswith("::error file=")
    assert ",line=12,title=cannot-load::" in said[1]


def test_text_of_a_rule_cannot_steer_the_terminal_or_an_annotation(tocsin: Tocsin, rules: Path) -> None:
    (rules / "b_bad.yml").write_text(BAD.replace("level: low", 'level: "x\\e[31m\\n::error::y"'))
    for form in ("text", "github", "csv", "json", "sarif"):
        out = tocsin("rule", "check", rules, "--format", form)[1]
        assert "\x1b" not in out
        assert "\n::error::y" not in out


def test_a_file_that_is_no_text_makes_the_check_incomplete(tocsin: Tocsin, rules: Path) -> None:
    (rules / "b_bad.yml").write_bytes(b"title: \xe9\n")
    code, out, _ = tocsin("rule", "check", rules)
    assert code == 3
    assert "INCOMPLETE: 1 file could not be read" in out


def test_wrong_use_is_told_in_one_sentence(tocsin: Tocsin, rules: Path) -> None:
    assert tocsin("rule", "check")[0] == 2
    code, _, err = tocsin("rule", "check", rules, "--only", "date-from")
    assert (code, "date-form" in err) == (2, True)
    assert tocsin("rule", "check", rules / "nowhere")[0] == 2


def test_lints_are_listed(tocsin: Tocsin) -> None:
    code, out, _ = tocsin("rule", "check", "--list")
    assert code == 0
    assert any(line.startswith("never-fires") for line in out.splitlines())
    lints = json.loads(tocsin("rule", "check", "--list", "--format", "json")[1])["lints"]
    assert len(lints) == len(out.splitlines())


def test_quiet_shows_the_closing_block_only(tocsin: Tocsin, rules: Path) -> None:
    out = tocsin("rule", "check", rules, "--quiet")[1]
    assert "a_old.yml" not in out
    assert "1  warning  date-form" in out


def test_a_convention_is_asked_for_by_name(tocsin: Tocsin, rules: Path) -> None:
    assert "title-case" not in tocsin("rule", "check", rules)[1]
    assert "title-case" in tocsin("rule", "check", rules, "--convention", "sigmahq")[1]
