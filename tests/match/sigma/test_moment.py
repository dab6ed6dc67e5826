import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.match.sigma.moment import PARTS, part_of

ALL = ("minute", "hour", "day", "week", "month", "year")


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("2026-12-31T23:59:01.5+02:00", (59, 23, 31, 53, 12, 2026)),
        ("2026-12-31 23:59:01Z", (59, 23, 31, 53, 12, 2026)),
        ("2026-12-31T23:59", (59, 23, 31, 53, 12, 2026)),
        ("2026/12/31", (None, None, 31, 53, 12, 2026)),
        ("10/Oct/2000:13:55:36 -0700", (55, 13, 10, 41, 10, 2000)),
        ("Tue, 10 Oct 2000 13:55:36 GMT", (55, 13, 10, 41, 10, 2000)),
        ("Tue Oct 10 13:55:36 2000", (55, 13, 10, 41, 10, 2000)),
        ("Oct  1 13:55:36", (55, 13, 1, None, 10, None)),
        ("971186136", (55, 13, 10, 41, 10, 2000)),
        ("971186136.25", (55, 13, 10, 41, 10, 2000)),
        ("1772403300000", (15, 22, 1, 9, 3, 2026)),
        ("1772403300000000", (15, 22, 1, 9, 3, 2026)),
        ("1772403300000000000", (15, 22, 1, 9, 3, 2026)),
        ("133500000000000000", (None,) * 6),
        ("2026-13-01", (None,) * 6),
        ("2026-02-30T10:00:00", (None,) * 6),
        ("2026-01-01T25:61:00", (None, None, 1, 1, 1, 2026)),
        ("10/Okt/2000:13:55:36", (None,) * 6),
        ("", (None,) * 6),
        ("no time", (None,) * 6),
    ],
)
def test_the_parts_of_a_moment_are_those_that_are_written(text: str, parts: tuple[int | None, ...]) -> None:
    assert tuple(part_of(text, part) for part in ALL) == parts


@given(st.text(max_size=40) | st.from_regex(r"[0-9TZ:+/ .-]{0,30}", fullmatch=True))
def test_whatever_a_text_writes_each_part_is_in_its_range_or_not_there(text: str) -> None:
    for part, (least, most) in PARTS.items():
        number = part_of(text, part)
        assert number is None or least <= number <= most
