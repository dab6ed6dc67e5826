"""Opening a store by its URL.

`sqlite:///path`, `sqlite://` (in memory) or `postgresql://...`.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

from sqlalchemy import Connection, Engine
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError

from tocsin.model import UserError
from tocsin.store import dialect
from tocsin.store.migrate import STEPS, check_version, migrate

__all__ = ["Connection", "Store", "file_url", "is_ours", "open_existing", "open_store"]

PATIENCE = 30.0  # seconds that a writer waits for another; recording 50,000 findings takes about five
KNOWN = "sqlite:///PATH or postgresql://USER@HOST/NAME"


class Store:
    """An open store; hand out connections with `begin` (to write) and `read`."""

    def __init__(self, engine: Engine, where: str) -> None:
        self.engine = engine
        self.where = where  # the URL without password: for messages

    @property
    def path(self) -> Path | None:
        """Return the file of a SQLite store, None for another."""
        name = self.engine.url.database
        return Path(name) if dialect.is_sqlite(self.engine) and name and name != ":memory:" else None

    @contextmanager
    def begin(self) -> Iterator[Connection]:
        """Begin a writing transaction, of which all is kept or nothing.

        It is kept at the end, and not when an error leaves it.
        One process writes at a time; another waits, and after the store's patience gets a UserError.
        """
        with self._transaction(dialect.begin_writing) as conn:
            yield conn

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Begin a reading transaction, which sees one moment and waits for nobody."""
        with self._transaction(dialect.begin_reading) as conn:
            yield conn

    @contextmanager
    def explained(self) -> Iterator[None]:
        """Turn what a driver raises into one sentence for a person."""
        try:
            yield
        except DBAPIError as error:
            if (told := dialect.translated(error, self.where)) is None:
                raise
            raise told from error

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    @contextmanager
    def _transaction(self, begin: Callable[[Connection], None]) -> Iterator[Connection]:
        with self.explained(), self.engine.connect() as conn:
            begin(conn)
            yield conn
            conn.commit()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


def open_store(url: str, *, patience: float = PATIENCE) -> Store:
    """Return the store, made where there is none and migrated where it is older.

    Raises UserError for a bad URL, a file that is not ours, a newer version, a folder that may not be written; then
    nothing was changed.
    """
    store = _store(url, patience)
    try:
        with store.explained():
            if store.path is not None:
                _prepare(store, store.path)
            _migrate(store)
    except BaseException:
        store.close()
        raise
    return store


def open_existing(url: str, *, patience: float = PATIENCE) -> Store:
    """Return the store as `open_store` does; raise UserError where none is yet."""
    store = _store(url, patience)
    try:
        absent = _is_absent(store)
    finally:
        store.close()
    if absent:
        raise UserError(f"there is no store at {store.where} yet", hint="tocsin scan PATH makes one")
    return open_store(url, patience=patience)


def file_url(path: Path) -> str:
    """Return the URL of a SQLite file."""
    return URL.create("sqlite", database=str(path)).render_as_string(hide_password=False)


def _store(url: str, patience: float) -> Store:
    try:
        parsed = make_url(url)
        name = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError) as error:
        raise UserError("the store named is no URL that Tocsin knows", hint=f"write {KNOWN}") from error
    if name not in {"sqlite", "postgresql"}:
        raise UserError(f"a store cannot be kept in {name!r}", hint=f"write {KNOWN}")
    if name == "sqlite":
        if parsed.query or parsed.host:
            raise UserError("the store named has words that SQLite's URL does not take", hint=f"write {KNOWN}")
        parsed = parsed.set(drivername="sqlite")
    return Store(dialect.engine(parsed, patience=patience), dialect.named(parsed))


def _is_absent(store: Store) -> bool:
    if store.path is not None:
        return not store.path.exists() or store.path.stat().st_size == 0
    with store.read() as conn:
        return check_version(conn) == 0


def _migrate(store: Store) -> None:
    with store.engine.connect() as conn:
        dialect.begin_reading(conn)
        found = check_version(conn)
    if found < len(STEPS):
        with store.begin() as conn:
            migrate(conn)


def _prepare(store: Store, path: Path) -> None:
    """Make the file and its folder, for its owner only.

    Refuses a file that is not ours before SQLite touches it.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not path.exists():
            os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
        if not path.is_file():
            raise UserError(f"{path} is no file, so it is no store", hint="name another with --store")
        with path.open("rb") as file:
            header = file.read(100)
    except OSError as error:
        raise UserError(
            f"the store {path} cannot be opened: {error.strerror}", hint="look at the folder, or name another"
        ) from error
    if header and not is_ours(header):
        raise UserError(f"{path} is no store of Tocsin", hint="name another with --store; nothing was changed")
    dialect.prepare_file(store.engine)


def is_ours(header: bytes) -> bool:
    """Tell whether a file's first 100 bytes are those of a SQLite store.

    See: https://www.sqlite.org/fileformat.html
    """
    return header.startswith(dialect.MAGIC) and header[68:72] == dialect.APPLICATION.to_bytes(4, "big")
