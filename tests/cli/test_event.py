"""`tocsin event`: searching files."""

import gzip
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.made import failures
from tests.cli.conftest import Result

Tocsin = Callable[..., Result]


@pytest.fixture
def log(home: Path) -> Path:
    path = home / "auth.log"
    path.write_text(failures(10, "192.0.2.1") + failures(5, "192.0.2.2", "admin"))
    return path


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ("source.ip=192.0.2.1", 10),
        ("source.ip=192.0.2.1 or user.name=admin", 15),
        ("not source.ip=192.0.2.1", 5),
        ("user.name!=root", 5),
        ("source.ip=192.0.2.* and (user.name=adm* and not user.name=root)", 5),
        ('"Failed password for admin"', 5),
        ("source.port=40003", 2),
        ("source.ip=198.51.100.1", 0),
    ],
)
def test_events_are_found_by_a_query(tocsin: Tocsin, log: Path, query: str, count: int) -> None:
    code, out, err = tocsin("event", log, "--where", query)
    assert (code, err) == (0, f"{count} event{'s' * (count != 1)}\n")
    assert len(out.splitlines()) == count


def test_values_are_counted_the_most_frequent_last(tocsin: Tocsin, log: Path) -> None:
    _, out, _ = tocsin("event", log, "--count-by", "source.ip")
    assert [line.split() for line in out.splitlines()] == [["5", "192.0.2.2"], ["10", "192.0.2.1"]]
    counts = json.loads(tocsin("event", log, "--count-by", "source.ip", "--format", "json")[1])["counts"]
    assert counts[-1] == {"value": "192.0.2.1", "count": 10}


def test_no_more_than_so_many(tocsin: Tocsin, log: Path) -> None:
    assert len(tocsin("event", log, "--limit", "3")[1].splitlines()) == 3


def test_each_line_of_json_lines_is_an_event(tocsin: Tocsin, log: Path) -> None:
    events = [json.loads(line) for line in tocsin("event", log, "--format", "jsonl", "--limit", "2")[1].splitlines()]
    assert [(e["record"], e["fields"]["source.ip"], e["parsed"]) for e in events] == [
        (1, "192.0.2.1", True), (2, "192.0.2.1", True),
    ]  # fmt: skip


def test_compressed_files_and_standard_input_are_searched(
    process: Callable[..., object], tocsin: Tocsin, log: Path, home: Path
) -> None:
    (home / "auth.log.gz").write_bytes(gzip.compress(log.read_bytes()))
    assert len(tocsin("event", "auth.log.gz")[1].splitlines()) == 15
    ended = process("event", "--where", "user.name=admin", stdin=log.read_text())
    assert len(ended.stdout.splitlines()) == 5  # type: ignore[attr-defined]  # a completed process


def test_what_cannot_be_searched_is_named_and_makes_it_incomplete(tocsin: Tocsin, log: Path, home: Path) -> None:
    (home / "odd.dat").write_bytes(bytes(range(256)) * 20)
    code, out, err = tocsin("event", log, "odd.dat")
    assert code == 3
    assert len(out.splitlines()) == 15
    assert "NOT LOOKED AT  odd.dat: binary data" in err


def test_control_characters_stay_text(tocsin: Tocsin, home: Path) -> None:
    (home / "evil.log").write_text(failures(1, "192.0.2.1", "root\x1b]0;owned\x07"))
    _, out, err = tocsin("event", "evil.log")
    assert "\\x1b]0;owned\\x07" in out
    assert "\x1b" not in out + err
