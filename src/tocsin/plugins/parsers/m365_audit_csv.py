"""Microsoft 365 unified audit log as the CSV that the Purview portal and `Search-UnifiedAuditLog | Export-Csv` write.

Both generations of columns: `CreationDate,UserIds,Operations,AuditData` and `RecordId,CreationDate,RecordType,
Operation,UserId,AuditData,...`. The record is the JSON in AuditData; the other columns only fill in what it lacks. A
row whose AuditData is no JSON is refused with the reason.

Misses: rows that a spreadsheet cut: a cell of Excel holds 32,767 characters, and AuditData can be longer.

See: https://learn.microsoft.com/purview/audit-log-export-records
"""

from tocsin.formats.m365 import batch, with_audit_data
from tocsin.kit import Batch, Chunk, Wanted, parser


@parser(frame="csv", keys=("AuditData",), product="m365", service="audit", what="Microsoft 365 audit (CSV)", weight=50)
def m365_audit_csv(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read exported rows of the unified audit log."""
    return batch(chunk, map(with_audit_data, chunk.objects or ()))
