"""Cisco ASA, PIX and Firepower (FTD) messages: `%ASA-6-302013: Built outbound TCP connection...`.

Bare, behind a time and within syslog. Connections, denials and access lists serve Sigma's category `firewall`, with
addresses, ports, interfaces and an action (`allow`, `deny`, `end`); AAA and VPN logins have `user.name` and
`event.outcome` (`cisco-login`); typed commands serve service `aaa`. Firepower's `Name: value` records keep its names.
`event.code` is the number of the message.

Misses: the fields of messages beyond these; their text is searched all the same.

See: https://www.cisco.com/c/en/us/td/docs/security/asa/syslog/asa-syslog.html
https://www.cisco.com/c/en/us/td/docs/security/firepower/Syslogs/fptd_syslog_guide.html
"""

import re
from typing import Any

from tocsin.formats.cisco_asa import COMMAND, CONNECTION, OTHER, said
from tocsin.formats.kinds import Kind, of_lines
from tocsin.formats.logsources import logsource
from tocsin.kit import Batch, Chunk, Table, Wanted, parser

_HEAD = re.compile(
    r"(?:<\d{1,3}>)?(?:(?P<time>[A-Z][a-z]{2} [ \d]?\d \d{4} \d\d:\d\d:\d\d)(?: [A-Z]{2,5})?)?(?: \S{1,255})?(?: ?: )?"
    r"%(?P<device>ASA|FTD|PIX|NGIPS)-(?:[a-z]{1,20}-)?(?P<level>[0-7])-(?P<code>\d{6}):? "
)


@parser(
    frame="lines",
    within="syslog",
    what="Cisco ASA",
    product="cisco",
    category="firewall",
    weight=8,
    looks_within=r"%(?:ASA|FTD|PIX|NGIPS)-|: %(?:ASA|FTD|PIX|NGIPS)-",
    looks=(
        r"(?:<\d{1,3}>)?(?:[A-Z][a-z]{2} [ \d]?\d \d{4} \d\d:\d\d:\d\d(?: [A-Z]{2,5})?(?: \S{1,255})?)?(?: ?: )?"
        r"%(?:ASA|FTD|PIX|NGIPS)-"
    ),
)
def cisco_asa(given: Chunk | Table, _: Wanted) -> Batch:
    """Return messages of Cisco firewalls as tables: connections, commands, others."""
    kinds = {
        name: Kind(what=what, logsource=logsource("network", entry), time="time", clock="syslog")
        for name, what, entry in (
            (CONNECTION, "Cisco firewall", "cisco_firewall"),
            (COMMAND, "Cisco command", "cisco_aaa"),
            (OTHER, "Cisco message", "cisco_syslog"),
        )
    }

    def read(text: str) -> tuple[Kind, dict[str, Any]] | None:
        head = _HEAD.match(text)
        if head is None:
            return None
        message = text[head.end() :]
        name, fields = said(message, head["code"])
        record = {
            "time": head["time"],
            "event.code": head["code"],
            "event.severity": int(head["level"]),
            "observer.type": head["device"],
            "message": message,
            **fields,
        }
        return kinds[name], {key: value for key, value in record.items() if value is not None}

    return of_lines(given, read)
