"""Objects of no known product as tables: all their fields, and the time where a usual name holds one."""

from collections.abc import Mapping, Sequence
from typing import Any

from tocsin.kit import Batch, Chunk, Columns, LogSource, Table
from tocsin.kit.parse import dig

# Names under which logs keep the time of an event, the surer first.
_TIMES = (
    "@timestamp",
    "timestamp",
    "Timestamp",
    "time",
    "eventTime",
    "event_time",
    "TimeGenerated",
    "datetime",
    "createdDateTime",
    "published",
    "date",
    "ts",
    "_time",
    "Time",
    "Date",
    "created_at",
)


def batch(chunk: Chunk, what: str) -> Batch:
    """Return the chunk's objects as tables, one for each way of writing the time."""
    groups: dict[tuple[str, str, bool], list[int]] = {}
    objects = chunk.objects or ()
    for index, record in enumerate(objects):
        groups.setdefault(_time(record), []).append(index)
    return Batch(tables=[_table(chunk, objects, what, key, rows) for key, rows in groups.items()])


def _table(
    chunk: Chunk, objects: Sequence[Mapping[str, Any]], what: str, key: tuple[str, str, bool], rows: Sequence[int]
) -> Table:
    name, clock, is_ecs = key
    whole = len(rows) == len(objects)
    return Table(
        what=f"{what} (ECS)" if is_ecs else what,
        logsource=LogSource(),
        clock=clock,
        numbers=chunk.numbers if whole else [chunk.numbers[i] for i in rows],
        texts=chunk.texts if whole else [chunk.texts[i] for i in rows],
        times=[objects[i][name] for i in rows] if name else (),
        columns=Columns(objects if whole else [objects[i] for i in rows]),
    )


def _time(record: Mapping[str, Any]) -> tuple[str, str, bool]:
    """Return the name of the record's time, the clock that it is written in, and whether the record is ECS."""
    is_ecs = "ecs.version" in record or dig(record, ("ecs", "version")) is not None
    for name in _TIMES:
        value = record.get(name)
        if isinstance(value, str) and value:
            return name, "epoch" if value.replace(".", "", 1).isdigit() else "iso", is_ecs
        if isinstance(value, int | float) and not isinstance(value, bool):
            return name, "epoch", is_ecs
    return "", "", is_ecs
