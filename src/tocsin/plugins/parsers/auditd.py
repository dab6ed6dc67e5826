r"""Linux audit records as auditd writes them: `type=SYSCALL msg=audit(1772439330.120:42): ...`.

Bare (`audit.log`), behind `node=`, enriched, within syslog, and as the kernel prints them (`audit: type=1300`). Each
record is an event of its own; those of one serial share `auditd.serial`. The names are the audit system's own, as
Sigma's service `auditd` uses them: `type`, `exe`, `comm`, `key`, `a0`, `name`... Values that auditd writes in
hexadecimal, since they hold a space or a quote, are decoded: `proctitle`, `exe`, `comm`, `name`, `cwd`, `acct`,
the arguments of EXECVE. What `ausearch -i` would print for a number (enriched logs) stands in capitals: `SYSCALL`,
`AUID`. `process.command_line` is the command of PROCTITLE, or the arguments of EXECVE joined.

Misses: the join of the records of one serial, so no row has both the arguments and the path of a program, and rules of
the category process_creation do not look here; arguments that were cut over several EXECVE records.

See: https://github.com/linux-audit/audit-documentation/wiki/SPEC-Audit-Event-Enrichment
https://man7.org/linux/man-pages/man8/auditd.8.html
"""

import re
from typing import Any

from tocsin.formats.addresses import address
from tocsin.formats.kinds import Kind, of_lines
from tocsin.formats.logsources import logsource
from tocsin.kit import Batch, Chunk, Table, Wanted, parser

_HEAD = re.compile(
    r"(?:<\d{1,3}>)?(?:\[ {0,5}\d{1,10}\.\d{6}\] )?(?:audit: )?(?:node=(?P<node>\S{1,255}) )?type=(?P<type>\w{2,40})"
    r" (?:msg=)?audit\((?P<time>\d{9,11}\.\d{1,6}):(?P<serial>\d{1,20})\): ?"
)
_INNER = re.compile(r"msg='([^\n]*)'(?=\s*(?:\x1d|$))")
_PAIR = re.compile(r"(?<![^\s,\x1d])([A-Za-z_][\w\[\]-]{0,64}+)=(?:\"([^\"]*+)\"|([^\s,\x1d\"]*+))")
_HEX = re.compile(r"(?:[0-9A-F]{2})+\Z")
_ENCODED = frozenset(
    {"proctitle", "exe", "comm", "name", "cwd", "acct", "cmd", "data", "key", "path", "old", "new", "vm", "unit", "dir"}
)
_ARGUMENT = re.compile(r"a\d{1,5}\Z")
_NONE = frozenset({"?", "(null)", "(none)", "unset", ""})
_OUTCOMES = {
    "yes": "success",
    "success": "success",
    "1": "success",
    "no": "failure",
    "failed": "failure",
    "0": "failure",
}
# Numbers that the kernel prints without a name (include/uapi/linux/audit.h).
_TYPES = {
    "1100": "USER_AUTH", "1101": "USER_ACCT", "1102": "USER_MGMT", "1103": "CRED_ACQ", "1104": "CRED_DISP",
    "1105": "USER_START", "1106": "USER_END", "1107": "USER_AVC", "1112": "USER_LOGIN", "1123": "USER_CMD",
    "1130": "SERVICE_START", "1131": "SERVICE_STOP", "1300": "SYSCALL", "1302": "PATH", "1305": "CONFIG_CHANGE",
    "1306": "SOCKADDR", "1307": "CWD", "1309": "EXECVE", "1325": "NETFILTER_CFG", "1326": "SECCOMP",
    "1327": "PROCTITLE", "1400": "AVC", "1403": "MAC_POLICY_LOAD", "1404": "MAC_STATUS",
}  # fmt: skip
_ECS = (
    ("process.executable", "exe"),
    ("process.name", "comm"),
    ("process.pid", "pid"),
    ("process.working_directory", "cwd"),
    ("file.path", "name"),
    ("service.name", "unit"),
)


@parser(
    frame="lines",
    within="syslog",
    what="auditd",
    product="linux",
    service="auditd",
    weight=35,
    looks_within=r"type=[A-Z\d]|node=\S{1,255} type=|audit: type=|\[ {0,5}\d{1,10}\.\d{6}\] audit: type=",
    looks=(
        r"(?:<\d{1,3}>)?(?:\[ {0,5}\d{1,10}\.\d{6}\] )?(?:audit: )?(?:node=\S{1,255} )?"
        r"type=\w{2,40} (?:msg=)?audit\(\d"
    ),
)
def auditd(given: Chunk | Table, _: Wanted) -> Batch:
    """Return audit records as a table."""
    kind = Kind(what="auditd", logsource=logsource("linux", "auditd"), time="auditd.time", clock="epoch")

    def read(text: str) -> tuple[Kind, dict[str, Any]] | None:
        head = _HEAD.match(text)
        return None if head is None else (kind, _record(text, head))

    return of_lines(given, read)


def _record(text: str, head: re.Match[str]) -> dict[str, Any]:
    kind = _TYPES.get(head["type"], head["type"])
    record: dict[str, Any] = {"type": kind, "auditd.time": head["time"], "auditd.serial": head["serial"]}
    said = _INNER.sub(r"\1", text[head.end() :])
    arguments: dict[str, str] = {}
    for name, quoted, bare in _PAIR.findall(said):
        name = name.partition("[")[0]
        is_argument = kind == "EXECVE" and _ARGUMENT.match(name) is not None
        value = quoted or (_plain(bare) if is_argument or name in _ENCODED else bare)
        if is_argument:
            arguments[name] = arguments.get(name, "") + value
        elif bare not in _NONE or quoted:
            record.setdefault(name, value.replace("\0", " ") if name == "proctitle" else value)
    record.update(arguments)
    if arguments:
        record["process.command_line"] = " ".join(arguments.values())
    elif "proctitle" in record:
        record["process.command_line"] = record["proctitle"]
    _named(record, head["node"])
    return record


def _named(record: dict[str, Any], node: str | None) -> None:
    """Add the normalised fields of a record."""
    for ecs, name in _ECS:
        if record.get(name):
            record[ecs] = record[name]
    outcome = _OUTCOMES.get(str(record.get("success", record.get("res", ""))).lower())
    user = record.get("acct") or record.get("AUID")
    said = {
        "host.name": node,
        "user.name": user if user not in _NONE else None,
        "source.ip": address(record.get("addr")),
        "event.outcome": outcome,
        "event.action": record["type"].lower().replace("_", "-"),
    }
    record.update((name, value) for name, value in said.items() if value)
    record.setdefault("process.name", None)  # syslog's program is the one that passed the record on
    keys = record.get("key")
    if isinstance(keys, str) and "\x01" in keys:
        record["key"] = keys.split("\x01")


def _plain(bare: str) -> str:
    """Return what a value in hexadecimal means; another as it stands."""
    if not _HEX.match(bare):
        return bare
    return bytes.fromhex(bare).decode("utf-8", "replace")
