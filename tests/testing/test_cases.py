"""Cases: found by their folders, laid out with their joins made."""

from pathlib import Path

import pytest

from tocsin.app.rule_samples import WRITTEN, joined
from tocsin.model import UserError
from tocsin.testing.cases import case_at, find, lay_out


def put(samples: Path, case: str, **files: bytes) -> Path:
    folder = samples / case
    folder.mkdir(parents=True)
    for name, raw in files.items():
        (folder / name.replace("__", ".")).write_bytes(raw)
    return folder


def test_cases_are_found_in_order_and_know_what_they_are_of(tmp_path: Path) -> None:
    for case in ("rule/b/quiet_x", "parser/sshd/two", "parser/sshd/one", "parser/.hidden/x", "rule/b/__pycache__"):
        put(tmp_path, case)
    assert [(c.id, c.is_quiet) for c in find(tmp_path)] == [
        ("parser/sshd/one", False),
        ("parser/sshd/two", False),
        ("rule/b/quiet_x", True),
    ]


def test_a_folder_that_is_no_kind_is_an_error(tmp_path: Path) -> None:
    put(tmp_path, "check/a/b")
    put(tmp_path, "pasrer/a/b")
    with pytest.raises(UserError, match="is no kind of plug-in"):
        list(find(tmp_path))
    with pytest.raises(UserError, match="is no folder of samples"):
        list(find(tmp_path / "absent"))


def test_a_folder_is_a_case_only_three_levels_below_the_samples(tmp_path: Path) -> None:
    folder = put(tmp_path, "parser/sshd/one")
    found = case_at(tmp_path, folder)
    assert found is not None
    assert found.id == "parser/sshd/one"
    assert case_at(tmp_path, folder.parent) is None
    assert case_at(tmp_path, tmp_path.parent) is None


@pytest.mark.parametrize(
    ("raw", "seen"),
    [
        (b"k = '{{join:AK|IA|X}}'", b"k = 'AKIAX'"),
        (b"{{join:}}a{{join:|}}", b"a"),
        (b"{{join:a|b}}{{join:c|d}}", b"abcd"),
        (b"{{ join:a|b }} {{other:a|b}} {join:a|b}", b"{{ join:a|b }} {{other:a|b}} {join:a|b}"),
        (b"\xff\x00{{join:\xfe|\xfd}}", b"\xff\x00\xfe\xfd"),
        (b"{{join:a\n|b}}", b"{{join:a\n|b}}"),
    ],
)
def test_joins_are_made_and_nothing_else_is_touched(raw: bytes, seen: bytes) -> None:
    assert joined(raw) == seen


def test_a_copy_has_its_joins_made_and_one_time_and_no_expectations(tmp_path: Path) -> None:
    folder = put(tmp_path / "s", "check/a/b", in__py=b"{{join:a|b}}", out__json=b"[]")
    (folder / "in").mkdir()
    (folder / "in" / "run").write_bytes(b"x")
    (folder / "in" / "run").chmod(0o755)
    (tmp_path / "copy").mkdir()
    [case] = find(tmp_path / "s")
    sample = lay_out(case, tmp_path / "copy")
    assert [(name, path.read_bytes()) for name, path in sample.files()] == [("run", b"x"), ("in.py", b"ab")]
    assert {path.stat().st_mtime for _, path in sample.files()} == {WRITTEN}
    assert not (tmp_path / "copy" / "out.json").exists()
    assert (folder / "in.py").read_bytes() == b"{{join:a|b}}"


def test_the_time_of_the_files_can_be_set(tmp_path: Path) -> None:
    put(tmp_path / "s", "parser/a/b", in__log=b"x", sample__toml=b"modified = 2020-02-29T00:00:00Z\n")
    (tmp_path / "copy").mkdir()
    [case] = find(tmp_path / "s")
    [(_, path)] = lay_out(case, tmp_path / "copy").files()
    assert path.stat().st_mtime == 1582934400


def test_a_case_without_input_is_an_error(tmp_path: Path) -> None:
    put(tmp_path / "s", "parser/a/b", input__log=b"x")
    (tmp_path / "copy").mkdir()
    [case] = find(tmp_path / "s")
    with pytest.raises(UserError, match="has neither"):
        lay_out(case, tmp_path / "copy")


def test_json_that_is_none_is_named_with_its_file(tmp_path: Path) -> None:
    put(tmp_path / "s", "enricher/a/b", in__json=b"{")
    (tmp_path / "copy").mkdir()
    [case] = find(tmp_path / "s")
    with pytest.raises(UserError, match=r"in\.json is no JSON"):
        lay_out(case, tmp_path / "copy").json()
