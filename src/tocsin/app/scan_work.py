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
from tocsin.detect.cover import Kinds
from tocsin.detect.matches import Match, Needs, find
from tocsin.formats.clock import DAY
from tocsin.ingest.frame import Block, halves
from tocsin.ingest.parse import parse
from tocsin.ingest.parsers import Parsers
from tocsin.ingest.when import Mark
from tocsin.kit.parse import LogSource, Table
from tocsin.match.redact import SHORTEST, Redactor
from tocsin.match.secrets import key_entity
from tocsin.match.sigma.matcher import Matcher
from tocsin.model import ObservableType
from tocsin.model.coverage import Missed
from tocsin.model.fields import BY_NAME
from tocsin.posture.checks import Checks
from tocsin.posture.look import Kit, ask, look_at
from tocsin.posture.owners import Owners
from tocsin.posture.results import FileResult
from tocsin.runtime.index import Entry

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


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker is made of."""

    parsers: tuple[Entry, ...]
    checks: tuple[Entry, ...]
    scanners: tuple[Entry, ...]
    rules: tuple[str, ...]
    only_rules: bool
    key: bytes
    fills: dict[str, tuple[str, ...]] = {}


class LogJob(msgspec.Struct, frozen=True, tag="log"):
    """A block of a log."""

    block: Block


class FileJob(msgspec.Struct, frozen=True, tag="file"):
    """A file of a project."""

    path: str
    raw: bytes


class ScanJob(msgspec.Struct, frozen=True, tag="scan"):
    """A question to one scanner, and the files that it is about."""

    scanner: str
    files: dict[str, bytes]


class OwnJob(msgspec.Struct, frozen=True, tag="own"):
    """Files whose owners are asked for.

    Where each lies, in the bytes of the system, below one root.
    """

    root: bytes
    files: tuple[bytes, ...]


class Rows(msgspec.Struct, frozen=True, array_like=True):
    """Rows of one kind in a block.

    How many, of which log source, and which of the rules' fields any had.
    """

    what: str
    rows: int
    parsed: bool
    logsource: LogSource
    fields: frozenset[str]


class Sighted(msgspec.Struct, frozen=True, array_like=True):
    """A value seen on a day.

    The day by a clock, and one record of that day, so that the parent can date it.
    """

    type: str
    value: str
    who: str
    clock: str
    day: int
    record: int
    count: int


class Ends(msgspec.Struct, frozen=True, array_like=True):
    """The time of one record: the first or last of a table."""

    clock: str
    micros: int
    record: int


class LogAnswer(msgspec.Struct, frozen=True, kw_only=True, tag="log"):
    """What was found in a block; record numbers count from 0 in it."""

    records: int
    refused: tuple[tuple[int, str], ...] = ()
    kinds: tuple[Rows, ...] = ()
    unruled: dict[str, int] = {}
    matches: tuple[Match, ...] = ()
    marks: tuple[Mark, ...] = ()
    clocks: tuple[str, ...] = ()
    ends: tuple[Ends, ...] = ()
    samples: tuple[tuple[int, str], ...] = ()
    seen: tuple[Sighted, ...] = ()


class FileAnswer(msgspec.Struct, frozen=True, tag="file"):
    """What was found in a file."""

    result: FileResult


class OwnAnswer(msgspec.Struct, frozen=True, tag="own"):
    """The owners of files, in the order of the question; `why` says why none is known."""

    owners: tuple[str | None, ...] = ()
    why: str = ""


Job = LogJob | FileJob | ScanJob | OwnJob
Answer = LogAnswer | FileAnswer | OwnAnswer


class Cut:
    """How jobs are halved, and how the last record or file of one is given up.

    `key` is the installation's: why a record is set aside may be said in the words of a plug-in, and those may hold it.
    """

    def __init__(self, key: bytes) -> None:
        self._key = key

    def halves(self, job: bytes) -> list[bytes]:
        """Return the two parts of a block or of a scanner's files; a file has none."""
        found: Job = msgspec.msgpack.decode(job, type=Job)
        if isinstance(found, FileJob | OwnJob):
            return []
        if isinstance(found, ScanJob):
            names = list(found.files)
            sides = (names[: len(names) // 2], names[len(names) // 2 :])
            parts = (ScanJob(found.scanner, {name: found.files[name] for name in side}) for side in sides if side)
            return [msgspec.msgpack.encode(part) for part in parts]
        return [msgspec.msgpack.encode(LogJob(part)) for part in halves(found.block)]

    def set_aside(self, job: bytes, why: str) -> bytes:
        """Return the answer that counts the record or file as not looked at."""
        found: Job = msgspec.msgpack.decode(job, type=Job)
        why = redactor(self._key).text(why)
        if isinstance(found, OwnJob):
            return msgspec.msgpack.encode(OwnAnswer(why=why))
        if isinstance(found, ScanJob):
            missed = tuple(Missed(path=name, why=f"{found.scanner}: {why}") for name in found.files)
            return msgspec.msgpack.encode(FileAnswer(FileResult(path="*", missed=missed)))
        if isinstance(found, FileJob):
            missed = (Missed(path=found.path, why=why),)
            return msgspec.msgpack.encode(FileAnswer(FileResult(path=found.path, bytes=len(found.raw), missed=missed)))
        return msgspec.msgpack.encode(LogAnswer(records=1, refused=((0, why),)))


@lru_cache(maxsize=2)
def _logs(setup: bytes) -> tuple[Parsers, Matcher, Needs]:
    given = msgspec.msgpack.decode(setup, type=Setup)
    rules = rules_of([Path(path) for path in given.rules], only=given.only_rules, fills=given.fills)
    needs = Needs(rules)
    return Parsers([function for _, function in loaded(given.parsers)]), Matcher(rules.rules, watch=needs.all), needs


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
            return msgspec.msgpack.encode(_log(found.block, setup, mask))
        if isinstance(found, ScanJob):
            asked = ask(found.files, loaded([scanners[found.scanner]]), redactor(given.key))
            return msgspec.msgpack.encode(FileAnswer(asked))
        if isinstance(found, OwnJob):
            owners = Owners(Path(os.fsdecode(found.root)))
            told = tuple(owners.of(Path(os.fsdecode(file))) for file in found.files)
            return msgspec.msgpack.encode(OwnAnswer(told))
        if not kit:
            kit.append(Kit(Checks(loaded(given.checks)), redactor(given.key), given.key))
        return msgspec.msgpack.encode(FileAnswer(look_at(found.path, found.raw, kit[0])))

    return answer


def _log(block: Block, setup: bytes, mask: "_Mask") -> LogAnswer:
    parsers, matcher, needs = _logs(setup)
    parsed = parse(block, parsers, needs.all)
    matches: list[Match] = []
    for table in parsed.tables:
        matches.extend(mask.match(match) for match in find(table, matcher, needs))
    matches.sort(key=lambda match: match.record)
    unruled = Kinds(matcher)
    for table in parsed.tables:
        unruled.add(table)
    plain = (table for table in parsed.tables if not table.parsed)
    return LogAnswer(
        records=parsed.records,
        refused=tuple((r.record, r.why) for r in parsed.refused),
        kinds=tuple(
            Rows(t.what, len(t), t.parsed, t.logsource, frozenset(matcher.seen.get(t.logsource, ())))
            for t in parsed.tables
        ),
        unruled=dict(unruled.unruled),
        matches=tuple(matches),
        marks=tuple(parsed.marks),
        clocks=tuple({t.clock for t in parsed.tables if t.clock}),
        ends=tuple(end for t in parsed.tables for end in _ends(t)),
        samples=tuple(
            (n, mask.text(text[:MAX_SAMPLE]))
            for t in plain
            for n, text in zip(t.numbers[:SAMPLES], t.texts[:SAMPLES], strict=True)
        ),
        seen=tuple(_sighted(parsed.tables, mask)),
    )


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
