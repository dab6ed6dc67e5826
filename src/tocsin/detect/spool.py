"""What correlations may still need of each match, kept on disk; and counters of fixed size."""

import tempfile
from array import array
from collections.abc import Iterator

import msgspec

from tocsin.detect.matches import Values

IN_MEMORY = 16 << 20  # bytes before the spool goes to disk
_LENGTH = 4


class Kept(msgspec.Struct, frozen=True, array_like=True):
    """A match as it lies in the spool: where it was seen, when, and what it says."""

    rule: int
    source: str
    record: int
    clock: str
    micros: int | None
    values: Values
    text: str
    occurrence: bytes
    times: int


class Spool:
    """Matches written one after another to a temporary file, and read back by offset."""

    def __init__(self) -> None:
        self._file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # lives as long as the gathering
        self._encoder = msgspec.msgpack.Encoder()
        self._decoder = msgspec.msgpack.Decoder(Kept)
        self._end = 0

    def add(self, kept: Kept) -> int:
        """Write a match and return its offset; all are added before any is read."""
        raw = self._encoder.encode(kept)
        offset = self._end
        self._file.write(len(raw).to_bytes(_LENGTH, "little"))
        self._file.write(raw)
        self._end += _LENGTH + len(raw)
        return offset

    def read(self, offset: int) -> Kept:
        """Return the match at an offset."""
        self._file.seek(offset)
        size = int.from_bytes(self._file.read(_LENGTH), "little")
        return self._decoder.decode(self._file.read(size))

    def walk(self) -> Iterator[tuple[int, Kept]]:
        """Yield all matches with their offsets, in the order of writing."""
        offset = 0
        self._file.seek(0)
        while offset < self._end:
            size = int.from_bytes(self._file.read(_LENGTH), "little")
            yield offset, self._decoder.decode(self._file.read(size))
            offset += _LENGTH + size

    def close(self) -> None:
        """Remove the file."""
        self._file.close()


class Counts:
    """Counters by 64-bit hash in two flat arrays.

    12 bytes a slot, and never more than `limit` counters.
    Past the limit a new hash is not kept: `up` returns 0, and `lost` tells how often.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._resize(1024)
        self.lost = 0

    def __len__(self) -> int:
        """Return how many hashes are counted."""
        return self._used

    def up(self, key: int) -> int:
        """Count one more of a hash and return how many there are now."""
        slot = self._slot(key)
        if not self._counts[slot]:
            if self._used >= self._limit:
                self.lost += 1
                return 0
            self._keys[slot] = key
            self._used += 1
            if self._used * 3 > len(self._keys) * 2:
                self._counts[slot] = 1
                self._grow()
                return 1
        self._counts[slot] += 1
        return self._counts[slot]

    def at_least(self, key: int, count: int) -> bool:
        """Raise the count of a hash to a number.

        Returns whether it was lower before (or is not kept).
        """
        slot = self._slot(key)
        before = self._counts[slot]
        if before >= count:
            return False
        if before or self.up(key):
            self._counts[self._slot(key)] = count
        return True

    def _slot(self, key: int) -> int:
        mask = len(self._keys) - 1
        slot = key & mask
        while self._counts[slot] and self._keys[slot] != key:
            slot = (slot + 1) & mask
        return slot

    def _resize(self, slots: int) -> None:
        self._keys = array("Q", bytes(8 * slots))
        self._counts = array("I", bytes(4 * slots))
        self._used = 0

    def _grow(self) -> None:
        keys, counts = self._keys, self._counts
        self._resize(len(keys) * 2)
        for key, count in zip(keys, counts, strict=True):
            if count:
                slot = self._slot(key)
                self._keys[slot] = key
                self._counts[slot] = count
                self._used += 1
