"""Windows events as JSON of EVTX decoders (evtx_dump, Chainsaw, Velociraptor): `{"Event": {"System": ..., ...}}`.

Each event is a row of the table of its channel and id, as from the EVTX file itself. `EventID` may be a number, a text
or an object with Qualifiers; values without a name are the list `Data`; what UserData holds never hides what System
says (EventID 104 has two Channels).

Misses: the message text, where the decoder did not add it.

See: https://learn.microsoft.com/windows/win32/wes/eventschema-schema
"""

from tocsin.formats.windows_event import flat_system
from tocsin.formats.windows_tables import batch
from tocsin.kit import Batch, Chunk, Wanted, parser


@parser(frame="json", keys=("Event",), product="windows", what="Windows events (JSON)", weight=50)
def windows(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read Windows events that an EVTX decoder wrote as JSON."""
    return batch(chunk, flat_system)
