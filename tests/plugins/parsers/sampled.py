"""A parser of objects (JSON, EVTX) by itself: without recognising and without the other parsers."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tocsin.formats import evtx, json_records
from tocsin.formats.records import Records
from tocsin.kit import Batch, Chunk, declared


def function(name: str) -> Any:
    """Return a built-in parser by its name."""
    return getattr(importlib.import_module(f"tocsin.plugins.parsers.{name}"), name)


def blocks(path: Path) -> Iterator[Records]:
    """Yield the decoded blocks of a log; its suffix names the frame."""
    with path.open("rb") as stream:
        if path.suffix == ".evtx":
            yield from (evtx.records(head, raw) for head, raw in evtx.cuts(stream))
        else:
            yield from map(json_records.records, json_records.cuts(stream))


def batch(name: str, chunk: Chunk) -> Batch:
    """Return what a parser makes of the records that hold its keys; the others are left as `rest`."""
    keys = declared(function(name)).says.get("keys", ())
    objects = chunk.objects or ()
    mine = [i for i, record in enumerate(objects) if all(key in record for key in keys)]
    if not mine:
        return Batch(rest=range(len(objects)))
    picked = Chunk(path=chunk.path, texts=[chunk.texts[i] for i in mine], numbers=[chunk.numbers[i] for i in mine],
                   objects=[objects[i] for i in mine])  # fmt: skip
    made: Batch = function(name)(picked, None)
    others = [i for i in range(len(objects)) if i not in mine]
    return Batch(tables=made.tables, refused=made.refused, rest=sorted([*(mine[i] for i in made.rest), *others]))
