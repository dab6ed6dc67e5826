"""Records that a search product exported with another record inside: what counts is the one within.

Elastic's hits hold it as an object (`_source`), Splunk's results as the text that was indexed (`_raw`), beside fields
of the product's own. The inner record is then read as if it stood in a file by itself, whatever its format.

See: https://www.elastic.co/docs/reference/elasticsearch/rest-apis/search-multiple-data-streams-indices
https://docs.splunk.com/Documentation/Splunk/latest/Search/Exportdatausingsearch
"""

from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from tocsin.formats import json_records, xml_events
from tocsin.kit import Chunk

WRAPPED = frozenset({"json", "csv"})  # the frames in which such exports come
LIMIT = 1 << 20  # characters of a text within a record that is read; a longer one stays a field


class Inner(msgspec.Struct, frozen=True):
    """A record within another: its frame, its text, and what it says.

    A line says what its product made of it, for the case that no parser knows the line.
    """

    frame: str
    text: str
    record: Mapping[str, Any]


def unwrapped(chunk: Chunk, frame: str) -> Iterator[tuple[str, Chunk]]:
    """Yield the records of a chunk of objects by the frame to read them in.

    Each comes once.

    Those that wrap nothing come in their own.
    """
    if frame not in WRAPPED:
        yield frame, chunk
        return
    texts, objects = chunk.texts, chunk.objects or ()
    inner = [_inner(record, text) for record, text in zip(objects, texts, strict=True)]
    if not any(inner):
        yield frame, chunk
        return
    whole = [one or Inner(frame, text, record) for one, text, record in zip(inner, texts, objects, strict=True)]
    for inside in dict.fromkeys(one.frame for one in whole):
        rows = [row for row, one in enumerate(whole) if one.frame == inside]
        yield (
            inside,
            Chunk(
                path=chunk.path,
                texts=[whole[row].text for row in rows],
                numbers=[chunk.numbers[row] for row in rows],
                objects=[whole[row].record for row in rows],
            ),
        )


def _inner(record: Mapping[str, Any], text: str) -> Inner | None:
    if "_source" in record:
        source = record["_source"]
        if isinstance(source, dict) and ("_index" in record or "_id" in record):
            return Inner("json", text, source)
    result = record.get("result")
    said = result if isinstance(result, dict) and "_raw" in result else record
    raw = said.get("_raw")
    if not isinstance(raw, str) or not raw.strip() or len(raw) > LIMIT:
        return None
    raw = raw.strip()
    try:
        if raw.startswith("{"):
            return Inner("json", raw, json_records.decode(raw))
        if raw.startswith("<Event"):
            return Inner("xml", raw, xml_events.decode(raw))
    except ValueError:
        return None  # cut or broken within: the fields that the product made of it are what is left
    return Inner("lines", raw, said)
