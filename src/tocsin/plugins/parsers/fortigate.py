"""FortiGate (FortiOS) logs as key=value pairs: traffic, UTM, events.

Bare, behind `<PRI>` and within syslog. The columns are FortiOS's own names (`srcip`, `dstport`, `action`...), which the
vocabulary joins with ECS's; the time is `eventtime` where it is written, else date, time and `tz`. A `user` of N/A is
none. `source.ip` of the VPN's events is the other end (`remip`).

Misses: the CSV format (`set format csv`); CEF is read by the parser of CEF.

See: https://docs.fortinet.com/document/fortigate/7.4.0/fortios-log-message-reference/357866/log-message-fields
"""

from typing import Any

from tocsin.formats.addresses import address
from tocsin.formats.keyvalue import pairs
from tocsin.kit import Batch, Chunk, Columns, LogSource, Table, Wanted, parser

_TRAFFIC = frozenset({"traffic", "utm", "anomaly"})
_UNKNOWN = frozenset({"N/A", "undefined", "Reserved", ""})
_INDEFINITE = ("user", "srccountry", "dstcountry", "srcuser")


@parser(
    frame="lines",
    within="syslog",
    what="FortiGate",
    product="fortigate",
    category="firewall",
    weight=30,
    looks=(
        r"(?:<\d{1,3}>)?(?:(?:date|time|timestamp|itime|devname|logver|eventtime|tz|vd)="
        r"(?:\"[^\"]{0,64}+\"|[^\s,\"]{1,64}+)[ ,]){1,9}(?:devid|logid|log_id|devname)="
    ),
)
def fortigate(given: Chunk | Table, _: Wanted) -> Batch:
    """Return FortiGate's records as tables: traffic, and the device's own events."""
    subjects = given.columns["message"] if isinstance(given, Table) else given.texts
    firewall: list[int] = []
    events: list[int] = []
    rest: list[int] = []
    records: list[dict[str, Any]] = []
    for row, text in enumerate(subjects):
        record: dict[str, Any] = pairs(text)
        records.append(record)
        if "logid" not in record and "devid" not in record:
            rest.append(row)
            continue
        for name in _INDEFINITE:
            if record.get(name) in _UNKNOWN:
                record.pop(name, None)
        if "srcip" not in record and (remote := address(record.get("remip"))):
            record["source.ip"] = remote
        record["message"] = text
        (firewall if record.get("type") in _TRAFFIC else events).append(row)
    tables = [
        _table(given, rows, [records[row] for row in rows], categories, what)
        for rows, categories, what in (
            (firewall, frozenset({"firewall"}), "FortiGate"),
            (events, frozenset[str](), "FortiGate event"),
        )
        if rows
    ]
    return Batch(tables=tables, rest=rest)


def _table(
    given: Chunk | Table, rows: list[int], records: list[dict[str, Any]], categories: frozenset[str], what: str
) -> Table:
    if isinstance(given, Table) and "host.name" in given.columns:
        hosts = given.columns["host.name"]
        for row, record in zip(rows, records, strict=True):
            record["host.name"] = hosts[row]
    return Table(
        what=what,
        logsource=LogSource("fortigate", categories, frozenset({"traffic"} if categories else {"event"})),
        numbers=[given.numbers[row] for row in rows],
        texts=[given.texts[row] for row in rows],
        columns=Columns(records),
        times=[(r.get("date"), r.get("time"), r.get("tz"), r.get("eventtime")) for r in records],
        clock="fortigate",
    )
