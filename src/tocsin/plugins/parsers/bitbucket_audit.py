"""Bitbucket Data Center's audit log (`audit.log`, JSON): who changed which setting, permission or key.

The names are Bitbucket's own, nested ones with dots (`auditType.category`, `auditType.action`, `author.name`), as
Sigma's service `audit` of the product uses them.

Misses: Bitbucket Cloud's audit log, which Atlassian's organisation API gives in another shape.

See: https://confluence.atlassian.com/bitbucketserver/audit-log-events-776640423.html
"""

from tocsin.formats.addresses import address
from tocsin.formats.kinds import Kind, of_objects, says
from tocsin.formats.logsources import logsource
from tocsin.kit import Batch, Chunk, Derived, Wanted, parser
from tocsin.kit.parse import dig

_DERIVED: Derived = {
    "source.ip": lambda record: address(record.get("source")),
    "user.name": says("author.name"),
    "event.action": says("auditType.action"),
}


@parser(frame="json", keys=("auditType", "author"), product="bitbucket", service="audit", what="Bitbucket", weight=45)
def bitbucket_audit(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read Bitbucket's audit log."""
    source = logsource("cloud", "bitbucket")
    plain = Kind(what="Bitbucket audit", logsource=source, time="timestamp", clock="any", derived=_DERIVED)
    parted = Kind(
        what="Bitbucket audit (seconds)",
        logsource=source,
        time="timestamp.epochSecond",
        clock="epoch",
        derived=_DERIVED,
    )
    return of_objects(chunk, lambda r: parted if dig(r, ("timestamp", "epochSecond")) is not None else plain)
