"""Moments as values write them, and their parts: what the time modifiers ask of.

The specification extracts a number from a date and leaves zones and formats to the evaluator. Read here are ISO 8601
(`2026-03-01T22:15:00.5+02:00`, a blank for the T), a month's name (`01/Mar/2026:22:15:00`, `Mar  1 22:15:00 2026`,
`Sun, 01 Mar 2026 22:15:00 GMT`) and numbers since 1970 (10 digits are seconds, 13 milliseconds, 16 microseconds, 19
nanoseconds, in UTC). The parts are those that are written: a zone in the text changes none of them. The week is that of
ISO 8601.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime

PARTS = {"minute": (0, 59), "hour": (0, 23), "day": (1, 31), "week": (1, 53), "month": (1, 12), "year": (1, 9999)}
"""The time modifiers, and from what to what each number goes."""

_MONTHS = {name: n for n, name in enumerate("jan feb mar apr may jun jul aug sep oct nov dec".split(), 1)}
_CLOCK = r"(?P<hour>\d\d):(?P<minute>\d\d)(?::\d\d(?:[.,]\d+)?)?"
_ISO = re.compile(
    rf"(?P<year>\d{{4}})[-/](?P<month>\d\d)[-/](?P<day>\d\d)(?:[T ]{_CLOCK})?(?:\s?(?:Z|UTC|[+-]\d\d:?\d\d))?"
)
_DAY_FIRST = re.compile(
    r"(?:[A-Za-z]{3,9},? )?(?P<day>\d{1,2})[ /-](?P<name>[A-Za-z]{3})[a-z]*[ /-](?P<year>\d{4})"
    rf"(?:[: T]{_CLOCK})?(?: [+-]\d{{4}}| [A-Z]{{1,5}})?"
)
_MONTH_FIRST = re.compile(
    rf"(?:[A-Za-z]{{3}} )?(?P<name>[A-Za-z]{{3}}) +(?P<day>\d{{1,2}}) {_CLOCK}(?: [A-Z]{{3,4}})?(?: (?P<year>\d{{4}}))?"
)
_NUMBER = re.compile(r"(\d{9,10}|\d{13}|\d{16}|\d{19})(?:\.\d{1,9})?")
_UNITS = {13: 1_000, 16: 1_000_000, 19: 1_000_000_000}


def part_of(text: str, part: str) -> int | None:
    """Return a part of the moment that a text writes.

    None when it writes none, or lacks the part.
    """
    text = text.strip()
    number = _NUMBER.fullmatch(text)
    if number:
        return _of(datetime.fromtimestamp(int(number[1]) // _UNITS.get(len(number[1]), 1), UTC), part)
    for form in (_ISO, _DAY_FIRST, _MONTH_FIRST):
        found = form.fullmatch(text)
        if found:
            return _written(found.groupdict(), part)
    return None


def _of(moment: datetime, part: str) -> int:
    return moment.isocalendar().week if part == "week" else int(getattr(moment, part))


def _written(said: dict[str, str | None], part: str) -> int | None:
    name = said.get("name")
    month = _MONTHS.get(name.lower()) if name else int(said["month"] or 0)
    if month is None:
        return None
    year, day = said["year"], int(said["day"] or 0)
    try:
        whole = date(int(year) if year else 2000, month, day)  # 2000 has a 29th of February
    except ValueError:
        return None
    if part in {"minute", "hour"}:
        clock = said[part]
        return int(clock) if clock is not None and int(clock) <= PARTS[part][1] else None
    if part in {"week", "year"}:
        return None if year is None else whole.isocalendar().week if part == "week" else whole.year
    return month if part == "month" else day


def asks(part: str, holds: Callable[[float], bool]) -> Callable[[str], bool]:
    """Return the question whether a part of the moment that a text writes holds."""

    def test(text: str) -> bool:
        number = part_of(text, part)
        return number is not None and holds(number)

    return test
