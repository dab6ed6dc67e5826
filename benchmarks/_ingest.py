"""What the benchmarks of ingest share: a file through walking, recognising, cutting and parsing."""

import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import msgspec

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.ingest.made import parsers, recogniser
from tocsin.ingest.frame import Block, blocks
from tocsin.ingest.parse import parse
from tocsin.ingest.recognise import Recognised
from tocsin.ingest.walk import Input, inputs


class Count(msgspec.Struct):
    """What became of the records of one source."""

    source: str
    records: int = 0
    events: int = 0
    parsed: int = 0
    refused: int = 0
    timed: int = 0
    kinds: Counter[str] = msgspec.field(default_factory=Counter)


def cut(path: Path) -> Iterator[Block]:
    """Yield the blocks of a file, if it is a log or other text."""
    for found in inputs([str(path)]):
        if not isinstance(found, Input):
            raise SystemExit(f"{found.path}: {found.why}")
        known = recogniser()(found)
        if not isinstance(known, Recognised):
            raise SystemExit(f"{known.path}: {known.why}")
        yield from blocks(found.open(), found.path, known)


def count(path: Path) -> Count:
    """Return what became of the records of a file."""
    made = Count(path.name)
    for block in cut(path):
        got = parse(block, parsers())
        made.records += got.records
        made.refused += len(got.refused)
        for table in got.tables:
            made.events += len(table)
            made.parsed += len(table) if table.parsed else 0
            made.timed += sum(at is not None for at in table.times)
            made.kinds[table.what] += len(table)
    return made
