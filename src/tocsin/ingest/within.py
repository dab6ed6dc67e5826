"""How much came out of one file on disk, whatever is packed in it and in what is packed in that."""

from collections.abc import Callable
from typing import Self

from tocsin.formats.compress import Broken, Readable
from tocsin.ingest.stream import Bounds, Stream


class Within:
    """A file on disk, and how deep in it something lies.

    A member alone may be small enough; a thousand of them, or one that a thousand entries of a list share, are not. So
    all that comes out of the file is bounded by what was read of it.
    """

    def __init__(self, outer: Stream, bounds: Bounds) -> None:
        self._outer = outer
        self._ratio = bounds.ratio * bounds.depth  # what is packed in what is packed counts at each step
        self._free = bounds.free
        self._bytes = [0]  # one for all depths
        self.depth = 1
        self.why = f"what is packed in it grows more than {self._ratio} times, all in all"

    def deeper(self) -> Self:
        """Return the same file, one step deeper."""
        made = type(self).__new__(type(self))
        made.__dict__.update(self.__dict__, depth=self.depth + 1)
        return made

    @property
    def is_over(self) -> bool:
        """Return whether more came out than may."""
        return self._bytes[0] > self._free and self._bytes[0] > self._ratio * self._outer.given

    def take(self, size: int) -> None:
        """Count bytes that came out; raises Broken when they are too many."""
        self._bytes[0] += size
        if self.is_over:
            raise Broken(self.why)


class Metered:
    """What is unpacked, counted."""

    def __init__(self, opened: Callable[[], Readable], within: Within) -> None:
        self._source = opened()
        self._within = within

    def read(self, size: int = -1, /) -> bytes:
        """Return at most `size` bytes; raises Broken when too many came out of the file."""
        piece = self._source.read(size)
        self._within.take(len(piece))
        return piece

    def close(self) -> None:
        """Let go of it."""
        if hasattr(self._source, "close"):
            self._source.close()
