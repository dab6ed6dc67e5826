"""Microsoft 365 unified audit log as Microsoft Graph gives it: `auditLogRecord` objects with an `auditData` object.

The record is `auditData`; the other fields of the object only fill in what it lacks.

Misses: what the query's filter left out.

See: https://learn.microsoft.com/graph/api/resources/security-auditlogrecord
"""

from collections.abc import Mapping
from typing import Any

from tocsin.formats.m365 import batch, with_audit_data
from tocsin.kit import Batch, Chunk, Wanted, parser


@parser(
    frame="json",
    keys=("auditData", "auditLogRecordType"),
    product="m365",
    service="audit",
    what="Microsoft 365 audit (Graph)",
    weight=60,
)
def m365_audit_graph(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read records of the unified audit log that Graph gave."""
    return batch(chunk, map(_record, chunk.objects or ()))


def _record(record: Mapping[str, Any]) -> Mapping[str, Any] | str:
    named = {
        "Operation": record.get("operation"),
        "UserId": record.get("userPrincipalName"),
        "Workload": record.get("service"),
        "CreationTime": record.get("createdDateTime"),
    }
    merged = with_audit_data({**record, **{k: v for k, v in named.items() if v is not None}}, "auditData")
    if isinstance(merged, str):
        return merged
    return {name: value for name, value in merged.items() if not name.startswith("@")}
