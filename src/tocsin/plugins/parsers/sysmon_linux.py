"""Sysmon for Linux: processes, connections and files of Linux machines, as XML, in syslog or in a file of its own.

The names are Sysmon's (`Image`, `CommandLine`, `ParentImage`, `TargetFilename`...). Event id 1 serves Sigma's category
`process_creation` of product `linux`, 3 `network_connection`, 5 `process_termination`, 9 `raw_access_thread`, 11
`file_event`, 23 `file_delete`; all serve the service `sysmon`.

Misses: events that a syslog daemon cut at its limit (8 KiB in rsyslog as it comes): they are no sound XML, and stay
text.

See: https://github.com/microsoft/SysmonForLinux
"""

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from tocsin.formats.logsources import entries
from tocsin.formats.windows_event import Flat, flat_system
from tocsin.formats.windows_tables import batch, kind
from tocsin.formats.xml_events import decode
from tocsin.kit import Batch, Chunk, Columns, LogSource, Table, Wanted, parser

_PROVIDER = "Linux-Sysmon"


@parser(
    frame="xml",
    within="syslog",
    keys=("Event",),
    programs=("sysmon",),
    product="linux",
    service="sysmon",
    what="Sysmon for Linux",
    weight=50,
)
def sysmon_linux(given: Chunk | Table, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Return events of Sysmon for Linux as tables by their id."""
    objects, rows = _decoded(given) if isinstance(given, Table) else (given.objects or (), range(len(given.texts)))
    chunk = Chunk(path="", texts=[given.texts[i] for i in rows], numbers=list(rows), objects=objects)
    made = batch(chunk, _flat)
    kept = {row for table in made.tables for row in table.numbers}
    tables = [_table(given, table) for table in made.tables]
    return Batch(tables=tables, rest=[row for row in range(len(given.texts)) if row not in kept])


def _decoded(given: Table) -> tuple[Sequence[Mapping[str, Any]], Sequence[int]]:
    """Return the events that stand in messages of syslog, and the rows that they stand in."""
    objects: list[Mapping[str, Any]] = []
    rows: list[int] = []
    for row, text in enumerate(given.columns["message"]):
        if text.startswith("<Event"):
            try:
                objects.append(decode(text))
            except ValueError:
                continue
            rows.append(row)
    return objects, rows


def _flat(record: Mapping[str, Any]) -> Flat | None:
    flat = flat_system(record)
    return flat if flat is not None and flat.get("Provider_Name") == _PROVIDER else None


def _table(given: Chunk | Table, table: Table) -> Table:
    """Return a table of Windows events as one of Linux; its numbers are rows of what was given."""
    number = int(str(table.same["event.code"]))
    entry = next((one for one in entries("linux").values() if number in one.ids), None)
    source = entry.logsource if entry else LogSource("linux", frozenset(), frozenset({"sysmon"}))
    means = kind("microsoft-windows-sysmon/operational", number)
    records = table.columns.objects if isinstance(table.columns, Columns) else ()
    return msgspec.structs.replace(
        table,
        what=f"Sysmon for Linux {number}",
        logsource=source,
        same={**means.same, **(given.same if isinstance(given, Table) else {})},
        numbers=[given.numbers[row] for row in table.numbers],
        columns=Columns(records, means.derived),
    )
