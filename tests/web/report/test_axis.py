from datetime import UTC, datetime, timedelta

import pytest

from tocsin.web.report.axis import Axis, axis

START = datetime(2026, 11, 22, 1, 58, 3, tzinfo=UTC)


@pytest.mark.parametrize("seconds", [1, 60, 600, 7200, 86400, 30 * 86400, 400 * 86400, 40 * 365 * 86400])
def test_ticks_are_few_and_lie_on_the_axis(seconds: int) -> None:
    scale = axis(START, START + timedelta(seconds=seconds), left=100, width=800)

    ticks = scale.ticks()

    assert 1 <= len(ticks) <= 10
    assert all(100 <= tick.x <= 900 for tick in ticks)
    assert [tick.x for tick in ticks] == sorted(tick.x for tick in ticks)


def test_ticks_stand_at_round_moments() -> None:
    scale = axis(START, START + timedelta(minutes=43), left=0, width=800)

    assert [tick.label for tick in scale.ticks()] == ["02:00", "02:10", "02:20", "02:30", "02:40"]


def test_midnight_is_labelled_by_its_day() -> None:
    scale = Axis(start=START, end=START + timedelta(days=1), left=0, width=800)

    assert [tick.label for tick in scale.ticks() if tick.opens_day] == ["23 Nov"]


def test_an_axis_of_one_moment_still_has_a_width() -> None:
    scale = axis(START, START, left=0, width=800)

    assert scale.x(START) == 400


def test_a_moment_outside_lies_on_the_edge() -> None:
    scale = Axis(start=START, end=START + timedelta(hours=1), left=10, width=100)

    assert (scale.x(START - timedelta(days=1)), scale.x(START + timedelta(days=1))) == (10, 110)
