"""Microsoft 365 unified audit log as JSON: the Management Activity API, and records taken out of an export.

Each workload (Exchange, AzureActiveDirectory, SharePoint...) is a table. The record's own names stay; lists of names
and values (`Parameters`, `ExtendedProperties`, `OperationProperties`, `ModifiedProperties`) also become fields:
`Parameters.ForwardTo`. `source.ip` is the client's address without its port. Times are UTC, as the schema says.

Misses: what auditing was not on for, and what the service has not delivered yet: records may be a day late.

See: https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-schema
"""

from tocsin.formats.m365 import batch
from tocsin.kit import Batch, Chunk, Wanted, parser


@parser(
    frame="json",
    keys=("CreationTime", "Operation", "RecordType"),
    product="m365",
    service="audit",
    what="Microsoft 365 audit",
    weight=50,
)
def m365_audit(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read records of the unified audit log."""
    return batch(chunk, iter(chunk.objects or ()))
