"""OpenCanary's JSON: what a honeypot was asked for, by whom.

Each touch of a canary is a record with `logtype` (a number per kind: SSH login, HTTP request, SMB file opened...),
addresses, ports and what was tried (`logdata`). The names are OpenCanary's own, as Sigma's product `opencanary` uses
them; a user name that was tried is `user.name`.

Misses: what the sensor itself says of its start and stop has no address.

See: https://opencanary.readthedocs.io/en/latest/services/configuration.html
https://github.com/thinkst/opencanary/blob/master/opencanary/logger.py
"""

from tocsin.formats.addresses import address
from tocsin.formats.kinds import Kind, of_objects, says
from tocsin.formats.logsources import logsource
from tocsin.kit import Batch, Chunk, Derived, Wanted, parser

_DERIVED: Derived = {
    "source.ip": lambda record: address(record.get("src_host")),
    "destination.ip": lambda record: address(record.get("dst_host")),
    "observer.name": says("node_id"),
    "user.name": says("logdata.USERNAME"),
    "user_agent.original": says("logdata.USERAGENT"),
    "url.original": says("logdata.PATH"),
}


@parser(
    frame="json",
    keys=("logtype", "node_id", "src_host"),
    product="opencanary",
    category="application",
    what="OpenCanary",
    weight=45,
)
def opencanary(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read records of an OpenCanary honeypot."""
    kind = Kind(
        what="OpenCanary",
        logsource=logsource("network", "opencanary"),
        time="utc_time",
        clock="iso_utc",
        derived=_DERIVED,
    )
    return of_objects(chunk, lambda _: kind)
