"""BIND's logs: queries, refusals, policy zones.

Bare (a `channel` of `named.conf` with or without time, category and severity) and within syslog. A query serves
Sigma's category `dns`: `query`, `record_type`; so does a rewrite by a response policy zone. `event.action` is
`dns-query`, `dns-refused`, `dns-rewritten`, `dns-failed`.

Misses: answers, which BIND does not log (dnstap has them); zone transfers and notices stay text.

See: https://bind9.readthedocs.io/en/stable/reference.html#logging-block-grammar
https://bind9.readthedocs.io/en/stable/reference.html#query-logging
"""

import re
from typing import Any

from tocsin.formats.addresses import address
from tocsin.formats.kinds import Kind, of_lines
from tocsin.formats.logsources import logsource
from tocsin.kit import Batch, Chunk, Table, Wanted, parser

_LINE = re.compile(
    r"(?:(?P<day>\d\d)-(?P<month>[A-Z][a-z]{2})-(?P<year>\d{4}) (?P<clock>\d\d:\d\d:\d\d(?:\.\d{1,6})?) )?"
    r"(?:(?P<iso>\d{4}-\d\d-\d\dT\S{8,22}) )?"
    r"(?:(?P<category>[a-z][a-z-]{1,30}): )?(?:(?P<level>info|notice|warning|error|debug \d{1,3}|critical): )?"
    r"client (?:@0x[0-9a-f]{1,16} )?(?P<source>[0-9A-Fa-f:.]{2,45})#(?P<port>\d{1,5})"
    r"(?:/key [^\s:]{1,255})?(?: \((?P<asked>[^)\s]{0,1024})\))?: (?:view (?P<view>[^\s:]{1,255}): )?(?P<said>.*)",
    re.DOTALL,
)
_FORMS = (
    (
        "dns-query",
        re.compile(
            r"query: (?P<query>\S{1,1024}) (?P<klass>[A-Z]{2,8}) (?P<type>[A-Z0-9-]{1,20}) (?P<flags>[+-]\S{0,40})"
            r"(?: \((?P<server>[0-9A-Fa-f:.%\w]{2,64})\))?"
        ),
    ),
    (
        "dns-refused",
        re.compile(
            r"(?:query \(cache\)|query(?:-on)?(?: \w{1,20})?|update|zone transfer|transfer) '(?P<query>[^'/]{1,1024})"
            r"(?:/(?P<type>[A-Z0-9-]{1,20}))?/(?P<klass>[A-Z]{2,8})' denied"
        ),
    ),
    (
        "dns-rewritten",
        re.compile(
            r"(?:disabled )?rpz (?P<trigger>\S{1,20}) (?P<policy>\S{1,20}) rewrite (?P<query>[^\s/]{1,1024})"
            r"/(?P<type>[A-Z0-9-]{1,20})/(?P<klass>[A-Z]{2,8}) via (?P<rule>\S{1,1024})"
        ),
    ),
    (
        "dns-failed",
        re.compile(
            r"query failed \((?P<reason>[^)]{1,200})\) for (?P<query>[^\s/]{1,1024})/(?P<klass>[A-Z]{2,8})"
            r"/(?P<type>[A-Z0-9-]{1,20})"
        ),
    ),
)
_OUTCOMES = {"dns-refused": "failure", "dns-failed": "failure"}
_NAMES = {"klass": "dns.question.class", "flags": "dns.flags", "trigger": "rpz.trigger", "policy": "rpz.policy"}


@parser(
    frame="lines",
    within="syslog",
    programs=("named",),
    what="BIND",
    product="bind",
    category="dns",
    weight=8,  # after syslog, whose lines begin as some of these do
    looks=(
        r"(?:\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d\S{0,7} |\d{4}-\d\d-\d\dT\S{8,22} )?(?:[a-z][a-z-]{1,30}: )?"
        r"(?:(?:info|notice|warning|error): )?client (?:@0x[0-9a-f]{1,16} )?[0-9A-Fa-f:.]{2,45}#\d"
    ),
)
def bind(given: Chunk | Table, _: Wanted) -> Batch:
    """Return queries to a name server as a table."""
    source = logsource("network", "bind")
    kinds = {clock: Kind(what="BIND", logsource=source, time="time", clock=clock) for clock in ("syslog", "iso")}

    def read(text: str) -> tuple[Kind, dict[str, Any]] | None:
        found = _LINE.match(text)
        record = None if found is None else _record(found)
        return None if record is None else (kinds["iso" if found and found["iso"] else "syslog"], record)

    return of_lines(given, read)


def _record(head: re.Match[str]) -> dict[str, Any] | None:
    for action, form in _FORMS:
        found = form.match(head["said"])
        if found is None:
            continue
        said = found.groupdict()
        time = f"{head['month']} {head['day']} {head['year']} {head['clock']}" if head["day"] else head["iso"]
        record = {
            "time": time,
            "event.action": action,
            "event.outcome": _OUTCOMES.get(action, "success"),
            "event.reason": said.get("reason"),
            "source.ip": address(head["source"]),
            "source.port": int(head["port"]),
            "dns.question.name": said["query"].rstrip(".") or ".",
            "query": said["query"].rstrip(".") or ".",
            "record_type": said["type"],
            "destination.ip": address(said.get("server")),
            "rule.name": said.get("rule"),
            "bind.view": head["view"],
            "log.level": head["level"],
            **{name: said.get(group) for group, name in _NAMES.items()},
        }
        return {name: value for name, value in record.items() if value is not None}
    return None
