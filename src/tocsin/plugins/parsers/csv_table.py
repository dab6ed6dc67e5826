"""Tables of separated values that no other parser knows: each record a row, each column a field named by the header.

Commas, semicolons, tabs and bars separate; cells may be quoted and hold newlines. The time is taken from the first of
the usual names that is there. A record with more or fewer cells than the header is refused and counted.

Misses: tables without a header row: their first record becomes the names.

See: https://www.rfc-editor.org/rfc/rfc4180
"""

from tocsin.formats.plain_tables import batch
from tocsin.kit import Batch, Chunk, Wanted, parser


@parser(frame="csv", what="CSV", weight=0)
def csv_table(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read records of any table."""
    return batch(chunk, "CSV")
