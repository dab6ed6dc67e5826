"""Searching the events of files: the journey of `tocsin event`."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from tempfile import SpooledTemporaryFile
from typing import IO, Any, BinaryIO

import msgspec

from tocsin.app.mask import redactor
from tocsin.app.plug import loaded, plugged
from tocsin.app.query import rule_of
from tocsin.app.zones import zones_of
from tocsin.ingest.frame import Block, blocks, halves
from tocsin.ingest.parse import parse
from tocsin.ingest.parsers import Parsers
from tocsin.ingest.recognise import LOG, TEXT, Recognised, Recogniser
from tocsin.ingest.walk import Input, inputs
from tocsin.ingest.when import Mark, Settled, Timeline, Zones
from tocsin.kit.declare import Kind
from tocsin.match.sigma.matcher import Matcher
from tocsin.model import Event
from tocsin.model.coverage import Missed
from tocsin.model.times import from_micros
from tocsin.runtime import folders
from tocsin.runtime.call import Pool
from tocsin.runtime.index import Entry
from tocsin.runtime.workspace import Workspace

MAX_RAW = 4096  # characters of a record that are shown
IN_MEMORY = 16 << 20  # bytes of hits of one input before they go to an unnamed temporary file


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker needs: parsers, and the query (empty: every event)."""

    parsers: tuple[Entry, ...]
    where: str


class Hit(msgspec.Struct, frozen=True, kw_only=True):
    """One event that the query asks for; its time is settled by the parent."""

    record: int
    what: str
    clock: str
    at: int | None
    fields: dict[str, Any]
    raw: str
    parsed: bool


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What one block held."""

    records: int
    hits: tuple[Hit, ...]
    marks: tuple[Mark, ...]
    clocks: tuple[str, ...]
    refused: tuple[tuple[int, str], ...] = ()


class Cut:
    """How blocks are halved, and how a record is given up."""

    def halves(self, job: bytes) -> list[bytes]:
        """Return the two parts of a block, or the one that it is."""
        return [msgspec.msgpack.encode(part) for part in halves(msgspec.msgpack.decode(job, type=Block))]

    def set_aside(self, job: bytes, why: str) -> bytes:  # noqa: ARG002  # the name is the protocol's
        """Return the answer that counts one record as not looked at.

        A plug-in's words may hold a secret of it.
        """
        why = redactor(folders.installation_key(folders.data())).text(why)
        return msgspec.msgpack.encode(Answer(records=1, hits=(), marks=(), clocks=(), refused=((0, why),)))


def work(setup: bytes) -> Callable[[bytes], bytes]:
    """Return the work of a worker: a block in, an Answer out."""
    given = msgspec.msgpack.decode(setup, type=Setup)
    parsers = Parsers([function for _, function in loaded(given.parsers)])
    matcher = Matcher([rule_of(given.where)]) if given.where else None

    def search(job: bytes) -> bytes:
        parsed = parse(msgspec.msgpack.decode(job, type=Block), parsers)
        hits: list[Hit] = []
        for table in parsed.tables:
            rows = range(len(table)) if matcher is None else [row for _, row in matcher.run(table)]
            hits += [
                Hit(
                    record=table.numbers[row],
                    what=table.what,
                    clock=table.clock,
                    parsed=table.parsed,
                    at=table.times[row] if table.times else None,
                    fields=table.row(row),
                    raw=table.texts[row][:MAX_RAW],
                )
                for row in rows
            ]
        hits.sort(key=lambda hit: hit.record)
        return msgspec.msgpack.encode(
            Answer(
                records=parsed.records,
                hits=tuple(hits),
                marks=tuple(parsed.marks),
                clocks=tuple({t.clock for t in parsed.tables}),
                refused=tuple((r.record, r.why) for r in parsed.refused),
            ),
            enc_hook=str,
        )

    return search


class Search:
    """A search over inputs.

    What could not be looked at stands in `missed` when it has ended.
    """

    def __init__(self, workspace: Workspace, *, where: str, tz: str = "", workers: int = 1) -> None:
        plugs = plugged(workspace)
        entries = tuple(plugs.of_kind(Kind.PARSER))
        self.missed: list[Missed] = list(plugs.refused)
        self.records = 0
        self._setup = msgspec.msgpack.encode(Setup(parsers=entries, where=where))
        if where:
            rule_of(where)
        self._recognise = Recogniser([entry.declaration for entry in entries])
        self._zones: Zones = zones_of(workspace.estate, tz or workspace.settings.scan.tz)
        self._workers = workers

    def run(self, paths: Sequence[str], stdin: BinaryIO) -> Iterator[Event]:
        """Yield the events that the query asks for.

        Input by input, in the order of their records.
        """
        with Pool("tocsin.app.search:work", self._setup, size=self._workers, halving=Cut()) as pool:
            for found in inputs(paths, stdin=stdin):
                if isinstance(found, Missed):
                    self.missed.append(found)
                elif isinstance(found, Input):
                    what = self._recognise(found)
                    if isinstance(what, Missed):
                        self.missed.append(what)
                    elif isinstance(what, Recognised) and what.family in (LOG, TEXT):
                        yield from self._input(pool, found, what)

    def _input(self, pool: Pool, found: Input, what: Recognised) -> Iterator[Event]:
        timeline = Timeline(found.modified, self._zones)
        first = 0
        jobs = (msgspec.msgpack.encode(block) for block in blocks(found.open(), found.path, what))
        with SpooledTemporaryFile(max_size=IN_MEMORY) as waiting:  # for the years, which the last block may decide
            for answers in pool.run(jobs):
                for raw in answers:
                    answer = msgspec.msgpack.decode(raw, type=Answer)
                    timeline.add(answer.marks, first, answer.clocks)
                    if answer.hits:
                        waiting.write(first.to_bytes(8, "little") + len(raw).to_bytes(4, "little") + raw)
                    refused = ((first + n + 1, why) for n, why in answer.refused)
                    self.missed.extend(Missed(path=found.path, record=record, why=why) for record, why in refused)
                    first += answer.records
            yield from _waiting(waiting, found.path, timeline.settle())
        self.records += first
        if found.trouble:
            self.missed.append(Missed(path=found.path, why=found.trouble))


def _waiting(file: IO[bytes], path: str, settled: Settled) -> Iterator[Event]:
    file.seek(0)
    while head := file.read(12):
        first = int.from_bytes(head[:8], "little")
        for hit in msgspec.msgpack.decode(file.read(int.from_bytes(head[8:], "little")), type=Answer).hits:
            yield _event(path, msgspec.structs.replace(hit, record=hit.record + first), settled)


def _event(path: str, hit: Hit, settled: Settled) -> Event:
    host = hit.fields.get("host.name")
    at = settled.at(hit.clock, hit.at, hit.record, host if isinstance(host, str) else "")
    return Event(
        path=path,
        record=hit.record + 1,
        what=hit.what,
        at=None if at is None else from_micros(at),
        fields=hit.fields,
        raw=hit.raw,
        parsed=hit.parsed,
    )


def count_by(events: Iterator[Event], field: str) -> list[tuple[str, int]]:
    """Return the values of a field with their counts, the most frequent last.

    Events without it count as `-`.
    """
    from tocsin.kit.parse import dig
    from tocsin.model.fields import other_names

    counts: Counter[str] = Counter()
    names = (field, *other_names(field))
    for event in events:
        value = next(
            (v for name in names if (v := event.fields.get(name, dig(event.fields, name.split(".")))) is not None), None
        )
        counts["-" if value is None else str(value)] += 1
    return sorted(counts.items(), key=lambda pair: (pair[1], pair[0]))
