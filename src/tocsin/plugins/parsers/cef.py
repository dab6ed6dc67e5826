"""Common Event Format (CEF), of any vendor.

Bare, behind `<PRI>` and within syslog. Header fields are `cef.vendor`, `cef.product`, `cef.name`, `event.code`... The
extension's keys keep their names and the common ones get ECS's too; `cs1` with `cs1Label` also appears under its label.
Records with a source and a destination address serve rules of the category firewall.

Misses: keys without `=` escaped inside values that look like another key (the format cannot tell them apart).

See: https://www.microfocus.com/documentation/arcsight/arcsight-smartconnectors-8.4/cef-implementation-standard/
"""

from typing import Any

from tocsin.formats.keyvalue import cef as decoded
from tocsin.kit import Batch, Chunk, Columns, LogSource, Table, Wanted, parser

_ECS = {
    "suser": "user.name",
    "duser": "user.target.name",
    "shost": "source.domain",
    "dhost": "destination.domain",
    "request": "url.original",
    "requestMethod": "http.request.method",
    "requestClientApplication": "user_agent.original",
    "dvchost": "observer.name",
    "fname": "file.name",
    "filePath": "file.path",
    "in": "source.bytes",
    "out": "destination.bytes",
    "outcome": "event.outcome",
    "reason": "event.reason",
    "msg": "message",
    "deviceInboundInterface": "observer.ingress.interface.name",
    "sproc": "process.name",
    "deviceOutboundInterface": "observer.egress.interface.name",
}
_LABELLED = tuple(
    f"{kind}{n}"
    for kind in ("cs", "cn", "cfp", "c6a", "flexString", "deviceCustomDate", "flexDate")
    for n in range(1, 7)
)
_TIMES = (
    "rt",
    "end",
    "start",
    "deviceReceiptTime",
    "endTime",
    "startTime",
    "FTNTFGTeventtime",
    "FortinetFortiGateeventtime",
)


@parser(
    frame="lines", within="syslog", what="CEF", category="firewall", weight=40, looks=r"(?:<\d{1,3}>)?\s?CEF: ?\d\|"
)
def cef(given: Chunk | Table, _: Wanted) -> Batch:
    """Return CEF records as tables, those that name a connection apart."""
    subjects = given.columns["message"] if isinstance(given, Table) else given.texts
    connections: list[int] = []
    others: list[int] = []
    rest: list[int] = []
    records: list[dict[str, Any]] = []
    for row, text in enumerate(subjects):
        record = decoded(text)
        records.append(_named(record or {}))
        if record is None:
            rest.append(row)
        else:
            (connections if "src" in record and "dst" in record else others).append(row)
    tables = [
        _table(given, rows, records, categories)
        for rows, categories in ((connections, frozenset({"firewall"})), (others, frozenset[str]()))
        if rows
    ]
    return Batch(tables=tables, rest=rest)


def _named(record: dict[str, str]) -> dict[str, Any]:
    named: dict[str, Any] = dict(record)
    for key, name in _ECS.items():
        if key in record:
            named[name] = record[key]
    for key in _LABELLED:
        label = record.get(f"{key}Label")
        if label and key in record:
            named.setdefault(label, record[key])
    return named


def _table(given: Chunk | Table, rows: list[int], records: list[dict[str, Any]], categories: frozenset[str]) -> Table:
    kept = [records[row] for row in rows]
    times: list[Any] = [next((record[name] for name in _TIMES if record.get(name)), None) for record in kept]
    clock = "any"
    if isinstance(given, Table):
        hosts = given.columns.get("host.name")
        for row, record in zip(rows, kept, strict=True):
            if hosts is not None:
                record.setdefault("host.name", hosts[row])
        if all(time is None for time in times):
            times, clock = [given.times[row] for row in rows], given.clock
    return Table(
        what="CEF",
        logsource=LogSource("", categories, frozenset({"cef"})),
        numbers=[given.numbers[r] for r in rows],
        texts=[given.texts[r] for r in rows],
        columns=Columns(kept),
        times=times,
        clock=clock,
    )
