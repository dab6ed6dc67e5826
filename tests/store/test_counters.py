import pytest

from tocsin.store.counters import next_id, next_ids
from tocsin.store.open import Store


def test_ids_begin_at_one_and_are_each_kinds_own(store: Store) -> None:
    with store.begin() as conn:
        assert [next_id(conn, "case"), next_id(conn, "case"), next_id(conn, "run")] == [1, 2, 1]


def test_several_ids_are_given_at_once(store: Store) -> None:
    with store.begin() as conn:
        assert list(next_ids(conn, "case", 3)) == [1, 2, 3]
        assert list(next_ids(conn, "case", 2)) == [4, 5]


def test_an_id_of_a_transaction_that_failed_is_given_again(store: Store) -> None:
    def fail() -> None:
        with store.begin() as conn:
            next_id(conn, "case")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    with store.begin() as conn:
        assert next_id(conn, "case") == 1
