"""Microsoft Entra sign-ins as the portal's CSV download.

The country is the end of `Location` ("Berlin, Berlin, DE"); `event.outcome` follows `Sign-in error code`, or `Status`
where that is not there. Dates are UTC.

Misses: the details that only the JSON download has (conditional access policies, authentication steps).

See: https://learn.microsoft.com/entra/identity/monitoring-health/howto-download-logs
"""

from tocsin.formats.entra import table
from tocsin.kit import Batch, Chunk, Wanted, parser


@parser(
    frame="csv",
    keys=("Date (UTC)", "Username", "IP address"),
    product="azure",
    service="signinlogs",
    what="Entra sign-in (CSV)",
    weight=50,
)
def entra_signin_csv(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read sign-ins that the portal exported."""
    records = chunk.objects or ()
    return Batch(tables=[table(chunk, range(len(records)), records, is_sign_in=True)])
