r"""Check Point logs as Log Exporter sends them by syslog: `[action:"Drop"; origin:"192.0.2.1"; ...]`.

The names are Check Point's own (`action`, `src`, `dst`, `service`, `rule_name`...), joined with ECS's. Records with a
source and a destination serve Sigma's category `firewall`. `event.action` is `deny` for Drop, Reject, Block, Prevent,
`allow` for Accept, Allow, Bypass; another action stays as it is. The time is `time` (seconds since 1970), else the
line's.

Misses: the formats CEF, LEEF and Splunk of Log Exporter, which their own parsers read; the old `fw log` table.

See: https://sc1.checkpoint.com/documents/R81.20/WebAdminGuides/EN/CP_R81.20_LoggingAndMonitoring_AdminGuide/Content/Topics-LMG/Log-Exporter-Appendix.htm
https://support.checkpoint.com/results/sk/sk144192
"""

import re
from typing import Any

from tocsin.formats.addresses import address
from tocsin.formats.kinds import Kind, of_lines
from tocsin.formats.logsources import logsource
from tocsin.kit import Batch, Chunk, Wanted, parser

_HEAD = re.compile(
    r"(?:<\d{1,3}>)?(?:1 )?(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?) "
    r"(?P<host>\S{1,255}) CheckPoint (?P<pid>\S{1,32}) \S{1,64} \["
)
_FIELD = re.compile(r'([A-Za-z_][\w.-]{0,100}):"([^"\\]*+(?:\\.[^"\\]*+)*+)"', re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_ACTIONS = {
    "drop": "deny", "reject": "deny", "block": "deny", "prevent": "deny", "accept": "allow", "allow": "allow",
    "bypass": "allow", "https bypass": "allow",
}  # fmt: skip
_ECS = {
    "s_port": "source.port", "service": "destination.port", "src_user_name": "user.name", "user": "user.name",
    "dst_user_name": "user.target.name", "rule_name": "rule.name", "rule_uid": "rule.id", "resource": "url.original",
    "ifname": "observer.ingress.interface.name", "src_machine_name": "source.domain", "origin": "observer.ip",
    "dst_machine_name": "destination.domain", "user_agent": "user_agent.original", "reason": "event.reason",
}  # fmt: skip
_PROTOCOLS = {"1": "icmp", "2": "igmp", "6": "tcp", "17": "udp", "47": "gre", "50": "esp", "58": "ipv6-icmp"}


@parser(
    frame="lines",
    what="Check Point",
    product="checkpoint",
    category="firewall",
    weight=12,  # before syslog, which would take the fields for structured data
    looks=r"(?:<\d{1,3}>)?(?:1 )?\d{4}-\d\d-\d\dT\S{8,22} \S{1,255} CheckPoint \S{1,32} \S{1,64} \[",
)
def check_point(chunk: Chunk, _: Wanted) -> Batch:
    """Return Check Point's records as tables, those that name a connection apart."""
    times = [("seconds", "epoch"), ("line", "iso")]
    kinds = {
        (entry, name): Kind(what=what, logsource=logsource("network", entry), time=f"checkpoint.{name}", clock=clock)
        for entry, what in (("check_point", "Check Point"), ("check_point_other", "Check Point event"))
        for name, clock in times
    }

    def read(text: str) -> tuple[Kind, dict[str, Any]] | None:
        head = _HEAD.match(text)
        fields = _FIELD.findall(text, head.end()) if head else []
        if head is None or not fields:
            return None
        record = _record(fields)
        record["host.name"], record["process.name"] = head["host"], "CheckPoint"
        exact = record.get("time", "")
        how = "seconds" if exact.isascii() and exact.isdigit() else "line"
        record[f"checkpoint.{how}"] = exact if how == "seconds" else head["time"]
        is_connection = "source.ip" in record and "destination.ip" in record
        return kinds["check_point" if is_connection else "check_point_other", how], record

    return of_lines(chunk, read)


def _record(fields: list[tuple[str, str]]) -> dict[str, Any]:
    record: dict[str, Any] = {}
    for name, value in fields:
        record.setdefault(name, _ESCAPED.sub(r"\1", value) if "\\" in value else value)
    for name, ecs in _ECS.items():
        if record.get(name):
            record.setdefault(ecs, record[name])
    action = str(record.get("action", ""))
    said = {
        "source.ip": address(record.get("src")),
        "destination.ip": address(record.get("dst")),
        "network.transport": _PROTOCOLS.get(record.get("proto", ""), record.get("proto")),
        "event.action": _ACTIONS.get(action.lower(), action) or None,
    }
    record.update((name, value) for name, value in said.items() if value is not None)
    return record
