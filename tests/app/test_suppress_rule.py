"""Suppressing a rule: written to the workspace, and marked in what is kept, if anything is."""

from pathlib import Path

import pytest

from tests.runtime.test_suppressions import entry
from tocsin.app.suppress_rule import suppress_rule
from tocsin.model import UserError
from tocsin.runtime.workspace import Workspace, read


@pytest.fixture
def team(tmp_path: Path) -> Workspace:
    (tmp_path / "tocsin.toml").write_text("")
    (tmp_path / "suppressions.toml").write_text("# ours\n")
    return read(tmp_path)


def test_what_is_written_is_what_is_read_again(team: Workspace, tmp_path: Path) -> None:
    one = entry(rule="ssh-guessing", entity=("host:a", "host:b"), path=("lab/*",))
    done = suppress_rule(team.store_url, team, one)
    assert (done.findings, done.is_known) == (0, True)
    (found,) = read(tmp_path).suppressions
    assert (found.rule, found.entity, found.path) == ("ssh-guessing", ("host:a", "host:b"), "lab/*")
    assert (tmp_path / "suppressions.toml").read_text().startswith("# ours\n")


def test_no_store_is_made_for_it(team: Workspace, tmp_path: Path) -> None:
    suppress_rule(team.store_url, team, entry(rule="no-such-rule"))
    assert not (tmp_path / ".tocsin").exists()


def test_without_a_workspace_it_is_refused() -> None:
    with pytest.raises(UserError, match="there is none here"):
        suppress_rule("sqlite://", Workspace(), entry())
