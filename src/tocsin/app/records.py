"""Records of files read here, in this process, one input after another: for what a person looks at by hand."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import BinaryIO

import msgspec

from tocsin.app.plug import loaded, plugged
from tocsin.app.zones import zones_of
from tocsin.ingest.frame import blocks
from tocsin.ingest.parse import parse
from tocsin.ingest.parsers import Parsers
from tocsin.ingest.recognise import LOG, TEXT, Recognised, Recogniser
from tocsin.ingest.walk import STDIN, Input, inputs
from tocsin.ingest.when import Settled, Timeline
from tocsin.kit.declare import Kind
from tocsin.kit.parse import Table
from tocsin.model.coverage import Missed
from tocsin.runtime.workspace import Workspace

Block = tuple[int, Sequence[Table]]  # the number of its first record, and its tables


class Whole(msgspec.Struct, frozen=True, kw_only=True):
    """All of an input: its blocks, when its records happened, how many there are."""

    path: str
    blocks: Sequence[Block]
    settled: Settled
    records: int


class Reading:
    """One input, read block by block; its times are settled at its end."""

    def __init__(self, records: "Records", found: Input, what: Recognised) -> None:
        self.path = found.path
        self.records = 0
        self._owner = records
        self._found = found
        self._what = what
        self._timeline = Timeline(found.modified, records.zones)

    def __iter__(self) -> Iterator[Block]:
        for block in blocks(self._found.open(), self.path, self._what):
            parsed = parse(block, self._owner.parsers)
            self._timeline.add(parsed.marks, self.records, {table.clock for table in parsed.tables})
            for refused in parsed.refused:
                place = self.records + refused.record + 1
                self._owner.missed.append(Missed(path=self.path, record=place, why=refused.why))
            first = self.records
            self.records += parsed.records
            yield first, parsed.tables
        if self._found.trouble:
            self._owner.missed.append(Missed(path=self.path, why=self._found.trouble))

    @property
    def settled(self) -> Settled:
        """Return how its times are read, once it has been read."""
        return self._timeline.settle()

    def whole(self) -> Whole:
        """Return all of it, held in memory."""
        read = list(self)
        return Whole(path=self.path, blocks=read, settled=self.settled, records=self.records)


class Records:
    """Readers of a workspace; what could not be read stands in `missed`."""

    def __init__(self, workspace: Workspace, *, tz: str = "") -> None:
        plugs = plugged(workspace)
        functions = loaded(plugs.of_kind(Kind.PARSER))
        self.missed: list[Missed] = list(plugs.refused)
        self.parsers = Parsers([function for _, function in functions])
        self.zones = zones_of(workspace.estate, tz or workspace.settings.scan.tz)
        self._recognise = Recogniser([declaration for declaration, _ in functions])

    def read(self, paths: Sequence[str], stdin: BinaryIO | None = None, now: int | None = None) -> Iterator[Reading]:
        """Yield the logs and texts below paths.

        Each must be read before the next is asked for.
        """
        for found in inputs(paths, stdin=stdin, now=now):
            if isinstance(found, Missed):
                self.missed.append(found)
            elif isinstance(found, Input):
                what = self._recognise(found)
                if isinstance(what, Missed):
                    self.missed.append(what)
                elif isinstance(what, Recognised) and what.family in (LOG, TEXT):
                    yield Reading(self, found, what)

    def of_bytes(self, raw: bytes, now: int | None = None) -> list[Whole]:
        """Return what bytes hold, recognised as a file's would be."""
        return [reading.whole() for reading in self.read([STDIN], BytesIO(raw), now)]
