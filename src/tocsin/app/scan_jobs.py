"""The jobs of a scan's workers and their answers: what crosses between processes, and how a job is halved."""

import msgspec

from tocsin.app.mask import redactor
from tocsin.app.scan_held import Window
from tocsin.detect.cost import Cost
from tocsin.detect.matches import Match
from tocsin.ingest.frame import Block, halves
from tocsin.ingest.when import Mark
from tocsin.kit.parse import LogSource
from tocsin.model.coverage import Missed
from tocsin.posture.results import FileResult
from tocsin.runtime.index import Entry


class Setup(msgspec.Struct, frozen=True, kw_only=True):
    """What a worker is made of.

    With `sifts`, records that no rule can match are merely counted: what they show is then not known.
    """

    parsers: tuple[Entry, ...]
    checks: tuple[Entry, ...]
    scanners: tuple[Entry, ...]
    rules: tuple[str, ...]
    only_rules: bool
    key: bytes
    fills: dict[str, tuple[str, ...]] = {}
    window: Window = Window()
    sifts: bool = False


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

    How many, of which log source, and which of the rules' fields any had that had not been told before.
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
    outside: int = 0


class FileAnswer(msgspec.Struct, frozen=True, tag="file"):
    """What was found in a file."""

    result: FileResult


class OwnAnswer(msgspec.Struct, frozen=True, tag="own"):
    """The owners of files, in the order of the question; `why` says why none is known."""

    owners: tuple[str | None, ...] = ()
    why: str = ""


class CostJob(msgspec.Struct, frozen=True, tag="cost"):
    """A question for the costs of rules over a sample of blocks.

    Of the rules from a number to another, which is not among them.
    """

    sample: tuple[Block, ...]
    first: int
    end: int


class CostAnswer(msgspec.Struct, frozen=True, tag="cost"):
    """The costs of rules."""

    costs: tuple[Cost, ...] = ()


Job = LogJob | FileJob | ScanJob | OwnJob | CostJob
Answer = LogAnswer | FileAnswer | OwnAnswer | CostAnswer


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
        if isinstance(found, CostJob):
            middle = (found.first + found.end) // 2
            ends = ((found.first, middle), (middle, found.end)) if middle > found.first else ()
            return [msgspec.msgpack.encode(CostJob(found.sample, *pair)) for pair in ends]
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
        if isinstance(found, CostJob):
            return msgspec.msgpack.encode(CostAnswer())
        if isinstance(found, ScanJob):
            missed = tuple(Missed(path=name, why=f"{found.scanner}: {why}") for name in found.files)
            return msgspec.msgpack.encode(FileAnswer(FileResult(path="*", missed=missed)))
        if isinstance(found, FileJob):
            missed = (Missed(path=found.path, why=why),)
            return msgspec.msgpack.encode(FileAnswer(FileResult(path=found.path, bytes=len(found.raw), missed=missed)))
        return msgspec.msgpack.encode(LogAnswer(records=1, refused=((0, why),)))
