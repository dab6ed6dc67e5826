"""Zeek's logs as JSON (`LogAscii::use_json=T`, and streaming logs with `_path`).

As from Zeek's own files. Where a record does not name its log (`_path`), its fields tell: `qtype_name` is of dns,
`conn_state` of conn, and so on; one that they do not tell is plain JSON.

Misses: logs of one's own scripts without `_path`; names that a shipper changed (`id_orig_h`).

See: https://docs.zeek.org/en/master/log-formats.html https://github.com/corelight/json-streaming-logs
"""

from tocsin.formats.zeek_tables import batch
from tocsin.kit import Batch, Chunk, Wanted, parser


@parser(frame="json", keys=("ts",), product="zeek", what="Zeek (JSON)", weight=20)
def zeek_json(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read Zeek's logs from JSON."""
    return batch(chunk)
