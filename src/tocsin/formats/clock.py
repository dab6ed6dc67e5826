"""Clocks: the ways in which logs write times, each by name, read a column at a time.

What comes out is microseconds since 1970 *as written*, and how much of the time was written:

- `utc`: with a zone, so the number is final;
- `local`: no zone; the number is the wall clock read as if it were UTC;
- `yearless`: no year either; the number lies in the year 2000 (a leap year, so that 29 February can be written).

ingest/when.py settles zones and years. A text that is no time gives None; nothing here raises on a text.
"""

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any, Literal

import msgspec

Written = Literal["utc", "local", "yearless"]
Reader = Callable[[Any], "tuple[int, Written] | None"]

BASE_YEAR = 2000
SECOND = 1_000_000
DAY = 86_400 * SECOND

_EPOCH_DAY = date(1970, 1, 1).toordinal()
_NAIVE_EPOCH = datetime(1970, 1, 1)  # noqa: DTZ001  # the wall clock has no zone; `local` says so
_AWARE_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)
_MONTHS = {
    name: number
    for number, name in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"), start=1
    )
}
# The years 1 to 9999, less two days for a zone at either end: what no datetime can show, wherever it is, is no time.
FIRST = -62_135_596_800 * SECOND + 2 * DAY
LAST = 253_402_300_800 * SECOND - 2 * DAY


class Moment(msgspec.Struct, frozen=True):
    """A time as written: microseconds since 1970; whether it had a year and a zone."""

    micros: int
    has_year: bool
    has_zone: bool


class Reading(msgspec.Struct, frozen=True):
    """A column of times: microseconds (None for no time), and how each was written."""

    micros: Sequence[int | None]
    written: Sequence[Written | None]


def parse(clock: str, text: Any) -> Moment | None:
    """Return the moment that a text names in a clock, or None.

    Raises KeyError for no such clock.
    """
    got = _safe(CLOCKS[clock], text)
    return None if got is None else Moment(got[0], got[1] != "yearless", got[1] == "utc")


def read(clock: str, texts: Iterable[Any]) -> Reading:
    """Return the times of a column; equal texts are read once.

    Raises KeyError for no such clock.
    """
    reader = CLOCKS[clock]
    column = list(texts)
    try:
        unique = dict.fromkeys(column)
    except TypeError:  # a list or an object where a time should stand is no time
        column = [text if isinstance(text, str | int | float) else None for text in column]
        unique = dict.fromkeys(column)
    got = {text: _safe(reader, text) for text in unique}
    micros = {text: one[0] if one else None for text, one in got.items()}
    written = {text: one[1] if one else None for text, one in got.items()}
    how = set(written.values())
    said = [how.pop()] * len(column) if len(how) == 1 else list(map(written.__getitem__, column))
    return Reading(list(map(micros.__getitem__, column)), said)


def _safe(reader: Reader, text: Any) -> tuple[int, Written] | None:
    if text is None:
        return None
    try:
        got = reader(text)
    except (ValueError, OverflowError):
        return None
    return got if got is not None and FIRST < got[0] < LAST else None


@lru_cache(maxsize=4096)
def _days(year: int, month: int, day: int) -> int:
    return (date(year, month, day).toordinal() - _EPOCH_DAY) * DAY


def _clock_time(text: str) -> int:
    """Return microseconds since midnight of `HH:MM:SS` with an optional fraction after `.` or `,` or `:`."""
    micros = _second_of_day(text[:8])
    return micros + _fraction(text[9:]) if len(text) > 9 else micros


@lru_cache(maxsize=1 << 16)  # a day has 86,400; logs come back to the same seconds over and over
def _second_of_day(text: str) -> int:
    if len(text) < 8 or text[2] != ":" or text[5] != ":":
        raise ValueError(text)
    hours, minutes, seconds = int(text[:2]), int(text[3:5]), int(text[6:8])
    if not (0 <= hours < 24 and 0 <= minutes < 60 and 0 <= seconds <= 60):  # 60: a leap second
        raise ValueError(text)
    return (hours * 3600 + minutes * 60 + seconds) * SECOND


def _fraction(digits: str) -> int:
    if not digits.isdigit():
        raise ValueError(digits)
    return int(digits[:6].ljust(6, "0"))


def _offset(text: str) -> int:
    """Return microseconds east of UTC of `Z`, `+0200`, `+02:00`, `+02`."""
    if text in ("Z", "z", "UTC", "GMT"):
        return 0
    digits = text[1:].replace(":", "").ljust(4, "0")
    if text[0] not in "+-" or len(digits) != 4 or not digits.isdigit() or int(digits[:2]) > 23 or int(digits[2:]) > 59:
        raise ValueError(text)
    east = (int(digits[:2]) * 3600 + int(digits[2:]) * 60) * SECOND
    return east if text[0] == "+" else -east


def _month(text: str) -> int:
    number = _MONTHS.get(text.lower())
    if number is None:
        raise ValueError(text)
    return number


def _syslog(text: str) -> tuple[int, Written]:
    """Read `Dec  9 06:55:46`, also with a fraction, a year (`Dec 9 2025 06:55:46`) or a zone behind it."""
    parts = text.lstrip("*.").split()
    if len(parts) == 3:
        return _days(BASE_YEAR, _month(parts[0]), int(parts[1])) + _clock_time(parts[2]), "yearless"
    if len(parts) in {4, 5} and len(parts[2]) == 4 and parts[2].isdigit():
        wall = _days(int(parts[2]), _month(parts[0]), int(parts[1])) + _clock_time(parts[3].rstrip(":"))
        return (wall - _offset(parts[4]), "utc") if len(parts) == 5 else (wall, "local")
    raise ValueError(text)


def _iso(text: str) -> tuple[int, Written]:
    """Read ISO 8601 and its relatives: `T` or a space, `.` or `,` before the fraction, `/` between date parts."""
    if len(text) < 19:
        raise ValueError(text)
    if text[4] == "/":
        text = text[:10].replace("/", "-") + text[10:]
    leap = 0
    if text[17:19] == "60":
        text, leap = f"{text[:17]}59{text[19:]}", SECOND
    when = datetime.fromisoformat(text.replace(" UTC", "Z") if text.endswith(" UTC") else _tight(text))
    if when.tzinfo is None:
        return (when - _NAIVE_EPOCH) // _MICROSECOND + leap, "local"
    return (when - _AWARE_EPOCH) // _MICROSECOND + leap, "utc"


def _tight(text: str) -> str:
    """Return the text without the space that some write before the zone."""
    return text[:-6] + text[-5:] if len(text) > 25 and text[-6] == " " and text[-5] in "+-" else text


def _clf(text: str) -> tuple[int, Written]:
    """Read the common log format's `01/Oct/2024:10:22:11 +0200`."""
    if len(text) < 20 or text[2] != "/" or text[6] != "/" or text[11] != ":":
        raise ValueError(text)
    wall = _days(int(text[7:11]), _month(text[3:6]), int(text[:2])) + _clock_time(text[12:20])
    return (wall - _offset(text[21:]), "utc") if len(text) > 21 else (wall, "local")


def _ctime(text: str) -> tuple[int, Written]:
    """Read C's `Sun Dec 04 04:47:44 2005`, also with a fraction after the seconds."""
    parts = text.split()
    if len(parts) != 5:
        raise ValueError(text)
    return _days(int(parts[4]), _month(parts[1]), int(parts[2])) + _clock_time(parts[3]), "local"


def _epoch(text: Any) -> tuple[int, Written]:
    """Read seconds, milli-, micro- or nanoseconds since 1970, told apart by size (seconds end in the year 5138)."""
    if isinstance(text, float) or (isinstance(text, str) and "." in text):
        return int(float(text) * SECOND), "utc"
    if isinstance(text, str) and not (text.isascii() and text.lstrip("-").isdigit()):
        raise ValueError(text)
    if isinstance(text, str) and len(text) > 20:
        raise ValueError(text)
    number = int(text)
    for bound, factor in ((10**11, SECOND), (10**14, 1000), (10**17, 1)):
        if abs(number) < bound:
            return number * factor, "utc"
    return number // 1000, "utc"


_JSON_DATE = re.compile(r"/Date\((-?\d{1,17})(?:[+-]\d{4})?\)/\Z", re.ASCII)
_US = re.compile(r"(\d{1,2})/(\d{1,2})/(\d{4}),? (\d{1,2}):(\d\d):(\d\d)(?: ([AP])M)?\Z", re.ASCII)


def _iso_utc(text: str) -> tuple[int, Written]:
    """Read what Microsoft's cloud and PowerShell write, all in UTC though some name no zone.

    `2026-01-02T03:04:05` (CreationTime: "in UTC", Office 365 Management Activity API schema), `/Date(1767323045000)/`
    (ConvertTo-Json of Windows PowerShell), `1/2/2026 3:04:05 AM` (its Export-Csv).
    """
    if found := _JSON_DATE.match(text):
        return int(found[1]) * 1000, "utc"
    if found := _US.match(text):
        hours = int(found[4]) if found[7] is None else int(found[4]) % 12 + 12 * (found[7] == "P")
        day = _days(int(found[3]), int(found[1]), int(found[2]))
        return day + _clock_time(f"{hours:02}:{found[5]}:{found[6]}"), "utc"
    return _iso(text)[0], "utc"


def _fortigate(parts: tuple[str | None, ...]) -> tuple[int, Written]:
    """Read (date, time, tz, eventtime): FortiOS's exact eventtime where it is written, else its wall clock."""
    day, time, zone, exact = parts
    if exact and exact.isdigit():
        return _epoch(exact)
    wall, _ = _iso(f"{day} {time}")
    return (wall - _offset(zone.strip('"')), "utc") if zone else (wall, "local")


def _any(text: Any) -> tuple[int, Written]:
    """Read what a key such as `time` holds in logs of unknown make: ISO 8601, since 1970, syslog, C, or CLF."""
    if not isinstance(text, str) or (text[:1].isdigit() and text.replace(".", "", 1).isdigit()):
        return _epoch(text)
    text = text.strip("[]")
    for reader in (_iso, _clf) if text[:1].isdigit() else (_syslog, _ctime):
        try:
            return reader(text)
        except ValueError:
            continue
    raise ValueError(text)


_COMPACT = re.compile(
    r"(\d\d)?(\d\d)/?(\d\d)/?(\d\d)[ -](?:(\d\d)(\d\d)(\d\d)|(\d\d?):(\d\d?):(\d\d?)(?:[:.,](\d{1,9}))?)\Z", re.ASCII
)


def _compact(text: str) -> tuple[int, Written]:
    """Read `081109 203615`, `17/06/09 20:10:40`, `20171223-22:15:29:606`; a year of two digits is 20xx."""
    found = _COMPACT.match(text)
    if found is None:
        raise ValueError(text)
    century, year, month, day, *clock, fraction = found.groups()
    hours, minutes, seconds = (part.zfill(2) for part in clock if part is not None)
    micros = _days(int(century or "20") * 100 + int(year), int(month), int(day))
    return micros + _clock_time(f"{hours}:{minutes}:{seconds}.{fraction or '0'}"), "local"


def _month_day(text: str) -> tuple[int, Written]:
    """Read `03-17 16:13:38.811` and `10.30 16:49:06`: month and day as numbers, no year."""
    if len(text) < 14 or text[2] not in "-./" or text[5] != " ":
        raise ValueError(text)
    return _days(BASE_YEAR, int(text[:2]), int(text[3:5])) + _clock_time(text[6:]), "yearless"


def _dotted(text: str) -> tuple[int, Written]:
    """Read Blue Gene's `2005-06-03-15.42.50.675872`."""
    if len(text) < 19 or text[10] != "-":
        raise ValueError(text)
    return _iso(f"{text[:10]} {text[11:19].replace('.', ':')}{text[19:]}")


CLOCKS: dict[str, Reader] = {
    "syslog": _syslog,
    "iso": _iso,
    "clf": _clf,
    "apache_error": _ctime,
    "ctime": _ctime,
    "nginx_error": _iso,
    "any": _any,
    "epoch": _epoch,
    "fortigate": _fortigate,
    "compact": _compact,
    "month_day": _month_day,
    "dotted": _dotted,
    "iso_utc": _iso_utc,
}
