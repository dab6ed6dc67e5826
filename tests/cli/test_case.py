"""`tocsin case`: the queue of cases, and a person's word on what belongs together."""

import json
import os
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.app.made import failures
from tests.cli.conftest import Result

Tocsin = Callable[..., Result]


def accepted(address: str) -> str:
    return f"Nov 22 02:15:00 bastion sshd[9]: Accepted password for root from {address} port 50000 ssh2\n"


def kept(tocsin: Tocsin) -> dict[str, list[str]]:
    """Return the findings of each case."""
    _, out, _ = tocsin("case", "list", "--all", "--format", "json")
    return {case["id"]: sorted(case["findings"]) for case in json.loads(out)["cases"]}


@pytest.fixture
def logs(tocsin: Tocsin, home: Path) -> Path:
    """Look at a day with two cases, two years apart."""
    for name, address, year in (("old.log", "192.0.2.1", 2023), ("new.log", "192.0.2.2", 2025)):
        path = home / name
        path.write_text(failures(40, address) + accepted(address))
        written = datetime(year, 11, 23, tzinfo=UTC).timestamp()
        os.utime(path, (written, written))
    assert tocsin("scan", "old.log", "new.log")[0] == 0
    assert set(kept(tocsin)) == {"1", "2"}
    return home


def test_cases_are_listed_and_shown(tocsin: Tocsin, logs: Path) -> None:
    code, out, err = tocsin("cases", "list")
    assert (code, err) == (0, "2 cases\n")
    assert len(out.splitlines()) == 2
    _, out, _ = tocsin("case", "show", "1")
    assert out.startswith("CASE 1")
    assert "192.0.2.1" in out
    assert "Do now" in out
    assert json.loads(tocsin("case", "show", "1", "--format", "json")[1])["case"]["id"] == "1"


def test_ids_stay_when_the_same_is_looked_at_again(tocsin: Tocsin, logs: Path) -> None:
    before = kept(tocsin)
    tocsin("scan", "new.log", "old.log")
    assert kept(tocsin) == before


def test_notes_and_the_assignee_are_kept(tocsin: Tocsin, logs: Path) -> None:
    assert tocsin("case", "note", "1", "key \x1b[31mdeactivated") == (0, "noted on case 1\n", "")
    assert tocsin("case", "assign", "1", "dana") == (0, "case 1 is with dana\n", "")
    _, out, _ = tocsin("case", "show", "1")
    assert "key \\x1b[31mdeactivated" in out
    assert "with dana" in out
    assert tocsin("case", "assign", "1") == (0, "case 1 is with nobody\n", "")
    assert "with dana" not in tocsin("case", "list")[1]


def test_a_closed_case_is_listed_with_all_only_and_what_is_known_does_not_open_it(tocsin: Tocsin, logs: Path) -> None:
    assert tocsin("case", "close", "1", "--why", "a test of ours")[0] == 0
    assert [line.split()[0] for line in tocsin("case", "list")[1].splitlines()] == ["2"]
    assert "closed" in tocsin("case", "list", "--all")[1]
    tocsin("scan", "old.log", "new.log")
    assert [line.split()[0] for line in tocsin("case", "list")[1].splitlines()] == ["2"]


def test_what_happens_anew_opens_a_closed_case(tocsin: Tocsin, logs: Path) -> None:
    tocsin("case", "close", "1")
    log = logs / "old.log"
    log.write_text(failures(60, "192.0.2.1") + accepted("192.0.2.1"))
    written = datetime(2023, 11, 23, tzinfo=UTC).timestamp()
    os.utime(log, (written, written))
    tocsin("scan", "old.log", "new.log")
    assert {line.split()[0] for line in tocsin("case", "list")[1].splitlines()} == {"1", "2"}


def test_a_merge_is_obeyed_by_the_next_scan_and_the_other_id_still_answers(tocsin: Tocsin, logs: Path) -> None:
    before = kept(tocsin)
    code, out, _ = tocsin("case", "merge", "2", "1")
    assert code == 0
    assert out.startswith("case 1 now holds ")
    tocsin("scan", "old.log", "new.log")
    assert kept(tocsin) == {"1": sorted([*before["1"], *before["2"]])}
    assert tocsin("case", "show", "2")[1].startswith("CASE 1")


def test_a_split_is_obeyed_by_the_next_scan(tocsin: Tocsin, logs: Path) -> None:
    whole = kept(tocsin)["1"]
    assert len(whole) >= 2
    code, out, _ = tocsin("case", "split", "1", whole[0][:10])
    assert code == 0
    assert out.startswith("case 3 now holds 1 finding of case 1")
    tocsin("scan", "old.log", "new.log")
    after = kept(tocsin)
    assert whole[0] not in after["1"]
    assert sorted(after["1"]) == whole[1:]


def test_a_case_is_exported_for_a_ticket(tocsin: Tocsin, logs: Path) -> None:
    code, out, err = tocsin("case", "export", "1")
    assert (code, err) == (0, "")
    assert out.startswith("# Case 1: ")
    assert "## Do now" in out
    assert json.loads(tocsin("case", "export", "1", "--format", "json")[1])["case"]["id"] == "1"


@pytest.mark.parametrize(
    "words",
    [("show",), ("note", "text"), ("assign", "dana"), ("close",), ("export",), ("split", "ffff"), ("merge", "1")],
)
def test_an_unknown_case_is_one_sentence(tocsin: Tocsin, logs: Path, words: tuple[str, ...]) -> None:
    verb, *rest = words
    code, out, err = tocsin("case", verb, "99", *rest)
    assert (code, out) == (2, "")
    assert err.startswith("tocsin: ")
    assert err.count("tocsin: ") == 1
