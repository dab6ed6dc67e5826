"""AWS CloudTrail records as `aws cloudtrail lookup-events` prints them: `{"Events": [{"CloudTrailEvent": "..."}]}`.

`CloudTrailEvent` is the record as a text of JSON; it reads as if it had come from the trail itself. An event whose text
is no JSON is refused with the reason.

Misses: data events, which lookup-events never gives, and whatever is older than 90 days.

See: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

from collections.abc import Mapping
from typing import Any

from tocsin.formats.cloudtrail import batch
from tocsin.formats.json_records import decode
from tocsin.kit import Batch, Chunk, Wanted, parser


@parser(
    frame="json",
    keys=("CloudTrailEvent", "EventName"),
    product="aws",
    service="cloudtrail",
    what="AWS CloudTrail (lookup-events)",
    weight=50,
)
def cloudtrail_lookup(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read CloudTrail records that lookup-events printed."""
    refused: dict[int, str] = {}
    records: list[Mapping[str, Any] | None] = []
    for index, record in enumerate(chunk.objects or ()):
        text = record["CloudTrailEvent"]
        records.append(None)
        if isinstance(text, str):
            try:
                records[index] = decode(text)
            except ValueError as error:
                refused[index] = f"CloudTrailEvent is {error}"
    return batch(chunk, records, refused)
