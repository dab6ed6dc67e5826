"""Log Event Extended Format (LEEF) 1.0 and 2.0, of any vendor.

Bare, behind `<PRI>` and within syslog. Header fields are `leef.vendor`, `leef.product`, `event.code`; the attributes
keep their names, and the predefined ones get ECS's too (`src`, `dstPort`, `usrName`...). LEEF 1.0 separates attributes
by tabs, 2.0 by the character that its header names (`^`, `x7C`), a tab where it names none. Records with a source and
a destination address serve Sigma's category `firewall`. The time is `devTime`, where it is written in a known way.

Misses: a `devTimeFormat` of the sender's own.

See: https://www.ibm.com/docs/en/dsm?topic=leef-overview
"""

import re
from typing import Any

from tocsin.formats.addresses import address
from tocsin.formats.kinds import Kind, of_lines
from tocsin.formats.logsources import logsource
from tocsin.kit import Batch, Chunk, LogSource, Table, Wanted, parser

_HEAD = re.compile(
    r"(?:<\d{1,3}>)?\s?LEEF: ?(?P<version>[12](?:\.\d)?)\|(?P<vendor>[^|]{0,255})\|(?P<product>[^|]{0,255})\|"
    r"(?P<device>[^|]{0,255})\|(?P<code>[^|]{0,255})\|"
)
_SEPARATOR = re.compile(r"(?P<one>[^\w\s|])?\||(?P<hex>0?x[0-9A-Fa-f]{1,4})\|")
_PAIR = re.compile(r"\s*([A-Za-z_][\w.-]{0,100})=(.*)\Z", re.DOTALL)
_ECS = {
    "src": "source.ip", "dst": "destination.ip", "srcPort": "source.port", "dstPort": "destination.port",
    "proto": "network.transport", "usrName": "user.name", "identHostName": "host.name", "url": "url.original",
    "domain": "user.domain", "srcBytes": "source.bytes", "dstBytes": "destination.bytes", "policy": "rule.name",
    "action": "event.action", "msg": "message", "sev": "event.severity",
}  # fmt: skip
_ADDRESSES = frozenset({"source.ip", "destination.ip"})


@parser(
    frame="lines",
    within="syslog",
    what="LEEF",
    category="firewall",
    weight=40,
    looks_within=r"LEEF: ?[12]",
    looks=r"(?:<\d{1,3}>)?\s?LEEF: ?[12]",
)
def leef(given: Chunk | Table, _: Wanted) -> Batch:
    """Return LEEF records as tables, those that name a connection apart."""
    connections = Kind(what="LEEF", logsource=logsource("network", "leef"), time="devTime", clock="any")
    others = Kind(what="LEEF event", logsource=LogSource(), time="devTime", clock="any")

    def read(text: str) -> tuple[Kind, dict[str, Any]] | None:
        head = _HEAD.match(text)
        if head is None:
            return None
        record = _record(text, head)
        return (connections if "source.ip" in record and "destination.ip" in record else others), record

    return of_lines(given, read)


def _record(text: str, head: re.Match[str]) -> dict[str, Any]:
    at, separator = head.end(), "\t"
    if head["version"].startswith("2") and (found := _SEPARATOR.match(text, at)):
        at = found.end()
        separator = found["one"] or (chr(int(found["hex"].lower().lstrip("0x") or "9", 16)) if found["hex"] else "\t")
    record: dict[str, Any] = {
        "leef.vendor": head["vendor"],
        "leef.product": head["product"],
        "leef.version": head["version"],
        "event.code": head["code"],
    }
    for part in text[at:].split(separator):
        pair = _PAIR.match(part)
        if pair is None or pair[1] in record:
            continue
        value = pair[2].strip()
        record[pair[1]] = value
        name = _ECS.get(pair[1])
        if name is not None and (said := address(value) if name in _ADDRESSES else value):
            record[name] = said
    return record
