"""Fixtures that reach out of the test: real data, a browser, another user."""

import os
import shutil
import tempfile
import traceback
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path
from typing import TypeVar

import pytest

from tests.conditions import chromium_path, data_folder, is_root
from tests.skips import skip

T = TypeVar("T")
NOBODY = 65534  # the user and group that own nothing, on Linux and macOS alike


@pytest.fixture(scope="session")
def data() -> Path:
    """Return the folder of real data (`TOCSIN_DATA`); skips where it is absent."""
    folder = data_folder()
    if not (folder / "README.md").is_file():
        skip("data-absent", f"no real data in {folder}")
    return folder


@pytest.fixture(scope="session")
def chromium() -> Path:
    """Return the browser's path; skips where there is none."""
    path = chromium_path()
    if path is None:
        skip("no-chromium", "no Chromium in PATH; `make servers` installs it")
    return path


class Unprivileged:
    """A user who may not do all: calls run in a forked child without root's rights, and nothing is executed anew.

    Import what the call needs before: the user may not be able to read Python's own folders. `folder` belongs to the
    user, and every user may pass through the folders above it (pytest's `tmp_path` is for its owner only).
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, call: Callable[[], T], *, timeout: float = 60) -> T:
        """Return what the call returns, or raise what it raises."""
        context = get_context("fork")
        ours, theirs = context.Pipe(duplex=False)
        child = context.Process(target=_as_nobody, args=(call, theirs))
        child.start()
        theirs.close()
        try:
            if not ours.poll(timeout):
                raise TimeoutError(f"the unprivileged call did not end in {timeout} s")
            done, value = ours.recv()
        except EOFError:
            child.join()
            raise ChildProcessError(f"the unprivileged child ended with {child.exitcode} and said nothing") from None
        finally:
            ours.close()
            child.kill()
            child.join()
        if not done:
            raise value
        return value  # type: ignore[no-any-return]  # as the child sent it


def _as_nobody(call: Callable[[], T], answer: Connection) -> None:
    if is_root():
        os.setgroups([])
        os.setgid(NOBODY)
        os.setuid(NOBODY)
    try:
        message: tuple[bool, T | BaseException] = (True, call())
    except BaseException as error:  # noqa: BLE001 - whatever it is, the parent raises it
        error.add_note("in the unprivileged child:\n" + traceback.format_exc())
        message = (False, error)
    answer.send(message)
    answer.close()


@pytest.fixture
def unprivileged() -> Iterator[Unprivileged]:
    """Return a caller of functions as a user who may not do all; where we are no root, that is us."""
    if not hasattr(os, "fork"):
        skip("windows", "there is no fork to drop rights in")
    folder = Path(tempfile.mkdtemp(prefix="tocsin-nobody-"))
    if is_root():
        os.chown(folder, NOBODY, NOBODY)
    yield Unprivileged(folder)
    shutil.rmtree(folder, ignore_errors=True)
