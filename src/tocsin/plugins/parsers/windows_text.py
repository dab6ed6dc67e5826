"""Windows events as text: what Splunk's forwarder indexes without XML, and exports as `_raw`.

A head of `LogName=`, `EventCode=`, `ComputerName=`, then Windows' English message, whose labels become the names that
rules use: `New Process Name:` is NewProcessName, `Subject: / Account Name:` SubjectUserName. Fields whose label is not
known keep it without spaces.

Misses: messages in other languages (the head is still there); values that the message renders as words.

See: https://docs.splunk.com/Documentation/Splunk/latest/Data/MonitorWindowseventlogdata
"""

from collections.abc import Mapping
from typing import Any

from tocsin.formats.windows_event import Flat
from tocsin.formats.windows_tables import batch
from tocsin.formats.windows_text import flat_text
from tocsin.kit import Batch, Chunk, Wanted, parser


@parser(
    frame="lines",
    product="windows",
    what="Windows events (text)",
    weight=50,
    looks=r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d(?:\.\d{1,6})? [AP]M\s{1,4}LogName=",
)
def windows_text(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read Windows events that were rendered as text."""
    given = Chunk(
        path=chunk.path, texts=chunk.texts, numbers=chunk.numbers, objects=[{"text": text} for text in chunk.texts]
    )
    return batch(given, _flat)


def _flat(record: Mapping[str, Any]) -> Flat | None:
    return flat_text(record["text"])
