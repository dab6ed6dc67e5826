from typing import Any

from tests.store.made import NOW
from tocsin.store import pins
from tocsin.store.open import Store

WHO: dict[str, Any] = {"by": "ines", "now": NOW}


def test_a_store_without_a_persons_word_has_no_pins(store: Store) -> None:
    with store.read() as conn:
        assert pins.pins(conn) == pins.Pins()


def test_joined_findings_hang_together_through_pairs(store: Store) -> None:
    with store.begin() as conn:
        pins.join(conn, ["c", "a", "b"], **WHO)
        assert pins.pins(conn).together == {("a", "b"), ("b", "c")}


def test_parts_are_held_apart_pair_by_pair(store: Store) -> None:
    with store.begin() as conn:
        pins.part(conn, ["d", "b"], ["a", "c"], **WHO)
        told = pins.pins(conn)
    assert told.apart == {("a", "b"), ("b", "c"), ("a", "d"), ("c", "d")}
    assert told.together == {("b", "d")}


def test_the_last_word_counts(store: Store) -> None:
    with store.begin() as conn:
        pins.part(conn, ["a"], ["b"], **WHO)
        pins.join(conn, ["a", "b"], **WHO)
        assert pins.pins(conn) == pins.Pins(together=frozenset({("a", "b")}))
        pins.part(conn, ["a"], ["b"], **WHO)
        assert pins.pins(conn) == pins.Pins(apart=frozenset({("a", "b")}))


def test_what_held_the_rest_together_still_does_after_the_middle_left(store: Store) -> None:
    with store.begin() as conn:
        pins.join(conn, ["a", "b", "c"], **WHO)
        pins.part(conn, ["b"], ["a", "c"], **WHO)
        assert pins.pins(conn).together == {("a", "c")}


def test_pins_of_others_are_left_alone(store: Store) -> None:
    with store.begin() as conn:
        pins.join(conn, ["x", "y"], **WHO)
        pins.part(conn, ["a"], ["b"], **WHO)
        assert ("x", "y") in pins.pins(conn).together


def test_a_great_case_can_be_parted(store: Store) -> None:
    with store.begin() as conn:
        pins.part(conn, [f"a{n}" for n in range(450)], [f"b{n}" for n in range(3)], **WHO)
        assert len(pins.pins(conn).apart) == 1350
