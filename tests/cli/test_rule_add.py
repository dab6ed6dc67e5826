"""`tocsin rule add`: a set of rules comes into a workspace, is used there, is updated with a word, and goes again."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.made import failures
from tests.cli.conftest import Result
from tests.detect.made_sets import rule, zipped
from tests.runtime.loopback import reply, serving
from tocsin.app.rule_add_source import table

Tocsin = Callable[..., Result]
V1 = {"rules/a.yml": rule("a"), "rules/b.yml": rule("b", level="low", word="nothing"), "README.md": b"x"}
V2 = {"rules/a.yml": rule("a", level="low"), "rules/c.yml": rule("c", title='"New \\x1b[31mone"')}


@pytest.fixture
def team(tocsin: Tocsin, home: Path) -> Path:
    (home / "v1.zip").write_bytes(zipped(V1))
    (home / "v2.zip").write_bytes(zipped(V2))
    assert tocsin("init", "team")[0] == 0
    return home / "team"


def test_a_set_is_brought_and_its_rules_find_something(tocsin: Tocsin, team: Path, home: Path) -> None:
    code, out, err = tocsin("--workspace", "team", "rule", "add", "ours@1", "--from", "v1.zip")
    assert (code, err) == (0, "")
    assert out.startswith("ours 1, from v1.zip\n  sha256:")
    assert "2 rules in 2 files: 1 high, 1 low" in out
    assert "left out: files that are no YAML: 1" in out
    assert out.endswith(f"written to {team / 'rules' / 'ours'}\n")
    (home / "auth.log").write_text(failures(3, "192.0.2.1"))
    _, out, _ = tocsin("--workspace", "team", "scan", "auth.log", "--no-store", "--format", "json")
    assert {f["rule"] for f in json.loads(out)["findings"]} == {"a"}


def test_an_update_without_a_word_is_shown_and_changes_nothing(
    tocsin: Tocsin, team: Path, process: Callable[..., object]
) -> None:
    tocsin("--workspace", "team", "rule", "add", "ours@1", "--from", "v1.zip")
    ended = process("--workspace", "team", "rule", "add", "ours@2", "--from", "v2.zip")
    assert ended.returncode == 4  # type: ignore[attr-defined]  # a completed process
    out = ended.stdout  # type: ignore[attr-defined]  # the same
    assert "ours 1 -> 2, from v2.zip" in out
    assert "1 added, 1 removed, 1 changed, 0 as before" in out
    assert "Rule a  (a): level high -> low" in out
    assert "\x1b" not in out
    assert ended.stderr.endswith("nothing was changed\n")  # type: ignore[attr-defined]  # the same
    assert sorted(p.name for p in (team / "rules" / "ours").iterdir()) == ["a.yml", "b.yml"]
    code, out, _ = tocsin("--workspace", "team", "rule", "add", "ours@2", "--from", "v2.zip", "--yes")
    assert code == 0
    assert sorted(p.name for p in (team / "rules" / "ours").iterdir()) == ["a.yml", "c.yml"]


def test_a_rehearsal_writes_nothing(tocsin: Tocsin, team: Path) -> None:
    code, _, err = tocsin("--workspace", "team", "rule", "add", "ours@1", "--from", "v1.zip", "--dry-run")
    assert (code, err) == (0, "nothing was written\n")
    assert not (team / "rules" / "ours").exists()


def test_the_result_is_json_when_it_is_asked_for(tocsin: Tocsin, team: Path) -> None:
    words = ("--workspace", "team", "rule", "add", "ours@1", "--from", "v1.zip", "--format", "json")
    code, out, _ = tocsin(*words)
    said = json.loads(out)
    assert code == 0
    assert said["set"]["name"] == "ours"
    assert said["was"] is None
    assert [one["id"] for one in said["difference"]["added"]] == ["a", "b"]
    assert said["written"] == str(team / "rules" / "ours")
    assert json.loads(tocsin(*words)[1])["written"] is None


def test_what_is_not_what_was_pinned_is_refused(tocsin: Tocsin, team: Path) -> None:
    digest = "sha256:" + "0" * 64
    code, out, err = tocsin("--workspace", "team", "rule", "add", "ours@1", "--from", "v1.zip", "--digest", digest)
    assert (code, out) == (4, "")
    assert err.startswith("tocsin: the archive is not the one that was pinned: v1.zip has sha256:")


def test_an_archive_elsewhere_is_fetched(tocsin: Tocsin, team: Path) -> None:
    with serving(reply(body=zipped(V1))) as server:
        code, out, _ = tocsin("--workspace", "team", "rule", "add", f"{server.url}/sets/ours.zip@1")
    assert code == 0
    assert "ours 1, from http://127.0.0.1:" in out


def test_a_host_that_fails_is_exit_code_5_with_what_to_do(tocsin: Tocsin, team: Path) -> None:
    with serving(reply(404)) as server:
        code, out, err = tocsin("--workspace", "team", "rule", "add", f"{server.url}/ours.zip@1")
    assert (code, out) == (5, "")
    assert "answers 404" in err
    assert "tocsin rule add ours@1 --from FILE" in err


def test_sets_are_listed_with_their_state(tocsin: Tocsin, team: Path) -> None:
    tocsin("--workspace", "team", "rule", "add", "ours@1", "--from", "v1.zip")
    (team / "rules" / "ours" / "a.yml").unlink()
    code, out, _ = tocsin("--workspace", "team", "rule", "add", "--sets")
    assert code == 0
    assert out.splitlines()[0].split()[:2] == ["ours", "1"]
    assert out.splitlines()[0].endswith("changed here")
    assert all(one.name in out for one in table().set)
    listed = json.loads(tocsin("--workspace", "team", "rule", "add", "--sets", "--format", "json")[1])
    assert [one["state"] for one in listed["sets"]] == ["changed here"]
    assert tocsin("rule", "add", "--sets")[0] == 0


def test_a_set_is_taken_out_again(tocsin: Tocsin, team: Path, process: Callable[..., object]) -> None:
    tocsin("--workspace", "team", "rule", "add", "ours@1", "--from", "v1.zip")
    assert process("--workspace", "team", "rule", "add", "--remove", "ours").returncode == 4  # type: ignore[attr-defined]  # a completed process
    assert (team / "rules" / "ours").exists()
    code, out, _ = tocsin("--workspace", "team", "rule", "add", "--remove", "ours", "--yes")
    assert (code, out) == (0, f"removed {team / 'rules' / 'ours'}\n")
    assert not (team / "rules" / "ours").exists()
    assert tocsin("--workspace", "team", "rule", "add", "--remove", "ours", "--yes")[0] == 2


@pytest.mark.parametrize("words", [(), ("x@1", "--sets"), ("--sets", "--remove", "x")])
def test_one_thing_is_asked_for_at_a_time(tocsin: Tocsin, words: tuple[str, ...]) -> None:
    code, _, err = tocsin("rule", "add", *words)
    assert code == 2
    assert "name a set to add" in err


def test_without_a_workspace_nothing_is_fetched(tocsin: Tocsin) -> None:
    code, _, err = tocsin("rule", "add", "sigmahq-core@r2026-01-01")
    assert code == 2
    assert "there is none here" in err
