"""Limits of the real kind: a full disk, a limit on files, a limit of the database; and what each is called."""

import shutil
import subprocess
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import Column, LargeBinary, MetaData, Table, Text, insert, select
from sqlalchemy.exc import IntegrityError

from tests.conditions import may_mount
from tests.fixtures import Unprivileged
from tests.skips import skip
from tests.store.made import NOW, digests, finding, look
from tocsin.model import TocsinError, UserError
from tocsin.store import dialect, findings, runs, upkeep
from tocsin.store.open import Connection, Store, file_url, open_store

MUCH = [finding(str(number), message="x" * 500) for number in range(4000)]


def first(store: Store) -> None:
    with store.begin() as conn:
        look(conn, [finding("first")], {finding("first").fingerprint: digests(1)})


def too_much(conn: Connection) -> None:
    look(conn, MUCH, {one.fingerprint: digests(1, 2, 3) for one in MUCH}, now=NOW + timedelta(hours=1))


def said(store: Store) -> str:
    """Return what writing too much says."""
    try:
        with store.begin() as conn:
            too_much(conn)
    except TocsinError as error:
        return f"{type(error).__name__}: {error.says} ({error.hint})"
    return "written"


def check_only_first(path: Path) -> None:
    with open_store(file_url(path)) as store:
        assert upkeep.problems(store) == []
        with store.read() as conn:
            assert [run.id for run in runs.listed(conn)] == [1]
            [stored] = findings.listed(conn)
        assert stored.finding.count == 1
        assert said(store) == "written"


def test_a_store_at_its_page_limit_is_full_and_keeps_what_it_had(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    with open_store(file_url(path)) as store:
        first(store)
        with store.begin() as conn:
            conn.exec_driver_sql(
                "PRAGMA max_page_count=60"
            )  # stays with the connection, which the pool hands out again
        says = said(store)
    assert "is full" in says
    assert "make room" in says
    check_only_first(path)


def test_a_limit_on_the_size_of_files_is_said_and_keeps_what_there_was(unprivileged: Unprivileged) -> None:
    path = unprivileged.folder / "store.db"

    def limited() -> str:
        import resource

        with open_store(file_url(path)) as store:
            first(store)
            resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))
            return said(store)

    says = unprivileged(limited)
    assert says.startswith(f"UserError: the store {path} ")
    assert "limit" in says
    check_only_first(path)


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """Return a folder with one MiB of room."""
    if not may_mount():
        skip("may-not-mount", "a small disk is a tmpfs, and mounting one is refused")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(tmp_path)], check=True)
    yield tmp_path
    subprocess.run(["umount", str(tmp_path)], check=True)


def test_a_full_disk_is_said_and_keeps_what_there_was(
    small_disk: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = small_disk / "store.db"
    with open_store(file_url(path)) as store:
        first(store)
        says = said(store)
    assert says.startswith(f"UserError: the store {path} is full")
    roomy = tmp_path_factory.mktemp("roomy")
    for part in small_disk.glob("store.db*"):  # the log too: there was no room to fold it into the file
        shutil.copy(part, roomy)
    check_only_first(roomy / "store.db")


def test_a_disk_full_already_makes_no_store_and_says_so(small_disk: Path) -> None:
    (small_disk / "filler").write_bytes(b"x" * (1024 * 1024 - 8192))
    with pytest.raises(UserError, match="full"):
        open_store(file_url(small_disk / "store.db"))
    (small_disk / "filler").unlink()
    with open_store(file_url(small_disk / "store.db")) as store:
        first(store)


def test_a_backup_to_a_full_disk_leaves_no_file(small_disk: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    with open_store(file_url(tmp_path_factory.mktemp("roomy") / "store.db")) as store:
        assert said(store) == "written"
        (small_disk / "filler").write_bytes(b"x" * (1024 * 1024 - 8192))
        for name in ("backup.db", "backup.jsonl.zst"):
            with pytest.raises(UserError):
                upkeep.backup(store, small_disk / name)
    assert [path.name for path in small_disk.iterdir()] == ["filler"]


TABLE = Table(
    "thing", MetaData(), Column("name", Text, primary_key=True), Column("raw", LargeBinary), Column("times", Text)
)


def test_rows_that_are_there_are_left(store: Store) -> None:
    with store.begin() as conn:
        TABLE.create(conn)
        dialect.insert_new(conn, TABLE, [("a", b"\0\xff\\x", "1")])
        dialect.insert_new(conn, TABLE, [("a", b"other", "2"), ("b", None, "3")])
        assert [tuple(row) for row in conn.execute(select(TABLE).order_by(TABLE.c.name))] == [
            ("a", b"\0\xff\\x", "1"),
            ("b", None, "3"),
        ]


def test_rows_that_are_there_are_replaced(store: Store) -> None:
    with store.begin() as conn:
        TABLE.create(conn)
        dialect.upsert(conn, TABLE, [("a", b"1", "1")])
        dialect.upsert(conn, TABLE, [("a", b"2", "2")])
        assert [tuple(row) for row in conn.execute(select(TABLE))] == [("a", b"2", "2")]


def test_the_greater_value_stays(store: Store) -> None:
    with store.begin() as conn:
        TABLE.create(conn)
        for value in ("2", "3", "1"):
            dialect.upsert_greater(conn, TABLE, [("a", b"", value)], "times")
        assert conn.execute(select(TABLE.c.times)).scalar() == "3"


def test_more_rows_than_one_batch_are_all_written(store: Store) -> None:
    with store.begin() as conn:
        TABLE.create(conn)
        dialect.insert_new(conn, TABLE, ((str(number), b"x", "1") for number in range(2 * dialect.BATCH + 1)))
        assert len(conn.execute(select(TABLE)).all()) == 2 * dialect.BATCH + 1


def test_no_rows_are_no_work(store: Store) -> None:
    with store.begin() as conn:
        dialect.insert_new(conn, TABLE, [])


def test_a_mistake_of_ours_is_not_dressed_up_as_the_users(store: Store) -> None:
    with store.begin() as conn:
        TABLE.create(conn)
        conn.execute(insert(TABLE).values(name="a"))
    with pytest.raises(IntegrityError), store.begin() as conn:
        conn.execute(insert(TABLE).values(name="a"))
