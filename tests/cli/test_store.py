"""`tocsin store`, and the whole queue, on each database."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.made import failures
from tests.cli.conftest import Result

Tocsin = Callable[..., Result]


@pytest.fixture
def kept(tocsin: Tocsin, home: Path, store_url: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Look at a log and keep it in the store that TOCSIN_STORE names; return that."""
    monkeypatch.setenv("TOCSIN_STORE", store_url)
    (home / "auth.log").write_text(failures(40, "192.0.2.7"))
    code, out, err = tocsin("scan", "auth.log")
    assert code == 0, err
    assert "Kept in: " in out
    return store_url


def rules(tocsin: Tocsin, *words: object) -> list[str]:
    _, out, err = tocsin("finding", "list", "--format", "json", *words)
    assert not err, err
    return [f["rule"] for f in json.loads(out)["findings"]]


def test_the_queue_is_in_the_store_that_is_named(tocsin: Tocsin, kept: str) -> None:
    assert rules(tocsin) == ["ssh-guessing"]
    assert "192.0.2.7" in tocsin("about", "192.0.2.7")[1]
    assert tocsin("doctor", "--format", "json")[0] == 0


def test_a_backup_is_restored_into_an_empty_store_of_either_database(
    tocsin: Tocsin, kept: str, other_store_url: str, home: Path
) -> None:
    assert tocsin("store", "backup", "b.zst") == (0, "backed up to b.zst\n", "")
    code, out, _ = tocsin("store", "restore", "b.zst", "--store", other_store_url)
    assert code == 0
    assert out.startswith("restored ")
    assert rules(tocsin, "--store", other_store_url) == ["ssh-guessing"]


def test_a_store_that_holds_anything_is_not_restored_over(tocsin: Tocsin, kept: str) -> None:
    tocsin("store", "backup", "b.zst")
    code, out, err = tocsin("store", "restore", "b.zst")
    assert (code, out) == (2, "")
    assert err.startswith("tocsin: ")
    assert rules(tocsin) == ["ssh-guessing"]


def test_what_is_no_backup_is_refused(tocsin: Tocsin, kept: str, home: Path, other_store_url: str) -> None:
    (home / "notes.txt").write_text("my notes")
    code, _, err = tocsin("store", "restore", "notes.txt", "--store", other_store_url)
    assert code == 2
    assert "notes.txt" in err


def test_a_purge_asks_and_deletes_what_is_old(tocsin: Tocsin, kept: str, process: Callable[..., object]) -> None:
    ended = process("store", "purge", "--older-than", "0d", stdin="")
    assert ended.returncode == 4  # type: ignore[attr-defined]  # a completed process
    assert rules(tocsin) == ["ssh-guessing"]
    assert tocsin("store", "purge", "--older-than", "1d", "--yes")[0] == 0
    assert rules(tocsin) == ["ssh-guessing"]
    assert tocsin("store", "purge", "--older-than", "0d", "--yes")[0] == 0
    assert rules(tocsin) == []


@pytest.mark.parametrize("age", ["0", "3y", "-1d", "1.5d", "999999d"])
def test_an_age_that_is_none_is_refused(tocsin: Tocsin, age: str) -> None:
    code, out, err = tocsin("store", "purge", f"--older-than={age}", "--yes")
    assert (code, out) == (2, "")
    assert f"{age!r} is no age" in err


@pytest.mark.parametrize("words", [("store", "backup", "b.db"), ("finding", "list"), ("case", "list"), ("about", "x")])
def test_where_no_store_is_yet_that_is_said_and_none_is_made(
    tocsin: Tocsin, home: Path, words: tuple[str, ...]
) -> None:
    code, out, err = tocsin(*words)
    assert (code, out) == (2, "")
    assert err.endswith("hint: tocsin scan PATH makes one\n")
    assert not list(home.parent.rglob("store.db"))
