"""The work of a scan's worker: a block of a log, or a file of a project, in; what was found in it, out."""

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import msgspec

from tocsin.app.mask import redactor
from tocsin.app.plug import loaded
from tocsin.app.rules import rules_of
from tocsin.app.scan_held import Window
from tocsin.app.scan_jobs import (
    CostAnswer,
    CostJob,
    Ends,
    FileAnswer,
    Job,
    LogAnswer,
    LogJob,
    OwnAnswer,
    OwnJob,
    Rows,
    ScanJob,
    Setup,
    Sighted,
)
from tocsin.detect.cost import costs
from tocsin.detect.cover import Kinds
from tocsin.detect.matches import Match, Needs, find
from tocsin.formats.clock import DAY
from tocsin.ingest.frame import Block
from tocsin.ingest.parse import parse
from tocsin.ingest.parsers import Parsers
from tocsin.kit.parse import Table
from tocsin.kit.sift import Sift
from tocsin.match.redact import SHORTEST, Redactor
from tocsin.match.secrets import key_entity
from tocsin.match.sigma.matcher import Matcher
from tocsin.match.sigma.sieve import Sieve
from tocsin.model import ObservableType
from tocsin.model.fields import BY_NAME
from tocsin.posture.checks import Checks
from tocsin.posture.look import Kit, ask, look_at
from tocsin.posture.owners import Owners

SAMPLES = 3  # records without a parser that a block shows
MAX_SAMPLE = 300  # characters of one
MAX_MASKED = 20_000  # values whose masked form is kept
MAX_SEEN = 200_000  # different sightings of one block; one of 1 MiB holds fewer
SEEN = {
    "source.ip": ObservableType.IP,
    "destination.ip": ObservableType.IP,
    "user.name": ObservableType.USER,
    "cloud.access_key": ObservableType.KEY,
}


@lru_cache(maxsize=2)
def _logs(setup: bytes) -> tuple[Parsers, Matcher, Needs]:
    given = msgspec.msgpack.decode(setup, type=Setup)
    rules = rules_of([Path(path) for path in given.rules], only=given.only_rules, fills=given.fills)
    needs = Needs(rules)
    return Parsers([function for _, function in loaded(given.parsers)]), Matcher(rules.rules, watch=needs.all), needs


@lru_cache(maxsize=2)
def _sift(setup: bytes) -> Sift | None:
    """Return what passes over records that no rule can match; None where all must be read whole."""
    given = msgspec.msgpack.decode(setup, type=Setup)
    parsers, matcher, _ = _logs(setup)
    found = parsers.flattening() if given.sifts and given.window.is_open else None
    return None if found is None else Sieve(matcher, found[0].flatten, found[0].times, found[1]).sift


def prepare(setup: bytes) -> None:
    """Load parsers and rules here, so that forked workers have them already.

    Code of a workspace is loaded in the workers only: the parent can end them, and nobody could end the parent.
    """
    given = msgspec.msgpack.decode(setup, type=Setup)
    if all(entry.module for entry in given.parsers):
        _logs(setup)
    else:
        loaded(entry for entry in given.parsers if entry.module)


def work(setup: bytes) -> Callable[[bytes], bytes]:
    """Return the work of a worker: a Job in, an Answer out."""
    given = msgspec.msgpack.decode(setup, type=Setup)
    kit: list[Kit] = []
    mask = _Mask(redactor(given.key), given.key)
    scanners = {entry.declaration.name: entry for entry in given.scanners}
    loaded(e for e in (*given.parsers, *given.checks, *given.scanners) if not e.module)  # what is broken says so now

    def answer(job: bytes) -> bytes:
        found: Job = msgspec.msgpack.decode(job, type=Job)
        if isinstance(found, LogJob):
            return msgspec.msgpack.encode(_log(found.block, setup, mask, given.window))
        if isinstance(found, ScanJob):
            asked = ask(found.files, loaded([scanners[found.scanner]]), redactor(given.key))
            return msgspec.msgpack.encode(FileAnswer(asked))
        if isinstance(found, CostJob):
            return msgspec.msgpack.encode(_costs(found, setup))
        if isinstance(found, OwnJob):
            owners = Owners(Path(os.fsdecode(found.root)))
            told = tuple(owners.of(Path(os.fsdecode(file))) for file in found.files)
            return msgspec.msgpack.encode(OwnAnswer(told))
        if not kit:
            kit.append(Kit(Checks(loaded(given.checks)), redactor(given.key), given.key))
        return msgspec.msgpack.encode(FileAnswer(look_at(found.path, found.raw, kit[0])))

    return answer


def _costs(job: CostJob, setup: bytes) -> CostAnswer:
    parsers, matcher, needs = _logs(setup)
    tables = [table for block in job.sample for table in parse(block, parsers, needs.all).tables]
    return CostAnswer(tuple(costs(list(enumerate(matcher.rules))[job.first : job.end], tables)))


def _log(block: Block, setup: bytes, mask: "_Mask", window: Window) -> LogAnswer:
    parsers, matcher, needs = _logs(setup)
    sift = _sift(setup)
    parsed = parse(block, parsers, needs.all, sift)
    tables = [within(table, window) for table in parsed.tables]
    matches: list[Match] = []
    for table in tables:
        matches.extend(mask.match(match) for match in find(table, matcher, needs))
    matches.sort(key=lambda match: match.record)
    unruled = Kinds(matcher)
    for table in tables:
        unruled.add(table)
    for one in parsed.counted:
        unruled.count(one.logsource, one.what, one.code, one.rows)
    plain = (table for table in parsed.tables if not table.parsed)
    return LogAnswer(
        records=parsed.records,
        refused=tuple((r.record, r.why) for r in parsed.refused),
        kinds=tuple(Rows(t.what, len(t), t.parsed, t.logsource, matcher.news(t.logsource)) for t in parsed.tables)
        + tuple(Rows(one.what, one.rows, True, one.logsource, matcher.news(one.logsource)) for one in parsed.counted),
        unruled=dict(unruled.unruled),
        matches=tuple(matches),
        marks=tuple(parsed.marks),
        clocks=tuple(
            {t.clock for t in parsed.tables if t.clock} | {clock for one in parsed.counted for clock, _, _ in one.ends}
        ),
        ends=tuple(end for t in parsed.tables for end in _ends(t))
        + tuple(Ends(*end) for one in parsed.counted for end in one.ends),
        samples=tuple(
            (n, mask.text(text[:MAX_SAMPLE]))
            for t in plain
            for n, text in zip(t.numbers[:SAMPLES], t.texts[:SAMPLES], strict=True)
        ),
        seen=tuple(_sighted(parsed.tables, mask)) if sift is None else (),
        outside=sum(map(len, parsed.tables)) - sum(map(len, tables)),
    )


def within(table: Table, window: Window) -> Table:
    """Return a table without the rows whose final times lie outside a window.

    Other clocks are settled later.
    """
    if window.is_open or table.clock != "utc":
        return table
    rows = [row for row, at in enumerate(table.times) if window.has(at)]
    return table if len(rows) == len(table) else table.pick(rows)


def _ends(table: Table) -> Iterator[Ends]:
    """Yield the earliest and latest times of a table; for clocks without a year, those of the first and last record."""
    timed = [(at, number) for at, number in zip(table.times, table.numbers, strict=False) if at is not None]
    if not timed:
        return
    pair = (timed[0], timed[-1]) if table.clock == "yearless" else (min(timed), max(timed))
    for at, number in pair:
        yield Ends(table.clock, at, number)


def _sighted(tables: Iterable[Table], mask: "_Mask") -> Iterator[Sighted]:
    """Yield the values that tables show, by day, with the host or user that each was seen with."""
    left = MAX_SEEN
    for table in tables:
        if not (table.clock and table.parsed):
            continue
        days = [None if at is None else at // DAY for at in table.times]
        hosts = _texts(table.column("host.name"))
        backwards = zip(reversed(days), reversed(table.numbers), strict=True)  # so that the first of a day stays
        firsts = {day: number for day, number in backwards if day is not None}
        for name, kind in SEEN.items():
            column = _texts(table.column(name))
            if column is None:
                continue
            counts = Counter(
                zip(
                    column, hosts if hosts is not None and name != "host.name" else ("",) * len(days), days, strict=True
                )
            )
            for (value, host, day), count in counts.most_common(left):
                if day is None or value in (None, "", "-"):
                    continue
                left -= 1
                shown = mask.key(value) if kind is ObservableType.KEY else mask.text(value[:512])
                who = f"host:{host[:200].lower()}" if host else ""
                yield Sighted(kind, shown, who, table.clock, day, firsts[day], count)


def _texts(column: Sequence[Any] | None) -> Sequence[str | None] | None:
    """Return a column of texts: a name that is an object or a list in some record names nobody there."""
    if column is None or set(map(type, column)) <= {str, type(None)}:
        return column
    return [value if isinstance(value, str) else None for value in column]


class _Mask:
    """Secrets masked in what leaves the worker."""

    def __init__(self, mask: Redactor, key: bytes) -> None:
        self._mask = mask
        self._key = key
        self._keys: dict[str, str] = {}
        self._values: dict[str, str] = {}

    def text(self, text: str) -> str:
        return self._mask.text(text)

    def key(self, value: str) -> str:
        """Return a key as its entity shows it: the same for the same key, and not to be read back."""
        shown = self._keys.get(value)
        if shown is None:
            shown = self._keys[value] = key_entity(value, self._key).partition(":")[2]
        return shown

    def match(self, match: Match) -> Match:
        values = {name: tuple(self._value(name, value) for value in found) for name, found in match.values.items()}
        return msgspec.structs.replace(match, text=self._mask.text(match.text), values=values)

    def _value(self, name: str, value: str) -> str:
        field = BY_NAME.get(name)
        if field is not None and field.entity is ObservableType.KEY:
            return self.key(value)
        if len(value) < SHORTEST:
            return value
        shown = self._values.get(value)
        if shown is None:
            if len(self._values) >= MAX_MASKED:
                self._values.clear()
            shown = self._values[value] = self._mask.text(value)
        return shown
