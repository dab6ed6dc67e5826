"""Matches that wait for the end of their input."""

import pytest

from tests.app.made import matched
from tocsin.app.scan_held import Held, Window
from tocsin.ingest.when import Settled, Zones

UTC_ONLY = Settled([], [], Zones(None, None), "")


@pytest.mark.parametrize(
    ("since", "until", "at", "inside"),
    [
        (None, None, 5, True),
        (5, None, 5, True),
        (6, None, 5, False),
        (None, 5, 5, True),
        (None, 4, 5, False),
        (3, 4, None, True),  # what has no time cannot be said to lie outside
    ],
)
def test_both_ends_belong_to_a_window(since: int | None, until: int | None, at: int | None, *, inside: bool) -> None:
    assert Window(since=since, until=until).has(at) is inside


def test_matches_come_back_block_by_block_without_those_outside() -> None:
    held = Held()
    held.add(0, [matched(0, at=10), matched(1, at=20)])
    held.add(100, [])
    held.add(200, [matched(3, at=30)])
    assert [
        (first, [match.record for match in matches], outside)
        for first, matches, outside in held.release(UTC_ONLY, Window(since=15))
    ] == [(0, [1], 1), (200, [3], 0)]
