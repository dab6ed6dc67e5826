"""`tocsin rule tune` as a person types it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.changes import ID
from tests.app.test_rule_tune import AGENT, Desk, by
from tests.cli.conftest import Result

Tocsin = Callable[..., Result]


@pytest.fixture
def words(home: Path) -> list[str]:
    """Return the command over a false and a real hit."""
    desk = Desk(home)
    bad, good = desk.log("bad.jsonl", by(1, AGENT)), desk.log("good.jsonl", by(2, "C:\\Windows\\explorer.exe"))
    return ["rule", "tune", ID, "--rules", str(home / "rules"), "--bad", bad, "--good", good]


def test_the_filter_comes_with_its_proof(tocsin: Tocsin, words: list[str]) -> None:
    code, out, _ = tocsin(*words)
    assert code == 0
    assert "filter:" in out
    assert "1 of 1 bad hits are gone, 1 of 1 good hits stay" in out


def test_the_filter_is_written_and_nothing_is_written_over(tocsin: Tocsin, words: list[str], home: Path) -> None:
    code, _, err = tocsin(*words, "--out", home / "ours.yml")
    assert (code, (home / "ours.yml").read_text(encoding="utf-8").startswith("title: ")) == (0, True)
    assert "written to" in err
    assert tocsin(*words, "--out", home / "ours.yml")[0] == 2
    assert tocsin(*words, "--out", home / "ours.yml", "--force")[0] == 0


def test_what_cannot_be_told_apart_ends_with_one_and_writes_nothing(
    tocsin: Tocsin, words: list[str], home: Path
) -> None:
    same = [*words[:-1], words[-3]]
    code, out, _ = tocsin(*same, "--out", home / "ours.yml")
    assert (code, (home / "ours.yml").exists()) == (1, False)
    assert "No filter takes the bad hits away" in out
    assert "differ only in nothing" in out


def test_json_has_filter_proof_and_risk(tocsin: Tocsin, words: list[str]) -> None:
    said = json.loads(tocsin(*words, "--format", "json")[1])
    assert said["proof"] == {"removed": 1, "kept": 1, "others": 0}
    assert said["choice"]["risk"] == "low"
    assert said["yaml"].startswith("title: ")


def test_a_run_without_good_records_says_that_nothing_was_proven_of_them(tocsin: Tocsin, words: list[str]) -> None:
    assert "nothing shows that the filter does not take too much" in tocsin(*words[:-2])[1]
