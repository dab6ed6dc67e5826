"""From a block to tables: decode, split into records, outer parsers, then inner ones. Runs in a worker.

Which parser reads a record depends on the file's head and the record alone, never on where blocks were cut: first the
parsers that were recognised, in their order, then any whose `looks` matches. What no parser knows is one table with
`message` only. Nothing here raises on bytes; what a plug-in raises is runtime/call.py's to settle.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tocsin.formats import csv_records, json_records, xml_events, zeek
from tocsin.formats.records import Records
from tocsin.ingest.frame import Block
from tocsin.ingest.parsers import Fit, Parser, Parsers
from tocsin.ingest.split import split
from tocsin.ingest.unwrap import unwrapped
from tocsin.ingest.when import Mark, marks_of, timed
from tocsin.kit import Batch, Chunk, Columns, LogSource, Refused, Table, Wanted
from tocsin.kit.parse import dig
from tocsin.kit.sift import Counted, Sift
from tocsin.model import PluginError

TEXT = "text"


class Parsed(msgspec.Struct, kw_only=True):
    """What a block held.

    The tables' times are read (see ingest/when.py); `marks` are for the year.
    Each record is a row of one table, refused or counted; numbers count from 0 within the block.
    """

    tables: Sequence[Table] = ()
    records: int = 0
    refused: Sequence[Refused] = ()
    counted: Sequence[Counted] = ()
    marks: Sequence[Mark] = ()


def parse(block: Block, parsers: Parsers, wanted: Wanted = None, sift: Sift | None = None) -> Parsed:
    """Return the tables of a block; every record is a row or refused.

    With `sift`, lines of JSON that it passes over are merely counted.
    """
    if block.refused:
        return Parsed(records=1, refused=[Refused(0, block.refused)])
    reading = _Reading(parsers, wanted)
    if block.frame == "lines":
        return reading.lines(block)
    sifted = reading.sifted(block, sift) if sift is not None and block.frame == "json" else None
    return reading.objects(block) if sifted is None else sifted


class _Reading:
    """The reading of one block: what was made of it so far."""

    def __init__(self, parsers: Parsers, wanted: Wanted) -> None:
        self.parsers = parsers
        self.wanted = wanted
        self.refused: list[Refused] = []
        self.outer: list[tuple[str, Table]] = []  # by the name of the parser that made each
        self.tables: list[Table] = []

    def lines(self, block: Block) -> Parsed:
        """Return what a block of text holds."""
        texts, self.refused = split(block.raw, continues=block.continues)
        records = len(texts) + len(self.refused)
        numbers: Sequence[int] = range(records)
        if self.refused:
            bad = {refused.record for refused in self.refused}
            numbers = [number for number in numbers if number not in bad]
        rest = self._outer(Chunk(path=block.path, texts=texts, numbers=numbers), block.parsers)
        marks = marks_of(table for _, table in self.outer)
        for name, table in self.outer:
            self._refine(table, name)
        self._plain(rest)
        return Parsed(tables=self.tables, records=records, refused=self.refused, marks=marks)

    def objects(self, block: Block) -> Parsed:
        """Return what a block of objects holds."""
        found = _records(block)
        return self._tables(block, found, len(found))

    def sifted(self, block: Block, sift: Sift) -> Parsed | None:
        """Return what those lines hold that are not passed over; None where lines are no records."""
        lines = json_records.lines(block.raw)
        sifted = sift(lines) if lines is not None else None
        if lines is None or sifted is None:
            return None
        whole = sifted.whole
        found = json_records.of_lines([lines[row] for row in whole])
        placed = Records(
            texts=found.texts,
            objects=found.objects,
            numbers=[whole[number] for number in found.numbers],
            refused=[Refused(whole[one.record], one.why) for one in found.refused],
        )
        return msgspec.structs.replace(self._tables(block, placed, len(lines)), counted=sifted.counted)

    def _tables(self, block: Block, found: Records, records: int) -> Parsed:
        self.refused = list(found.refused)
        chunks = unwrapped(found.chunk(block.path), block.frame)
        left = [self._within(chunk, frame) for frame, chunk in chunks]
        marks = marks_of(table for _, table in self.outer)
        for name, table in self.outer:
            self._refine(table, name)
        self.tables.extend(_unknown(rest, block.frame.upper()) for rest in left if rest.texts)
        return Parsed(tables=self.tables, records=records, refused=self.refused, marks=marks)

    def _within(self, chunk: Chunk, frame: str) -> Chunk:
        """Let parsers read objects, or lines that stood within objects; return the records that none of them knows."""
        if frame == "lines":
            chunk, frame = self._outer(chunk, ()), "json"
        return self._by_keys(chunk, frame)

    def _plain(self, rest: Chunk) -> None:
        """Keep what no parser of lines knows: objects of JSON among the lines by their keys, the others as text."""
        found = [(row, record) for row, text in enumerate(rest.texts) if (record := _object(text)) is not None]
        rows = [row for row, _ in found]
        picked = rows_of(rest, rows)
        given = Chunk(path=rest.path, texts=picked.texts, numbers=picked.numbers, objects=[one for _, one in found])
        before = len(self.outer)
        unknown = self._by_keys(given, "json") if found else given
        for name, table in self.outer[before:]:
            self._refine(table, name)
        taken = set(picked.numbers) - set(unknown.numbers)
        left = [row for row, number in enumerate(rest.numbers) if number not in taken]
        if left:
            self.tables.append(_text(rows_of(rest, left)))

    def _outer(self, chunk: Chunk, first: Sequence[str]) -> Chunk:
        """Let the outer parsers read a chunk, and return the records that none of them knows."""
        for name in first:
            parser = self.parsers.all.get(name)
            if parser is not None and chunk.texts:
                chunk = self._first(parser, chunk)
        if not chunk.texts:
            return chunk
        chosen, left = self.parsers.choice.pick(chunk.texts, range(len(chunk.texts)))
        for place in sorted(chosen):
            rows = chosen[place]
            for parser in self.parsers.choice.parsers[place:]:
                looks = parser.looks
                if looks is None or parser.name in first or not rows:
                    continue
                chose = parser is self.parsers.choice.parsers[place]  # the choice has asked this one already
                mine = rows if chose else [row for row in rows if looks.match(chunk.texts[row])]
                if mine:
                    kept = {mine[i] for i in self._read(parser, rows_of(chunk, mine))}
                    taken = set(mine) - kept
                    rows = [row for row in rows if row not in taken]
            left.extend(rows)
        return rows_of(chunk, sorted(left))

    def _first(self, parser: Parser, chunk: Chunk) -> Chunk:
        """Let a parser read the records that look like its own, and return the others."""
        match = parser.looks.match if parser.looks is not None else None
        mine = [row for row, text in enumerate(chunk.texts) if match is not None and match(text)]
        if len(mine) == len(chunk.texts):
            return rows_of(chunk, self._read(parser, chunk))
        if not mine:
            return chunk
        taken = set(mine) - {mine[i] for i in self._read(parser, rows_of(chunk, mine))}
        return rows_of(chunk, [row for row in range(len(chunk.texts)) if row not in taken])

    def _by_keys(self, chunk: Chunk, frame: str) -> Chunk:
        """Let the parsers whose keys a record has read it, and return the records that none of them knows."""
        objects = chunk.objects or ()
        shapes: dict[tuple[str, ...], list[int]] = {}  # rows by the names that they have
        for row, names in enumerate(map(tuple, objects)):
            if names in shapes:
                shapes[names].append(row)
            else:
                shapes[names] = [row]
        left = [(self.parsers.fitting(frame, names), rows) for names, rows in shapes.items()]
        for place, parser in enumerate(self.parsers.objects.get(frame, ())):
            mine = [
                row
                for fits, rows in left
                if fits[place]
                for row in rows
                if fits[place] is Fit.YES or _has_all(objects[row], parser)
            ]
            if mine:
                mine.sort()
                kept = {mine[i] for i in self._read(parser, rows_of(chunk, mine))}
                taken = set(mine) - kept
                left = [(fits, [row for row in rows if row not in taken]) for fits, rows in left]
        return rows_of(chunk, sorted(row for _, rows in left for row in rows))

    def _read(self, parser: Parser, chunk: Chunk) -> Sequence[int]:
        """Let a parser read a chunk, keep what it makes, and return the rows that it leaves."""
        batch = parser.read(chunk, self.wanted)
        _whole(batch, len(chunk.texts), parser)
        self.refused.extend(batch.refused)
        self.outer.extend((parser.name, part) for table in batch.tables for part in timed(table))
        return batch.rest

    def _refine(self, table: Table, outer: str) -> None:
        """Keep the tables that inner parsers make of one, and what they leave of it."""
        outer = self.parsers.all[outer].like or outer
        if outer not in self.parsers.inner or "message" not in table.columns:
            self.tables.append(table)
            return
        left: list[int] = []
        for parsers, rows in _programs(table, self.parsers.by_program.get(outer, {})):
            left.extend(self._inner(table, parsers, rows))
        choice = self.parsers.inner_choice[outer]
        chosen, rest = choice.pick(table.columns["message"], sorted(left))
        for place in sorted(chosen):
            rest.extend(self._inner(table, [choice.parsers[place]], chosen[place]))
        if rest:
            self.tables.append(table.pick(sorted(rest)) if len(rest) < len(table) else table)

    def _inner(self, table: Table, parsers: Sequence[Parser], rows: list[int]) -> list[int]:
        for parser in parsers:
            if not rows:
                break
            batch = parser.read(table.pick(rows) if len(rows) < len(table) else table, self.wanted)
            _whole(batch, len(rows), parser)
            self.tables.extend(part for made in batch.tables for part in timed(made))
            self.refused.extend(batch.refused)
            rows = [rows[i] for i in batch.rest]
        return rows


def _whole(batch: Batch, given: int, parser: Parser) -> None:
    """Raise PluginError when a parser lost records or has them twice."""
    got = sum(len(table) for table in batch.tables) + len(batch.rest) + len(batch.refused)
    if got != given:
        raise PluginError(f"parser {parser.name} was given {given} records and accounts for {got}")


def _object(text: str) -> Mapping[str, Any] | None:
    """Return the object that a text is; None for one that is none."""
    if not text.startswith('{"') and not text.startswith("{ "):
        return None
    try:
        return json_records.decode(text)
    except ValueError:
        return None


def _text(rest: Chunk) -> Table:
    return Table(
        what=TEXT,
        logsource=LogSource(),
        numbers=rest.numbers,
        texts=rest.texts,
        columns={"message": rest.texts},
        parsed=False,
    )


def _unknown(rest: Chunk, what: str) -> Table:
    return Table(
        what=what,
        logsource=LogSource(),
        numbers=rest.numbers,
        texts=rest.texts,
        columns=Columns(rest.objects or ()),
        parsed=False,
    )


def _programs(table: Table, by_program: Mapping[str, list[Parser]]) -> list[tuple[list[Parser], list[int]]]:
    column = table.columns.get("process.name")
    if column is None or not by_program:
        return [([], list(range(len(table))))]
    rows: dict[str, list[int]] = {}
    for row, program in enumerate(column):
        rows.setdefault(program, []).append(row)
    return [(by_program.get(program, []), found) for program, found in rows.items()]


def _records(block: Block) -> Records:
    if block.frame == "csv":
        return csv_records.records(block.head, block.raw)
    if block.frame == "zeek":
        return zeek.records(block.head, block.raw)
    if block.frame == "xml":
        return xml_events.records(block.raw)
    if block.frame == "evtx":
        from tocsin.formats import evtx  # its decoder is a library that logs of other kinds need not load

        return evtx.records(block.head, block.raw)
    return json_records.records(block.raw)


def _has_all(record: Mapping[str, Any], parser: Parser) -> bool:
    return all(key in record or ("." in key and dig(record, key.split(".")) is not None) for key in parser.keys)


def rows_of(chunk: Chunk, rows: Sequence[int]) -> Chunk:
    """Return the chunk of some of its records, given by index, ascending."""
    if len(rows) == len(chunk.texts):
        return chunk
    return Chunk(
        path=chunk.path,
        texts=[chunk.texts[i] for i in rows],
        numbers=[chunk.numbers[i] for i in rows],
        objects=None if chunk.objects is None else [chunk.objects[i] for i in rows],
    )
