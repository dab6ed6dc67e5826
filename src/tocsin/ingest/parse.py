"""From a block to tables: decode, split into records, outer parsers, then inner ones. Runs in a worker.

Which parser reads a record depends on the file's head and the record alone, never on where blocks were cut: first the
parsers that were recognised, in their order, then any whose `looks` matches. What no parser knows is one table with
`message` only. Nothing here raises on bytes; what a plug-in raises is runtime/call.py's to settle.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from tocsin.formats import csv_records, json_records
from tocsin.formats.records import Records
from tocsin.ingest.frame import LIMIT, Block, over
from tocsin.ingest.when import Mark, marks_of, timed
from tocsin.kit import Batch, Chunk, Columns, LogSource, Refused, Table, Wanted, declared
from tocsin.kit.parse import ParserFunction, dig

TEXT = "text"
_START = re.compile(r"\n(?=[^ \t\r\n])")


class Parsed(msgspec.Struct, kw_only=True):
    """What a block held: tables with their times read (see ingest/when.py), and how many records there were.

    Each record is a row of one table or refused; numbers count from 0 within the block.
    """

    tables: Sequence[Table] = ()
    records: int = 0
    refused: Sequence[Refused] = ()
    marks: Sequence[Mark] = ()


class Parser(msgspec.Struct, frozen=True):
    """A parser as it is used here: its name, its function and what its declaration says."""

    name: str
    read: ParserFunction
    frame: str
    within: str
    looks: re.Pattern[str] | None
    programs: frozenset[str]
    keys: tuple[str, ...]
    weight: int


def parser_of(function: ParserFunction) -> Parser:
    """Return a plug-in's function as a parser; raises PluginError when it is none."""
    declaration = declared(function)
    says = declaration.says
    looks = says.get("looks")
    return Parser(
        name=declaration.name, read=function, frame=says.get("frame", ""), within=says.get("within", ""),
        looks=re.compile(looks) if looks else None, programs=frozenset(says.get("programs", ())),
        keys=tuple(says.get("keys", ())), weight=says.get("weight", 10),
    )


class _Choice:
    """Parsers told apart by one alternation of what their records look like: the weightier first, then by name.

    The empty group behind each alternative closes last, so `lastgroup` names it.
    """

    def __init__(self, parsers: Iterable[Parser]) -> None:
        self.parsers = sorted((p for p in parsers if p.looks), key=lambda p: (-p.weight, p.name))
        parts = [f"(?:{p.looks.pattern})(?P<p{n}>)" for n, p in enumerate(self.parsers) if p.looks]
        self.pattern = re.compile("|".join(parts)) if parts else None

    def pick(self, texts: Sequence[str], rows: Iterable[int]) -> tuple[dict[int, list[int]], list[int]]:
        """Return which rows look like which parser's (by its place), and those that look like none's."""
        chosen: dict[int, list[int]] = {}
        rest: list[int] = []
        if self.pattern is None:
            return chosen, list(rows)
        match = self.pattern.match
        for row in rows:
            found = match(texts[row])
            if found is None or found.lastgroup is None:
                rest.append(row)
            else:
                chosen.setdefault(int(found.lastgroup[1:]), []).append(row)
        return chosen, rest


class Parsers:
    """All parsers, ready to read blocks; made once in each worker."""

    def __init__(self, functions: Iterable[ParserFunction]) -> None:
        self.all = {p.name: p for p in (parser_of(f) for f in functions)}
        self.lines = [p for p in self.all.values() if p.frame == "lines"]
        self.choice = _Choice(self.lines)
        self.objects: dict[str, list[Parser]] = {}
        self.inner: dict[str, list[Parser]] = {}
        for parser in sorted(self.all.values(), key=lambda p: (-p.weight, p.name)):
            if parser.frame and parser.frame != "lines":
                self.objects.setdefault(parser.frame, []).append(parser)
            if parser.within:
                self.inner.setdefault(parser.within, []).append(parser)
        self.inner_choice = {within: _Choice(p for p in found if not p.programs) for within, found in self.inner.items()}
        self.by_program: dict[str, dict[str, list[Parser]]] = {}
        for within, found in self.inner.items():
            programs = self.by_program.setdefault(within, {})
            for parser in found:
                for program in parser.programs:
                    programs.setdefault(program, []).append(parser)


def parse(block: Block, parsers: Parsers, wanted: Wanted = None) -> Parsed:
    """Return the tables of a block; every record is a row or refused."""
    if block.refused:
        return Parsed(records=1, refused=[Refused(0, block.refused)])
    if block.frame == "lines":
        return _parse_lines(block, parsers, wanted)
    return _parse_objects(block, parsers, wanted)


def _parse_lines(block: Block, parsers: Parsers, wanted: Wanted) -> Parsed:
    texts, refused = split(block.raw, continues=block.continues)
    records = len(texts) + len(refused)
    numbers: Sequence[int] = range(len(texts))
    if refused:
        bad = {r.record for r in refused}
        numbers = [n for n in range(records) if n not in bad]
    outer, rest = _outer(Chunk(path=block.path, texts=texts, numbers=numbers), block.parsers, parsers, wanted, refused)
    marks = marks_of(outer_table for _, tables in outer for outer_table in tables)
    tables: list[Table] = []
    for name, found in outer:
        for table in found:
            tables.extend(_refined(table, name, parsers, wanted, refused))
    if len(rest):
        tables.append(Table(
            what=TEXT, logsource=LogSource(), numbers=rest.numbers, texts=rest.texts, columns={"message": rest.texts},
            parsed=False,
        ))
    return Parsed(tables=tables, records=records, refused=refused, marks=marks)


class _Rest:
    """The records of a chunk that no parser has taken yet."""

    def __init__(self, chunk: Chunk) -> None:
        self.path, self.texts, self.numbers = chunk.path, chunk.texts, chunk.numbers

    def __len__(self) -> int:
        return len(self.texts)

    def keep(self, rows: Sequence[int]) -> None:
        """Let go of all rows but these."""
        if len(rows) != len(self.texts):
            self.texts, self.numbers = [self.texts[i] for i in rows], [self.numbers[i] for i in rows]

    def chunk(self, rows: Sequence[int] | None = None) -> Chunk:
        """Return rows, or all, as a chunk."""
        if rows is None:
            return Chunk(path=self.path, texts=self.texts, numbers=self.numbers)
        return Chunk(path=self.path, texts=[self.texts[i] for i in rows], numbers=[self.numbers[i] for i in rows])


def _outer(
    chunk: Chunk, first: Sequence[str], parsers: Parsers, wanted: Wanted, refused: list[Refused]
) -> tuple[list[tuple[str, list[Table]]], _Rest]:
    rest = _Rest(chunk)
    found: list[tuple[str, list[Table]]] = []
    for name in first:
        parser = parsers.all.get(name)
        if parser is not None and len(rest):
            batch = parser.read(rest.chunk(), wanted)
            _take(found, parser, batch, refused)
            rest.keep(batch.rest)
    if len(rest):
        chosen, left = parsers.choice.pick(rest.texts, range(len(rest)))
        for place in sorted(chosen):
            left.extend(_try_from(place, chosen[place], rest, parsers, first, wanted, found, refused))
        rest.keep(sorted(left))
    return found, rest


def _try_from(
    place: int, rows: list[int], rest: _Rest, parsers: Parsers, first: Sequence[str], wanted: Wanted,
    found: list[tuple[str, list[Table]]], refused: list[Refused],
) -> list[int]:
    """Let the parser that rows look like read them, and those behind it what it leaves; return what all leave."""
    for parser in parsers.choice.parsers[place:]:
        if parser.name in first or not rows:
            continue
        looks = parser.looks
        mine = [row for row in rows if looks is not None and looks.match(rest.texts[row])]
        if not mine:
            continue
        batch = parser.read(rest.chunk(mine), wanted)
        _take(found, parser, batch, refused)
        left = {mine[i] for i in batch.rest}
        taken = set(mine) - left
        rows = [row for row in rows if row not in taken]
    return rows


def _take(found: list[tuple[str, list[Table]]], parser: Parser, batch: Batch, refused: list[Refused]) -> None:
    refused.extend(batch.refused)
    if batch.tables:
        found.append((parser.name, [t for table in batch.tables for t in timed(table)]))


def _refined(table: Table, outer: str, parsers: Parsers, wanted: Wanted, refused: list[Refused]) -> list[Table]:
    """Return the tables that inner parsers make of one, and what they leave of it."""
    if outer not in parsers.inner or "message" not in table.columns:
        return [table]
    tables: list[Table] = []
    left: list[int] = []
    for parser_list, rows in _programs(table, parsers.by_program.get(outer, {})):
        left.extend(_inner(table, parser_list, rows, wanted, tables, refused))
    chosen, rest = parsers.inner_choice[outer].pick(table.columns["message"], sorted(left))
    for place in sorted(chosen):
        parser = parsers.inner_choice[outer].parsers[place]
        rest.extend(_inner(table, [parser], chosen[place], wanted, tables, refused))
    if rest:
        tables.append(table.pick(sorted(rest)) if len(rest) < len(table) else table)
    return [timed_table for found in tables for timed_table in timed(found)]


def _programs(table: Table, by_program: Mapping[str, list[Parser]]) -> list[tuple[list[Parser], list[int]]]:
    column = table.columns.get("process.name")
    if column is None or not by_program:
        return [([], list(range(len(table))))]
    rows: dict[str, list[int]] = {}
    for row, program in enumerate(column):
        rows.setdefault(program, []).append(row)
    return [(by_program.get(program, []), found) for program, found in rows.items()]


def _inner(
    table: Table, parsers: Sequence[Parser], rows: list[int], wanted: Wanted, tables: list[Table],
    refused: list[Refused],
) -> list[int]:
    for parser in parsers:
        if not rows:
            break
        batch = parser.read(table.pick(rows) if len(rows) < len(table) else table, wanted)
        tables.extend(batch.tables)
        refused.extend(batch.refused)
        rows = [rows[i] for i in batch.rest]
    return rows


def split(raw: bytes, *, continues: bool) -> tuple[list[str], list[Refused]]:
    """Return the records of a block of text, and those that are refused, by their numbers.

    Blank lines are no records. A record that is not UTF-8 is read as Latin-1, which any bytes are.
    """
    try:
        text = raw.decode()
    except UnicodeDecodeError:
        text = "\n".join(_decoded(line) for line in raw.split(b"\n"))
    if continues and ("\n " in text or "\n\t" in text):
        found = _START.split(text)
    else:
        found = text.split("\n")
    if "\r" in text or continues:
        found = [record.rstrip("\r\n") for record in found]
    texts = [record for record in found if record and not record.isspace()]
    if len(raw) <= LIMIT:
        return texts, []
    return _within_limit(texts)


def _decoded(line: bytes) -> str:
    try:
        return line.decode()
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _within_limit(texts: Iterable[str]) -> tuple[list[str], list[Refused]]:
    """Return records with those over the bound cut at line ends, and the lines that are over it refused."""
    kept: list[str] = []
    refused: list[Refused] = []
    for text in texts:
        if len(text) * 4 <= LIMIT or len(text.encode()) <= LIMIT:
            kept.append(text)
            continue
        for part in _packed(text):
            if len(part.encode()) > LIMIT:
                refused.append(Refused(len(kept) + len(refused), over(len(part.encode()))))
            else:
                kept.append(part)
    return kept, refused


def _packed(text: str) -> Iterable[str]:
    """Yield a record's lines, as many together as the bound allows."""
    parts: list[str] = []
    size = 0
    for line in text.split("\n"):
        length = len(line.encode()) + 1
        if parts and size + length > LIMIT:
            yield "\n".join(parts)
            parts, size = [], 0
        parts.append(line)
        size += length
    yield "\n".join(parts)


def _parse_objects(block: Block, parsers: Parsers, wanted: Wanted) -> Parsed:
    found = _records(block)
    refused = list(found.refused)
    chunk = found.chunk(block.path)
    tables: list[Table] = []
    rest = _by_keys(chunk, parsers.objects.get(block.frame, []), wanted, tables, refused)
    if rest:
        picked = _rows(chunk, rest)
        tables.append(Table(
            what=block.frame.upper(), logsource=LogSource(), numbers=picked.numbers, texts=picked.texts,
            columns=Columns(picked.objects or ()), parsed=False,
        ))
    tables = [t for table in tables for t in timed(table)]
    return Parsed(tables=tables, records=len(found), refused=refused, marks=marks_of(tables))


def _records(block: Block) -> Records:
    if block.frame == "csv":
        return csv_records.records(block.head, block.raw)
    if block.frame == "evtx":
        from tocsin.formats import evtx  # its decoder is a library that logs of other kinds need not load

        return evtx.records(block.head, block.raw)
    return json_records.records(block.raw)


def _by_keys(
    chunk: Chunk, parsers: Sequence[Parser], wanted: Wanted, tables: list[Table], refused: list[Refused]
) -> list[int]:
    objects = chunk.objects or ()
    left = list(range(len(objects)))
    for parser in parsers:
        mine = [row for row in left if all(_has(objects[row], key) for key in parser.keys)]
        if not mine:
            continue
        batch = parser.read(_rows(chunk, mine), wanted)
        tables.extend(batch.tables)
        refused.extend(batch.refused)
        taken = set(mine) - {mine[i] for i in batch.rest}
        left = [row for row in left if row not in taken]
    return left


def _has(record: Mapping[str, Any], key: str) -> bool:
    return key in record or ("." in key and dig(record, key.split(".")) is not None)


def _rows(chunk: Chunk, rows: Sequence[int]) -> Chunk:
    objects = chunk.objects or ()
    if len(rows) == len(objects):
        return chunk
    return Chunk(
        path=chunk.path, texts=[chunk.texts[i] for i in rows], numbers=[chunk.numbers[i] for i in rows],
        objects=[objects[i] for i in rows],
    )
