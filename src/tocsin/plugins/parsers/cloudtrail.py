"""AWS CloudTrail: who called which API, from where, with which key.

Log files as CloudTrail puts them into S3 (`{"Records": [...]}`, also compressed), JSON lines and lists of records. The
record's own names stay, nested ones with dots (`userIdentity.arn`). `source.ip` is set only where `sourceIPAddress` is
an address and not the name of an AWS service; `event.outcome` is failure where there is an `errorCode`, an
`errorMessage` or a failed ConsoleLogin. Insights are a table of their own, which no rule for API calls looks at.

Misses: what the trail does not log. Data events (S3 objects, Lambda calls) are off unless they were turned on.

See: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from tocsin.formats.cloudtrail import batch
from tocsin.kit import Batch, Chunk, Wanted, parser


@parser(
    frame="json",
    keys=("eventVersion", "eventTime"),
    product="aws",
    service="cloudtrail",
    what="AWS CloudTrail",
    weight=50,
)
def cloudtrail(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read CloudTrail records."""
    return batch(chunk, chunk.objects or ())
