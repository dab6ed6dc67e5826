"""The fixtures that other tests rely on can themselves fail."""

import os
from pathlib import Path

import pytest

from tests.fixtures import Unprivileged


def test_an_unprivileged_call_returns_its_value(unprivileged: Unprivileged) -> None:
    assert unprivileged(lambda: 6 * 7) == 42


def test_an_unprivileged_call_is_not_root(unprivileged: Unprivileged) -> None:
    assert unprivileged(os.geteuid) != 0


def test_an_unprivileged_call_cannot_read_a_file_of_mode_000(unprivileged: Unprivileged) -> None:
    secret = unprivileged.folder / "secret"
    secret.write_text("x", encoding="utf-8")
    secret.chmod(0)
    with pytest.raises(PermissionError):
        unprivileged(secret.read_text)


def test_an_unprivileged_call_writes_into_its_folder(unprivileged: Unprivileged) -> None:
    unprivileged(lambda: (unprivileged.folder / "made").write_text("x", encoding="utf-8"))
    assert (unprivileged.folder / "made").read_text(encoding="utf-8") == "x"


def test_a_child_that_dies_is_named(unprivileged: Unprivileged) -> None:
    with pytest.raises(ChildProcessError, match="ended with 9"):
        unprivileged(lambda: os._exit(9))


def test_the_data_folder_holds_what_its_readme_says(data: Path) -> None:
    assert (data / "loghub").is_dir()
