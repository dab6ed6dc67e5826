"""Workspaces: a scanned path never configures its own scan."""

import os
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from tests.skips import skip
from tocsin.model import UserError
from tocsin.runtime import workspace
from tocsin.runtime.suppressions import Suppress

SUPPRESS = """
[[suppress]]
fingerprint = "0123456789abcdef0123"
reason = "known"
owner = "@blue"
until = 2027-01-31
"""


@pytest.fixture
def home(tmp_path: Path) -> Path:
    folder = tmp_path / "team"
    (folder / "logs").mkdir(parents=True)
    (folder / "tocsin.toml").write_text('[scan]\ntz = "Europe/Berlin"\nfail_on = "high"\n')
    (folder / "estate.toml").write_text('[[network]]\ncidr = "198.51.100.0/24"\n')
    (folder / "suppressions.toml").write_text(SUPPRESS)
    return folder


def test_a_workspace_that_one_stands_in_counts_for_paths_outside_it(home: Path, tmp_path: Path) -> None:
    found = workspace.find(None, home, [tmp_path / "elsewhere.log"])
    assert (found.folder, found.settings.scan.tz, found.ignored) == (home, "Europe/Berlin", "")
    assert found.estate.owns("198.51.100.7")
    assert [s.reason for s in found.suppressions] == ["known"]


@pytest.mark.parametrize("scanned", [".", "..", "../team", "../../"])
def test_a_scanned_path_never_configures_its_own_scan(home: Path, scanned: str) -> None:
    found = workspace.find(None, home, [home / scanned])
    assert (found.folder, found.suppressions, found.settings.scan.fail_on) == (None, (), "")
    assert "never configures its own scan" in found.ignored


def test_a_scanned_path_behind_a_link_is_seen_for_what_it_is(home: Path, tmp_path: Path) -> None:
    if os.name == "nt":
        skip("windows", "links want a privilege there")
    (tmp_path / "link").symlink_to(home)
    assert workspace.find(None, home, [tmp_path / "link"]).ignored
    assert workspace.find(None, tmp_path / "link", [home]).ignored


def test_a_folder_inside_the_workspace_may_be_scanned_with_it(home: Path) -> None:
    assert workspace.find(None, home, [home / "logs"]).folder == home


def test_a_workspace_that_was_named_counts_even_when_it_is_scanned(home: Path) -> None:
    assert workspace.find(home, Path("/"), [home]).folder == home


def test_a_folder_that_is_no_workspace_cannot_be_named(tmp_path: Path) -> None:
    with pytest.raises(UserError, match=r"is no workspace: it has no tocsin\.toml") as caught:
        workspace.find(tmp_path, tmp_path, [])
    assert caught.value.hint.startswith("tocsin init")


def test_without_a_workspace_the_state_is_in_the_users_folder(tmp_path: Path) -> None:
    found = workspace.find(None, tmp_path, [])
    assert found.folder is None
    assert not found.state.is_relative_to(tmp_path)
    assert found.store_url.startswith("sqlite:///")


def test_the_store_is_in_the_workspace_unless_it_says_otherwise(home: Path) -> None:
    assert workspace.read(home).store_url == f"sqlite:///{home / '.tocsin' / 'store.db'}"
    (home / "tocsin.toml").write_text('store = "postgresql://db.example.org/tocsin"')
    assert workspace.read(home).store_url == "postgresql://db.example.org/tocsin"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("tocsin.toml", "[scan]\nfale_on = 'high'\n", "fale_on"),
        ("tocsin.toml", "[skan]\n", "skan"),
        ("tocsin.toml", "[scan]\nworkers = 'two'\n", r"workers"),
        ("tocsin.toml", "[scan\n", "TOML|Expected"),
        ("tocsin.toml", "a = " + "[" * 100_000, "tocsin.toml"),
        ("suppressions.toml", '[[suppress]]\nfingerprint = "a"\nowner = "b"\nuntil = 2027-01-01\n', "reason"),
        ("suppressions.toml", SUPPRESS.replace("2027-01-31", '"later"'), "until|date"),
        ("estate.toml", "[[network]]\ncidr = 7\n", "cidr"),
    ],
)
def test_a_file_that_is_wrong_is_named_with_the_word(home: Path, name: str, text: str, says: str) -> None:
    (home / name).write_text(text)
    with pytest.raises(UserError, match=says) as caught:
        workspace.read(home)
    assert name in caught.value.says


def test_a_file_that_is_not_text_or_too_large_is_said(home: Path) -> None:
    (home / "estate.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UserError, match=r"estate\.toml"):
        workspace.read(home)
    (home / "estate.toml").write_bytes(b"#" * (workspace.MAX_FILE + 1))
    with pytest.raises(UserError, match="too large"):
        workspace.read(home)


def test_a_suppression_counts_to_the_end_of_its_last_day() -> None:
    one = Suppress(fingerprint="a", reason="r", owner="o", until=date(2027, 1, 31))
    assert one.is_live(datetime(2027, 1, 31, 23, 59, 59, tzinfo=UTC))
    assert not one.is_live(datetime(2027, 2, 1, tzinfo=UTC))
    assert one.record().until == "2027-01-31"
