"""When records happened: zones that were not written, and years that were not written.

In a worker, `timed` reads a table's times: afterwards its `clock` is `utc`, `local` or `yearless` (formats/clock.py)
and its `times` are microseconds. `marks_of` notes where the days change. In the parent, a Timeline gathers the marks of
one input in the order of its blocks and decides; `Settled.at` then gives the moment of any record.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo

import msgspec

from tocsin.formats import clock as clocks
from tocsin.formats.clock import BASE_YEAR, DAY, SECOND
from tocsin.kit import Table
from tocsin.model import PluginError
from tocsin.model.times import EPOCH, from_micros, iso

Mark = tuple[int, int]  # a record's number, and the last moment (in the base year) of the day that begins with it

ASSUMED = 14 * 3600 * SECOND  # no zone lies further from UTC: a wall clock may run so far ahead of the file's time
SKEW = 3600 * SECOND  # a sender's clock may run ahead of the machine that wrote the file
OUT_OF_ORDER = 2  # days; near a month's end records arrive late; a real jump back of months is far larger
MAX_TURNS = 50  # years of one log; one whose months jump back more often is in no order (several logs mixed, say)
MAX_MARKS = 2000  # changes of the day among the records of one block
DISORDER: Mark = (-1, -1)  # stands for the marks of a block whose records are in no order
_READ = frozenset(("utc", "local", "yearless"))
_BASE = (datetime(BASE_YEAR, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)
_OLDEST = (datetime(200, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)  # MAX_TURNS before it are years too
_LEAP_DAY = 59 * DAY  # 29 February's place in the base year


def timed(table: Table) -> Iterator[Table]:
    """Yield the table with its times read.

    It comes as several tables where some rows wrote a zone or year and others did not.
    """
    if not table.clock or not len(table.times) or table.clock in _READ:
        yield table
        return
    if table.clock not in clocks.CLOCKS:
        raise PluginError(f"{table.what}: no clock is named {table.clock!r}", hint=", ".join(sorted(clocks.CLOCKS)))
    reading = clocks.read(table.clock, table.times)
    kinds = sorted({w for w in reading.written if w is not None})
    if len(kinds) <= 1:
        yield msgspec.structs.replace(table, times=reading.micros, clock=kinds[0] if kinds else "")
        return
    for place, kind in enumerate(kinds):
        rows = [i for i, w in enumerate(reading.written) if w == kind or (w is None and place == 0)]
        part = msgspec.structs.replace(table, times=reading.micros, clock=kind)
        yield part.pick(rows)


def marks_of(tables: Iterable[Table]) -> list[Mark]:
    """Return where the day changes among the records that wrote no year, in order."""
    times = sorted(
        (number, at)
        for table in tables
        if table.clock == "yearless"
        for number, at in zip(table.numbers, table.times, strict=True)
        if at is not None
    )
    marks: list[Mark] = []
    day = -1
    for number, at in times:
        if at // DAY == day:
            if at > marks[-1][1]:
                marks[-1] = (marks[-1][0], at)
        else:
            day = at // DAY
            marks.append((number, at))
            if len(marks) > MAX_MARKS:
                return [DISORDER]
    return marks


class Zones:
    """Which zone a wall clock is in.

    What was asked for (`--tz`), else what the estate says of the host, else UTC.
    """

    def __init__(self, told: ZoneInfo | None = None, of_host: Callable[[str], ZoneInfo | None] | None = None) -> None:
        self.told = told
        self._of_host = of_host
        self._known: dict[str, ZoneInfo | None] = {}
        self._offsets: dict[tuple[str, int], int] = {}

    def of(self, host: str) -> ZoneInfo | None:
        """Return the zone of a host's clock; None for UTC by default."""
        if self.told is not None or self._of_host is None:
            return self.told
        if host not in self._known:
            self._known[host] = self._of_host(host)
        return self._known[host]

    def utc(self, wall: int, zone: ZoneInfo | None) -> int:
        """Return the moment of a wall clock.

        Of two (clocks go back) it is the earlier; of none (clocks go forward) the later.
        """
        if zone is None:
            return wall
        step = (zone.key, wall // (900 * SECOND))  # zones change at full quarters of an hour
        if step not in self._offsets:
            offset = from_micros(wall).replace(tzinfo=zone).utcoffset() or timedelta()
            self._offsets[step] = offset // timedelta(microseconds=1)
        return wall - self._offsets[step]


class Settled:
    """The decision for one input: the year of records without one, and the zone."""

    def __init__(self, starts: Sequence[int], years: Sequence[int], zones: Zones, says: str, bound: int = 0) -> None:
        self._starts, self._years, self._zones = starts, years, zones
        self._bound = bound  # for records in no order, which each get the latest year that fits
        self.says = says

    def at(self, clock: str, micros: int | None, record: int, host: str = "") -> int | None:
        """Return the moment of a record, by its number in the input from 0.

        None when it wrote no time.
        """
        if micros is None or clock not in _READ:
            return None
        if clock == "utc":
            return micros
        if clock == "yearless":
            if self._bound:
                micros = self._latest(micros)
            else:
                micros = dated(micros, self._years[max(0, bisect_right(self._starts, record) - 1)])
        return self._zones.utc(micros, self._zones.of(host))

    def _latest(self, micros: int) -> int:
        newest = from_micros(self._bound).year
        return next(
            (at for year in (newest, newest - 1) if (at := dated(micros, year)) <= self._bound),
            dated(micros, newest - 1),
        )


class Timeline:
    """What is known of an input's times while its blocks arrive; `settle` decides."""

    def __init__(self, modified: int, zones: Zones) -> None:
        self._modified = min(max(modified, _OLDEST), clocks.LAST)  # a stranger's archive names any time at all
        self._zones = zones
        self._starts: list[int] = []
        self._turns: list[int] = []  # years since the first record's, for the records from the same place in _starts
        self._last: dict[int, int] = {}  # turn -> its latest moment in the base year
        self._leap: set[int] = set()  # turns in which a 29 February was written
        self._turn = 0
        self._reached = -1  # the latest day of this turn
        self._kinds: set[str] = set()
        self._in_order = True

    def add(self, marks: Iterable[Mark], first: int = 0, clocks_seen: Iterable[str] = ()) -> None:
        """Take the marks of the next block; `first` is its first record's number."""
        self._kinds.update(clocks_seen)
        for number, at in marks:
            if not self._in_order:
                return
            if (number, at) == DISORDER or self._turn > MAX_TURNS:
                self._in_order = False
                self._starts, self._turns, self._last = [], [], {}
                return
            turn = self._place(at // DAY)
            if not self._turns or self._turns[-1] != turn:
                self._starts.append(first + number)
                self._turns.append(turn)
            self._last[turn] = max(at, self._last.get(turn, at))
            if (at - _BASE) // DAY * DAY == _LEAP_DAY:
                self._leap.add(turn)

    def _place(self, day: int) -> int:
        """Return the turn of a day: a jump back over a month's start is a new year, unless it is merely late."""
        if self._reached < 0:
            self._reached = day
            return self._turn
        if day < self._reached:
            if _month(day) < _month(self._reached) and self._reached - day > OUT_OF_ORDER:
                self._turn += 1
                self._reached = day
            return self._turn
        if self._turn and day - self._reached > 366 - OUT_OF_ORDER:
            return self._turn - 1  # a late record of 31 December among those of 1 January
        self._reached = day
        return self._turn

    def settle(self) -> Settled:
        """Return the decision, and the sentence for the report."""
        told = self._zones.told
        bound = self._modified + (ASSUMED if told is None else SKEW)
        if not self._in_order:
            file_time = iso(from_micros(self._modified))
            says = f"months in no order: each record has the latest year that is not after the file's time, {file_time}"
            return Settled([0], [0], self._zones, f"{says}; {self._zone_says()}", bound)
        last = max(self._turns, default=0)
        years = [self._year(last, bound) - last + turn for turn in self._turns]
        says = self._says(years)
        return Settled(self._starts or [0], years or [from_micros(self._modified).year], self._zones, says)

    def _year(self, last: int, bound: int) -> int:
        """Return the year of the last turn: the latest that puts no record after the bound, and leap where it must."""
        newest = from_micros(bound).year
        zone = self._zones.told
        fitting = [
            year
            for year in range(newest, newest - 9, -1)  # leap years are at most eight years apart
            if all(self._zones.utc(dated(at, year - last + turn), zone) <= bound for turn, at in self._last.items())
        ]
        leap = [year for year in fitting if all(_is_leap(year - last + turn) for turn in self._leap)]
        return (leap or fitting or [newest - 1])[0]

    def _says(self, years: Sequence[int]) -> str:
        parts: list[str] = []
        if years:
            span = f"{min(years)}" if min(years) == max(years) else f"{min(years)} to {max(years)}"
            parts.append(
                f"year {span}, the latest that puts no record after the file's time, {iso(from_micros(self._modified))}"
            )
        if years or self._kinds & {"local", "yearless"}:
            parts.append(self._zone_says())
        return "; ".join(parts)

    def _zone_says(self) -> str:
        told = self._zones.told
        return "zone UTC, since none is written" if told is None else f"zone {told.key}, as told"


def dated(at: int, year: int) -> int:
    """Return a moment of the base year in another year.

    29 February becomes 1 March where there is none.
    """
    days, rest = divmod(at - _BASE, DAY)
    if days > 59 and not _is_leap(year):
        days -= 1
    return _year_start(year) + days * DAY + rest


@cache
def _year_start(year: int) -> int:
    return (datetime(year, 1, 1, tzinfo=UTC) - EPOCH) // timedelta(microseconds=1)


@cache
def _month(day: int) -> int:
    return from_micros(day * DAY).month


def _is_leap(year: int) -> bool:
    return year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
