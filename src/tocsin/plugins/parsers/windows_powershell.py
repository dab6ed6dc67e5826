"""Windows events as PowerShell writes them: `Get-WinEvent ... | ConvertTo-Json`.

Each event is a row of the table of its channel and id (`LogName`, `Id`). This export keeps the values of the event's
data without their names: they are the list `Data`, and the message stands beside it, so rules that ask for a named
field find nothing here. Export with `wevtutil epl` (an EVTX file) where you can.

Misses: named fields; with Windows PowerShell 5.1, times below a millisecond (`/Date(...)/`).

See: https://learn.microsoft.com/powershell/module/microsoft.powershell.diagnostics/get-winevent
"""

from collections.abc import Mapping
from typing import Any

from tocsin.formats.windows_event import Flat, flat_flat
from tocsin.formats.windows_tables import batch
from tocsin.kit import Batch, Chunk, Wanted, parser


@parser(
    frame="json",
    keys=("Id", "LogName", "ProviderName"),
    product="windows",
    what="Windows events (PowerShell)",
    weight=40,
)
def windows_powershell(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read Windows events that Get-WinEvent gave and ConvertTo-Json wrote."""
    return batch(chunk, _flat)


def _flat(record: Mapping[str, Any]) -> Flat | None:
    flat = flat_flat(record)
    properties = record.get("Properties")
    if flat is not None and isinstance(properties, list):
        flat["Data"] = [p.get("Value") for p in properties if isinstance(p, dict)]
    return flat
