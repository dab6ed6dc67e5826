"""Cisco IOS, IOS XE and NX-OS messages: `%SYS-5-CONFIG_I: Configured from console by ada on vty0 (192.0.2.1)`.

Bare (with sequence number, host, time, zone) and within syslog. Each message has `cisco.facility`, `event.severity`
and `cisco.mnemonic`. Typed commands (AAA accounting, PARSER-5-CFGLOG_LOGGEDCMD) serve Sigma's service `aaa`, with the
command as `process.command_line`; BGP and LDP are services of their own; access lists serve the category `firewall`.
Logins are `cisco-login` with user, address and outcome.

Misses: messages of many lines beyond their first.

See: https://www.cisco.com/c/en/us/td/docs/ios-xml/ios/esm/configuration/15-mt/esm-15-mt-book/esm-syslog.html
https://www.cisco.com/c/en/us/td/docs/ios/system/messages/guide/sm_cnovr.html
"""

import re
from typing import Any

from tocsin.formats.addresses import address
from tocsin.formats.kinds import Kind, of_lines
from tocsin.formats.logsources import logsource
from tocsin.kit import Batch, Chunk, Table, Wanted, parser

_HEAD = re.compile(
    r"(?:<\d{1,3}>)?(?:(?P<sequence>\d{1,10}): )?(?:(?P<host>(?!\d{1,10}:)[\w.-]{1,255}): )?"
    r"(?:[*.]?(?P<time>[A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,6})?)(?: [A-Z]{2,5})?: )?"
    r"%(?P<facility>[A-Z][A-Z0-9_]{1,40})(?:-[A-Z0-9_]{1,40})?-(?P<level>[0-7])-(?P<mnemonic>[A-Z0-9_]{2,60}): ?"
)
_LOGIN = re.compile(
    r"Login (?P<word>Success|failed) \[user: ?(?P<user>[^\]]{0,256})\] \[Source: ?(?P<source>[^\]]{0,64})\]"
    r"|Authentication to privilege level \d{1,2} (?P<word2>failed|passed) by (?P<user2>\S{1,256}) on \S{1,30}"
    r"(?: \((?P<source2>[^)]{1,64})\))?"
    r"|[^\n]{0,80}?User '(?P<user3>[^'\n]{1,256})' (?P<word3>authenticated successfully|failed authentication) from"
    r" (?P<source3>[0-9A-Fa-f.]{2,45})",
    re.IGNORECASE,
)
_COMMAND = re.compile(
    r"User:(?P<user>\S{0,256}) {1,4}logged command:(?P<command>[^\n]{1,4096})"
    r"|Username: (?P<user2>\S{1,256}) Privilege level: \d{1,2} Command: (?P<command2>[^\n]{1,4096}?)(?: <cr>)?\s*$"
)
_BY = re.compile(r"by (?P<user>\S{1,256}) on (?P<line>\S{1,40})(?: \((?P<source>[0-9A-Fa-f.:]{2,45})\))?")
_LIST = re.compile(
    r"list (?P<list>\S{1,255}) (?P<word>permitted|denied) (?P<proto>\S{1,16}) (?P<src>[0-9A-Fa-f.:]{2,45})"
    r"(?:\((?P<sport>\d{1,5})\))?(?: [^>\n]{0,120})?-> (?P<dst>[0-9A-Fa-f.:]{2,45})(?:\((?P<dport>\d{1,5})\))?"
)
_SERVICES = {"BGP": "cisco_bgp", "LDP": "cisco_ldp", "AAA": "cisco_aaa", "AAAA": "cisco_aaa"}


@parser(
    frame="lines",
    within="syslog",
    what="Cisco IOS",
    product="cisco",
    service="syslog",
    weight=4,
    looks_within=(
        r"%[A-Z][A-Z0-9_]{1,40}-(?:[A-Z0-9_]{1,40}-)?[0-7]-[A-Z]"
        r"|[*.]?[A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,6})?(?: [A-Z]{2,5})?: %[A-Z]"
        r"|\d{1,10}: [*.%A-Z]"
    ),
    looks=(
        r"(?:<\d{1,3}>)?(?:\d{1,10}: )?(?:[\w.-]{1,255}+: )?"
        r"(?:[*.]?[A-Z][a-z]{2} {1,2}\d{1,2} (?:\d{4} )?\d\d:\d\d:\d\d(?:\.\d{1,6})?(?: [A-Z]{2,5})?: )?"
        r"%[A-Z][A-Z0-9_]{1,40}-(?:[A-Z0-9_]{1,40}-)?[0-7]-[A-Z]"
    ),
)
def cisco_ios(given: Chunk | Table, _: Wanted) -> Batch:
    """Return messages of Cisco switches and routers as tables by what they serve."""
    kinds = {
        name: Kind(what=what, logsource=logsource("network", name), time="time", clock="syslog")
        for name, what in (
            ("cisco_syslog", "Cisco message"),
            ("cisco_aaa", "Cisco command"),
            ("cisco_bgp", "Cisco BGP"),
            ("cisco_ldp", "Cisco LDP"),
            ("cisco_firewall", "Cisco access list"),
        )
    }

    def read(text: str) -> tuple[Kind, dict[str, Any]] | None:
        head = _HEAD.match(text)
        if head is None:
            return None
        record = {
            "time": head["time"],
            "host.name": head["host"],
            "cisco.facility": head["facility"],
            "event.severity": int(head["level"]),
            "cisco.mnemonic": head["mnemonic"],
            "message": text[head.end() :],
        }
        name = _fill(text[head.end() :], head["facility"], record)
        return kinds[name], {key: value for key, value in record.items() if value not in (None, "")}

    return of_lines(given, read)


def _fill(said: str, facility: str, record: dict[str, Any]) -> str:
    """Add what a message says to its record, and return the log source that it serves."""
    if found := _COMMAND.match(said):
        record["user.name"] = found["user"] or found["user2"]
        record["process.command_line"] = (found["command"] or found["command2"]).removeprefix("!exec: ").strip()
        record["event.action"] = "cisco-command"
        return "cisco_aaa"
    if found := _LIST.search(said):
        ports = {"source.port": found["sport"], "destination.port": found["dport"]}
        record.update((name, int(port)) for name, port in ports.items() if port)
        record["source.ip"], record["destination.ip"] = address(found["src"]), address(found["dst"])
        record["network.transport"], record["rule.name"] = found["proto"].lower(), found["list"]
        record["event.action"] = "allow" if found["word"] == "permitted" else "deny"
        return "cisco_firewall"
    if found := _LOGIN.match(said):
        word = found["word"] or found["word2"] or found["word3"]
        record["event.action"] = "cisco-login"
        record["event.outcome"] = "failure" if word.lower().startswith("fail") else "success"
        record["user.name"] = (found["user"] or found["user2"] or found["user3"] or "").strip()
        record["source.ip"] = address(found["source"] or found["source2"] or found["source3"])
    elif found := _BY.search(said):
        record["user.name"], record["source.ip"] = found["user"], address(found["source"])
    return _SERVICES.get(facility, "cisco_syslog")
