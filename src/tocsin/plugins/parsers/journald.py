"""systemd's journal as JSON: `journalctl -o json`, `-o json-pretty`, and what shippers forward of it.

Each entry is read as a line of syslog of the same host, program and message, so that sshd, sudo, PAM and the others
are known here too. The journal's own trusted fields stay (`_EXE`, `_CMDLINE`, `_SYSTEMD_UNIT`, `_UID`...). A message
that is bytes is decoded.

Misses: `journalctl -o export`; fields of an application's own, which are searched as text.

See: https://www.freedesktop.org/software/systemd/man/latest/systemd.journal-fields.html
https://systemd.io/JOURNAL_EXPORT_FORMATS/#journal-json-format
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tocsin.formats.kinds import says
from tocsin.formats.logsources import logsource
from tocsin.kit import Batch, Chunk, Table, Wanted, parser

# A fixed set of columns: inner parsers look at whole columns, and a stranger may name fields without end.
_KEPT = (
    "PRIORITY", "SYSLOG_FACILITY", "MESSAGE_ID", "UNIT", "_TRANSPORT", "_SYSTEMD_UNIT", "_SYSTEMD_USER_UNIT", "_UID",
    "_GID", "_COMM", "_EXE", "_CMDLINE", "_BOOT_ID", "_MACHINE_ID", "_AUDIT_LOGINUID", "_AUDIT_SESSION",
    "_SELINUX_CONTEXT",
)  # fmt: skip
_NAMED = {
    "host.name": says("_HOSTNAME"),
    "process.name": says("SYSLOG_IDENTIFIER", "_COMM"),
    "process.pid": says("_PID", "SYSLOG_PID"),
    "process.executable": says("_EXE"),
    "process.command_line": says("_CMDLINE"),
    "user.id": says("_UID"),
}


@parser(
    frame="json",
    keys=("__REALTIME_TIMESTAMP", "MESSAGE"),
    like="syslog",
    product="linux",
    service="syslog",
    what="systemd journal",
    weight=50,
)
def journald(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # the columns are few
    """Read entries of systemd's journal."""
    records = chunk.objects or ()
    columns: dict[str, Sequence[Any]] = {name: [read(one) for one in records] for name, read in _NAMED.items()}
    columns["message"] = [_message(one.get("MESSAGE")) for one in records]
    for name in _KEPT:
        columns[name] = [one.get(name) for one in records]
    table = Table(
        what="systemd journal",
        logsource=logsource("linux", "syslog"),
        numbers=chunk.numbers,
        texts=chunk.texts,
        columns={name: column for name, column in columns.items() if any(value is not None for value in column)},
        times=[_time(one) for one in records],
        clock="epoch",
    )
    return Batch(tables=[table])


def _message(value: Any) -> str:
    """Return a message; one that is no text is a list of bytes, and one over a bound is null."""
    if isinstance(value, list) and all(isinstance(one, int) and 0 <= one < 256 for one in value):
        return bytes(value).decode("utf-8", "replace")
    return value if isinstance(value, str) else ""


def _time(record: Mapping[str, Any]) -> str | int | None:
    value = record.get("__REALTIME_TIMESTAMP")
    return value if isinstance(value, str | int) and not isinstance(value, bool) else None
