"""Windows event logs (.evtx), as Windows keeps them.

Each event is a row of the table of its channel and id, with Windows' own field names (`EventID`, `Channel`, `Computer`,
`Provider_Name`, `TargetUserName`...) and the normalised ones. A chunk of 64 KiB that is broken costs only itself, and a
broken record only itself; both are counted. The file may be a copy of a log that Windows was still writing.

Misses: the message text, which Windows keeps outside of the log (in the provider's DLL); events that were deleted or
lie in the unused rest of a chunk; the old .evt format of Windows XP.

See: https://learn.microsoft.com/windows/win32/wes/windows-event-log
"""

from tocsin.formats.windows_event import flat_system
from tocsin.formats.windows_tables import batch
from tocsin.kit import Batch, Chunk, Wanted, parser


@parser(frame="evtx", product="windows", what="Windows event log")
def evtx(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read the events of a Windows event log."""
    return batch(chunk, flat_system)
