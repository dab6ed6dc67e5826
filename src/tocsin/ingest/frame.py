"""Cutting an input into blocks of whole records, of about 1 MiB each, in memory that does not grow with the input.

A block is what goes over the pipe to a worker. Where it is cut changes nothing: a record of text begins at a line that
starts with neither space nor tab, and ends before the next such line; the same rule holds in ingest/parse.py.
"""

import codecs
from collections.abc import Iterator

import msgspec

from tocsin.formats.compress import Readable
from tocsin.ingest.recognise import Recognised
from tocsin.ingest.stream import Stream

BLOCK = 1 << 20  # bytes; benchmarks/parse.py: 256 KiB and 4 MiB are no faster
LIMIT = 1 << 20  # bytes of one record of text
PIECE = 1 << 18  # bytes of one read
_INDENT = b" \t"


class Block(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Whole records of one input; `refused` says why the one record that the block stands for was not read.

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
    """Yield the blocks of an input in order; what ends it early is said by `stream.trouble`."""
    cuts = _CUTTERS[recognised.frame](stream, recognised)
    for number, (head, raw, refused) in enumerate(cuts):
        yield Block(
            path=path, frame=recognised.frame, number=number, raw=raw, head=head, parsers=recognised.parsers,
            continues=recognised.continues, refused=refused,
        )


def halves(block: Block) -> list[Block]:
    """Return a block as two, cut between records; one that holds a single record as it is."""
    for at in _middles(block):
        return [msgspec.structs.replace(block, raw=block.raw[:at]), msgspec.structs.replace(block, raw=block.raw[at:])]
    return [block]


def _middles(block: Block) -> Iterator[int]:
    raw, middle = block.raw, len(block.raw) // 2
    if block.frame == "json" and raw.startswith(b"\x1e"):
        mark, offset = b"\x1e", 0
    else:
        mark, offset = b"\n", 1
    is_line = block.frame == "lines"
    not_before = b" \t\r\n" if block.continues and is_line else b""
    for at in (_next_start(raw, middle, mark, offset, not_before), _last_start(raw, middle, mark, offset, not_before)):
        if 0 < at < len(raw):
            yield at


def _next_start(raw: bytes, at: int, mark: bytes, offset: int, not_before: bytes) -> int:
    while 0 <= (found := raw.find(mark, at)) < len(raw) - 1:
        if raw[found + 1] not in not_before:
            return found + offset
        at = found + 1
    return 0


def _last_start(raw: bytes, at: int, mark: bytes, offset: int, not_before: bytes) -> int:
    while (found := raw.rfind(mark, 0, at)) > 0:
        if raw[found + 1] not in not_before:
            return found + offset
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
            if self._buffer[at + 1] not in b" \t\r\n":
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
    """A stream of text in another encoding, given as UTF-8; what cannot be decoded becomes U+FFFD."""

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
    from tocsin.formats import json_records

    return ((b"", raw, "") for raw in json_records.cuts(stream))  # type: ignore[arg-type]  # it only reads


_CUTTERS = {"lines": _cut_lines, "json": _cut_json}
