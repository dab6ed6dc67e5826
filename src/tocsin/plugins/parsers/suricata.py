"""Suricata's EVE JSON: alerts, and what Suricata saw of DNS, HTTP, TLS, flows, files, SSH and others.

Each `event_type` is a table of its own with Suricata's names, nested ones with dots (`alert.signature`,
`http.hostname`, `dns.rrname`), joined with ECS's. Sigma's product is `suricata`, the service the event type; `dns`
serves the category `dns` (`query`, `record_type`, `answer`), `http` the categories `proxy` and `webserver`, `flow` and
`drop` the category `firewall`. `event.action` of an alert is `allowed` or `blocked`, of a drop `deny`.

Misses: statistics (`stats`) are read and mean nothing to rules; packets and payloads in base64 stay as they are.

See: https://docs.suricata.io/en/latest/output/eve/eve-json-format.html
"""

import re
from collections.abc import Callable, Mapping
from typing import Any

from tocsin.formats.addresses import address
from tocsin.formats.kinds import Kind, each, first, of_objects, says
from tocsin.formats.logsources import entries
from tocsin.formats.urls import parts
from tocsin.kit import Batch, Chunk, Derived, LogSource, Wanted, parser
from tocsin.kit.parse import dig

Record = Mapping[str, Any]
_NAME = re.compile(r"[a-z0-9_]{1,63}\Z", re.ASCII)
_URL = says("http.url")


def _part(name: str) -> Callable[[Record], Any]:
    """Return a reader of a part of the address that a request asked for."""

    def read(record: Record) -> Any:
        url = _URL(record)
        return getattr(parts(url), name) if isinstance(url, str) else None

    return read


def _question(name: str) -> Callable[[Record], Any]:
    """Return a reader of the first question: versions up to 2 write it flat, 3 as a list."""
    flat = says(f"dns.{name}")
    return lambda record: flat(record) or first(dig(record, ("dns", "queries"))).get(name)


_COMMON: Derived = {
    "source.ip": lambda record: address(record.get("src_ip")),
    "destination.ip": lambda record: address(record.get("dest_ip")),
    "destination.port": says("dest_port"),
    "network.transport": lambda record: str(record["proto"]).lower() if "proto" in record else None,
    "observer.ingress.interface.name": says("in_iface"),
}
_HTTP: Derived = {
    "http.request.method": says("http.http_method"),
    "http.response.status_code": says("http.status"),
    "http.request.referrer": says("http.http_refer"),
    "user_agent.original": says("http.http_user_agent"),
    "url.original": _URL,
    "url.domain": says("http.hostname"),
    "url.path": _part("path"),
    "url.query": _part("query"),
    "c-uri-extension": _part("extension"),
}
_BY_TYPE: Mapping[str, Derived] = {
    "alert": {
        **_HTTP,
        "event.action": says("alert.action"),
        "rule.id": says("alert.signature_id"),
        "rule.name": says("alert.signature"),
        "message": says("alert.signature"),
        "event.severity": says("alert.severity"),
    },
    "http": _HTTP,
    "dns": {
        "dns.question.name": _question("rrname"),
        "query": _question("rrname"),
        "record_type": _question("rrtype"),
        "answer": lambda record: each(dig(record, ("dns", "answers")), "rdata"),
        "event.action": lambda _: "dns-query",
    },
    "tls": {"url.domain": says("tls.sni")},
    "flow": {"source.bytes": says("flow.bytes_toserver"), "destination.bytes": says("flow.bytes_toclient")},
    "drop": {"event.action": lambda _: "deny"},
    "fileinfo": {**_HTTP, "file.name": says("fileinfo.filename")},
}


@parser(frame="json", keys=("event_type", "timestamp"), product="suricata", what="Suricata", weight=40)
def suricata(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read Suricata's EVE JSON."""
    kinds: dict[str, Kind] = {}

    def kind(record: Record) -> Kind | None:
        name = record["event_type"]
        if not isinstance(name, str) or not _NAME.match(name) or not (record.keys() & _MARKS or name in record):
            return None
        if name not in kinds:
            entry = entries("network").get(f"suricata_{name}")
            source = entry.logsource if entry else LogSource("suricata", frozenset(), frozenset({name}))
            derived = {**_COMMON, **_BY_TYPE.get(name, {})}
            kinds[name] = Kind(
                what=f"Suricata {name}", logsource=source, time="timestamp", clock="any", derived=derived
            )
        return kinds[name]

    return of_objects(chunk, kind)


_MARKS = frozenset({"flow_id", "pcap_cnt", "in_iface"})  # other makers' records have a timestamp and an event_type too
