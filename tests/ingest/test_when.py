"""Zones and years that nobody wrote."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tocsin.formats.clock import parse as read_clock
from tocsin.ingest.when import Timeline, Zones, dated, marks_of, timed
from tocsin.kit import LogSource, Table
from tocsin.model import PluginError
from tocsin.model.times import from_micros, to_micros


def table(times: list[str | None], clock: str = "syslog") -> Table:
    return Table(what="x", logsource=LogSource(), numbers=range(len(times)), texts=["t"] * len(times),
                 columns={"message": ["t"] * len(times)}, times=times, clock=clock)  # fmt: skip


def settled(times: list[str], modified: str, zones: Zones | None = None) -> list[str]:
    """Return the moments of records that wrote no year, in a file of that time."""
    timeline = Timeline(to_micros(datetime.fromisoformat(modified).replace(tzinfo=UTC)), zones or Zones())
    (read,) = timed(table(list(times)))
    timeline.add(marks_of([read]))
    decision = timeline.settle()
    found = (decision.at(read.clock, at, record) for record, at in enumerate(read.times))
    return ["none" if at is None else from_micros(at).isoformat()[:16] for at in found]


@pytest.mark.parametrize(
    ("times", "modified", "moments"),
    [
        (["Dec 10 06:55:46"], "2026-12-11", ["2026-12-10T06:55"]),
        (["Dec 10 06:55:46"], "2026-11-22", ["2025-12-10T06:55"]),
        (["Dec 31 23:59:00", "Jan  1 00:01:00"], "2026-01-01T00:02", ["2025-12-31T23:59", "2026-01-01T00:01"]),
        (["Nov  1 00:00:00", "Feb  1 00:00:00", "Jan 10 00:00:00"], "2026-03-01",
         ["2024-11-01T00:00", "2025-02-01T00:00", "2026-01-10T00:00"]),
        (["Feb  1 00:00:05", "Jan 31 23:59:58", "Feb  1 00:00:07"], "2026-03-01",
         ["2026-02-01T00:00", "2026-01-31T23:59", "2026-02-01T00:00"]),
        (["Dec 31 23:59:58", "Jan  1 00:00:01", "Dec 31 23:59:59", "Jan  1 00:00:02"], "2026-03-01",
         ["2025-12-31T23:59", "2026-01-01T00:00", "2025-12-31T23:59", "2026-01-01T00:00"]),
        (["Mar 10 00:00:00", "Mar  1 00:00:00"], "2026-04-01", ["2026-03-10T00:00", "2026-03-01T00:00"]),
        (["Feb 29 12:00:00"], "2026-04-01", ["2024-02-29T12:00"]),
        (["Feb 29 12:00:00", "Jan  5 12:00:00"], "2026-04-01", ["2024-02-29T12:00", "2025-01-05T12:00"]),
    ],
    ids=["this year", "last year", "over new year", "two years", "late at a month's end", "late at new year",
         "back within a month", "leap day", "leap day before a new year"],
)  # fmt: skip
def test_a_missing_year_is_the_latest_that_fits(times: list[str], modified: str, moments: list[str]) -> None:
    assert settled(times, modified) == moments


def test_a_wall_clock_ahead_of_utc_does_not_put_a_live_log_a_year_back() -> None:
    assert settled(["Nov 22 09:00:00"], "2026-11-22T00:00:30") == ["2026-11-22T09:00"]


def test_where_the_zone_is_told_the_files_time_binds() -> None:
    tokyo = Zones(ZoneInfo("Asia/Tokyo"))

    assert settled(["Nov 22 09:00:00"], "2026-11-22T00:00:30", tokyo) == ["2026-11-22T00:00"]
    assert settled(["Nov 22 19:00:00"], "2026-11-22T00:00:30", tokyo) == ["2025-11-22T10:00"]


def test_a_zone_that_was_told_moves_wall_clocks_only() -> None:
    timeline = Timeline(to_micros(datetime(2026, 12, 1, tzinfo=UTC)), Zones(ZoneInfo("Europe/Berlin")))
    decision = timeline.settle()
    moments = []
    for text in ("2026-07-01T12:00:00", "2026-11-22T12:00:00", "2026-11-22T12:00:00Z"):
        (read,) = timed(table([text], "iso"))
        at = decision.at(read.clock, read.times[0], 0)
        moments.append(from_micros(at or 0).hour)

    assert moments == [10, 11, 12]


def test_the_estate_says_the_zone_of_a_host() -> None:
    zones = Zones(None, {"fw-berlin": ZoneInfo("Europe/Berlin")}.get)
    decision = Timeline(to_micros(datetime(2026, 12, 1, tzinfo=UTC)), zones).settle()
    noon = read_clock("iso", "2026-11-22T12:00:00")
    assert noon is not None

    assert from_micros(decision.at("local", noon.micros, 0, "fw-berlin") or 0).hour == 11
    assert from_micros(decision.at("local", noon.micros, 0, "elsewhere") or 0).hour == 12


def test_marks_in_pieces_decide_as_one() -> None:
    times = [f"{month} {day:2} 00:00:00" for month in ("Nov", "Dec", "Jan", "Feb", "Jan") for day in range(1, 29)]
    whole = settled(times, "2026-11-22")
    timeline = Timeline(to_micros(datetime(2026, 11, 22, tzinfo=UTC)), Zones())
    reads = []
    for first in range(0, len(times), 9):
        (read,) = timed(table(list(times[first : first + 9])))
        timeline.add(marks_of([read]), first)
        reads.append((first, read))
    decision = timeline.settle()
    pieces = [
        from_micros(decision.at(read.clock, at, first + n) or 0).isoformat()[:16]
        for first, read in reads
        for n, at in enumerate(read.times)
    ]

    assert pieces == whole


def test_rows_that_wrote_a_zone_and_rows_that_did_not_are_told_apart() -> None:
    found = list(timed(table(["2026-11-22T12:00:00Z", "2026-11-22T12:00:00", "no time"], "iso")))

    assert [(part.clock, list(part.numbers)) for part in found] == [("local", [1, 2]), ("utc", [0])]


def test_a_record_without_a_time_has_none() -> None:
    (read,) = timed(table(["Dec 99 00:00:00"]))
    decision = Timeline(0, Zones()).settle()

    assert decision.at(read.clock, read.times[0], 0) is None


def test_an_unknown_clock_is_the_parsers_error() -> None:
    with pytest.raises(PluginError, match="no clock is named 'sundial'"):
        list(timed(table(["noon"], "sundial")))


def test_the_report_says_which_rule_decided() -> None:
    timeline = Timeline(to_micros(datetime(2026, 11, 22, tzinfo=UTC)), Zones())
    (read,) = timed(table(["Dec 31 00:00:00", "Jan  1 00:00:00"]))
    timeline.add(marks_of([read]), 0, [read.clock])

    assert timeline.settle().says == (
        "year 2025 to 2026, the latest that puts no record after the file's time, 2026-11-22T00:00:00Z; "
        "zone UTC, since none is written"
    )


def test_29_february_becomes_1_march_where_there_is_none() -> None:
    leap_day = read_clock("syslog", "Feb 29 12:00:00")
    assert leap_day is not None

    assert from_micros(dated(leap_day.micros, 2025)) == datetime(2025, 3, 1, 12, tzinfo=UTC)
    assert from_micros(dated(leap_day.micros, 2024)) == datetime(2024, 2, 29, 12, tzinfo=UTC)


@pytest.mark.parametrize("modified", [-(10**30), -5 * 10**15, 10**17, 10**30])
def test_a_file_of_an_impossible_time_still_has_years(modified: int) -> None:
    timeline = Timeline(modified, Zones(ZoneInfo("America/New_York")))
    (read,) = timed(table(["Nov  1 00:00:00", "Feb  1 00:00:00"]))
    timeline.add(marks_of([read]))
    decision = timeline.settle()
    assert all(from_micros(at) for row, micros in enumerate(read.times) if (at := decision.at(read.clock, micros, row)))
