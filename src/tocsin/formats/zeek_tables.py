"""Rows of Zeek's logs as tables, one for each log, with Sigma's log sources and the normalised fields."""

import re
from collections.abc import Mapping
from typing import Any

from tocsin.formats.addresses import address
from tocsin.formats.kinds import Kind, of_objects, says
from tocsin.formats.logsources import entries
from tocsin.formats.urls import parts
from tocsin.kit import Batch, Chunk, Derived, LogSource

Record = Mapping[str, Any]
_NAME = re.compile(r"[A-Za-z0-9_]{1,63}\Z", re.ASCII)
# Fields by which a record tells its log where it does not name it, the surer first (Zeek's own documentation of each).
_MARKS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("dns", ("query", "qtype_name")),
    ("dns", ("trans_id", "rejected")),
    ("http", ("trans_depth", "method")),
    ("http", ("trans_depth", "status_code")),
    ("conn", ("conn_state",)),
    ("x509", ("certificate.serial",)),
    ("ssl", ("established", "resumed")),
    ("notice", ("note", "actions")),
    ("smb_mapping", ("share_type",)),
    ("dce_rpc", ("endpoint", "operation")),
    ("kerberos", ("request_type",)),
    ("rdp", ("security_protocol",)),
    ("rdp", ("cookie",)),
    ("ssh", ("auth_attempts",)),
    ("files", ("fuid", "analyzers")),
    ("smb_files", ("action", "name", "path")),
    ("ntlm", ("ntlm_version",)),
    ("smtp", ("helo", "trans_depth")),
    ("ftp", ("command", "user", "uid")),
    ("dhcp", ("msg_types",)),
    ("weird", ("name", "notice", "peer")),
)


def batch(chunk: Chunk) -> Batch:
    """Return records of Zeek as tables; one whose log cannot be told is `rest`."""
    kinds: dict[str, Kind] = {}

    def kind(record: Record) -> Kind | None:
        path = log_of(record)
        if path and path not in kinds:
            kinds[path] = _kind(path)
        return kinds.get(path)

    return of_objects(chunk, kind)


def log_of(record: Record) -> str:
    """Return the name of the log that a record is of.

    It is empty where neither its `_path` nor its fields tell.
    """
    path = record.get("_path")
    if isinstance(path, str) and _NAME.match(path):
        return path
    if "ts" not in record:
        return ""
    return next((name for name, fields in _MARKS if all(field in record for field in fields)), "")


def _kind(path: str) -> Kind:
    entry = entries("network").get(f"zeek_{path}")
    source = entry.logsource if entry else LogSource("zeek", frozenset(), frozenset({path}))
    return Kind(
        what=f"Zeek {path}",
        logsource=source,
        time="ts",
        clock="any",
        derived={**_CONNECTION, **_BY_LOG.get(path, {})},
    )


def _url(name: str) -> Any:
    """Return a reader of a part of the address that a request asked for."""

    def read(record: Record) -> str | None:
        given = record.get("uri")
        return getattr(parts(given), name) if isinstance(given, str) else None

    return read


def _login(record: Record) -> str | None:
    did = record.get("auth_success")
    return None if did is None else "success" if did is True else "failure"


_CONNECTION: Derived = {
    "source.ip": lambda record: address(record.get("id.orig_h", record.get("src"))),
    "source.port": says("id.orig_p"),
    "destination.ip": lambda record: address(record.get("id.resp_h", record.get("dst"))),
    "destination.port": says("id.resp_p"),
    "network.transport": says("proto"),
}
_BY_LOG: Mapping[str, Derived] = {
    "conn": {"source.bytes": says("orig_bytes"), "destination.bytes": says("resp_bytes")},
    "dns": {
        "dns.question.name": says("query"),
        "record_type": says("qtype_name"),
        "answer": lambda record: record.get("answers"),
        "event.action": lambda _: "dns-query",
    },
    "http": {
        "http.request.method": says("method"),
        "http.response.status_code": says("status_code"),
        "http.request.referrer": says("referrer"),
        "user_agent.original": says("user_agent"),
        "url.original": says("uri"),
        "url.domain": says("host"),
        "url.path": _url("path"),
        "url.query": _url("query"),
        "c-uri-extension": _url("extension"),
        "user.name": says("username"),
    },
    "ssl": {"url.domain": says("server_name")},
    "ssh": {"event.action": lambda _: "zeek-ssh", "event.outcome": _login},
    "notice": {"message": says("msg"), "rule.name": says("note")},
    "files": {"file.name": says("filename")},
    "smb_files": {"file.name": says("name"), "event.action": says("action")},
    "kerberos": {"user.name": says("client")},
    "ntlm": {"user.name": says("username"), "source.domain": says("hostname")},
    "ftp": {"user.name": says("user")},
}
