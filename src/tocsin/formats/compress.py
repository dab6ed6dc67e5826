"""Compressed streams (gzip, zstd, bzip2, xz): known by their first bytes, read piece by piece, bounded.

See: RFC 1952 (gzip), RFC 8878 (zstd); the xz format's memory use is bounded by its decoder, ours by the size of a read.
"""

import bz2
import io
import lzma
import zlib
from typing import Any, Protocol

import zstandard

MAGIC: tuple[tuple[bytes, str], ...] = (
    (b"\x1f\x8b\x08", "gzip"),
    (b"\x28\xb5\x2f\xfd", "zstd"),
    (b"BZh", "bzip2"),
    (b"\xfd7zXZ\x00", "xz"),
)
PIECE = 1 << 16
ZSTD_STEP = 1 << 10  # bytes; a block of 4 bytes gives up to 128 KiB, so a step gives at most 32 MiB
MEMORY = 1 << 27  # bytes; xz -9 needs 65 MiB, zstd's window is 8 MiB up to --ultra


class Broken(ValueError):
    """What was read cannot be decoded further; the message says why."""


class Readable(Protocol):
    """What can be read piece by piece."""

    def read(self, size: int = -1, /) -> bytes:
        """Return at most `size` bytes; none at the end."""


def compression(head: bytes) -> str:
    """Return the name of the compression that the first bytes show; empty for none."""
    for magic, name in MAGIC:
        if head.startswith(magic):
            return name
    return ""


class Decompressed:
    """The decoded bytes of a compressed stream.

    Reading raises Broken where the stream is damaged, ends early or outgrows its bound.
    `ratio` bounds decoded to compressed bytes, once more than `free` bytes came out.
    """

    def __init__(self, source: Readable, name: str, *, ratio: int, free: int) -> None:
        self._counted = Counted(source)
        self._ratio, self._free = ratio, free
        self._given = 0
        self._name = name
        self._inner = _Members(self._counted, name)

    def read(self, size: int = -1, /) -> bytes:
        """Return at most `size` decoded bytes; a negative size means one piece, not all."""
        try:
            piece = self._inner.read(size if size >= 0 else PIECE)
        except (zlib.error, lzma.LZMAError, zstandard.ZstdError, EOFError, OSError) as error:
            raise Broken(f"{self._name} data is damaged after {self._given:,} decoded bytes ({error})") from error
        self._given += len(piece)
        if self._given > self._free and self._given > self._ratio * self._counted.taken:
            raise Broken(f"{self._name} data grows more than {self._ratio} times; stopped after {self._given:,} bytes")
        return piece


class Counted:
    """A stream that counts what was taken from it."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self.taken = 0

    def read(self, size: int = -1, /) -> bytes:
        """Return at most `size` bytes."""
        piece = self._source.read(size)
        self.taken += len(piece)
        return piece


class _Members:
    """One or more members (gzip and its kin may be concatenated) by a decoder whose output can be bounded."""

    def __init__(self, source: Counted, name: str) -> None:
        self._source, self._name = source, name
        self._decoder: Any = _decoder(name)
        self._waiting = b""

    def read(self, size: int = -1, /) -> bytes:
        while not (self._decoder.eof and not self._next_member()):
            ended = False
            if not self._waiting and getattr(self._decoder, "needs_input", True):
                self._waiting = self._source.read(PIECE)
                ended = not self._waiting
            piece: bytes = self._decoder.decompress(self._waiting, size)
            self._waiting = getattr(self._decoder, "unconsumed_tail", b"")
            if piece:
                return piece
            if ended and not self._decoder.eof:
                raise EOFError("it ends early")
        return b""

    def _next_member(self) -> bool:
        rest: bytes = self._decoder.unused_data or self._source.read(PIECE)
        while rest and not rest.strip(b"\0"):  # tapes and some tools pad with zeros
            rest = self._source.read(PIECE)
        if not rest:
            return False
        rest += self._source.read(8) if len(rest) < 8 else b""
        if compression(rest) != self._name:
            raise EOFError("what follows its end is not compressed data")
        self._decoder, self._waiting = _decoder(self._name), rest
        return True


def _decoder(name: str) -> Any:
    if name == "gzip":
        return zlib.decompressobj(wbits=31)
    if name == "bzip2":
        return bz2.BZ2Decompressor()
    if name == "zstd":
        return _Zstd()
    return lzma.LZMADecompressor(format=lzma.FORMAT_XZ, memlimit=MEMORY)


class _Zstd:
    """A decoder of one zstd frame whose output can be bounded, in the shape of the standard library's."""

    def __init__(self) -> None:
        self._inner = zstandard.ZstdDecompressor(max_window_size=MEMORY).decompressobj()
        self._waiting = b""
        self._ready = io.BytesIO()

    @property
    def eof(self) -> bool:
        return self._inner.eof and not self._has_ready()

    @property
    def needs_input(self) -> bool:
        return not self._waiting and not self._has_ready()

    @property
    def unused_data(self) -> bytes:
        return self._inner.unused_data + self._waiting

    def decompress(self, piece: bytes, size: int) -> bytes:
        self._waiting += piece
        while self._waiting and not self._inner.eof and not self._has_ready():
            step, self._waiting = self._waiting[:ZSTD_STEP], self._waiting[ZSTD_STEP:]
            self._ready = io.BytesIO(self._inner.decompress(step))
        return self._ready.read(size)

    def _has_ready(self) -> bool:
        return self._ready.tell() < self._ready.getbuffer().nbytes
