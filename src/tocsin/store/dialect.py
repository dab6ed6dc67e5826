"""All that differs between SQLite and Postgres.

No other module imports a dialect or a driver.
Connections, locks, bulk writes, what an error of the driver means, and SQLite's own backup and compaction.
"""

import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, StaticPool, Table, bindparam, case, create_engine, event, func, select
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import URL
from sqlalchemy.exc import DBAPIError

from tocsin.model import RemoteError, TocsinError, UserError
from tocsin.model.codec import to_json

APPLICATION = 1416586099  # "Tocs" in ASCII, in the header of every SQLite store: how a file is known as ours
MAGIC = b"SQLite format 3\0"
BATCH = 5_000  # rows sent at once
DAMAGED = "restore the last backup into a new store: tocsin store restore FILE"

# SQLite's primary result codes (https://www.sqlite.org/rescode.html): what happened, what to do.
_SQLITE: Mapping[int, tuple[str, str]] = {
    sqlite3.SQLITE_FULL: ("is full: the disk or the limit set has no room", "make room, then run it again"),
    sqlite3.SQLITE_IOERR: (
        "cannot be written or read: the disk or a limit refused",
        "look at the disk and at ulimit -f",
    ),
    sqlite3.SQLITE_BUSY: ("is in use by another process", "wait until that has ended, then run it again"),
    sqlite3.SQLITE_LOCKED: ("is in use by another process", "wait until that has ended, then run it again"),
    sqlite3.SQLITE_READONLY: ("may not be written", "give yourself the right, or name another with --store"),
    sqlite3.SQLITE_CANTOPEN: ("cannot be opened", "look at the folder and its rights, or name another with --store"),
    sqlite3.SQLITE_PERM: ("may not be opened", "give yourself the right, or name another with --store"),
    sqlite3.SQLITE_AUTH: ("may not be opened", "give yourself the right, or name another with --store"),
    sqlite3.SQLITE_CORRUPT: ("is damaged", DAMAGED),
    sqlite3.SQLITE_NOTADB: ("is damaged", DAMAGED),
}

# Postgres's SQLSTATE, by code or class (https://www.postgresql.org/docs/current/errcodes-appendix.html).
_POSTGRES: Mapping[str, tuple[type[TocsinError], str, str]] = {
    "55P03": (UserError, "is in use by another process", "wait until that has ended, then run it again"),
    "53100": (RemoteError, "is full: the server's disk has no room", "make room on the server, then run it again"),
    "3D000": (UserError, "names a database that is not there", "create it: createdb NAME"),
    "28": (UserError, "refused the user or password", "look at the user and password in the URL"),
    "42501": (UserError, "may not be written by this user", "grant the user CREATE on the schema"),
    "25006": (UserError, "may not be written", "name the primary server, not a standby"),
    "53": (RemoteError, "has no resources left", "look at the server's limits"),
    "57": (RemoteError, "was shut down or cancelled the work", "look at the server, then run it again"),
    "58": (RemoteError, "failed on its own disk", "look at the server's log"),
    "XX": (RemoteError, "is damaged", "look at the server's log"),
}


def engine(url: URL, *, patience: float) -> Engine:
    """Return an engine whose writers wait for each other `patience` seconds."""
    return _sqlite_engine(url, patience) if url.get_backend_name() == "sqlite" else _postgres_engine(url, patience)


def named(url: URL) -> str:
    """Return how a store is called in messages.

    A file's path, or a server's URL without what may be secret in it.
    """
    if url.get_backend_name() == "sqlite":
        return url.database or "in memory"
    return url.set(drivername="postgresql", password=None, query={}).render_as_string()


def is_sqlite(where: Engine | Connection) -> bool:
    """Tell whether this is SQLite."""
    return where.dialect.name == "sqlite"


def begin_writing(conn: Connection) -> None:
    """Begin a transaction that is the only writing one in this store.

    Readers go on.
    SQLite: BEGIN IMMEDIATE. Postgres: a lock on the schema that ends with the transaction. Work that reads, merges and
    writes back is right without a thought to another process, and two runs at once wait for each other.
    """
    if is_sqlite(conn):
        conn.execution_options(tocsin_begin="BEGIN IMMEDIATE")
        conn.begin()
        return
    conn.begin()
    conn.execute(select(func.pg_advisory_xact_lock(APPLICATION, func.hashtext(func.current_schema()))))


def begin_reading(conn: Connection) -> None:
    """Begin a transaction that sees one moment of the store however long it lasts."""
    if is_sqlite(conn):
        conn.execution_options(tocsin_begin="BEGIN")
    else:
        conn.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    conn.begin()


def insert_new(conn: Connection, table: Table, rows: Iterable[Sequence[Any]]) -> None:
    """Insert the rows whose primary key is not there yet.

    Rows hold values in the order of the table's columns.
    """
    _write(conn, table, rows, [])


def upsert(conn: Connection, table: Table, rows: Iterable[Sequence[Any]]) -> None:
    """Insert rows, or replace those of the same primary key.

    Rows hold values in the order of the table's columns.
    A primary key may not come twice in one call.
    """
    keys = {column.name for column in table.primary_key}
    _write(conn, table, rows, [(column.name, "new") for column in table.columns if column.name not in keys])


def upsert_greater(conn: Connection, table: Table, rows: Iterable[Sequence[Any]], column: str) -> None:
    """Insert rows; keep the greater value of one column where the key is there."""
    _write(conn, table, rows, [(column, "greater")])


def problems(conn: Connection) -> list[str]:
    """Return what SQLite's own check finds wrong with the file.

    Postgres checks itself: nothing is returned for it.
    """
    if not is_sqlite(conn):
        return []
    return [str(row[0]) for row in conn.exec_driver_sql("PRAGMA quick_check") if row[0] != "ok"]


def compact(engine: Engine) -> None:
    """Give freed room back, so that what was deleted is in no file any more.

    Postgres does so by itself, in its own time.
    """
    if not is_sqlite(engine):
        return
    with engine.connect() as conn:
        conn.exec_driver_sql("VACUUM")
        conn.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")


def copy_file(engine: Engine, target: Path) -> None:
    """Copy a SQLite store to a file while others may write to it.

    Uses SQLite's online backup.
    """
    with engine.connect() as conn, closing(sqlite3.connect(target)) as copy:
        source = conn.connection.driver_connection
        if not isinstance(source, sqlite3.Connection):
            raise UserError("only a SQLite store can be copied as a file", hint="name a backup that ends in .jsonl.zst")
        try:
            source.backup(copy)
            copy.execute("PRAGMA journal_mode=DELETE")  # one file, which a read-only folder can hold
        except sqlite3.Error as error:
            if (told := sqlite_error(error, f"or the copy {target}")) is None:
                raise
            raise told from error


def prepare_file(engine: Engine) -> None:
    """Mark a new SQLite file as ours and turn write-ahead logging on.

    Does nothing where both are done.
    The mark comes first, in a transaction of its own: whoever is killed after it left a store that is ours and empty.
    """
    with engine.connect() as conn:
        if conn.exec_driver_sql("PRAGMA application_id").scalar() != APPLICATION:
            conn.exec_driver_sql("PRAGMA application_id=1416586099")  # APPLICATION
        if conn.exec_driver_sql("PRAGMA journal_mode").scalar() == "delete":
            conn.exec_driver_sql("PRAGMA journal_mode=WAL")


def translated(error: DBAPIError, where: str) -> TocsinError | None:
    """Return what a driver's error means to a person, None for a mistake of ours.

    Decides by result code, never by message; the driver's message may hold data and is not repeated.
    """
    raw = error.orig
    if isinstance(raw, sqlite3.Error):
        return sqlite_error(raw, where)
    if isinstance(error.orig, Exception) and hasattr(raw, "sqlstate"):
        return _postgres_error(error, where)
    return None


def sqlite_error(raw: sqlite3.Error, where: str) -> TocsinError | None:
    """Return what SQLite's error means to a person, None for a mistake of ours."""
    code = getattr(raw, "sqlite_errorcode", None)
    if code is None:
        return None
    if known := _SQLITE.get(code & 0xFF):  # the low byte is the primary code, the rest says more
        says, hint = known
        return UserError(f"the store {where} {says}", hint=hint)
    if isinstance(raw, sqlite3.OperationalError):
        name = getattr(raw, "sqlite_errorname", code)
        return UserError(f"the store {where} failed with {name}", hint="run tocsin doctor")
    return None


def _postgres_error(error: DBAPIError, where: str) -> TocsinError | None:
    state = getattr(error.orig, "sqlstate", None)
    if state is None:  # no answer of a server: it is not there, or went away
        return RemoteError(f"the store {where} does not answer", hint="look at host, port and whether the server runs")
    if known := _POSTGRES.get(state) or _POSTGRES.get(state[:2]):
        kind, says, hint = known
        return kind(f"the store {where} {says}", hint=hint)
    if state.startswith("08"):
        return RemoteError(f"the store {where} does not answer", hint="look at host, port and whether the server runs")
    return None


def _sqlite_engine(url: URL, patience: float) -> Engine:
    memory = url.database in {None, "", ":memory:"}
    options: dict[str, Any] = {"poolclass": StaticPool} if memory else {}
    arguments = {"timeout": patience, "check_same_thread": not memory}
    made = create_engine(url, connect_args=arguments, hide_parameters=True, **options)

    @event.listens_for(made, "connect")
    def _connected(raw: sqlite3.Connection, _record: object) -> None:
        raw.isolation_level = None  # transactions begin where we say so (see "begin" below), not where sqlite3 guesses
        raw.execute("PRAGMA synchronous=FULL")  # what is committed survives a power cut, not only a kill
        raw.execute("PRAGMA cache_size=-65536")  # 64 MiB (negative: KiB): a bulk write's index pages stay in memory
        raw.execute("PRAGMA secure_delete=ON")  # purged means overwritten
        raw.execute("PRAGMA journal_size_limit=67108864")  # 64 MiB: a great write's log does not stay for ever

    @event.listens_for(made, "begin")
    def _begun(conn: Connection) -> None:
        begin = conn.get_execution_options().get("tocsin_begin")
        if begin is not None:
            conn.exec_driver_sql(begin)

    return made


def _postgres_engine(url: URL, patience: float) -> Engine:
    try:
        import psycopg  # noqa: F401 - an extra: only who names such a store needs it
    except ImportError as error:
        raise UserError("a Postgres store needs psycopg", hint="pip install 'tocsin[postgres]'") from error
    made = create_engine(
        url.set(drivername="postgresql+psycopg"),
        hide_parameters=True,
        pool_pre_ping=True,
        json_serializer=lambda value: to_json(value).decode(),
    )

    @event.listens_for(made, "connect")
    def _connected(raw: Any, _record: object) -> None:
        raw.execute("SELECT set_config('lock_timeout', %s, false)", [str(int(patience * 1000))])
        raw.commit()

    return made


def _write(conn: Connection, table: Table, rows: Iterable[Sequence[Any]], changes: list[tuple[str, str]]) -> None:
    if is_sqlite(conn):
        statement = str(_on_conflict(sqlite.insert(table), table, changes).compile(dialect=conn.dialect))
        for batch in _batches(rows):
            conn.exec_driver_sql(statement, [tuple(row) for row in batch])
        return
    # A batch travels as one JSON text that the server unfolds: nearly twice as fast as psycopg's arrays, 6 to 15
    # times as fast as a statement a row (benchmarks/store.py).
    batch_of = func.json_to_recordset(bindparam("batch", type_=postgresql.JSON)).table_valued(*table.columns)
    source = select(batch_of.render_derived(name="batch", with_types=True))
    names = [column.name for column in table.columns]
    statement = _on_conflict(postgresql.insert(table).from_select(names, source), table, changes)
    for batch in _batches(rows):
        records = [{name: _json(value) for name, value in zip(names, row, strict=True)} for row in batch]
        conn.execute(statement, {"batch": records})


def _json(value: Any) -> Any:
    return "\\x" + value.hex() if isinstance(value, bytes) else value  # the hex format of Postgres's bytea


def _on_conflict(statement: Any, table: Table, changes: list[tuple[str, str]]) -> Any:
    if not changes:
        return statement.on_conflict_do_nothing()
    new = statement.excluded
    values = {
        name: new[name] if how == "new" else case((new[name] > table.c[name], new[name]), else_=table.c[name])
        for name, how in changes
    }
    return statement.on_conflict_do_update(index_elements=list(table.primary_key), set_=values)


def _batches(rows: Iterable[Sequence[Any]]) -> Iterator[list[Sequence[Any]]]:
    several = iter(rows)
    while batch := list(islice(several, BATCH)):
        yield batch
