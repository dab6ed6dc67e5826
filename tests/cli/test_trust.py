"""`tocsin trust` and `tocsin plugin`: a workspace's code runs when a person said so, as it was then."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Result

Tocsin = Callable[..., Result]


@pytest.fixture
def team(tocsin: Tocsin, home: Path) -> Path:
    """Return a workspace with one check and one parser, made by the command."""
    tocsin("init", "team")
    for kind, name in (("check", "code_ours"), ("parser", "our_log")):
        code, out, err = tocsin("--workspace", "team", "plugin", "new", kind, name)
        assert code == 0
        assert f"made  {home / 'team' / 'plugins' / name}.py" in out
        assert "tocsin trust" in err
    return home / "team"


def states(tocsin: Tocsin) -> dict[str, str]:
    _, out, _ = tocsin("--workspace", "team", "plugin", "list")
    rows = (line.split() for line in out.splitlines())
    return {row[1]: row[2] for row in rows if row[2] != "built-in"}


def test_a_new_plug_in_is_refused_until_it_is_trusted(tocsin: Tocsin, team: Path) -> None:
    assert states(tocsin) == {"code-ours": "refused", "our-log": "refused"}
    code, out, _ = tocsin("--workspace", "team", "trust", "--list")
    assert code == 0
    assert out.count("not trusted") == 2
    code, out, _ = tocsin("--workspace", "team", "trust", "--yes")
    assert code == 0
    assert f"trusted 2 plug-ins of {team}" in out
    assert states(tocsin) == {"code-ours": "trusted", "our-log": "trusted"}


def test_a_change_takes_the_trust_from_that_plug_in_only(tocsin: Tocsin, team: Path) -> None:
    tocsin("--workspace", "team", "trust", "--yes")
    with (team / "plugins" / "our_log.py").open("a") as file:
        file.write("# changed\n")
    assert states(tocsin) == {"code-ours": "trusted", "our-log": "refused"}
    assert "changed since it was trusted" in tocsin("--workspace", "team", "trust", "--list")[1]


def test_trust_is_taken_back(tocsin: Tocsin, team: Path) -> None:
    tocsin("--workspace", "team", "trust", "--yes")
    assert tocsin("--workspace", "team", "trust", "--revoke") == (0, "forgotten\n", "")
    assert states(tocsin) == {"code-ours": "refused", "our-log": "refused"}
    assert tocsin("--workspace", "team", "trust", "--revoke") == (0, "nothing was trusted\n", "")


@pytest.mark.parametrize("answer", ["", "n\n"])
def test_nobody_at_the_keyboard_and_a_no_are_no_trust(
    process: Callable[..., object], tocsin: Tocsin, team: Path, answer: str
) -> None:
    ended = process("--workspace", "team", "trust", stdin=answer)
    assert ended.returncode == 4  # type: ignore[attr-defined]  # a completed process
    assert ended.stderr.endswith("nothing was changed\n")  # type: ignore[attr-defined]  # the same
    assert states(tocsin) == {"code-ours": "refused", "our-log": "refused"}


def test_a_yes_is_trust(process: Callable[..., object], tocsin: Tocsin, team: Path) -> None:
    assert process("--workspace", "team", "trust", stdin="y\n").returncode == 0  # type: ignore[attr-defined]  # a completed process
    assert states(tocsin) == {"code-ours": "trusted", "our-log": "trusted"}


def test_without_a_workspace_there_is_nothing_to_trust(tocsin: Tocsin) -> None:
    code, out, err = tocsin("trust", "--yes")
    assert (code, out) == (2, "")
    assert err.startswith("tocsin: there is no workspace here to trust\n")


def test_the_file_of_pins_that_is_damaged_trusts_nothing(tocsin: Tocsin, team: Path, home: Path) -> None:
    tocsin("--workspace", "team", "trust", "--yes")
    (home.parent / "XDG_DATA_HOME" / "tocsin" / "trust.json").write_text("{")
    code, _, err = tocsin("--workspace", "team", "plugin", "list")
    assert code == 2
    assert "trust.json cannot be read" in err


def test_what_is_started_replaces_nothing_and_has_a_good_name(tocsin: Tocsin, team: Path) -> None:
    code, _, err = tocsin("--workspace", "team", "plugin", "new", "check", "code_ours")
    assert code == 2
    assert "is already there" in err
    for name in ("../evil", "class", "a-b", "_hidden", ""):
        assert tocsin("--workspace", "team", "plugin", "new", "check", name)[0] == 2


def test_a_broken_plug_in_is_listed_as_broken(tocsin: Tocsin, team: Path) -> None:
    (team / "plugins" / "wrong.py").write_text("def f(:\n")
    assert "broken" in tocsin("--workspace", "team", "trust", "--list")[1]
    code, out, _ = tocsin("--workspace", "team", "plugin", "list")
    assert code == 0
    assert "wrong.py" in out


def test_a_plug_in_is_shown_with_its_page_and_declaration(tocsin: Tocsin, team: Path) -> None:
    code, out, _ = tocsin("--workspace", "team", "plugin", "show", "code-ours")
    assert code == 0
    assert out.startswith("check code-ours (refused)")
    assert tocsin("plugin", "show", "nothing-like-it")[0] == 2
