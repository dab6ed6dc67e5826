"""Records of one parser that are of several kinds, as a table for each kind."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import msgspec

from tocsin.kit import Batch, Chunk, Columns, Derived, LogSource, Table
from tocsin.kit.parse import dig

Record = dict[str, Any]
_COUNTING = frozenset({"any", "epoch"})


class Kind(msgspec.Struct, frozen=True, kw_only=True, eq=False):
    """What records of one kind have in common.

    `time` is the field (dots walk into objects) that holds the time, written in `clock`. Kinds are told apart by
    `what`.
    """

    what: str
    logsource: LogSource
    time: str = ""
    clock: str = ""
    derived: Derived = {}
    same: Mapping[str, Any] = {}


def of_lines(given: Chunk | Table, read: Callable[[str], tuple[Kind, Record] | None]) -> Batch:
    """Return lines as tables, by a function that reads one.

    Those that it reads None of are `rest`. Rows of an outer table keep its columns, and its time where they
    have none of their own.
    """
    subjects = given.columns["message"] if isinstance(given, Table) else given.texts
    groups: dict[tuple[str, str, bool], tuple[Kind, list[int], list[Record]]] = {}
    rest: list[int] = []
    for row, text in enumerate(subjects):
        found = read(text) if text else None
        if found is None:
            rest.append(row)
            continue
        kind, record = found
        record.setdefault("message", text)
        key = (kind.what, kind.clock, record.get(kind.time) is not None)
        if key not in groups:
            groups[key] = (kind, [], [])
        groups[key][1].append(row)
        groups[key][2].append(record)
    tables = [_lines(given, kind, timed, rows, found) for (_, _, timed), (kind, rows, found) in groups.items()]
    return Batch(tables=tables, rest=rest)


def _lines(given: Chunk | Table, kind: Kind, timed: bool, rows: Sequence[int], records: Sequence[Record]) -> Table:  # noqa: FBT001  # private
    times: Sequence[Any] = [record[kind.time] for record in records] if timed else ()
    clock = kind.clock if timed else ""
    same = dict(kind.same)
    if isinstance(given, Table):
        for name, column in given.columns.items():
            for row, record in zip(rows, records, strict=True):
                record.setdefault(name, column[row])
        same = {**given.same, **same}
        if not timed and given.times:
            times, clock = [given.times[row] for row in rows], given.clock
    return Table(
        what=kind.what,
        logsource=kind.logsource,
        numbers=[given.numbers[row] for row in rows],
        texts=[given.texts[row] for row in rows],
        columns=Columns(records, kind.derived),
        same=same,
        times=times,
        clock=clock,
    )


def of_objects(chunk: Chunk, kind_of: Callable[[Mapping[str, Any]], Kind | None]) -> Batch:
    """Return objects as tables, by a function that tells the kind of one.

    Those of no kind are `rest`.
    """
    groups: dict[str, tuple[Kind, list[int]]] = {}
    rest: list[int] = []
    objects = chunk.objects or ()
    for row, record in enumerate(objects):
        kind = kind_of(record)
        if kind is None:
            rest.append(row)
        else:
            groups.setdefault(kind.what, (kind, []))[1].append(row)
    return Batch(tables=[_objects(chunk, kind, objects, rows) for kind, rows in groups.values()], rest=rest)


def _objects(chunk: Chunk, kind: Kind, objects: Sequence[Mapping[str, Any]], rows: Sequence[int]) -> Table:
    records = [objects[row] for row in rows]
    path = kind.time.split(".")
    said = [r[kind.time] if kind.time in r else dig(r, path) for r in records] if kind.time else ()
    return Table(
        what=kind.what,
        logsource=kind.logsource,
        numbers=[chunk.numbers[row] for row in rows],
        texts=[chunk.texts[row] for row in rows],
        columns=Columns(records, kind.derived),
        same=kind.same,
        times=[time if _can_be_read(time, kind.clock) else None for time in said],
        clock=kind.clock,
    )


def _can_be_read(time: Any, clock: str) -> bool:
    """Return whether a value is of a type that a clock reads: texts, and numbers where it counts since 1970."""
    return isinstance(time, str) or (
        clock in _COUNTING and isinstance(time, int | float) and not isinstance(time, bool)
    )


def says(*names: str) -> Callable[[Mapping[str, Any]], Any]:
    """Return a reader of the first of some fields that says anything.

    It gives texts and numbers only; dots walk into objects.
    """
    paths = [(name, name.split(".")) for name in names]

    def read(record: Mapping[str, Any]) -> Any:
        for name, path in paths:
            value = record[name] if name in record else dig(record, path)
            if isinstance(value, str | int | float) and value not in ("", "-"):
                return value
        return None

    return read


def first(value: Any) -> Mapping[str, Any]:
    """Return the first object of a list, an empty one for none."""
    return value[0] if isinstance(value, list) and value and isinstance(value[0], dict) else {}


def each(value: Any, name: str) -> list[Any] | None:
    """Return what each object of a list says under a name.

    None where none says anything.
    """
    found = [one[name] for one in value if isinstance(one, dict) and name in one] if isinstance(value, list) else []
    return found or None


def joined(given: Chunk | Table) -> Table:
    """Return lines as a table of messages.

    What reads an outer table reads a chunk as well by that.
    """
    if isinstance(given, Table):
        return given
    return Table(
        what="text", logsource=LogSource(), numbers=given.numbers, texts=given.texts, columns={"message": given.texts}
    )
