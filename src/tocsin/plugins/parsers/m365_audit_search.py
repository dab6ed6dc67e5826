"""Microsoft 365 unified audit log as `Search-UnifiedAuditLog | ConvertTo-Json` writes it: rows with `AuditData`.

The record is the JSON in AuditData; the other fields of the row only fill in what it lacks. A row whose AuditData is
no JSON is refused with the reason.

Misses: rows beyond the 50,000 that one session of the cmdlet gives.

See: https://learn.microsoft.com/powershell/module/exchange/search-unifiedauditlog
"""

from tocsin.formats.m365 import batch, with_audit_data
from tocsin.kit import Batch, Chunk, Wanted, parser


@parser(
    frame="json", keys=("AuditData",), product="m365", service="audit", what="Microsoft 365 audit (search)", weight=60
)
def m365_audit_search(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read rows of the unified audit log that a search gave."""
    return batch(chunk, map(with_audit_data, chunk.objects or ()))
