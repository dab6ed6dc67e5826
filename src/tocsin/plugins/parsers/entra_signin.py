"""Microsoft Entra sign-ins as Microsoft Graph gives them, and as the portal's JSON download.

Who signed in to which application, from which address and country, and whether it worked: `event.outcome` follows
`status.errorCode` (0 is success; a code that only asks for more, such as a second factor, is unknown). Names of Azure
Monitor's SigninLogs (`ResultType`, `Status`...) are there too, since rules use them.

Misses: sign-ins without a user (service principals, managed identities), which Graph lists elsewhere.

See: https://learn.microsoft.com/graph/api/resources/signin
"""

from tocsin.formats.entra import table
from tocsin.kit import Batch, Chunk, Wanted, parser


@parser(
    frame="json",
    keys=("createdDateTime", "userPrincipalName", "appDisplayName"),
    product="azure",
    service="signinlogs",
    what="Entra sign-in",
    weight=50,
)
def entra_signin(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read sign-ins of Microsoft Graph."""
    records = chunk.objects or ()
    return Batch(tables=[table(chunk, range(len(records)), records, is_sign_in=True)])
