"""What a decoder of object logs gives: records as text and as objects, and what it refused."""

import codecs
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, BinaryIO

import msgspec

from tocsin.kit import Chunk, Refused

BLOCK = 1 << 20  # bytes of records that a decoder hands out at a time
LIMIT = 16 << 20  # bytes of one record; a longer one is refused
OVER_LIMIT = "the record is over 16 MiB"
CUT_SHORT = "the input ends inside the record"


class Records(msgspec.Struct, kw_only=True):
    """The records of one block.

    `texts`, `objects` and `numbers` run in parallel; `numbers` and those of `refused` count from 0 within the block and
    together are all its records, each once.
    """

    texts: Sequence[str] = ()
    objects: Sequence[Mapping[str, Any]] = ()
    numbers: Sequence[int] = ()
    refused: Sequence[Refused] = ()

    def __len__(self) -> int:
        return len(self.numbers) + len(self.refused)

    def chunk(self, path: str) -> Chunk:
        """Return the records as the chunk that a parser takes."""
        return Chunk(path=path, texts=self.texts, numbers=self.numbers, objects=self.objects)


class Keeper:
    """A collector of the records of a block, in order."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._objects: list[Mapping[str, Any]] = []
        self._numbers: list[int] = []
        self._refused: list[Refused] = []
        self._next = 0

    def keep(self, text: str, record: Mapping[str, Any]) -> None:
        """Add a decoded record."""
        self._texts.append(text)
        self._objects.append(record)
        self._numbers.append(self._next)
        self._next += 1

    def refuse(self, why: str) -> None:
        """Add a record that could not be decoded."""
        self._refused.append(Refused(record=self._next, why=why))
        self._next += 1

    def records(self) -> Records:
        """Return what was collected."""
        return Records(texts=self._texts, objects=self._objects, numbers=self._numbers, refused=self._refused)


def utf8_pieces(stream: BinaryIO, block: int) -> Iterator[bytes]:
    """Yield the stream in pieces, as UTF-8 without a byte order mark.

    Each read asks for `block` bytes. Windows tools write UTF-16 with a mark (PowerShell's `>` and `Export-Csv
    -Encoding Unicode`); what is no UTF-16 becomes U+FFFD.
    """
    head = b""
    while len(head) < len(codecs.BOM_UTF8) and (more := stream.read(block)):
        head += more
    for mark, name in ((codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")):
        if head.startswith(mark):
            yield from _from_utf16(stream, head[len(mark) :], name, block)
            return
    if head := head.removeprefix(codecs.BOM_UTF8):
        yield head
    while more := stream.read(block):
        yield more


def _from_utf16(stream: BinaryIO, head: bytes, name: str, block: int) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(name)(errors="replace")
    more = head or stream.read(block)
    while more:
        if text := decoder.decode(more):
            yield text.encode("utf-8", errors="replace")
        more = stream.read(block)
    if text := decoder.decode(b"", final=True):
        yield text.encode()
