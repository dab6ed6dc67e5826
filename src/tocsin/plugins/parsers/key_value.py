"""Records of `key=value` pairs of any make: firewalls, proxies, logfmt.

Bare, behind `<PRI>`, and within syslog. The columns are the record's own keys; addresses and ports under the usual
names (`src`, `srcip`, `dst_port`...) join the vocabulary. A record with a source and a destination serves rules of the
category firewall. The time is taken from `time`, `timestamp`, `ts`, `date` and their like.

Misses: pairs without quotes whose values hold spaces.

See: https://brandur.org/logfmt
"""

from typing import Any

from tocsin.formats.keyvalue import pairs
from tocsin.kit import Batch, Chunk, Columns, LogSource, Table, Wanted, parser

LEAST = 4  # pairs; fewer are a sentence with an equals sign in it
_SOURCES = ("src", "srcip", "src_ip", "source", "source_ip")
_TARGETS = ("dst", "dstip", "dst_ip", "destination", "dest_ip", "destination_ip")
_TIMES = ("timestamp", "@timestamp", "eventtime", "ts", "datetime", "rt", "time", "date")


@parser(
    frame="lines",
    within="syslog",
    what="key=value",
    weight=5,
    looks=r"(?:<\d{1,3}>)?\s?(?:[A-Za-z_@][\w.@-]{0,64}+=(?:\"[^\"]{0,512}+\"|[^\s\",]{0,512}+),?\s{1,4}){3}",
)
def key_value(given: Chunk | Table, _: Wanted) -> Batch:
    """Return records of pairs as tables, those that name a connection apart."""
    subjects = given.columns["message"] if isinstance(given, Table) else given.texts
    connections: list[int] = []
    others: list[int] = []
    rest: list[int] = []
    records: list[dict[str, Any]] = []
    for row, text in enumerate(subjects):
        record: dict[str, Any] = pairs(text)
        records.append(record)
        if len(record) < LEAST:
            rest.append(row)
        elif _one(record, _SOURCES) and _one(record, _TARGETS):
            connections.append(row)
        else:
            others.append(row)
    tables = [
        _table(given, rows, records, categories)
        for rows, categories in ((connections, frozenset({"firewall"})), (others, frozenset[str]()))
        if rows
    ]
    return Batch(tables=tables, rest=rest)


def _one(record: dict[str, Any], names: tuple[str, ...]) -> Any:
    return next((record[name] for name in names if record.get(name)), None)


def _table(given: Chunk | Table, rows: list[int], records: list[dict[str, Any]], categories: frozenset[str]) -> Table:
    kept = [records[row] for row in rows]
    times = [_time(record) for record in kept]
    clock = "any"
    if isinstance(given, Table):
        for name in ("host.name", "process.name", "message"):
            for row, record in zip(rows, kept, strict=True):
                if name in given.columns:
                    record.setdefault(name, given.columns[name][row])
        if all(time is None for time in times):
            times, clock = [given.times[row] for row in rows] if given.times else [], given.clock
    return Table(
        what="key=value",
        logsource=LogSource("", categories),
        numbers=[given.numbers[r] for r in rows],
        texts=[given.texts[r] for r in rows],
        columns=Columns(kept),
        times=times,
        clock=clock,
    )


def _time(record: dict[str, Any]) -> str | None:
    if "date" in record and "time" in record:
        return f"{record['date']} {record['time']}"
    return next((record[name] for name in _TIMES if len(record.get(name, "")) > len("HH:MM:SS")), None)
