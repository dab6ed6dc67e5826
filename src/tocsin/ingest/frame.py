"""Cutting an input into blocks of whole records, of about 1 MiB each, in memory that does not grow with the input.

A block is what goes over the pipe to a worker. Where it is cut changes nothing: a record of text begins at a line that
starts with neither space nor tab, and ends before the next such line; the same rule holds in ingest/parse.py.
"""

import codecs
from collections.abc import Iterator
from typing import BinaryIO, cast

import msgspec

from tocsin.formats import csv_records, json_records, xml_events, zeek
from tocsin.formats.compress import Readable
from tocsin.ingest.recognise import Recognised
from tocsin.ingest.stream import Stream

BLOCK = 1 << 20  # bytes; benchmarks/parse.py: 256 KiB and 4 MiB are no faster
LIMIT = 1 << 20  # bytes of one record of text
PIECE = 1 << 18  # bytes of one read
INDENT = b" \t\r\n"  # what a line begins with that belongs to the record above
EVTX_CHUNK = 65536  # bytes; each decodes by itself
JSON_MARK = b"\x1e"  # before each record of a block whose records hold newlines (json_records, xml_events)


class Block(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whole records of one input.

    `refused` says why the one record that the block stands for was not read.
    `number` counts the blocks of the input from 0; `continues` says whether indented lines belong to the record above.
    """

    path: str
    frame: str
    number: int
    raw: bytes = b""
    head: bytes = b""
    parsers: tuple[str, ...] = ()
    continues: bool = True
    refused: str = ""


def blocks(stream: Stream, path: str, recognised: Recognised) -> Iterator[Block]:
    """Yield the blocks of an input in order.

    What ends it early is said by `stream.trouble`.
    """
    cuts = _CUTTERS[recognised.frame](stream, recognised)
    for number, (head, raw, refused) in enumerate(cuts):
        yield Block(
            path=path,
            frame=recognised.frame,
            number=number,
            raw=raw,
            head=head,
            parsers=recognised.parsers,
            continues=recognised.continues,
            refused=refused,
        )


def halves(block: Block) -> list[Block]:
    """Return a block as two, cut between records; one that cannot be cut as it is."""
    at = _middle(block)
    if not 0 < at < len(block.raw):
        return [block]
    return [msgspec.structs.replace(block, raw=block.raw[:at]), msgspec.structs.replace(block, raw=block.raw[at:])]


def set_aside(block: Block, why: str) -> Block:
    """Return a block that stands for one record that was not read."""
    return msgspec.structs.replace(block, raw=b"", refused=why)


def _middle(block: Block) -> int:
    raw, middle = block.raw, len(block.raw) // 2
    if block.frame == "csv":
        return csv_records.middle(block.head, raw)
    if block.frame == "evtx":
        return -(-middle // EVTX_CHUNK) * EVTX_CHUNK
    if block.frame in {"json", "xml"} and raw.startswith(JSON_MARK):
        return max(raw.find(JSON_MARK, middle), raw.rfind(JSON_MARK, 0, middle))
    if block.frame == "json":
        return (raw.find(b"\n{", middle) + 1) or (raw.rfind(b"\n{", 0, middle) + 1) or (raw.find(b"\n", middle) + 1)
    not_before = INDENT if block.continues else b""
    return _next_start(raw, middle, not_before) or _last_start(raw, middle, not_before)


def _next_start(raw: bytes, at: int, not_before: bytes) -> int:
    while 0 <= (found := raw.find(b"\n", at)) < len(raw) - 1:
        if raw[found + 1] not in not_before:
            return found + 1
        at = found + 1
    return 0


def _last_start(raw: bytes, at: int, not_before: bytes) -> int:
    while (found := raw.rfind(b"\n", 0, at)) > 0:
        if raw[found + 1] not in not_before:
            return found + 1
        at = found
    return 0


Cut = tuple[bytes, bytes, str]  # head, raw, why refused


class _Lines:
    """The cutter of text records: a buffer that starts at a record's start and is cut at the last start it holds."""

    def __init__(self, source: Readable, *, continues: bool) -> None:
        self._source = source
        self._continues = continues
        self._buffer = b""

    def __iter__(self) -> Iterator[Cut]:
        while piece := self._source.read(PIECE):
            self._buffer += piece
            if len(self._buffer) >= BLOCK:
                yield from self._emit()
        while len(self._buffer) > LIMIT:
            before = len(self._buffer)
            yield from self._emit()
            if len(self._buffer) == before:
                break
        if self._buffer:
            yield b"", self._buffer, ""

    def _emit(self) -> Iterator[Cut]:
        end = self._last_start()
        if not end and len(self._buffer) > LIMIT:
            end = self._buffer.rfind(b"\n", 0, LIMIT) + 1  # a record over the bound ends with its last line within
            if not end:
                yield b"", b"", self._skip_line()
                return
        if end:
            yield b"", self._buffer[:end], ""
            self._buffer = self._buffer[end:]

    def _last_start(self) -> int:
        if not self._continues:
            return self._buffer.rfind(b"\n") + 1
        at = len(self._buffer) - 1  # the byte behind a newline tells whether a record starts there
        while (at := self._buffer.rfind(b"\n", 0, at)) >= 0:
            if self._buffer[at + 1] not in INDENT:
                return at + 1
        return 0

    def _skip_line(self) -> str:
        """Pass a line over the bound, its end included, and return the reason."""
        size = 0
        while (end := self._buffer.find(b"\n")) < 0:
            size += len(self._buffer)
            self._buffer = self._source.read(PIECE)
            if not self._buffer:
                return over(size)
        size += end
        self._buffer = self._buffer[end + 1 :]
        return over(size)


def over(size: int) -> str:
    """Return the reason why a line of so many bytes is refused."""
    return f"the line has {size:,} bytes; {LIMIT:,} is the most"


class Utf8:
    """A stream of text in another encoding, given as UTF-8.

    What cannot be decoded becomes U+FFFD.
    """

    def __init__(self, source: Readable, encoding: str) -> None:
        self._source = source
        self._decoder = codecs.getincrementaldecoder(encoding)(errors="replace")

    def read(self, size: int = -1, /) -> bytes:
        """Return about `size` bytes; none at the end."""
        while piece := self._source.read(size if size > 0 else PIECE):
            if text := self._decoder.decode(piece):
                return text.encode("utf-8", "replace")
        return self._decoder.decode(b"", final=True).encode("utf-8", "replace")


def _cut_lines(stream: Stream, recognised: Recognised) -> Iterator[Cut]:
    source: Readable = stream
    if recognised.bom:
        stream.read(recognised.bom)
    if recognised.encoding.startswith("utf-16"):
        source = Utf8(stream, recognised.encoding)
    return iter(_Lines(source, continues=recognised.continues))


def _cut_json(stream: Stream, _: Recognised) -> Iterator[Cut]:
    return ((b"", raw, "") for raw in json_records.cuts(cast("BinaryIO", stream)))


def _cut_csv(stream: Stream, _: Recognised) -> Iterator[Cut]:
    return ((head, raw, "") for head, raw in csv_records.cuts(cast("BinaryIO", stream)))


def _cut_evtx(stream: Stream, _: Recognised) -> Iterator[Cut]:
    from tocsin.formats import evtx  # its decoder is a library that logs of other kinds need not load

    return ((head, raw, "") for head, raw in evtx.cuts(cast("BinaryIO", stream)))


def _cut_xml(stream: Stream, _: Recognised) -> Iterator[Cut]:
    return ((b"", raw, "") for raw in xml_events.cuts(cast("BinaryIO", stream)))


def _cut_zeek(stream: Stream, _: Recognised) -> Iterator[Cut]:
    return ((head, raw, "") for head, raw in zeek.cuts(cast("BinaryIO", stream)))


_CUTTERS = {
    "lines": _cut_lines,
    "json": _cut_json,
    "csv": _cut_csv,
    "evtx": _cut_evtx,
    "xml": _cut_xml,
    "zeek": _cut_zeek,
}
