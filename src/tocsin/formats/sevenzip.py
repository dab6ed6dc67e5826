"""7z archives, by py7zr (the extra `archives`); members are unpacked once into unnamed temporary files, bounded."""

import lzma
import struct
import tempfile
import zlib
from collections.abc import Callable, Iterator
from typing import IO

import py7zr
from py7zr.exceptions import ArchiveError
from py7zr.io import Py7zIO, WriterFactory

from tocsin.formats.compress import Broken, Readable

_TROUBLES = (
    ArchiveError,
    lzma.LZMAError,
    zlib.error,
    EOFError,
    ValueError,
    NotImplementedError,
    KeyError,
    IndexError,
    AttributeError,
    TypeError,
    AssertionError,
    RuntimeError,
    OverflowError,
    MemoryError,
    struct.error,
)  # what py7zr raises on damaged headers


class _Spool(Py7zIO):
    """A member's bytes, kept until they are read."""

    def __init__(self, budget: "_Budget", in_memory: int) -> None:
        self.file: IO[bytes] = tempfile.SpooledTemporaryFile(max_size=in_memory)  # noqa: SIM115  # it is closed with the member
        self._budget = budget
        self._size = 0

    def write(self, piece: bytes | bytearray) -> int:
        self._budget.spend(len(piece))
        self._size += len(piece)
        return self.file.write(piece)

    def read(self, size: int | None = None) -> bytes:
        return self.file.read(-1 if size is None else size)

    def seek(self, offset: int, whence: int = 0) -> int:
        return self.file.seek(offset, whence)

    def flush(self) -> None:
        self.file.flush()

    def size(self) -> int:
        return self._size

    def opened(self) -> Readable:
        """Return the bytes, to be read once."""
        return Whole(self.file)


class Whole:
    """A file that stays open when its reader closes it.

    The archive closes it in the end.
    """

    def __init__(self, file: IO[bytes]) -> None:
        self._file = file

    def read(self, size: int = -1, /) -> bytes:
        """Return at most `size` bytes."""
        return self._file.read(size)


class _Budget:
    def __init__(self, left: int) -> None:
        self.left = left

    def spend(self, size: int) -> None:
        self.left -= size
        if self.left < 0:
            raise Broken("the archive unpacks to more bytes than the bound allows")


class _Factory(WriterFactory):
    def __init__(self, bound: int, in_memory: int) -> None:
        self.made: dict[str, _Spool] = {}
        self._budget = _Budget(bound)
        self._in_memory = in_memory

    def create(self, filename: str) -> Py7zIO:
        self.made[filename] = _Spool(self._budget, self._in_memory)
        return self.made[filename]


def unpacked(
    file: IO[bytes], bound: int, in_memory: int
) -> Iterator[tuple[str, int, int | None, Callable[[], Readable]]]:
    """Yield name, size, time and opener of each member.

    Raises Broken for what cannot be unpacked.
    """
    factory = _Factory(bound, in_memory)
    try:
        infos = _extract(file, bound, factory)
        for info in infos:
            spool = factory.made.get(info.filename)
            if spool is not None:
                spool.file.seek(0)
                modified = _micros(info)
                yield info.filename, spool.size(), modified, spool.opened
    finally:
        for spool in factory.made.values():
            spool.file.close()


def _micros(info: py7zr.FileInfo) -> int | None:
    try:
        return int(info.creationtime.timestamp() * 1_000_000) if info.creationtime else None
    except (OverflowError, ValueError, OSError):  # a time that no calendar here can show
        return None


def _extract(file: IO[bytes], bound: int, factory: _Factory) -> list[py7zr.FileInfo]:
    try:
        with py7zr.SevenZipFile(file) as archive:
            if archive.needs_password():
                raise Broken("the 7z archive is encrypted")
            infos = [info for info in archive.list() if not info.is_directory]
            if sum(info.uncompressed for info in infos) > bound:
                raise Broken(f"the 7z archive unpacks to more than {bound:,} bytes")
            archive.extractall(factory=factory)
    except _TROUBLES as error:
        if isinstance(error, Broken):
            raise
        raise Broken(f"the 7z archive is damaged ({error})") from error
    return infos
