"""Microsoft Entra directory audits as Microsoft Graph gives them: users, groups, roles, applications, consents.

Who changed what: `user.name` is the user or application that did it, `user.target.name`, `group.name` and
`application.name` what it was done to. Names of Azure Monitor's AuditLogs (`OperationName`, `Category`...) are there
too, since rules use them.

Misses: provisioning logs, which are another resource.

See: https://learn.microsoft.com/graph/api/resources/directoryaudit
"""

from tocsin.formats.entra import table
from tocsin.kit import Batch, Chunk, Wanted, parser


@parser(
    frame="json",
    keys=("activityDateTime", "activityDisplayName", "targetResources"),
    product="azure",
    service="auditlogs",
    what="Entra audit",
    weight=50,
)
def entra_audit(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read directory audits of Microsoft Graph."""
    records = chunk.objects or ()
    return Batch(tables=[table(chunk, range(len(records)), records, is_sign_in=False)])
