"""Squid's access log in its native format: what a proxy was asked for, by whom, and what came of it.

Bare and within syslog. Gives Sigma's category `proxy`: `c-uri`, `cs-host`, `cs-method`, `sc-status`,
`c-uri-extension`, `c-useragent` where the format was extended by it (Squid's "combined" tail), and Squid's own
result code (`squid.result`, `squid.hierarchy`). `event.action` is `deny` for TCP_DENIED, else `allow`.

Misses: formats of another order (`logformat` of one's own); what is inside a tunnel.

See: https://wiki.squid-cache.org/Features/LogFormat https://www.squid-cache.org/Doc/config/logformat/
"""

import re
from typing import Any

from tocsin.formats.addresses import address
from tocsin.formats.kinds import Kind, of_lines
from tocsin.formats.logsources import logsource
from tocsin.formats.urls import parts
from tocsin.kit import Batch, Chunk, Table, Wanted, parser

_LINE = re.compile(
    r"(?P<time>\d{9,10}\.\d{3}) {1,8}(?P<squid__milliseconds>-?\d{1,12}) (?P<client>\S{1,255})"
    r" (?P<squid__result>[A-Z_]{3,60})/(?P<status>\d{3}) (?P<bytes>-?\d{1,18}) (?P<method>\S{1,40}) (?P<url>\S+)"
    r" (?P<user>\S{1,256}) (?P<squid__hierarchy>[A-Z0-9_]{2,60})/(?P<peer>\S{1,255}) (?P<type>\S{1,200})"
    r'(?: "(?P<referrer>[^"]*+)" "(?P<agent>[^"]*+)")?'
)


@parser(
    frame="lines",
    within="syslog",
    programs=("squid",),
    what="Squid",
    product="squid",
    category="proxy",
    weight=15,
    looks=r"\d{9,10}\.\d{3} {1,8}-?\d{1,12} \S{1,255} [A-Z_]{3,60}/\d",
)
def squid(given: Chunk | Table, _: Wanted) -> Batch:
    """Return requests to a proxy as a table."""
    kind = Kind(what="Squid", logsource=logsource("network", "squid"), time="time", clock="epoch")

    def read(text: str) -> tuple[Kind, dict[str, Any]] | None:
        found = _LINE.match(text)
        return None if found is None else (kind, _record(found.groupdict()))

    return of_lines(given, read)


def _record(said: dict[str, str | None]) -> dict[str, Any]:
    url = said["url"] or ""
    asked = parts(url)
    status = int(said["status"] or 0)
    peer = said["peer"]
    record = {
        "time": said["time"],
        "source.address": said["client"],
        "source.ip": address(said["client"]),
        "user.name": said["user"],
        "http.request.method": said["method"],
        "url.original": url,
        "url.domain": asked.host,
        "url.path": asked.path,
        "url.query": asked.query,
        "c-uri-extension": asked.extension,
        "http.response.status_code": status or None,
        "http.response.body.bytes": int(said["bytes"] or 0),
        "http.response.mime_type": said["type"],
        "http.request.referrer": said["referrer"],
        "user_agent.original": said["agent"],
        "destination.ip": address(peer),
        "destination.domain": peer if address(peer) is None else None,
        "squid.result": said["squid__result"],
        "squid.hierarchy": said["squid__hierarchy"],
        "squid.milliseconds": int(said["squid__milliseconds"] or 0),
        "event.action": "deny" if "DENIED" in (said["squid__result"] or "") else "allow",
    }
    return {name: value for name, value in record.items() if value not in (None, "-", "")}
