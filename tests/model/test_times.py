"""Times: microseconds inside, ISO 8601 with `Z` outside."""

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from tocsin.model.times import from_micros, iso, to_micros


@given(st.datetimes(timezones=st.just(UTC)))
def test_times_come_back_to_the_microsecond(when: datetime) -> None:
    assert from_micros(to_micros(when)) == when


def test_a_time_is_shown_in_utc_with_a_fraction_only_where_there_is_one() -> None:
    berlin = timezone(timedelta(hours=1))
    assert iso(datetime(2026, 1, 2, 0, 30, tzinfo=berlin)) == "2026-01-01T23:30:00Z"
    assert iso(datetime(2026, 1, 2, 0, 0, 0, 1000, tzinfo=UTC)) == "2026-01-02T00:00:00.001000Z"
