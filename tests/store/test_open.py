import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from tests.fixtures import Unprivileged
from tests.store.made import finding, look
from tocsin.model import RemoteError, TocsinError, UserError
from tocsin.store import findings
from tocsin.store.open import Store, file_url, open_existing, open_store


def filled(path: Path, names: str = "abc") -> None:
    with open_store(file_url(path)) as store, store.begin() as conn:
        look(conn, [finding(name) for name in names])


def count(path: Path) -> int:
    with open_store(file_url(path)) as store, store.read() as conn:
        return len(list(findings.listed(conn)))


def test_what_is_written_is_there_after_opening_again(store: Store, store_url: str) -> None:
    with store.begin() as conn:
        look(conn, [finding("a")])
    store.close()
    with open_existing(store_url) as again, again.read() as conn:
        assert len(list(findings.listed(conn))) == 1


def test_a_store_that_is_not_there_yet_is_said_to_be_so(store_url: str) -> None:
    with pytest.raises(UserError, match=r"no store at .* yet"):
        open_existing(store_url)
    with open_store(store_url), open_existing(store_url):
        pass


def test_asking_for_an_absent_store_makes_no_file(tmp_path: Path) -> None:
    with pytest.raises(UserError):
        open_existing(file_url(tmp_path / "new" / "store.db"))
    assert list(tmp_path.iterdir()) == []


def test_a_store_in_memory_keeps_until_it_is_closed() -> None:
    with open_store("sqlite://") as store:
        assert store.path is None
        with store.begin() as conn:
            look(conn, [finding("a")])
        with store.read() as conn:
            assert len(list(findings.listed(conn))) == 1


@pytest.mark.parametrize(
    "url",
    ["", "store.db", "mysql://localhost/x", "sqlite:///x.db?mode=ro", "sqlite://host/x.db", "nonsense://x", "http://["],
)
def test_a_url_that_names_no_store_is_refused_in_one_sentence(url: str) -> None:
    with pytest.raises(UserError) as raised:
        open_store(url)
    assert "postgresql://" in raised.value.hint
    assert "\n" not in raised.value.says


def test_a_password_is_in_no_message(tmp_path: Path) -> None:
    url = f"postgresql://ines:hunter2@/x?host={tmp_path}"
    with pytest.raises(RemoteError, match="does not answer") as raised:
        open_store(url)
    assert "hunter2" not in raised.value.says + raised.value.hint


@pytest.mark.parametrize(
    "content",
    [b"hello\n", b"\x00" * 4096, b"SQLite format 3\0", b"\x1f\x8b" + b"x" * 200],
    ids=["text", "zeros", "cut header", "gzip"],
)
def test_a_file_that_is_not_ours_is_refused_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "notes.db"
    path.write_bytes(content)
    with pytest.raises(UserError, match="no store of Tocsin"):
        open_store(file_url(path))
    assert path.read_bytes() == content
    assert [other.name for other in tmp_path.iterdir()] == ["notes.db"]


@pytest.mark.parametrize("mode", ["delete", "wal"])
def test_another_programs_database_is_refused_and_left_alone(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "their.db"
    with closing(sqlite3.connect(path)) as theirs:
        theirs.execute(f"PRAGMA journal_mode={mode}")
        theirs.execute("CREATE TABLE finding (id)")
        theirs.commit()
    before = path.read_bytes()
    with pytest.raises(UserError, match="no store of Tocsin"):
        open_store(file_url(path))
    assert path.read_bytes() == before


def test_a_folder_named_as_a_store_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="is no file"):
        open_store(file_url(tmp_path))


@pytest.mark.skip_when("windows", "there is no FIFO")
def test_a_fifo_named_as_a_store_does_not_hang(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "fifo")
    with pytest.raises(UserError, match="is no file"):
        open_store(file_url(tmp_path / "fifo"))


def test_a_damaged_store_is_said_to_be_damaged_and_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    filled(path, "abcdefgh" * 50)
    raw = bytearray(path.read_bytes())
    raw[1024:8192] = os.urandom(7168)
    path.write_bytes(raw)
    with pytest.raises(UserError, match="is damaged") as raised:
        count(path)
    assert "restore" in raised.value.hint
    assert path.read_bytes() == bytes(raw)


def test_a_store_cut_short_is_said_to_be_damaged(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    filled(path)
    path.write_bytes(path.read_bytes()[:20_000])
    with pytest.raises(UserError, match="is damaged"):
        count(path)


@pytest.mark.skip_when("windows", "rights are not bits there")
def test_a_new_store_and_its_folder_are_for_their_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "new" / "store.db"
    filled(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def refused(path: Path) -> str:
    """Return what opening and writing says; in a function, for a child to call."""
    try:
        filled(path)
    except TocsinError as error:
        return f"{type(error).__name__}: {error.says}"
    return "written"


def test_a_folder_that_may_not_be_written_is_said_so(unprivileged: Unprivileged) -> None:
    unprivileged.folder.chmod(0o555)
    says = unprivileged(lambda: refused(unprivileged.folder / "store.db"))
    assert says.startswith("UserError: the store")
    assert "Permission denied" in says
    assert list(unprivileged.folder.iterdir()) == []


def test_a_store_that_may_not_be_written_is_said_so_and_left_alone(unprivileged: Unprivileged) -> None:
    path = unprivileged.folder / "store.db"
    filled(path, "a")
    before = path.read_bytes()
    path.chmod(0o444)
    unprivileged.folder.chmod(0o555)
    assert "UserError: the store" in unprivileged(lambda: refused(path))
    assert path.read_bytes() == before


def test_a_store_that_may_not_be_read_is_said_so(unprivileged: Unprivileged) -> None:
    path = unprivileged.folder / "store.db"
    filled(path, "a")
    path.chmod(0)
    assert "Permission denied" in unprivileged(lambda: refused(path))


def test_a_store_locked_whole_by_another_program_is_said_to_be_in_use(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    filled(path)
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode=EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(UserError, match="in use by another process"):
            open_store(file_url(path), patience=0.1)
    assert count(path) == 3


def test_a_new_store_that_was_killed_before_its_first_table_is_finished(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with closing(sqlite3.connect(path)) as begun:
        begun.execute("PRAGMA application_id=1416586099")
        begun.execute("PRAGMA journal_mode=WAL")
    assert count(path) == 0


def test_a_store_can_be_moved_as_a_file_when_it_is_closed(tmp_path: Path) -> None:
    filled(tmp_path / "one.db")
    assert [path.name for path in tmp_path.iterdir()] == ["one.db"]
    shutil.copy(tmp_path / "one.db", tmp_path / "two.db")
    assert count(tmp_path / "two.db") == 3


def test_importing_the_records_does_not_import_the_database() -> None:
    assert "sqlalchemy" in sys.modules  # here it is, through the store
    probe = "import sys, tocsin.model, tocsin.kit; sys.exit('sqlalchemy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0
