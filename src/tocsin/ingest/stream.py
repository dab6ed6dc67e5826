"""A stream of one input's decoded bytes: read once, digested on the way, never raising while it is read."""

from collections.abc import Callable
from hashlib import sha256

import msgspec

from tocsin.formats.compress import Broken, Readable

HEAD = 64 << 10  # bytes that recognising looks at

_TROUBLES = (OSError, EOFError, Broken)


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """How much is read of what a stranger made.

    A bound that is met is named in the coverage.
    """

    bytes: int = 1 << 40  # of one input, decoded: a day's firewall log of a large site is 100 GB
    ratio: int = 250  # decoded to compressed; real logs reach 60 (measured on loghub, repeated), gzip bombs 1,000
    free: int = 64 << 20  # decoded bytes before the ratio counts
    members: int = 100_000  # of one archive
    depth: int = 3  # archives and compressions inside one another
    spool: int = 4 << 30  # bytes of an archive inside another, kept in a temporary file to be read at random


class Stream:
    """What can be read of an input.

    `trouble` says, once it ended, why it ended early; it is empty for a whole input.
    """

    def __init__(self, opened: Callable[[], Readable], *, limit: int) -> None:
        self._opened: Callable[[], Readable] | None = opened
        self._source: Readable | None = None
        self._limit = limit
        self._digest = sha256()
        self._ahead = b""
        self.given = 0
        self.trouble = ""
        self.at_end = False

    @property
    def digest(self) -> str:
        """Return the SHA-256 of all that was read, in hex."""
        return self._digest.hexdigest()

    def peek(self, size: int = HEAD) -> bytes:
        """Return the first bytes without passing them."""
        while len(self._ahead) < size:
            piece = self._pull(size - len(self._ahead))
            if not piece:
                break
            self._ahead += piece
        return self._ahead[:size]

    def read(self, size: int = -1, /) -> bytes:
        """Return at most `size` bytes, or all for a negative size; none at the end."""
        if size < 0:
            return b"".join(iter(lambda: self.read(1 << 20), b""))
        if self._ahead:
            piece, self._ahead = self._ahead[:size], self._ahead[size:]
            return piece
        return self._pull(size)

    def take(self, size: int) -> bytes:
        """Return so many bytes, fewer only at the end; `read` may give less at a time."""
        parts: list[bytes] = []
        while size > 0 and (part := self.read(size)):
            parts.append(part)
            size -= len(part)
        return b"".join(parts)

    def drain(self) -> None:
        """Read to the end, for the digest."""
        self._ahead = b""
        while self._pull(1 << 20):
            pass

    def close(self) -> None:
        """Let go of the file."""
        source, self._source, self._opened = self._source, None, None
        if source is not None and hasattr(source, "close"):
            source.close()

    def _pull(self, size: int) -> bytes:
        if self.at_end or size == 0:
            return b""
        try:
            if self._source is None:
                if self._opened is None:
                    return b""
                self._source = self._opened()
            piece = self._source.read(size)
        except _TROUBLES as error:
            self.trouble = because(error)
            piece = b""
        self.given += len(piece)
        if self.given > self._limit:
            self.trouble = f"it is over {self._limit:,} bytes; what follows was not read"
            piece = piece[: len(piece) - (self.given - self._limit)]
            self.given = self._limit
            self.at_end = True
        self._digest.update(piece)
        if not piece:
            self.at_end = True
        return piece


def because(error: BaseException) -> str:
    """Return why something could not be read, in words without the path."""
    if isinstance(error, PermissionError):
        return "no permission to read it"
    if isinstance(error, FileNotFoundError):
        return "it is gone"
    if isinstance(error, OSError) and error.strerror:
        return f"it cannot be read: {error.strerror}"
    return str(error) or type(error).__name__
