"""`tocsin rule diff` as a person types it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.changes import ID, commit, log, rule, started, write
from tests.cli.conftest import Result

Tocsin = Callable[..., Result]


@pytest.fixture
def day(home: Path) -> Path:
    """Return a log beside a repository whose second commit loses one of two hits."""
    commit(home / "rules", {"a.yml": rule("'\\evil.exe'"), "b.yml": rule("'\\none.exe'", "quiet", title="Quiet")})
    commit(home / "rules", {"a.yml": rule("'\\evil.exe'", more="  filter:\n    User: eve\n")})
    events = [started(1, "C:\\evil.exe"), started(2, "C:\\evil.exe", "eve")]
    return log(home / "day.jsonl", events)


def test_a_change_is_shown_with_what_it_does(tocsin: Tocsin, day: Path) -> None:
    code, out, err = tocsin("rule", "diff", "HEAD~1..HEAD", "--rules-path", "rules", "--on", day)
    assert (code, err) == (0, "")
    assert "CHANGED  Odd program" in out
    assert "hits 2 -> 1   1 lost" in out
    assert "lost by host:lt-1 1, user:eve 1" in out
    assert f"{day}#2" in out
    assert out.splitlines()[-1] == "1 hit lost, 0 gained."


def test_the_gate_is_closed_where_hits_were_lost(tocsin: Tocsin, day: Path) -> None:
    words = ["rule", "diff", "HEAD~1..HEAD", "--rules-path", "rules", "--on", day]
    assert tocsin(*words, "--fail-on-lost")[0] == 1
    assert tocsin("rule", "diff", "HEAD..HEAD", *words[3:], "--fail-on-lost")[0] == 0


def test_the_working_tree_is_compared_with_a_commit(tocsin: Tocsin, day: Path, home: Path) -> None:
    write(home / "rules", {"a.yml": None})
    _, out, _ = tocsin("rule", "diff", "HEAD..", "--rules-path", "rules", "--on", day)
    assert "REMOVED  Odd program" in out
    assert "-> working tree: 1 removed; 1 as before." in out


def test_without_data_the_changes_alone_are_shown(tocsin: Tocsin, day: Path) -> None:
    code, out, _ = tocsin("rule", "diff", "HEAD~1..HEAD", "--rules-path", "rules")
    assert code == 0
    assert "filter: is new: User 'eve'" in out
    assert out.splitlines()[-1] == "Name logs with --on to see what that does."


def test_json_has_the_same(tocsin: Tocsin, day: Path) -> None:
    _, out, _ = tocsin("rule", "diff", "HEAD~1..HEAD", "--rules-path", "rules", "--on", day, "--format", "json")
    said = json.loads(out)
    assert (said["lost"], said["effects"][0]["rule"], said["effects"][0]["lost"]["examples"][0]["record"]) == (1, ID, 2)
    assert said["run"]["coverage"]["complete"] is True


def test_markdown_is_written_for_a_comment(tocsin: Tocsin, day: Path) -> None:
    _, out, _ = tocsin("rule", "diff", "HEAD~1..HEAD", "--rules-path", "rules", "--on", day, "--format", "markdown")
    assert "**1 hit lost, 0 gained**" in out
    assert "| changed | Odd program | high | 2 | 1 | **1** | 0 |" in out


def test_data_that_is_not_there_is_an_error_of_use(tocsin: Tocsin, day: Path) -> None:
    code, _, err = tocsin("rule", "diff", "HEAD..HEAD", "--rules-path", "rules", "--on", "nowhere")
    assert code == 2
    assert "nowhere: there is no such file or folder" in err


def test_a_rule_that_no_longer_loads_is_said_and_makes_it_incomplete(tocsin: Tocsin, day: Path, home: Path) -> None:
    write(home / "rules", {"a.yml": rule("'\\evil.exe'").replace("condition: selection", "condition: nothing")})
    code, out, _ = tocsin("rule", "diff", "HEAD", "--rules-path", "rules", "--on", day)
    assert code == 3
    assert "STOPPED LOADING  Odd program" in out
    assert "INCOMPLETE" in out


def test_text_of_a_rule_cannot_steer_the_terminal(tocsin: Tocsin, day: Path, home: Path) -> None:
    write(home / "rules", {"a.yml": rule("'\\evil.exe'", title='"a \\e[31m b"')})
    _, out, _ = tocsin("rule", "diff", "HEAD", "--rules-path", "rules", "--on", day)
    assert "\x1b" not in out
