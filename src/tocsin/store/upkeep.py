"""Upkeep: purge by age, backup, restore, and the check of the file."""

import os
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
from sqlalchemy import Column, ColumnElement, Connection, Delete, delete, exists, func, or_, select

from tocsin.model import UserError
from tocsin.model.times import EPOCH, to_micros
from tocsin.store import dialect, dump
from tocsin.store.migrate import STEPS, migrate, version
from tocsin.store.open import Store, file_url, is_ours, open_existing
from tocsin.store.states import CaseState
from tocsin.store.tables import (
    CASE,
    CASE_ALIAS,
    CASE_HISTORY,
    CASE_MEMBER,
    CASE_NOTE,
    FINDING,
    FINDING_ENTITY,
    METADATA,
    OCCURRENCE,
    PIN,
    RUN,
    RUN_FINDING,
    SEEN,
    SEEN_SOURCE,
    SUPPRESSION,
)

PORTABLE = ".zst"  # a backup whose name ends so is the portable one; another is a copy of the SQLite file


class Purged(msgspec.Struct, frozen=True, kw_only=True):
    """How many rows a purge took.

    `kept` are the old findings that it left because an open case holds them.
    """

    findings: int
    occurrences: int
    seen: int
    runs: int
    cases: int
    suppressions: int
    kept: int


def purge(store: Store, before: datetime) -> Purged:
    """Delete what was last seen before a time, for good.

    The room is overwritten and given back.
    A finding in an open case stays, whatever its age, and so does that case. Purged occurrences are forgotten: the same
    input looked at again counts again.
    """
    with store.begin() as conn:
        purged = _purge(conn, before)
    with store.explained():
        dialect.compact(store.engine)
    return purged


def backup(store: Store, target: Path) -> None:
    """Write a backup; the file is there whole or not at all.

    Others may write to the store meanwhile.
    A name that ends in `.zst` gets the portable form, which either database restores; any other the SQLite file.
    Raises UserError when the file is there already or cannot be written.
    """
    with _atomic(target) as made:
        if target.suffix == PORTABLE:
            with store.read() as conn, made.open("wb") as file:
                dump.write(conn, file)
        elif store.path is None:
            raise UserError(f"{target}: only a SQLite store can be copied as a file", hint="end the name in .jsonl.zst")
        else:
            with store.explained():
                dialect.copy_file(store.engine, made)


def restore(store: Store, source: Path) -> dict[str, int]:
    """Fill an empty store from a backup of either form; return the rows by table.

    All or nothing.
    Raises UserError for a store that holds anything, a file that is no backup, is damaged, or is of a newer version.
    """
    try:
        with source.open("rb") as file:
            begin = file.read(100)
            file.seek(0)
            if begin.startswith(dump.MAGIC):
                header, lines = dump.read_header(file, str(source))
                return _fill(store, header, lines, source)
    except OSError as error:
        raise UserError(f"{source} cannot be read: {error.strerror}") from error
    if is_ours(begin):
        return _restore_file(store, source)
    raise UserError(f"{source} is no backup of a store", hint="name a file that tocsin store backup wrote")


def problems(store: Store) -> list[str]:
    """Return what is wrong with the store's file, nothing when all is well.

    Reads all of it.
    """
    with store.explained(), store.read() as conn:
        return dialect.problems(conn)


def _purge(conn: Connection, before: datetime) -> Purged:
    cutoff = to_micros(before)
    day = (before - EPOCH).days
    old = FINDING.c.seen_last < cutoff
    in_open = select(CASE_MEMBER.c.fingerprint).join(CASE, CASE.c.id == CASE_MEMBER.c.case_id)
    in_open = in_open.where(CASE.c.state == CaseState.OPEN.value)
    free = FINDING.c.fingerprint.not_in(in_open)
    runs = select(RUN.c.id).where(RUN.c.started < cutoff)
    # Only the latest run over some paths tells what is new at the next look: it stays whatever its age.
    latest = select(func.max(RUN.c.id)).group_by(RUN.c.key, RUN.c.command)
    kept = conn.execute(select(func.count()).select_from(FINDING).where(old, ~free)).scalar_one()
    occurrences = _run(conn, delete(OCCURRENCE).where(OCCURRENCE.c.run.in_(runs)))
    found = _run(conn, delete(FINDING).where(old, free))
    occurrences += _run(conn, delete(OCCURRENCE).where(_orphan(OCCURRENCE.c.fingerprint)))
    _run(conn, delete(FINDING_ENTITY).where(_orphan(FINDING_ENTITY.c.fingerprint)))
    _run(conn, delete(CASE_MEMBER).where(_orphan(CASE_MEMBER.c.fingerprint)))
    _run(conn, delete(PIN).where(or_(_orphan(PIN.c.a), _orphan(PIN.c.b))))
    cases = _run(conn, delete(CASE).where(~exists().where(CASE_MEMBER.c.case_id == CASE.c.id), CASE.c.changed < cutoff))
    for table in (CASE_NOTE, CASE_HISTORY, CASE_ALIAS):
        _run(conn, delete(table).where(~exists().where(CASE.c.id == table.c.case_id)))
    gone = _run(conn, delete(RUN).where(RUN.c.started < cutoff, RUN.c.id.not_in(latest)))
    _run(conn, delete(RUN_FINDING).where(~exists().where(RUN.c.id == RUN_FINDING.c.run)))
    _run(conn, delete(RUN_FINDING).where(_orphan(RUN_FINDING.c.fingerprint)))
    seen = _run(conn, delete(SEEN).where(SEEN.c.day < day))
    _run(conn, delete(SEEN_SOURCE).where(~exists().where(SEEN.c.source == SEEN_SOURCE.c.id)))
    ended = _run(conn, delete(SUPPRESSION).where(SUPPRESSION.c.ends < cutoff))
    return Purged(
        findings=found, occurrences=occurrences, seen=seen, runs=gone, cases=cases, suppressions=ended, kept=kept
    )


def _run(conn: Connection, statement: Delete) -> int:
    return conn.execute(statement).rowcount


def _orphan(column: Column[str]) -> ColumnElement[bool]:
    return ~exists().where(FINDING.c.fingerprint == column)


def _fill(store: Store, header: dump.Header, lines: Iterator[bytes], source: Path) -> dict[str, int]:
    if not 1 <= header.version <= len(STEPS):
        raise UserError(
            f"{source} is a backup of a store of version {header.version}; this Tocsin knows {len(STEPS)}",
            hint="upgrade Tocsin, then restore it",
        )
    with store.begin() as conn:
        _refuse_unless_empty(conn, store.where)
        # The backup's own version is made anew, filled, and brought to the present one as any older store is.
        dump.tables(conn).drop_all(conn)
        migrate(conn, STEPS[: header.version])
        conn.execute(delete(dump.tables(conn).tables["tocsin_store"]))
        rows = dump.load(conn, lines, str(source))
        if version(conn) != header.version:
            raise UserError(f"{source} is damaged: its parts name different versions", hint=dump.EARLIER)
        migrate(conn, STEPS)
    return rows


def _refuse_unless_empty(conn: Connection, where: str) -> None:
    for table in METADATA.sorted_tables:
        if table.name != "tocsin_store" and conn.execute(select(table).limit(1)).first() is not None:
            raise UserError(
                f"the store {where} is not empty, so nothing was restored into it",
                hint="name a new store with --store; nothing is ever restored over records",
            )


def _restore_file(store: Store, source: Path) -> dict[str, int]:
    """Restore from a copy of a SQLite file by way of the portable form.

    The copy itself is not touched.
    """
    with TemporaryDirectory(prefix="tocsin-restore-") as folder:
        copy = Path(folder) / "store.db"
        copy.write_bytes(source.read_bytes())
        with closing(open_existing(file_url(copy))) as other:
            if wrong := problems(other):
                raise UserError(f"{source} is damaged: {wrong[0]}", hint=dump.EARLIER)
            made = Path(folder) / "store.jsonl.zst"
            backup(other, made)
        with made.open("rb") as file:
            header, lines = dump.read_header(file, str(source))
            return _fill(store, header, lines, source)


@contextmanager
def _atomic(target: Path) -> Iterator[Path]:
    """Yield a path that becomes the target when all went well.

    It lies beside the target, and is removed when not.
    """
    if target.exists():
        raise UserError(f"{target} is there already", hint="name another file; a backup is never overwritten")
    made = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        os.close(os.open(made, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        yield made
        with made.open("rb+") as file:
            os.fsync(file.fileno())
        made.replace(target)
    except OSError as error:
        raise UserError(f"{target} cannot be written: {error.strerror}", hint="nothing was left there") from error
    finally:
        for part in ("", "-journal", "-wal", "-shm"):  # SQLite's own files beside it, after a failure
            made.with_name(made.name + part).unlink(missing_ok=True)
