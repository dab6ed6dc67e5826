"""What a parser of objects (JSON, CSV, EVTX) makes of a sample: each record with what became of it."""

import importlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from tocsin.formats import clock, csv_records, evtx, json_records
from tocsin.formats.records import Records
from tocsin.kit import Batch, Chunk, Table, declared
from tocsin.model.times import from_micros, iso

SAMPLES = Path(__file__).parents[3] / "samples" / "parser"


def function(name: str) -> Any:
    """Return a built-in parser by its name."""
    return getattr(importlib.import_module(f"tocsin.plugins.parsers.{name}"), name)


def blocks(path: Path) -> Iterator[Records]:
    """Yield the decoded blocks of a sample; its suffix names the frame."""
    with path.open("rb") as stream:
        if path.suffix == ".csv":
            yield from (csv_records.records(head, raw) for head, raw in csv_records.cuts(stream))
        elif path.suffix == ".evtx":
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


def answer(name: str, path: Path) -> list[dict[str, Any]]:
    """Return what a sample's out.json says: its records in order, each a row, left, or refused."""
    found: list[dict[str, Any]] = []
    for decoded in blocks(path):
        made = batch(name, decoded.chunk(path.name))
        rows = [_row(table, index) for table in made.tables for index in range(len(table))]
        left = [{"record": decoded.numbers[i], "left": True} for i in made.rest]
        refused = [{"record": r.record, "refused": r.why} for r in (*decoded.refused, *made.refused)]
        found += sorted([*rows, *left, *refused], key=lambda row: row["record"])
    return found


def _row(table: Table, index: int) -> dict[str, Any]:
    at = clock.read(table.clock, [table.times[index]]).micros[0] if table.clock else None
    source = table.logsource
    return {
        "record": table.numbers[index], "what": table.what, "at": None if at is None else iso(from_micros(at)),
        "logsource": [source.product, sorted(source.categories), sorted(source.services)],
        "fields": table.row(index),
    }  # fmt: skip
