"""Linux packet filter: lines of iptables' LOG, ufw, firewalld and nftables.

Within syslog (what the kernel says) and bare. The prefix that the administrator gave is `rule.name`; a prefix with
DROP, DENY, BLOCK or REJECT makes `event.action` `deny`, one with ACCEPT, ALLOW or PASS `allow`; with another the line
does not say what became of the packet, so the action stays open.

Misses: packets that no LOG rule names; ulogd's own formats; addresses of tunnelled packets in ICMP errors.

See: https://git.kernel.org/pub/scm/linux/kernel/git/torvalds/linux.git/tree/net/netfilter/nf_log_syslog.c
"""

import re
from collections.abc import Sequence

from tocsin.kit import Batch, Chunk, Lines, LogSource, Table, Wanted, parser

SOURCE = LogSource("linux", frozenset({"firewall"}), frozenset({"iptables", "kernel"}))
_HEAD = r"(?:\[ ?\d{1,10}\.\d{6}\] ?)?(?P<rule__name>[^=]{0,128}?) ?"
_FLAG = r"(?:ACK|PSH|RST|SYN|FIN|URG)(?=\s|$)"
READER = Lines(
    rf"{_HEAD}IN=(?P<observer__ingress__interface__name>\S{{1,32}})? OUT="
    rf"(?P<observer__egress__interface__name>\S{{1,32}})?"
    r"(?: PHYS(?:IN|OUT)=\S{0,32}){0,2}(?: MAC=(?P<source__mac>\S{1,64})?)?"
    r" SRC=(?P<source__ip>[0-9A-Fa-f.:]{2,45}) DST=(?P<destination__ip>[0-9A-Fa-f.:]{2,45})"
    r" (?:(?!PROTO=)\S{1,64} ){0,24}PROTO=(?P<network__transport>\S{1,16})"
    r"(?: SPT=(?P<source__port>\d{1,5}) DPT=(?P<destination__port>\d{1,5}))?"
    r"(?: TYPE=(?P<icmp__type>\d{1,3}) CODE=(?P<icmp__code>\d{1,3}))?"
    rf"(?:(?: (?!{_FLAG})\S{{1,64}}){{0,12}}? (?P<tcp__flags>{_FLAG}(?: {_FLAG}){{0,5}}))?",
    what="Linux packet filter",
    logsource=SOURCE,
)
_DENY = re.compile(r"DROP|DENY|DENIED|BLOCK|REJECT|DISCARD|INVALID", re.IGNORECASE)
_ALLOW = re.compile(r"ACCEPT|ALLOW|PASS|PERMIT", re.IGNORECASE)


@parser(
    frame="lines",
    within="syslog",
    what="Linux packet filter",
    product="linux",
    category="firewall",
    service="iptables",
    weight=20,
    looks_within=r"[^=]{2,150}+(?<=IN)=\S{0,32} OUT=",
    # what has syslog's head is syslog's, which gives it its time and host
    looks=r"(?!<\d|[A-Z][a-z]{2} [ \d]?\d |\d{4}-\d\d-\d\dT)[^=]{2,150}+(?<=IN)=\S{0,32} OUT=",
)
def netfilter(given: Chunk | Table, _: Wanted) -> Batch:
    """Return logged packets as a table of addresses, ports, interfaces and actions."""
    batch = READER.read(given, "message" if isinstance(given, Table) else "")
    return Batch(tables=[_finished(table, given, batch.rest) for table in batch.tables], rest=batch.rest)


def _finished(table: Table, given: Chunk | Table, rest: Sequence[int]) -> Table:
    names = table.columns["rule.name"]
    known = {name: action(name or "") for name in set(names)}
    columns = {
        **table.columns,
        "event.action": [known[name] for name in names],
        "network.transport": [value and value.lower() for value in table.columns["network.transport"]],
    }
    if not isinstance(given, Table):
        return Table(what=table.what, logsource=SOURCE, numbers=table.numbers, texts=table.texts, columns=columns)
    left = set(rest)
    outer = given if not left else given.pick([i for i in range(len(given)) if i not in left])
    return Table(
        what=table.what,
        logsource=SOURCE,
        numbers=outer.numbers,
        texts=outer.texts,
        columns={**outer.columns, **columns},
        same=outer.same,
        times=outer.times,
        clock=outer.clock,
    )


def action(prefix: str) -> str | None:
    """Return what a log prefix says became of the packet; None when it does not say."""
    if _DENY.search(prefix):
        return "deny"
    return "allow" if _ALLOW.search(prefix) else None
