from datetime import date

from tests.store.made import NOW
from tocsin.model import Observable, ObservableType
from tocsin.store import seen
from tocsin.store.open import Store
from tocsin.store.seen import Sighting, Summary

IP = Observable(type=ObservableType.IP, value="192.0.2.1")


def sighting(day: int, count: int = 1, who: str = "host:web", what: Observable = IP) -> Sighting:
    return Sighting(seen=what, who=who, day=date(2026, 11, day), count=count)


def test_a_value_is_found_with_first_and_last_day_and_count(store: Store) -> None:
    with store.begin() as conn:
        seen.record(conn, b"1", [sighting(3, 2), sighting(5, 4)], NOW)
        found = seen.lookup(conn, ObservableType.IP, "192.0.2.1")
    assert found == [Summary(who="host:web", first=date(2026, 11, 3), last=date(2026, 11, 5), days=2, count=6)]


def test_the_same_input_twice_doubles_nothing(store: Store) -> None:
    with store.begin() as conn:
        seen.record(conn, b"1", [sighting(3, 2)], NOW)
        seen.record(conn, b"1", [sighting(3, 2)], NOW)
        assert seen.lookup(conn, ObservableType.IP, IP.value)[0].count == 2


def test_an_input_that_grew_counts_as_it_is_now(store: Store) -> None:
    with store.begin() as conn:
        seen.record(conn, b"1", [sighting(3, 2)], NOW)
        seen.record(conn, b"1", [sighting(3, 7), sighting(4, 1)], NOW)
        seen.record(conn, b"1", [sighting(3, 2)], NOW)
        assert seen.lookup(conn, ObservableType.IP, IP.value)[0].count == 8


def test_two_inputs_add_up(store: Store) -> None:
    with store.begin() as conn:
        seen.record(conn, b"1", [sighting(3, 2)], NOW)
        seen.record(conn, b"2", [sighting(3, 5)], NOW)
        assert seen.lookup(conn, ObservableType.IP, IP.value)[0].count == 7


def test_sightings_of_one_input_add_up(store: Store) -> None:
    with store.begin() as conn:
        seen.record(conn, b"1", [sighting(3, 2), sighting(3, 3)], NOW)
        assert seen.lookup(conn, ObservableType.IP, IP.value)[0].count == 5


def test_each_host_or_user_is_told_apart_the_latest_first(store: Store) -> None:
    with store.begin() as conn:
        seen.record(conn, b"1", [sighting(3, who="host:a"), sighting(9, who="user:b"), sighting(1, who="")], NOW)
        assert [one.who for one in seen.lookup(conn, ObservableType.IP, IP.value)] == ["user:b", "host:a", ""]
        assert seen.first_and_last(conn, ObservableType.IP, IP.value) == (date(2026, 11, 1), date(2026, 11, 9))


def test_a_value_that_was_never_seen_has_no_days(store: Store) -> None:
    with store.read() as conn:
        assert seen.lookup(conn, ObservableType.IP, "192.0.2.9") == []
        assert seen.first_and_last(conn, ObservableType.IP, "192.0.2.9") is None


def test_values_with_nul_and_of_any_length_are_found_again(store: Store) -> None:
    for number, value in enumerate(("a\0b", "\udc80", "x" * 9000, "x" * 9001)):
        what = Observable(type=ObservableType.PATH, value=value)
        with store.begin() as conn:
            seen.record(conn, b"1", [sighting(3, number + 1, what=what)], NOW)
            assert [one.count for one in seen.lookup(conn, ObservableType.PATH, value)] == [number + 1]


def test_days_before_1970_are_days(store: Store) -> None:
    with store.begin() as conn:
        seen.record(conn, b"1", [Sighting(seen=IP, who="", day=date(1601, 1, 1), count=1)], NOW)
        assert seen.first_and_last(conn, ObservableType.IP, IP.value) == (date(1601, 1, 1), date(1601, 1, 1))
