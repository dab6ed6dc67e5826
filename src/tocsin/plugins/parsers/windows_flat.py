"""Windows events that were exported flat: NXLog, the OTRF Security-Datasets, and others with `EventID` and `Channel`.

Each event is a row of the table of its channel and id. `Hostname` also answers to Computer, `SourceName` to
Provider_Name. Where an exporter kept no fields of the event's data apart, `Data` is the message.

A time without a zone is the clock of the machine that exported: NXLog's `EventTime`. `@timestamp` comes first.

Misses: events without a channel.

See: https://docs.nxlog.co/refman/current/im/msvistalog.html
"""

from tocsin.formats.windows_event import TIMES, flat_flat
from tocsin.formats.windows_tables import batch
from tocsin.kit import Batch, Chunk, Wanted, parser
from tocsin.kit.sift import Flattening, record_by_record


@parser(frame="json", keys=("EventID", "Channel"), product="windows", what="Windows events (flat JSON)", weight=40)
@record_by_record(Flattening(flat_flat, TIMES))
def windows_flat(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read Windows events that were exported flat."""
    return batch(chunk, flat_flat)
