"""The user's own folders, and the key of the installation."""

import os
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.fixtures import Unprivileged
from tests.skips import skip
from tocsin.model import UserError
from tocsin.runtime.folders import KEY_BYTES, cache, data, installation_key


def test_the_folders_are_where_the_user_says(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    if os.name == "nt" or os.uname().sysname == "Darwin":
        skip("not-linux", "XDG's variables are for Linux")
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "d"))
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "c"))
    assert (data(), cache()) == (tmp_path / "d" / "tocsin", tmp_path / "c" / "tocsin")


def test_the_key_is_made_once_for_its_owner_only_and_stays(tmp_path: Path) -> None:
    folder = tmp_path / "new" / "folder"
    key = installation_key(folder)
    assert len(key) == KEY_BYTES
    assert installation_key(folder) == key
    assert [path.name for path in folder.iterdir()] == ["installation.key"]
    if os.name != "nt":
        assert (folder / "installation.key").stat().st_mode & 0o777 == 0o600


def test_two_installations_have_two_keys(tmp_path: Path) -> None:
    assert installation_key(tmp_path / "a") != installation_key(tmp_path / "b")


def test_many_who_ask_at_once_get_one_key(tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        for number in range(20):
            keys = list(pool.map(installation_key, [tmp_path / str(number)] * 16))
            assert len(set(keys)) == 1


def test_a_damaged_key_is_said_and_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "installation.key").write_bytes(b"short")
    with pytest.raises(UserError, match="is damaged: 5 bytes instead of 32"):
        installation_key(tmp_path)
    assert (tmp_path / "installation.key").read_bytes() == b"short"


def test_a_folder_that_may_not_be_written_is_said(unprivileged: Unprivileged) -> None:
    closed = unprivileged.folder / "closed"
    closed.mkdir(mode=0o555)

    def ask() -> str:
        with pytest.raises(UserError, match="cannot be made: Permission denied") as caught:
            installation_key(closed / "tocsin")
        return caught.value.hint

    assert unprivileged(ask) == "set XDG_DATA_HOME"
