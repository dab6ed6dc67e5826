"""JSON of any kind that no other parser knows: each object a row, each name a field, nested ones with dots.

The time is taken from the first of the usual names that is there (`@timestamp`, `timestamp`, `time`, `eventTime`...),
as ISO 8601 or as a count since 1970. Objects with `ecs.version` speak ECS, so rules that use ECS names fit them.

Misses: which product wrote the record, so rules for one product do not look at it; a time under an unusual name.

See: https://www.elastic.co/docs/reference/ecs
"""

from tocsin.formats.plain_tables import batch
from tocsin.kit import Batch, Chunk, Wanted, parser


@parser(frame="json", what="JSON", weight=0)
def json_lines(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read JSON objects of any kind."""
    return batch(chunk, "JSON")
