"""Moments as people name them."""

from datetime import UTC, datetime

import pytest

from tocsin.app.moments import moment
from tocsin.model import UserError
from tocsin.model.times import from_micros

NOW = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone", "iso"),
    [
        ("2026-11-24", "", "2026-11-24T00:00:00+00:00"),
        ("2026-11-24T06:30", "", "2026-11-24T06:30:00+00:00"),
        ("2026-11-24 06:30:15", "", "2026-11-24T06:30:15+00:00"),
        ("2026-11-24T06:30+02:00", "Asia/Tokyo", "2026-11-24T04:30:00+00:00"),
        ("2026-11-24T06:30Z", "", "2026-11-24T06:30:00+00:00"),
        ("2026-07-01", "Europe/Berlin", "2026-06-30T22:00:00+00:00"),
        ("90m", "", "2026-11-24T10:30:00+00:00"),
        ("24h", "", "2026-11-23T12:00:00+00:00"),
        ("7d", "", "2026-11-17T12:00:00+00:00"),
        ("2w", "", "2026-11-10T12:00:00+00:00"),
    ],
)
def test_a_day_a_time_or_so_long_ago(text: str, zone: str, iso: str) -> None:
    assert from_micros(moment(text, NOW, zone=zone)).isoformat() == iso


def test_a_day_as_an_end_is_its_last_moment() -> None:
    assert from_micros(moment("2026-11-24", NOW, is_end=True)).isoformat() == "2026-11-24T23:59:59.999999+00:00"


@pytest.mark.parametrize("text", ["", "yesterday", "2026-13-01", "99999w ago", "999999w", "-3d"])
def test_what_is_no_moment_is_said_with_what_would_be(text: str) -> None:
    with pytest.raises(UserError, match="is no moment") as raised:
        moment(text, NOW)
    assert "24h" in raised.value.hint


def test_a_zone_that_does_not_exist_is_said() -> None:
    with pytest.raises(UserError, match="there is no time zone 'Mars/Base'"):
        moment("2026-11-24", NOW, zone="Mars/Base")
