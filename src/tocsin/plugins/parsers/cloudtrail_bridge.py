"""AWS CloudTrail records that came through EventBridge: the `detail` of "AWS API Call via CloudTrail" events.

The record is the `detail`; it reads as if it had come from the trail itself. Other events of EventBridge (GuardDuty,
instance state changes) are left as JSON.

Misses: read-only calls, which EventBridge leaves out unless the rule asks for them.

See: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-service-event-cloudtrail.html
"""

from collections.abc import Mapping
from typing import Any

from tocsin.formats.cloudtrail import batch
from tocsin.kit import Batch, Chunk, Wanted, parser


@parser(
    frame="json",
    keys=("detail-type", "detail", "source"),
    product="aws",
    service="cloudtrail",
    what="AWS CloudTrail (EventBridge)",
    weight=50,
)
def cloudtrail_bridge(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read CloudTrail records in EventBridge's envelope."""
    return batch(chunk, [_detail(record) for record in chunk.objects or ()])


def _detail(record: Mapping[str, Any]) -> Mapping[str, Any] | None:
    kind, detail = record.get("detail-type"), record.get("detail")
    return detail if isinstance(detail, dict) and isinstance(kind, str) and kind.endswith("via CloudTrail") else None
