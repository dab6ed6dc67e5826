"""Matches that wait for the end of their input: only then are its years and zones settled."""

import weakref
from collections.abc import Iterator, Sequence
from tempfile import SpooledTemporaryFile

import msgspec

from tocsin.detect.matches import Match
from tocsin.ingest.when import Settled

IN_MEMORY = 4 << 20  # bytes of one input's matches before they go to an unnamed temporary file


class Window(msgspec.Struct, frozen=True, kw_only=True):
    """A span of time, in microseconds since 1970.

    Either end may be open, and both belong to it.
    """

    since: int | None = None
    until: int | None = None

    @property
    def is_open(self) -> bool:
        """Return whether every moment lies in it."""
        return self.since is None and self.until is None

    def has(self, at: int | None) -> bool:
        """Return whether a moment lies in it.

        What has no time cannot be said to lie outside.
        """
        if at is None:
            return True
        return (self.since is None or at >= self.since) and (self.until is None or at <= self.until)


class Held:
    """The matches of one input, block by block."""

    def __init__(self) -> None:
        self._file = SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # it is closed with this object
        weakref.finalize(self, self._file.close)
        self._encoder = msgspec.msgpack.Encoder()

    def add(self, first: int, matches: Sequence[Match]) -> None:
        """Keep the matches of the next block.

        `first` is the number of its first record in the input.
        """
        if matches:
            raw = self._encoder.encode((first, matches))
            self._file.write(len(raw).to_bytes(4, "little") + raw)

    def release(self, settled: Settled, window: Window) -> Iterator[tuple[int, list[Match], int]]:
        """Yield each block: its first record, its matches in the window.

        And how many lie outside. Then let go.
        """
        decoder = msgspec.msgpack.Decoder(tuple[int, list[Match]])
        self._file.seek(0)
        while size := self._file.read(4):
            first, matches = decoder.decode(self._file.read(int.from_bytes(size, "little")))
            inside = [m for m in matches if window.has(moment(settled, m, first))]
            yield first, inside, len(matches) - len(inside)
        self._file.close()


def moment(settled: Settled, match: Match, first: int) -> int | None:
    """Return when a match was, in microseconds since 1970."""
    host = match.values.get("host.name", ("",))[0]
    return settled.at(match.clock, match.micros, first + match.record, host)
