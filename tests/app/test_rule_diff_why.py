"""Which part of a rule decided: records are read again, but for inputs that are not there or too large."""

import zipfile
from pathlib import Path

import pytest

from tests.app.changes import ID, log, rule, started
from tocsin.app.rule_diff_hits import Example, Moved
from tocsin.app.rule_diff_run import Data
from tocsin.app.rule_diff_why import MAX_FILE, decided
from tocsin.detect.compare import Version
from tocsin.runtime.workspace import Workspace


@pytest.fixture(autouse=True)
def _home(home: Path) -> None:
    """Give each test folders of its own."""


def version(values: str) -> Version:
    return Version("v", [("a.yml", rule(values).encode())])


def lost(path: Path, record: int) -> dict[str, Moved]:
    one = Example(path=str(path), record=record, at=None, entities=(), event={}, text="")
    return {ID: Moved(count=1, examples=(one,))}


def why(path: Path, record: int, named: Path | None = None) -> str:
    data = Data(paths=(str(named or path),), workspace=Workspace())
    _, found = decided({}, lost(path, record), version("'\\evil.exe'"), version("'\\odd.exe'"), data)
    return found[ID].examples[0].why


def test_the_value_that_decided_is_told(tmp_path: Path) -> None:
    path = log(tmp_path / "a.jsonl", [started(1, "C:\\x.exe"), started(2, "C:\\evil.exe")])
    assert '"C:\\evil.exe"' in why(path, 2)


def test_a_record_in_an_archive_is_found_again_where_it_was_named(tmp_path: Path) -> None:
    inner = log(tmp_path / "b.jsonl", [started(1, "C:\\x.exe"), started(2, "C:\\evil.exe")])
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.write(inner, "b.jsonl")
    assert '"C:\\evil.exe"' in why(Path(f"{tmp_path / 'a.zip'}!/b.jsonl"), 2, tmp_path)


def test_an_input_that_is_gone_is_left_without_a_reason(tmp_path: Path) -> None:
    assert why(tmp_path / "gone.jsonl", 2, tmp_path) == ""


def test_a_large_input_is_not_read_again(tmp_path: Path) -> None:
    path = tmp_path / "large.jsonl"
    with path.open("wb") as file:
        file.truncate(MAX_FILE + 1)
    assert why(path, 1) == ""
