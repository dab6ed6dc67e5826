from datetime import UTC, datetime, timedelta

import pytest

from tests.store.made import NOW
from tocsin.model import UserError
from tocsin.model.finding import Suppression
from tocsin.store import suppressions
from tocsin.store.open import Store


def word(until: str, reason: str = "known") -> Suppression:
    return Suppression(reason=reason, owner="@secops", until=until)


def test_what_is_added_is_listed_those_that_end_first_before(store: Store) -> None:
    with store.begin() as conn:
        suppressions.add(conn, "b", word("2027-01-01"), NOW)
        suppressions.add(conn, "a", word("2026-12-01"), NOW)
        assert [(one.fingerprint, one.suppression) for one in suppressions.listed(conn)] == [
            ("a", word("2026-12-01")),
            ("b", word("2027-01-01")),
        ]


def test_a_second_word_replaces_the_first(store: Store) -> None:
    with store.begin() as conn:
        suppressions.add(conn, "a", word("2026-12-01"), NOW)
        suppressions.add(conn, "a", word("2027-12-01", "renewed"), NOW)
        [one] = suppressions.listed(conn)
    assert one.suppression == word("2027-12-01", "renewed")


def test_a_day_counts_to_its_end(store: Store) -> None:
    with store.begin() as conn:
        suppressions.add(conn, "a", word("2026-11-22"), NOW)
        last = datetime(2026, 11, 22, 23, 59, 59, tzinfo=UTC)
        assert suppressions.active(conn, last) == {"a": word("2026-11-22")}
        assert suppressions.expired(conn, last + timedelta(seconds=1)) == {"a": word("2026-11-22")}
        assert suppressions.active(conn, last + timedelta(seconds=1)) == {}


@pytest.mark.parametrize(
    ("until", "ends"),
    [
        ("2026-11-22T10:00:00+02:00", datetime(2026, 11, 22, 8, tzinfo=UTC)),
        ("2026-11-22T10:00:00Z", datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ("2026-11-22T10:00:00", datetime(2026, 11, 22, 10, tzinfo=UTC)),
        ("9999-12-31", datetime(9999, 12, 31, tzinfo=UTC)),
    ],
)
def test_a_time_counts_to_that_time(until: str, ends: datetime) -> None:
    assert suppressions.end_of(until) == ends


@pytest.mark.parametrize("until", ["", "soon", "2026-13-01", "2026-02-30", "20261122zz", "2026-11-22T25:00"])
def test_a_text_that_is_no_date_is_refused(store: Store, until: str) -> None:
    with store.begin() as conn, pytest.raises(UserError, match="no date"):
        suppressions.add(conn, "a", word(until), NOW)


def test_one_that_is_taken_back_is_gone_and_a_second_time_refused(store: Store) -> None:
    with store.begin() as conn:
        suppressions.add(conn, "a", word("2026-12-01"), NOW)
        suppressions.remove(conn, "a")
        assert suppressions.listed(conn) == []
        with pytest.raises(UserError, match="no suppression"):
            suppressions.remove(conn, "a")
