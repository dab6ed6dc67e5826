"""What the messages of Cisco's firewalls say: connections and denials, logins, typed commands, Firepower's records.

Cisco Secure Firewall ASA Series Syslog Messages; Cisco Secure Firewall Threat Defense Syslog Messages.
"""

import re
from typing import Any

from tocsin.formats.addresses import address

CONNECTION, COMMAND, OTHER = "connection", "command", "other"
_END = r"[^\s/(),:]{1,64}:[0-9A-Fa-f.:]{2,45}"
_FORMS = (
    re.compile(
        r"access-list (?P<list>\S{1,255}) (?P<what>permitted|denied|est-allowed) (?P<words>\w{1,16}) "
        r"(?P<src>[^\s/]{1,64}/[0-9A-Fa-f.:]{2,45})\((?P<sport>\d{1,5})\)[^>\n]{0,300}-> ?"
        r"(?P<dst>[^\s/]{1,64}/[0-9A-Fa-f.:]{2,45})\((?P<dport>\d{1,5})\)"
    ),
    re.compile(
        r"(?P<what>Built|Teardown|Deny|Denied|No matching connection|Dropping|Discard)(?P<words>[^/:\n\"]{0,120}?)"
        rf"(?::[^/:\n\"]{{0,40}}?)? (?:for |from |src )?(?P<src>{_END})(?:/(?P<sport>\d{{1,5}}))?"
        r"(?: ?\([^()\n]{0,120}\)){0,2} (?:to|dst) "
        rf"(?P<dst>{_END})(?:/(?P<dport>\d{{1,5}}))?"
    ),
    re.compile(
        r"(?P<what>Deny|Denied|Inbound \w{1,8} connection denied)(?P<words>[^/:\n\"]{0,120}?) from "
        r"(?P<src>[0-9A-Fa-f.:]{2,45})(?:/(?P<sport>\d{1,5}))? to "
        r"(?P<dst>[0-9A-Fa-f.:]{2,45})(?:/(?P<dport>\d{1,5}))?"
    ),
    re.compile(
        r"(?P<what>Built|Teardown)(?P<words>[^/:\n\"]{0,60}?) for faddr (?P<src>[0-9A-Fa-f.:]{2,45})/(?P<sport>\d{1,5})"
        r"(?: gaddr \S{1,60})? laddr (?P<dst>[0-9A-Fa-f.:]{2,45})/(?P<dport>\d{1,5})"
    ),
)
_PROTOCOL = re.compile(r"\b(tcp|udp|icmp|gre|esp|sctp|igmp|ip)\b", re.IGNORECASE)
_LIST = re.compile(r"access-list (\S{1,255})|access-group \"?([^\s\"]{1,255})")
_USERS = (
    re.compile(r"\buser = (.*)\Z", re.DOTALL),
    re.compile(r"User <([^<>\n]{1,256})>"),
    re.compile(r"User '([^'\n]{1,256})'"),
    re.compile(r"user \"([^\"\n]{1,256})\""),
    re.compile(r"(?:Uname: |Username:|User=|client user )([^\s,]{1,256})"),
)
_USER_IP = " : user IP = "
_FROM = re.compile(r"(?:\bIP <|from IP |\bfrom |IP address: |Remote:|, IP )([0-9A-Fa-f.:]{2,45})")
_COMMAND = re.compile(r"executed (?:the |cmd: )?'([^\n]{1,4096})'")
_NAME = re.compile(r"(?:^|, )([A-Z][A-Za-z0-9_ ]{1,60}+): ")
_BAD = re.compile(r"\b(?:reject|denied|fail|deny|abort|invalid)", re.IGNORECASE)
_LOGINS = frozenset(
    {
        "109005", "109006", "109201", "113004", "113005", "113012", "113015", "113021", "308001", "605004", "605005",
        "611101", "611102", "716038", "716039",
    }
)  # fmt: skip
_FIREPOWER = {
    "SrcIP": "source.ip", "DstIP": "destination.ip", "SrcPort": "source.port", "DstPort": "destination.port",
    "Protocol": "network.transport", "User": "user.name", "UserAgent": "user_agent.original", "URL": "url.original",
    "AccessControlRuleName": "rule.name", "IngressInterface": "observer.ingress.interface.name",
    "EgressInterface": "observer.egress.interface.name", "DNSQuery": "dns.question.name",
}  # fmt: skip
_NOTHING = frozenset({"", "Not Found", "No Authentication Required", "Unknown", "N/A"})


def said(message: str, code: str) -> tuple[str, dict[str, Any]]:
    """Return what a message is (CONNECTION, COMMAND, OTHER), and its fields.

    Those that say nothing are None.
    """
    if code.startswith("43000"):
        return _firepower(message)
    for form in _FORMS:
        if found := form.search(message):
            return CONNECTION, _connection(message, found.groupdict())
    record: dict[str, Any] = {}
    source = _FROM.search(message)
    record["source.ip"] = address(source[1].rstrip(":")) if source else None
    if user := next((found for one in _USERS if (found := one.search(message))), None):
        # what a client calls itself may hold any text: the address behind it is the last one, which the device wrote
        name, _, last = user[1].rpartition(_USER_IP) if _USER_IP in user[1] else (user[1], "", "")
        record["user.name"] = name.strip("* ") or None
        record["source.ip"] = address(last.strip()) or record["source.ip"]
    if command := _COMMAND.search(message):
        return COMMAND, {**record, "process.command_line": command[1], "event.action": "cisco-command"}
    if code in _LOGINS:
        record["event.action"] = "cisco-login"
        record["event.outcome"] = "failure" if _BAD.search(message) else "success"
    return OTHER, record


def _connection(message: str, found: dict[str, str | None]) -> dict[str, Any]:
    what, words = (found["what"] or "").lower(), found["words"] or ""
    ends = [(_parted(found["src"]), found["sport"]), (_parted(found["dst"]), found["dport"])]
    if "outbound" in words:  # the side of the lower security level is written first, whoever began
        ends.reverse()
    record: dict[str, Any] = {}
    sides = (("source", "ingress"), ("destination", "egress"))
    for (name, interface), ((zone, host), port) in zip(sides, ends, strict=True):
        record[f"{name}.ip"] = address(host)
        record[f"{name}.port"] = int(port) if port else None
        record[f"observer.{interface}.interface.name"] = zone or None
    protocol = _PROTOCOL.search(words) or _PROTOCOL.search(what) or _PROTOCOL.search(message)
    record["network.transport"] = protocol[1].lower() if protocol else None
    rule = _LIST.search(message)
    record["rule.name"] = (rule[1] or rule[2]) if rule else None
    is_allowed = what in {"permitted", "est-allowed", "built"}
    record["event.action"] = "end" if what == "teardown" else "allow" if is_allowed else "deny"
    return record


def _parted(end: str | None) -> tuple[str, str]:
    """Return interface and address of `outside:192.0.2.1` or `outside/192.0.2.1`; a bare address has no interface."""
    text = end or ""
    if address(text):
        return "", text
    zone, _, host = text.replace("/", ":", 1).partition(":")
    return zone, host


def _firepower(message: str) -> tuple[str, dict[str, Any]]:
    record: dict[str, Any] = {}
    names = list(_NAME.finditer(message))
    ends = [name.start() for name in names[1:]] + [len(message)]
    for name, end in zip(names, ends, strict=True):
        value = message[name.end() : end].strip()
        if name[1] not in record:
            record[name[1]] = value
            if name[1] in _FIREPOWER and value not in _NOTHING:
                record[_FIREPOWER[name[1]]] = value
    action = str(record.get("AccessControlRuleAction", record.get("InlineResult", ""))).lower()
    record["event.action"] = "deny" if "block" in action or "drop" in action else "allow" if action else None
    return CONNECTION if "source.ip" in record else OTHER, record
