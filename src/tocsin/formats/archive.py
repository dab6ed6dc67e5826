"""Archives (zip, tar, 7z): known by content, their members read in place; a name in one is only a name.

Nothing is written where a member's name says. Members of a tar are read in their order as the stream goes by, so each
must be read before the next is asked for.
"""

import lzma
import stat
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from typing import IO, BinaryIO, NoReturn

import msgspec

from tocsin.formats.compress import Broken, Readable

IN_MEMORY = 16 << 20  # bytes of a spooled member before it goes to an unnamed temporary file
MAX_LIST = (
    24 << 20
)  # bytes of a zip's list of members, of which each takes 0.6 kB of memory: 100,000 usual ones have 15
MAX_HEADER = 1 << 20  # bytes that a tar may spend between two members on names and the like
MAX_NAME = 4096  # characters of a member's name that are shown
LATEST = 253_402_000_000  # seconds since 1970, days before the year 10000; a stranger's header names any time at all

_ZIP_TROUBLES = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    RuntimeError,
    NotImplementedError,
    ValueError,
)


class Member(msgspec.Struct, frozen=True):
    """A file in an archive.

    `modified` is in microseconds since 1970, None where the archive has no sure time.
    """

    name: str
    size: int
    modified: int | None
    open: Callable[[], Readable]


class Unread(msgspec.Struct, frozen=True):
    """A member that cannot be read, and why."""

    name: str
    why: str


def archive(head: bytes) -> str:
    """Return the archive that the first bytes show (`zip`, `tar`, `7z`), or nothing."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "zip"
    if head.startswith(b"7z\xbc\xaf\x27\x1c"):
        return "7z"
    return "tar" if _is_tar(head) else ""


def _is_tar(head: bytes) -> bool:
    """Return whether the first block is a tar header: by its magic and its checksum (POSIX.1-2001, ustar)."""
    if len(head) < 512 or head[257:262] != b"ustar":
        return False
    try:
        told = int(head[148:156].strip(b" \0") or b"x", 8)
    except ValueError:
        return False
    return told == sum(head[:148]) + 8 * 32 + sum(head[156:512])


def members(kind: str, source: Readable, *, ratio: int, free: int, spool: int) -> Iterator[Member | Unread]:
    """Yield the files of an archive in its order.

    Raises Broken where the archive itself cannot be read on.
    `ratio` bounds a member's size to its compressed size once it is over `free` bytes, `spool` the bytes that are kept
    in a temporary file for what must be read at random and comes as a stream.
    """
    if kind == "tar":
        yield from _tar(source)
    elif kind == "zip":
        with _seekable(source, spool) as file:
            yield from _zip(file, ratio, free)
    else:
        with _seekable(source, spool) as file:
            yield from _seven(file, min(spool, max(free, ratio * file.seek(0, 2))))


def _seekable(source: Readable, spool: int) -> IO[bytes]:
    file = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115  # the caller closes it
    while piece := source.read(1 << 20):
        if file.tell() + len(piece) > spool:
            file.close()
            raise Broken(f"the archive is over {spool:,} bytes and must be read at random")
        file.write(piece)
    file.seek(0)
    return file


def _tar(source: Readable) -> Iterator[Member | Unread]:
    whole = _Whole(source)
    try:
        with tarfile.open(fileobj=whole, mode="r|") as tar:  # type: ignore[call-overload]  # it only reads
            while (info := _next(tar, whole)) is not None:
                tar.members.clear()  # what it keeps of each serves links, which are not followed
                if info.isfile():
                    modified = int(info.mtime * 1_000_000) if 0 <= info.mtime < LATEST else None
                    yield Member(info.name[:MAX_NAME], info.size, modified, partial(_tar_member, tar, info))
                elif not info.isdir():
                    yield Unread(info.name[:MAX_NAME], "it is a link or a device, not a file")
    except (tarfile.TarError, ValueError, EOFError, OverflowError) as error:
        raise Broken(f"the tar archive is damaged ({error})") from error


def _next(tar: tarfile.TarFile, whole: "_Whole") -> tarfile.TarInfo | None:
    """Return the next member; raises Broken where its headers go on and on: tarfile keeps them whole in memory."""
    whole.until = max(tar.offset, whole.taken) + MAX_HEADER
    found = tar.next()
    whole.until = None
    return found


def _tar_member(tar: tarfile.TarFile, info: tarfile.TarInfo) -> Readable:
    file = tar.extractfile(info)
    if file is None:
        raise Broken("it is not a file")
    return Guarded(file, (tarfile.TarError, EOFError, ValueError))


class _Whole:
    """A source whose reads are full until its end, as tarfile's streams need."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self.taken = 0
        self.until: int | None = MAX_HEADER  # where reading is broken off

    def read(self, size: int = -1, /) -> bytes:
        """Return `size` bytes, fewer only at the end."""
        if self.until is not None and self.taken > self.until:
            raise Broken(f"the tar archive has over {MAX_HEADER:,} bytes of headers for one member")
        parts: list[bytes] = []
        while size > 0 and (piece := self._source.read(size)):
            parts.append(piece)
            size -= len(piece)
            self.taken += len(piece)
        return b"".join(parts)


def _zip(file: IO[bytes], ratio: int, free: int) -> Iterator[Member | Unread]:
    if _list_size(file) > MAX_LIST:
        raise Broken(f"the zip archive's list of members is over {MAX_LIST:,} bytes")
    try:
        archive = zipfile.ZipFile(file)
    except _ZIP_TROUBLES as error:
        raise Broken(f"the zip archive is damaged ({error})") from error
    with archive:
        for info in archive.infolist():
            if info.is_dir():
                continue
            if info.flag_bits & 1:
                yield Unread(info.filename[:MAX_NAME], "it is encrypted")
            elif stat.S_ISLNK(info.external_attr >> 16):  # as Info-ZIP keeps a Unix mode
                yield Unread(info.filename[:MAX_NAME], "it is a link or a device, not a file")
            elif info.file_size > max(free, ratio * info.compress_size):
                yield Unread(info.filename[:MAX_NAME], f"it grows more than {ratio} times, to {info.file_size:,} bytes")
            else:
                opened = partial(_zip_member, archive, info)
                yield Member(info.filename[:MAX_NAME], info.file_size, _zip_time(info), opened)


def _list_size(file: IO[bytes]) -> int:
    """Return how long a zip's list of members is by its last record; zipfile reads all of it into memory."""
    file.seek(0, 2)
    file.seek(max(0, file.tell() - 65_557))  # the record of 22 bytes, and the longest comment behind it
    tail = file.read()
    file.seek(0)
    at = tail.rfind(b"PK\x05\x06")
    size = int.from_bytes(tail[at + 12 : at + 16], "little") if at >= 0 else 0
    if (large := tail.rfind(b"PK\x06\x06", 0, max(at, 0))) >= 0:  # Zip64 says it again where 32 bits do not suffice
        size = max(size if size != 0xFFFFFFFF else 0, int.from_bytes(tail[large + 40 : large + 48], "little"))
    return size


def _zip_time(info: zipfile.ZipInfo) -> int | None:
    """Return the time of a member: DOS time has no zone, so it is taken as UTC (ingest/when.py allows for that)."""
    try:
        return int(datetime(*info.date_time, tzinfo=UTC).timestamp()) * 1_000_000 if info.date_time[0] > 1980 else None
    except ValueError:
        return None


def _zip_member(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Readable:
    try:
        return Guarded(archive.open(info), _ZIP_TROUBLES)
    except _ZIP_TROUBLES as error:
        raise Broken(f"it cannot be unpacked ({error})") from error


class Guarded:
    """A stream of a member whose decoder's own errors become Broken."""

    def __init__(self, source: IO[bytes], troubles: tuple[type[Exception], ...]) -> None:
        self._source = source
        self._troubles = troubles

    def read(self, size: int = -1, /) -> bytes:
        """Return at most `size` bytes; raises Broken."""
        try:
            return self._source.read(size)
        except self._troubles as error:
            raise Broken(f"it is damaged ({error})") from error

    def close(self) -> None:
        """Let go of the member."""
        self._source.close()


def _seven(file: BinaryIO | IO[bytes], bound: int) -> Iterator[Member | Unread]:
    file.seek(0)
    try:
        from tocsin.formats import sevenzip
    except ImportError:
        _no_seven()
    for name, size, modified, opened in sevenzip.unpacked(file, bound, IN_MEMORY):
        yield Member(name[:MAX_NAME], size, modified, opened)


def _no_seven() -> NoReturn:
    raise Broken("reading .7z needs py7zr: pip install 'tocsin[archives]'") from None
