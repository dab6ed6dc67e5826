"""Why a rule fires on a record or does not: the journey of `tocsin explain RULE --event E`."""

import os
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import BinaryIO, NamedTuple

import msgspec

from tocsin.app.mask import redactor
from tocsin.app.records import Block, Reading, Records
from tocsin.detect.outline import Outlines
from tocsin.detect.say import Line, has, headline, tree, wants
from tocsin.detect.sight import Mask, Seen, Sight
from tocsin.kit.parse import LogSource, Table
from tocsin.match.sigma import expression
from tocsin.match.sigma.matcher import fields_of, fits
from tocsin.match.sigma.parts import Kind, Part, leaves_of
from tocsin.match.sigma.rule import Rule, Source
from tocsin.match.sigma.why import Asker, Why
from tocsin.model import UserError
from tocsin.model.times import from_micros
from tocsin.runtime import folders
from tocsin.runtime.workspace import Workspace

MAX_RAW = 2048  # characters of a record that are shown
INLINE = "inline"


class Gate(msgspec.Struct, frozen=True, kw_only=True):
    """Whether a rule looks at a record at all: what it is for, and what the record is."""

    fits: bool
    rule: str
    record: str
    says: str


class Leaf(msgspec.Struct, frozen=True, kw_only=True):
    """A part of the rule: what it says, whether it held, and what the record has."""

    kind: str
    says: str
    held: bool
    note: str = ""
    parts: "tuple[Leaf, ...]" = ()


class Shown(msgspec.Struct, frozen=True, kw_only=True):
    """The record that was asked."""

    path: str
    record: int
    records: int
    what: str
    at: datetime | None
    raw: str
    chosen: str = ""


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """Why a rule fires on a record or does not."""

    rule: str
    title: str
    matched: bool
    says: str
    event: Shown
    gate: Gate
    fields: tuple[Seen, ...]
    why: Leaf
    lines: tuple[Line, ...] = ()
    missed: tuple[str, ...] = ()


class Pick(NamedTuple):
    """The best record so far: how good it is, and where it stands."""

    rank: tuple[bool, float]
    table: Table
    row: int
    record: int
    held: frozenset[expression.Leaf]


def mask() -> Mask:
    """Return what masks the secrets of a text."""
    return redactor(folders.installation_key(folders.data())).text


def place_of(event: str, record: int | None) -> tuple[str, int | None]:
    """Return the path and the record's number that an event is named by.

    It is `FILE`, `FILE#N`, `-` or a JSON text. Raises UserError for a number below 1.
    """
    head, mark, tail = event.rpartition("#")
    if record is None and mark and tail.isascii() and tail.isdigit() and not Path(event).exists():
        event, record = head, int(tail[:12])
    if record is not None and record < 1:
        raise UserError("records are counted from 1", where=event)
    return event, record


def explain_event(
    rule: Rule, outlines: Outlines, event: str, record: int | None, workspace: Workspace, stdin: BinaryIO
) -> Told:
    """Return why a rule fires on a record or does not.

    Without a number it is the first record that matches, or the one that comes nearest to that. Raises UserError
    where there is no such record.
    """
    path, number = place_of(event, record)
    records = Records(workspace)
    part = outlines.of(rule)
    pick, reading = _picked(rule, part, readings(records, path, stdin), number)
    is_text = is_inline(path)
    if pick is None or reading is None:
        raise _nothing(path, number, records, reading)
    is_bare = is_text and pick.table.logsource == LogSource()
    if is_bare:
        table = msgspec.structs.replace(pick.table, logsource=source_of(rule.source), what="JSON")
        pick = pick._replace(table=table)
    sight = Sight(pick.table, pick.row, mask())
    why = Asker(part).why(pick.held)
    chosen = "" if number or reading.records == 1 else _chosen(pick, why)
    chosen = "taken as one of the rule's own log source" if is_bare else chosen
    shown = _shown(INLINE if is_text else reading.path, pick, reading, sight, chosen)
    missed = tuple(f"{one.path}: {one.why}" for one in records.missed[:20])
    return _told(rule, why, sight, shown, missed)


def is_inline(event: str) -> bool:
    """Return whether an event is given as a JSON text, not as a file's name."""
    return event.lstrip().startswith(("{", "[")) and not os.path.lexists(event)


def readings(records: Records, path: str, stdin: BinaryIO) -> Iterator[Reading]:
    """Yield what a path, standard input or a JSON text holds."""
    if is_inline(path):
        return records.read(["-"], BytesIO(path.strip().encode("utf-8", "surrogateescape")))
    return records.read([path], stdin)


def source_of(source: Source) -> LogSource:
    """Return a log source that a rule looks at."""
    return LogSource(source.product, frozenset({source.category} - {""}), frozenset({source.service} - {""}))


class Nearest:
    """The record that matches a rule, or comes nearest, of those that were looked at."""

    def __init__(self, rule: Rule, part: Part) -> None:
        self.best: Pick | None = None
        self._rule = rule
        self._asker = Asker(part)

    def look(self, first: int, table: Table) -> None:
        """Look at a table of a block; `first` is the number of the block's first record."""
        is_fit = fits(self._rule.source, table.logsource)
        if not len(table) or (self.best is not None and self._is_beaten(self.best, is_fit, first)):
            return
        held = self._asker.held(table)
        near = [self._asker.near(one) for one in held]
        row = near.index(max(near))
        pick = Pick((is_fit, near[row]), table, row, first + table.numbers[row] + 1, held[row])
        if self.best is None or self._is_better(pick, self.best, first):
            self.best = pick._replace(table=table.pick([row]), row=0)

    def take(self, first: int, table: Table, number: int) -> None:
        """Take just the record of a number, if a table has it."""
        if number - 1 - first in table.numbers:
            one = table.pick([list(table.numbers).index(number - 1 - first)])
            rank = (fits(self._rule.source, table.logsource), 1.0)
            self.best = Pick(rank, one, 0, number, self._asker.held(one)[0])

    def told(self, masked: Mask) -> tuple[int, str, tuple[Line, ...]] | None:
        """Return the record's number, the sentence on it and the lines of its tree.

        None where no record was looked at.
        """
        if self.best is None:
            return None
        sight = Sight(self.best.table, self.best.row, masked)
        why = self._asker.why(self.best.held)
        return self.best.record, sentence(why, gate_of(self._rule, sight.table), sight), tuple(tree(why, sight))

    @staticmethod
    def _is_beaten(best: Pick, is_fit: bool, first: int) -> bool:  # noqa: FBT001  # private, and no option
        """Return whether no record of a table can come before the best."""
        return best.rank > (is_fit, 1.0) or (best.rank == (is_fit, 1.0) and best.record <= first)

    @staticmethod
    def _is_better(pick: Pick, best: Pick, first: int) -> bool:
        is_of_block = best.record > first  # tables of one block are by kind, not by their records' numbers
        return pick.rank > best.rank or (pick.rank == best.rank and is_of_block and pick.record < best.record)


def _picked(rule: Rule, part: Part, found: Iterator[Reading], number: int | None) -> tuple[Pick | None, Reading | None]:
    """Return the record to tell of and the input that it is in; the last input where there is none."""
    best: Pick | None = None
    where: Reading | None = None
    last: Reading | None = None
    for last in found:
        nearest = Nearest(rule, part)
        for first, tables in last:
            for table in tables:
                if number is None:
                    nearest.look(first, table)
                else:
                    nearest.take(first, table, number)
        if nearest.best is not None and (best is None or nearest.best.rank > best.rank):
            best, where = nearest.best, last
    return best, where or last


def nearest_of(
    rule: Rule, part: Part, found: Iterable[Block], masked: Mask
) -> tuple[int, str, tuple[Line, ...]] | None:
    """Return the record that matches or comes nearest.

    Its number, the sentence on it and the lines of its tree.
    """
    nearest = Nearest(rule, part)
    for first, tables in found:
        for table in tables:
            nearest.look(first, table)
    return nearest.told(masked)


def _nothing(path: str, number: int | None, records: Records, reading: Reading | None) -> UserError:
    shown = INLINE if is_inline(path) else path
    if number is not None and reading is not None and reading.records:
        return UserError(f"{shown} has {reading.records:,} records and no record {number:,} that was read", where=shown)
    why = records.missed[0].why if records.missed else "it holds no record of a log"
    return UserError(f"{shown}: {why}", where=shown, hint="--event FILE, FILE#N, - or a JSON object")


def _chosen(pick: Pick, why: Why) -> str:
    if not pick.rank[0]:
        return "none is of the rule's log source; this one comes nearest otherwise"
    return "the first that matches" if why.held else "none matches; this one comes nearest"


def _shown(path: str, pick: Pick, reading: Reading, sight: Sight, chosen: str) -> Shown:
    table = sight.table
    at = None
    if table.times:
        host = sight.value("host.name")
        micros = reading.settled.at(table.clock, table.times[0], pick.record - 1, host if isinstance(host, str) else "")
        at = None if micros is None else from_micros(micros)
    return Shown(
        path=path, record=pick.record, records=reading.records, what=table.what, at=at,
        raw=sight.mask(table.texts[0][:MAX_RAW]), chosen=chosen,
    )  # fmt: skip


def _told(rule: Rule, why: Why, sight: Sight, shown: Shown, missed: Sequence[str]) -> Told:
    gate = gate_of(rule, sight.table)
    fields = (name for leaf in leaves_of(why.part) for name in fields_of(leaf))
    return Told(
        rule=rule.about.id, title=rule.about.title, matched=why.held and gate.fits, says=sentence(why, gate, sight),
        event=shown, gate=gate, fields=tuple(sight.all(fields)), why=leaf_of(why, sight),
        lines=tuple(tree(why, sight)), missed=tuple(missed),
    )  # fmt: skip


def sentence(why: Why, gate: Gate, sight: Sight) -> str:
    """Return in one sentence whether the rule fires on the record, and why."""
    said = headline(why, sight)
    if gate.fits:
        return said[:1].upper() + said[1:] if why.held else said
    return f"{gate.says}; its condition {'would hold' if why.held else 'does not hold either: ' + said}"


def gate_of(rule: Rule, table: Table) -> Gate:
    """Return whether a rule looks at the rows of a table."""
    is_fit = fits(rule.source, table.logsource)
    served = source_words(table.logsource) or "no log source that rules name"
    record = f"{table.what} ({served})"
    says = f"this rule is for {rule.source}, and the record is {record}"
    return Gate(fits=is_fit, rule=str(rule.source), record=record, says=says)


def source_words(source: LogSource) -> str:
    """Return what a log source serves, in words: `windows; process_creation; sysmon`."""
    words = (source.product, ", ".join(sorted(source.categories)), ", ".join(sorted(source.services)))
    return "; ".join(word for word in words if word)


def leaf_of(why: Why, sight: Sight) -> Leaf:
    """Return the tree as data."""
    part = why.part
    says = wants(part, must=False) if part.kind is Kind.ITEM else part.name
    note = ""
    if part.kind is Kind.ITEM and part.field:
        note = has(sight.seen(part.field))
    return Leaf(
        kind=_kind(part), says=says, held=why.held, note=note, parts=tuple(leaf_of(one, sight) for one in why.parts)
    )


def _kind(part: Part) -> str:
    if part.kind in {Kind.SOME, Kind.SELECTION}:
        which = "all" if part.is_all else "any" if part.least == 1 else f"{part.least} of"
        return f"{part.kind if part.kind is Kind.SELECTION else ''} {which}".strip()
    return str(part.kind)
