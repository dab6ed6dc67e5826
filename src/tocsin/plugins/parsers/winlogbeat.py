"""Windows events as Winlogbeat 7 and 8 ship them: `winlog.channel`, `winlog.event_id`, `winlog.event_data`.

Each event is a row of the table of its channel and id, with Windows' own field names beside the ECS fields that
Winlogbeat wrote. `event.action` and `event.outcome` are ours where we know the event, so that one rule fits each way of
export; Winlogbeat's stay in the record as it is shown raw.

Misses: Winlogbeat 6, whose `event_data` stood at the top.

See: https://www.elastic.co/docs/reference/beats/winlogbeat/exported-fields-winlog
"""

from tocsin.formats.windows_event import flat_winlog
from tocsin.formats.windows_tables import batch
from tocsin.kit import Batch, Chunk, Wanted, parser


@parser(frame="json", keys=("winlog",), product="windows", what="Windows events (Winlogbeat)", weight=50)
def winlogbeat(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read Windows events that Winlogbeat wrote."""
    return batch(chunk, flat_winlog)
