"""Palo Alto Networks (PAN-OS) logs as CSV by syslog: TRAFFIC, THREAT, SYSTEM, CONFIG, USERID, GLOBALPROTECT.

Bare and within syslog. The columns have PAN-OS's own names (`src`, `dport`, `rule`, `threatid`...), joined with ECS's.
TRAFFIC and THREAT serve Sigma's category `firewall`; THREAT of subtype url serves `proxy` too. `event.action` is
PAN-OS's action: `allow`, `deny`, `drop`, `reset-both`... GLOBALPROTECT serves the service
of that name. The time is the one at which the log was made, on the firewall's clock.

Misses: the columns beyond those that all versions from 8.1 on have in common; formats of one's own.

See: https://docs.paloaltonetworks.com/pan-os/11-1/pan-os-admin/monitoring/use-syslog-for-monitoring/syslog-field-descriptions
"""

import csv
import re
from typing import Any

from tocsin.formats.addresses import address
from tocsin.formats.kinds import Kind, of_lines
from tocsin.formats.logsources import logsource
from tocsin.formats.urls import parts
from tocsin.kit import Batch, Chunk, Table, Wanted, parser

_HEAD = re.compile(r"(?:<\d{1,3}>)?\d{0,3},\d{4}/\d\d/\d\d \d\d:\d\d:\d\d,[^,]{0,32},[A-Z]{3,20},")
_FIRST = " receive_time serial type subtype config_version time_generated "
_SESSION = (
    "src dst natsrc natdst rule srcuser dstuser app vsys from to inbound_if outbound_if logset start sessionid "
    "repeatcnt sport dport natsport natdport flags proto action "
)
_COLUMNS = {
    kind: f"version{_FIRST}{names}".split()
    for kind, names in {
        "TRAFFIC": f"{_SESSION} bytes bytes_sent bytes_received packets start_time elapsed category _ seqno "
        "actionflags srcloc dstloc _ pkts_sent pkts_received session_end_reason",
        "THREAT": f"{_SESSION} misc threatid category severity direction seqno actionflags srcloc dstloc _ contenttype "
        "pcap_id filedigest cloud url_idx user_agent filetype xff referer sender subject recipient",
        "SYSTEM": "vsys eventid object fmt id module severity opaque seqno actionflags",
        "CONFIG": "host vsys cmd admin client result path seqno actionflags",
        "USERID": "vsys ip user datasourcename eventid repeatcnt timeout beginport endport datasource datasourcetype "
        "seqno",
        "GLOBALPROTECT": "vsys eventid stage auth_method tunnel_type srcuser srcregion machinename public_ip "
        "public_ipv6 "
        "private_ip private_ipv6 hostid serialnumber client_ver client_os client_os_ver repeatcnt reason error "
        "opaque "
        "status location",
    }.items()
}
_ECS = {
    "natsrc": "source.nat.ip", "natdst": "destination.nat.ip", "rule": "rule.name", "app": "network.application",
    "sport": "source.port", "dport": "destination.port", "proto": "network.transport", "action": "event.action",
    "inbound_if": "observer.ingress.interface.name", "outbound_if": "observer.egress.interface.name",
    "bytes_sent": "source.bytes", "bytes_received": "destination.bytes", "srcuser": "user.name", "user": "user.name",
    "admin": "user.name", "user_agent": "user_agent.original", "severity": "log.level", "opaque": "message",
    "machinename": "source.domain", "reason": "event.reason", "dstuser": "user.target.name", "cmd": "event.action",
}  # fmt: skip
_ADDRESSES = {
    "src": "source.ip",
    "dst": "destination.ip",
    "ip": "source.ip",
    "client": "source.ip",
    "public_ip": "source.ip",
}
_NUMBERS = frozenset({"source.port", "destination.port", "source.bytes", "destination.bytes"})
_SOURCES = {"TRAFFIC": "palo_alto", "THREAT": "palo_alto_threat", "GLOBALPROTECT": "palo_alto_vpn"}


@parser(
    frame="lines",
    within="syslog",
    what="Palo Alto",
    product="paloalto",
    category="firewall",
    weight=20,
    looks_within=r"\d{1,3},\d{4}/\d\d/\d\d \d\d:\d\d:\d\d,|,\d{4}/\d\d/\d\d \d\d:\d\d:\d\d,",
    looks=r"(?:<\d{1,3}>)?\d{0,3},\d{4}/\d\d/\d\d \d\d:\d\d:\d\d,[^,]{0,32},[A-Z]{3,20},",
)
def palo_alto(given: Chunk | Table, _: Wanted) -> Batch:
    """Return PAN-OS records as tables by their type."""
    kinds: dict[str, Kind] = {}

    def read(text: str) -> tuple[Kind, dict[str, Any]] | None:
        if _HEAD.match(text) is None:
            return None
        try:
            cells = next(csv.reader((text.replace("\n", " "),)), [])
        except csv.Error:
            return None
        if len(cells) < 5:
            return None
        kind, subtype = cells[3], cells[4]
        entry = "palo_alto_url" if kind == "THREAT" and subtype == "url" else _SOURCES.get(kind, "palo_alto_other")
        if entry not in kinds or entry == "palo_alto_other":
            what = f"Palo Alto {kind.lower()}" + (" url" if entry == "palo_alto_url" else "")
            kinds[entry] = Kind(what=what, logsource=logsource("network", entry), time="time_generated", clock="iso")
        return kinds[entry], _record(kind, cells)

    return of_lines(given, read)


def _record(kind: str, cells: list[str]) -> dict[str, Any]:
    names = _COLUMNS.get(kind, _COLUMNS["SYSTEM"][:7])
    record: dict[str, Any] = {n: c for n, c in zip(names, cells, strict=False) if c and n not in ("_", "version")}
    for name, ecs in _ECS.items():
        if name in record:
            value = record[name]
            record[ecs] = (int(value) if value.isdigit() else None) if ecs in _NUMBERS else value
    for name, ecs in _ADDRESSES.items():
        if name in record:
            record[ecs] = address(record[name])
    if kind == "THREAT" and record.get("subtype") == "url" and "misc" in record:
        url = parts(f"//{record['misc']}" if "://" not in record["misc"] else record["misc"])
        record["url.original"], record["url.domain"] = record["misc"], url.host
        record["url.path"], record["url.query"], record["c-uri-extension"] = url.path, url.query, url.extension
    return record
