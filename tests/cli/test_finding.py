"""`tocsin finding`: the queue, and suppressing with and without a workspace."""

import json
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from tests.app.made import SHELL, failures
from tests.cli.conftest import Result

Tocsin = Callable[..., Result]
WORDS = ("--reason", "ours", "--owner", "@blue", "--until", "2999-12-31")


@pytest.fixture
def seen(tocsin: Tocsin, home: Path) -> str:
    """Return the fingerprint of a finding that was kept."""
    (home / "tool.py").write_text(SHELL)
    (home / "auth.log").write_text(failures(40, "192.0.2.7"))
    _, out, _ = tocsin("scan", "tool.py", "auth.log", "--format", "json")
    (found,) = [f["fingerprint"] for f in json.loads(out)["findings"] if f["rule"] == "code-shell"]
    return str(found)


@pytest.fixture
def team(tocsin: Tocsin, home: Path) -> Path:
    assert tocsin("init", "team")[0] == 0
    return home / "team"


def listed(tocsin: Tocsin, *words: object) -> dict[str, dict[str, object]]:
    _, out, _ = tocsin("finding", "list", *words, "--format", "json")
    return {f["rule"]: f for f in json.loads(out)["findings"]}


def test_findings_are_listed_by_what_was_asked_for(tocsin: Tocsin, seen: str) -> None:
    assert set(listed(tocsin)) == {"code-shell", "ssh-guessing"}
    assert set(listed(tocsin, "--rule", "ssh-guessing")) == {"ssh-guessing"}
    assert set(listed(tocsin, "--entity", "ip:192.0.2.7")) == {"ssh-guessing"}
    assert set(listed(tocsin, "--at-least", "critical")) == set()
    assert len(listed(tocsin, "--limit", "1")) == 1
    assert set(listed(tocsin, "--state", "gone")) == set()


@pytest.mark.parametrize("form", ["text", "jsonl", "csv"])
def test_each_format_lists_all(tocsin: Tocsin, seen: str, form: str) -> None:
    code, out, _ = tocsin("findings", "list", "--format", form)
    assert code == 0
    assert seen[:8] in out
    assert "ssh-guessing" in out


def test_a_finding_is_shown_whole_by_the_beginning_of_its_fingerprint(tocsin: Tocsin, seen: str) -> None:
    code, out, _ = tocsin("finding", "show", seen[:8])
    assert code == 0
    assert "tool.py:4" in out
    assert "What to do" in out
    assert json.loads(tocsin("finding", "show", seen, "--format", "json")[1])["fingerprint"] == seen


def test_an_unknown_finding_is_one_sentence(tocsin: Tocsin, seen: str) -> None:
    assert tocsin("finding", "show", "ffffffff") == (
        2, "", "tocsin: the store has no finding 'ffffffff'\n  hint: tocsin finding list shows what is there\n",
    )  # fmt: skip


def test_without_a_workspace_a_finding_is_suppressed_in_the_store(tocsin: Tocsin, seen: str) -> None:
    code, out, _ = tocsin("finding", "suppress", seen[:8], *WORDS)
    assert code == 0
    assert out.startswith("suppressed until 2999-12-31, written to ")
    assert "store.db" in out
    assert set(listed(tocsin)) == {"ssh-guessing"}
    assert listed(tocsin, "--state", "suppressed")["code-shell"]["suppressed"] == {
        "reason": "ours", "owner": "@blue", "until": "2999-12-31",
    }  # fmt: skip
    code, out, _ = tocsin("scan", "tool.py", "--fail-on", "high")
    assert code == 0
    assert "1 suppressed" in out


def test_with_a_workspace_the_file_is_what_counts(tocsin: Tocsin, seen: str, team: Path) -> None:
    words = ("--workspace", team)
    tocsin("scan", "tool.py", *words)
    code, out, _ = tocsin("finding", "suppress", seen[:8], *WORDS, *words)
    file = team / "suppressions.toml"
    assert (code, out) == (0, f"suppressed until 2999-12-31, written to {file}\n")
    assert seen in file.read_text()
    assert file.read_text().startswith("# Findings that need not be shown")
    assert "code-shell" not in listed(tocsin, *words)
    assert tocsin("scan", "tool.py", "--fail-on", "high", *words)[0] == 0


def test_taking_the_line_out_of_the_file_shows_the_finding_again(tocsin: Tocsin, seen: str, team: Path) -> None:
    words = ("--workspace", team)
    tocsin("scan", "tool.py", *words)
    before = (team / "suppressions.toml").read_text()
    tocsin("finding", "suppress", seen, *WORDS, *words)
    (team / "suppressions.toml").write_text(before)
    assert tocsin("scan", "tool.py", "--fail-on", "high", *words)[0] == 1
    assert "code-shell" in listed(tocsin, *words)


def test_a_suppression_that_has_ended_hides_nothing(tocsin: Tocsin, seen: str, team: Path) -> None:
    yesterday = date.today() - timedelta(days=2)  # noqa: DTZ011  # two days cover every zone
    (team / "suppressions.toml").write_text(
        f'[[suppress]]\nfingerprint = "{seen}"\nreason = "r"\nowner = "o"\nuntil = {yesterday}\n'
    )
    code, out, _ = tocsin("scan", "tool.py", "--fail-on", "high", "--workspace", team)
    assert code == 1
    assert "0 suppressed" in out


def test_a_day_that_is_past_cannot_be_named(tocsin: Tocsin, seen: str) -> None:
    code, out, err = tocsin("finding", "suppress", seen, "--reason", "r", "--owner", "o", "--until", "2001-01-01")
    assert (code, out) == (2, "")
    assert err.startswith("tocsin: 2001-01-01 is past\n")


def test_a_file_of_suppressions_that_is_broken_is_left_as_it_is(tocsin: Tocsin, seen: str, team: Path) -> None:
    tocsin("scan", "tool.py", "--workspace", team)
    (team / "suppressions.toml").write_text("[[suppress]\n")
    code, _, err = tocsin("finding", "suppress", seen, *WORDS, "--workspace", team)
    assert code == 2
    assert "suppressions.toml" in err
    assert (team / "suppressions.toml").read_text() == "[[suppress]\n"


RULE = ("--rule", "ssh-guessing", *WORDS)


def test_a_rule_is_suppressed_in_the_workspace_and_counted(tocsin: Tocsin, seen: str, team: Path) -> None:
    words = ("--workspace", team)
    tocsin("scan", "tool.py", "auth.log", *words)
    code, out, err = tocsin("finding", "suppress", *RULE, *words)
    file = team / "suppressions.toml"
    assert (code, err) == (0, "")
    assert out == f"suppressed ssh-guessing until 2999-12-31, 1 finding of those kept, written to {file}\n"
    assert set(listed(tocsin, *words)) == {"code-shell"}
    code, out, _ = tocsin("scan", "tool.py", "auth.log", "--format", "json", *words)
    found = {f["rule"]: f["suppressed"] for f in json.loads(out)["findings"]}
    assert found == {"code-shell": None, "ssh-guessing": {"reason": "ours", "owner": "@blue", "until": "2999-12-31"}}
    assert "1 suppressed" in tocsin("scan", "tool.py", "auth.log", *words)[1]


def test_a_rule_is_suppressed_for_some_entities_only(tocsin: Tocsin, seen: str, team: Path) -> None:
    words = ("--workspace", team)
    tocsin("finding", "suppress", *RULE, "--entity", "ip:192.0.2.*", "--entity", "host:bastion", *words)
    assert 'entity = ["ip:192.0.2.*", "host:bastion"]' in (team / "suppressions.toml").read_text()
    with Path("auth.log").open("a") as log:
        log.write(failures(40, "198.51.100.9"))
    tocsin("scan", "auth.log", *words)
    _, out, _ = tocsin("finding", "list", "--format", "json", *words)
    assert ["ip:198.51.100.9" in f["entities"] for f in json.loads(out)["findings"]] == [True]


def test_a_rule_of_no_known_name_is_written_and_said_to_be_unknown(tocsin: Tocsin, team: Path) -> None:
    code, _, err = tocsin("finding", "suppress", "--rule", "ssh-gessing", *WORDS, "--workspace", team)
    assert code == 0
    assert err == "no rule is called 'ssh-gessing' here: it counts when one is\n"


def test_a_rule_needs_a_workspace(tocsin: Tocsin, seen: str) -> None:
    code, _, err = tocsin("finding", "suppress", *RULE)
    assert code == 2
    assert "there is none here" in err


@pytest.mark.parametrize(
    "words", [("--entity", "host:a"), (), ("ab", "--rule", "x"), ("--rule", "x", "--entity", "web")]
)
def test_what_would_suppress_nothing_or_too_much_is_refused(tocsin: Tocsin, team: Path, words: tuple[str, ...]) -> None:
    before = (team / "suppressions.toml").read_text()
    code, _, err = tocsin("finding", "suppress", *words, *WORDS, "--workspace", team)
    assert code == 2
    assert err.startswith("tocsin: this suppresses nothing: ")
    assert (team / "suppressions.toml").read_text() == before


def test_an_empty_reason_is_refused(tocsin: Tocsin, seen: str, team: Path) -> None:
    words = ("--reason", " ", "--owner", "o", "--until", "2999-12-31")
    assert "reason is empty" in tocsin("finding", "suppress", seen, *words)[2]


def test_a_bad_entry_is_named_with_its_line_by_every_command(tocsin: Tocsin, team: Path) -> None:
    (team / "suppressions.toml").write_text('# ours\n\n[[suppress]]\nrule = "x"\nowner = "o"\nuntil = 2999-01-01\n')
    code, _, err = tocsin("scan", "auth.log", "--workspace", team)
    assert code == 2
    assert "suppressions.toml: line 3: entry 1: Object missing required field `reason`" in err
    assert "  hint: " in err


def ended(team: Path, seen: str) -> None:
    day = date.today() - timedelta(days=2)  # noqa: DTZ011  # two days cover every zone
    for key, value in (("fingerprint", seen), ("rule", "ssh-guessing")):
        with (team / "suppressions.toml").open("a") as file:
            file.write(f'[[suppress]]\n{key} = "{value}"\nreason = "scanner"\nowner = "@blue"\nuntil = {day}\n')


def test_what_is_shown_again_says_that_its_suppression_has_ended(tocsin: Tocsin, seen: str, team: Path) -> None:
    ended(team, seen)
    _, out, _ = tocsin("scan", "tool.py", "auth.log", "--workspace", team, "--format", "json")
    for one in json.loads(out)["findings"]:
        assert one["suppressed"] is None
        assert "(was suppressed until " in one["message"]
        assert one["message"].endswith(" by @blue: scanner)")
    _, out, _ = tocsin("scan", "tool.py", "auth.log", "--workspace", team)
    assert "0 suppressed, 2 shown again since their suppression has ended." in out


def test_the_queue_shows_again_what_was_suppressed_until_yesterday(
    tocsin: Tocsin, seen: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    tocsin("finding", "suppress", seen, "--reason", "r", "--owner", "o", "--until", "2999-12-30")
    assert "code-shell" not in listed(tocsin)
    monkeypatch.setattr("tocsin.app.queue.now", lambda: datetime(2999, 12, 31, tzinfo=UTC))
    assert listed(tocsin)["code-shell"]["suppressed"] is None
    assert listed(tocsin, "--state", "suppressed") == {}
    assert len(listed(tocsin, "--limit", "1")) == 1
    assert json.loads(tocsin("finding", "show", seen, "--format", "json")[1])["suppressed"] is None
