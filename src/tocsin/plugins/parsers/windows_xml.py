"""Windows events as XML: `wevtutil qe /f:xml`, `Get-WinEvent` with ToXml, the Event Viewer's export, Sysmon's events.

One event a line, all in one `<Events>`, or on one line. Each event is a row of the table of its channel and id, as from
the EVTX file; the rendered message, where it was exported, is `message`. A document type and its entities are refused.

Misses: events within other XML (SOAP of event forwarding); prefixes of namespaces.

See: https://learn.microsoft.com/windows/win32/wes/eventschema-schema
https://learn.microsoft.com/windows-server/administration/windows-commands/wevtutil
"""

from collections.abc import Mapping
from typing import Any

from tocsin.formats.windows_event import Flat, flat_system
from tocsin.formats.windows_tables import batch
from tocsin.kit import Batch, Chunk, Wanted, parser
from tocsin.kit.parse import dig


@parser(frame="xml", keys=("Event",), product="windows", what="Windows events (XML)", weight=40)
def windows_xml(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read Windows events that were exported as XML."""
    return batch(chunk, _flat)


def _flat(record: Mapping[str, Any]) -> Flat | None:
    flat = flat_system(record)
    message = dig(record, ("Event", "RenderingInfo", "Message"))
    if flat is not None and isinstance(message, str):
        flat.setdefault("message", message)
    return flat
