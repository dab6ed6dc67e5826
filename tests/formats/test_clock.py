"""Times as logs write them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.formats import clock
from tocsin.model.times import from_micros

YEARLESS = (False, False)
LOCAL = (True, False)
WHOLE = (True, True)


@pytest.mark.parametrize(
    ("name", "text", "moment", "written"),
    [
        ("syslog", "Dec 10 06:55:46", datetime(2000, 12, 10, 6, 55, 46, tzinfo=UTC), YEARLESS),
        ("syslog", "Dec  9 06:55:46", datetime(2000, 12, 9, 6, 55, 46, tzinfo=UTC), YEARLESS),
        ("syslog", "Feb 29 00:00:00", datetime(2000, 2, 29, tzinfo=UTC), YEARLESS),
        ("syslog", "Oct 19 18:30:13.311", datetime(2000, 10, 19, 18, 30, 13, 311000, tzinfo=UTC), YEARLESS),
        ("syslog", "Dec 10 2005 06:55:46", datetime(2005, 12, 10, 6, 55, 46, tzinfo=UTC), LOCAL),
        ("syslog", "Mar 06 2025 13:38:52 +0100", datetime(2025, 3, 6, 12, 38, 52, tzinfo=UTC), WHOLE),
        ("iso", "2024-05-04T10:11:12Z", datetime(2024, 5, 4, 10, 11, 12, tzinfo=UTC), WHOLE),
        ("iso", "2024-05-04T10:11:12.5+02:00", datetime(2024, 5, 4, 8, 11, 12, 500000, tzinfo=UTC), WHOLE),
        ("iso", "2024-05-04 10:11:12,123", datetime(2024, 5, 4, 10, 11, 12, 123000, tzinfo=UTC), LOCAL),
        ("iso", "2024-05-04T10:11:12.123456789Z", datetime(2024, 5, 4, 10, 11, 12, 123456, tzinfo=UTC), WHOLE),
        ("iso", "2024-05-04 10:11:12 +0200", datetime(2024, 5, 4, 8, 11, 12, tzinfo=UTC), WHOLE),
        ("iso", "2016-12-31T23:59:60Z", datetime(2017, 1, 1, tzinfo=UTC), WHOLE),
        ("nginx_error", "2019/08/25 23:59:53", datetime(2019, 8, 25, 23, 59, 53, tzinfo=UTC), LOCAL),
        ("clf", "01/Oct/2024:10:22:11 +0200", datetime(2024, 10, 1, 8, 22, 11, tzinfo=UTC), WHOLE),
        ("clf", "01/Oct/2024:10:22:11", datetime(2024, 10, 1, 10, 22, 11, tzinfo=UTC), LOCAL),
        ("apache_error", "Sun Dec 04 04:47:44 2005", datetime(2005, 12, 4, 4, 47, 44, tzinfo=UTC), LOCAL),
        ("ctime", "Fri Sep 09 10:42:29.902022 2011", datetime(2011, 9, 9, 10, 42, 29, 902022, tzinfo=UTC), LOCAL),
        ("epoch", "1117838570", datetime(2005, 6, 3, 22, 42, 50, tzinfo=UTC), WHOLE),
        ("epoch", "1593013776000", datetime(2020, 6, 24, 15, 49, 36, tzinfo=UTC), WHOLE),
        ("epoch", 1593013776000000, datetime(2020, 6, 24, 15, 49, 36, tzinfo=UTC), WHOLE),
        ("epoch", "1637681708541881380", datetime(2021, 11, 23, 15, 35, 8, 541881, tzinfo=UTC), WHOLE),
        ("epoch", "1514038530.5", datetime(2017, 12, 23, 14, 15, 30, 500000, tzinfo=UTC), WHOLE),
        ("compact", "081109 203615", datetime(2008, 11, 9, 20, 36, 15, tzinfo=UTC), LOCAL),
        ("compact", "17/06/09 20:10:40", datetime(2017, 6, 9, 20, 10, 40, tzinfo=UTC), LOCAL),
        ("compact", "20171223-22:15:29:606", datetime(2017, 12, 23, 22, 15, 29, 606000, tzinfo=UTC), LOCAL),
        ("month_day", "03-17 16:13:38.811", datetime(2000, 3, 17, 16, 13, 38, 811000, tzinfo=UTC), YEARLESS),
        ("month_day", "10.30 16:49:06", datetime(2000, 10, 30, 16, 49, 6, tzinfo=UTC), YEARLESS),
        ("dotted", "2005-06-03-15.42.50.675872", datetime(2005, 6, 3, 15, 42, 50, 675872, tzinfo=UTC), LOCAL),
        ("any", "Feb 28 2021 18:20:54", datetime(2021, 2, 28, 18, 20, 54, tzinfo=UTC), LOCAL),
        ("any", 1593013776000, datetime(2020, 6, 24, 15, 49, 36, tzinfo=UTC), WHOLE),
        ("any", "[2024-05-04T10:11:12Z]", datetime(2024, 5, 4, 10, 11, 12, tzinfo=UTC), WHOLE),
    ],
)  # fmt: skip
def test_a_time_is_read_as_it_is_written(name: str, text: object, moment: datetime, written: tuple[bool, bool]) -> None:
    found = clock.parse(name, text)

    assert found is not None
    assert (from_micros(found.micros), (found.has_year, found.has_zone)) == (moment, written)


def test_fortigates_exact_time_goes_before_its_wall_clock() -> None:
    exact = clock.parse("fortigate", ("2021-11-23", "16:35:08", "+0100", "1637681708541881380"))
    wall = clock.parse("fortigate", ("2021-11-23", "16:35:08", '"+0100"', None))

    assert exact is not None
    assert wall is not None
    assert from_micros(exact.micros) == datetime(2021, 11, 23, 15, 35, 8, 541881, tzinfo=UTC)
    assert from_micros(wall.micros) == datetime(2021, 11, 23, 15, 35, 8, tzinfo=UTC)


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("epoch", -99_999_999_999),
        ("iso", "0001-01-01T00:00:00+05:00"),
        ("iso", "9999-12-31T23:59:59"),
        ("syslog", "Feb 30 00:00:00"),
        ("syslog", "Foo 10 00:00:00"),
        ("syslog", "Dec 10 24:00:00"),
        ("iso", "2023-02-29T00:00:00Z"),
        ("iso", "2023-02-28"),
        ("clf", "31/Jun/2024:10:22:11 +0200"),
        ("clf", "01/Oct/2024:10:22:11 +9900"),
        ("epoch", "yesterday"),
        ("epoch", "9" * 400),
        ("epoch", "1e400"),
        ("epoch", "nan.0"),
        ("compact", "089909 203615"),
        ("syslog", ""),
        ("iso", None),
    ],
)
def test_what_is_no_time_gives_none(name: str, text: object) -> None:
    assert clock.parse(name, text) is None


@given(st.sampled_from(sorted(set(clock.CLOCKS) - {"fortigate"})), st.text())
def test_no_text_makes_a_clock_raise(name: str, text: str) -> None:
    clock.parse(name, text)


@given(st.tuples(*[st.none() | st.text()] * 4))
def test_no_parts_make_fortigates_clock_raise(parts: tuple[str | None, ...]) -> None:
    clock.parse("fortigate", parts)


@given(st.datetimes(datetime(1971, 1, 1), datetime(9998, 12, 31)))  # noqa: DTZ001 - a wall clock has no zone
def test_an_iso_time_comes_back_to_the_microsecond(when: datetime) -> None:
    found = clock.parse("iso", when.isoformat(timespec="microseconds"))

    assert found is not None
    assert from_micros(found.micros) == when.replace(tzinfo=UTC)


def test_a_column_keeps_its_places() -> None:
    reading = clock.read("iso", ["2024-05-04T10:11:12Z", "no time", None, "2024-05-04 10:11:12"])

    assert [micros is None for micros in reading.micros] == [False, True, True, False]
    assert list(reading.written) == ["utc", None, None, "local"]
