"""Zeek's logs as it writes them by default: tab-separated, with `#fields` above (conn, dns, http, files, notice...).

Each log is a table of its own with Zeek's names (`id.orig_h`, `query`, `uri`...), joined with ECS's; several logs may
stand in one file. Sigma's product is `zeek`, the service the log's name; `dns` serves the category `dns`, `http` the
categories `proxy` and `webserver`, `conn` the category `firewall` (without an action: Zeek watches).

Misses: a log without its `#fields` line.

See: https://docs.zeek.org/en/master/log-formats.html https://docs.zeek.org/en/master/script-reference/log-files.html
"""

from tocsin.formats.zeek_tables import batch
from tocsin.kit import Batch, Chunk, Wanted, parser


@parser(frame="zeek", product="zeek", what="Zeek")
def zeek_tsv(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read Zeek's logs from its own files."""
    return batch(chunk)
