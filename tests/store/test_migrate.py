from collections.abc import Callable

import pytest
from sqlalchemy import Column, Connection, Index, MetaData, Table, Text, insert, inspect, select, update

from tocsin.model import UserError
from tocsin.store import dump
from tocsin.store.migrate import STEPS, migrate, version
from tocsin.store.open import Store, open_store
from tocsin.store.tables import METADATA, STORE


def shape(conn: Connection) -> dict[str, object]:
    found = inspect(conn)
    return {
        table: (
            [(column["name"], str(column["type"]), column["nullable"]) for column in found.get_columns(table)],
            found.get_pk_constraint(table)["constrained_columns"],
            sorted((index["name"], index["column_names"], bool(index["unique"])) for index in found.get_indexes(table)),
        )
        for table in found.get_table_names()
    }


def test_all_steps_together_make_what_the_tables_say(store: Store) -> None:
    with store.begin() as conn:
        by_steps = shape(conn)
        dump.tables(conn).drop_all(conn)
        METADATA.create_all(conn)
        assert shape(conn) == by_steps


def test_a_new_store_has_the_newest_version(store: Store) -> None:
    with store.read() as conn:
        assert version(conn) == len(STEPS)


def test_opening_again_changes_nothing(store: Store, store_url: str) -> None:
    with store.read() as conn:
        before = shape(conn)
    with open_store(store_url) as again, again.read() as conn:
        assert shape(conn) == before


def add_column(conn: Connection) -> None:
    Table("later", MetaData(), Column("word", Text, nullable=False), Index("later_word", "word")).create(conn)


def test_an_older_store_gets_only_the_steps_it_lacks(store: Store) -> None:
    steps: tuple[Callable[[Connection], None], ...] = (*STEPS, add_column)
    with store.begin() as conn:
        assert migrate(conn, steps) == len(STEPS)
        assert migrate(conn, steps) == len(steps)
        assert version(conn) == len(steps)
        assert "later" in shape(conn)


def break_off(conn: Connection) -> None:
    add_column(conn)
    raise ZeroDivisionError


def test_a_step_that_fails_leaves_the_store_as_it_was(store: Store) -> None:
    with pytest.raises(ZeroDivisionError), store.begin() as conn:
        migrate(conn, (*STEPS, break_off))
    with store.read() as conn:
        assert version(conn) == len(STEPS)
        assert "later" not in shape(conn)


def test_a_store_of_a_newer_version_is_refused_and_left_alone(store: Store, store_url: str) -> None:
    with store.begin() as conn:
        conn.execute(update(STORE).values(version=99))
    with pytest.raises(UserError, match="version 99, made by a newer Tocsin") as raised:
        open_store(store_url)
    assert "upgrade" in raised.value.hint
    with store.read() as conn:
        assert conn.execute(select(STORE.c.version)).scalar() == 99


def test_a_place_with_other_tables_is_refused_and_left_alone(store: Store, store_url: str) -> None:
    foreign = Table("theirs", MetaData(), Column("word", Text))
    with store.begin() as conn:
        dump.tables(conn).drop_all(conn)
        foreign.create(conn)
        conn.execute(insert(foreign).values(word="kept"))
    with pytest.raises(UserError, match="no store of Tocsin"):
        open_store(store_url)
    with store.read() as conn:
        assert inspect(conn).get_table_names() == ["theirs"]
