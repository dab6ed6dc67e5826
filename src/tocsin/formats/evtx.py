"""Windows event logs (EVTX) as records: chunks of 64 KiB, each of which decodes by itself.

The file header is not needed to decode and is never trusted: a log that was copied while Windows wrote it is marked
dirty and may be short. Within a chunk, a broken record is fenced off so that those behind it are still read. Only what
the chunk's header counts as written is read; older records that lie behind it are not events of this log.

Layout: [MS-EVEN6] and https://github.com/libyal/libevtx/blob/main/documentation/Windows%20XML%20Event%20Log%20(EVTX).asciidoc
"""

import io
import json
import re
import struct
import zlib
from collections.abc import Iterator
from typing import Any, BinaryIO

from evtx import PyEvtxParser

from tocsin.formats.json_records import decode
from tocsin.formats.records import BLOCK, CUT_SHORT, Keeper, Records

FILE_HEADER = 4096
CHUNK = 65536
CHUNK_MAGIC = b"ElfChnk\x00"
_RECORD_MAGIC = b"**\x00\x00"
_RECORDS_AT = 512  # behind the chunk's header, string and template tables
_FREE_AT = 48  # in the chunk's header: the offset behind the last record
MAX_RECORDS = (CHUNK - _RECORDS_AT) // 28  # of a chunk: a record has 28 bytes at least
_SMALLEST = 28  # magic, size, id, time, and the size again
_ESCAPES = re.compile(r'\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})?')  # a backslash alone stands for itself
_REASON = 160  # characters of the decoder's reason that are kept


def _file_header() -> bytes:
    """Return the header of a file of one chunk, version 3.1."""
    # magic, first and last chunk, next record, header size, minor, major, block size, chunks, unused, flags, checksum
    said = struct.pack("<8sQQQIHHHH76x", b"ElfFile\x00", 0, 0, 1, 128, 1, 3, FILE_HEADER, 1)
    return (said + struct.pack("<II", 0, zlib.crc32(said))).ljust(FILE_HEADER, b"\x00")


_HEADER = _file_header()


def cuts(stream: BinaryIO) -> Iterator[tuple[bytes, bytes]]:
    """Yield (head, raw): a file header, and up to 16 chunks, for `records`."""
    start = _read(stream, FILE_HEADER)
    rest = start if start.startswith(CHUNK_MAGIC) else b""  # chunks without a file header, as carvers give them
    while True:
        raw = rest + _read(stream, BLOCK - len(rest))
        rest = b""
        if not raw:
            return
        yield _HEADER, raw


def records(head: bytes, raw: bytes) -> Records:
    """Decode the chunks that `cuts` gave.

    A record that does not decode is refused with the decoder's reason.
    """
    keeper = Keeper()
    for at in range(0, len(raw), CHUNK):
        chunk = raw[at : at + CHUNK]
        if chunk.strip(b"\x00"):
            _chunk(head, chunk, keeper)
    return keeper.records()


def _read(stream: BinaryIO, size: int) -> bytes:
    """Return so many bytes, fewer only at the end: a decompressor may give less at a time."""
    parts: list[bytes] = []
    while size and (part := stream.read(size)):
        parts.append(part)
        size -= len(part)
    return b"".join(parts)


def _chunk(head: bytes, chunk: bytes, keeper: Keeper) -> None:
    is_short = len(chunk) < CHUNK
    mended, count = _mend(chunk)
    lost = CUT_SHORT if is_short else "lost in a broken chunk"
    if not count:
        if is_short or not chunk.startswith(CHUNK_MAGIC):
            keeper.refuse(CUT_SHORT if is_short else "a broken chunk of 64 KiB holds no record that can be found")
        return
    best = _decoded(head + mended, count, lost)
    if best.refused and mended != chunk:  # mending may take what the decoder would have read: what reads more counts
        best = max(best, _decoded(head + chunk.ljust(CHUNK, b"\x00"), count, lost), key=lambda one: len(one.texts))
    refused = {one.record: one.why for one in best.refused}
    kept = zip(best.texts, best.objects, strict=True)
    for number in range(len(best)):
        if number in refused:
            keeper.refuse(refused[number])
        else:
            keeper.keep(*next(kept))


def _decoded(raw: bytes, count: int, lost: str) -> Records:
    """Return what the decoder makes of a file of one chunk.

    As many records as were counted, or more: those that it does not reach are refused as lost.
    """
    keeper = Keeper()
    try:
        found = iter(PyEvtxParser(io.BytesIO(raw), 1).records_json())
        for _ in range(MAX_RECORDS):
            _next(found, keeper)
    except StopIteration:
        pass
    except RuntimeError as error:
        lost = _reason(error)
    made = keeper.records()
    for _ in range(count - len(made)):
        keeper.refuse(lost)
    return keeper.records()


def _next(found: Iterator[Any], keeper: Keeper) -> None:
    """Keep or refuse the decoder's next record; raises StopIteration behind the last."""
    try:
        text = next(found)["data"]
    except RuntimeError as error:
        keeper.refuse(_reason(error))
        return
    try:
        keeper.keep(text, decode(text))
    except ValueError as error:
        damaged = _damaged(text)
        if damaged is None:
            keeper.refuse(str(error))
        else:
            keeper.keep(json.dumps(damaged), damaged)


def _damaged(text: str) -> dict[str, Any] | None:
    """Return a record whose names were damaged, so that the decoder writes what is no JSON; None if nothing helps.

    Control characters stay in names; a name that stands twice gets a number, as the decoder numbers nameless data.
    """
    try:
        found = json.loads(
            _ESCAPES.sub(lambda found: found[0] if len(found[0]) > 1 else r"\\", text),
            strict=False,
            object_pairs_hook=_numbered,
        )
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _numbered(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for name, value in pairs:
        free = (f"{name}_{number}" for number in range(1, len(pairs) + 1))
        made[name if name not in made else next(one for one in free if one not in made)] = value
    return made


def _reason(error: RuntimeError) -> str:
    return f"not EVTX: {' '.join(str(error).split())[:_REASON]}"


def _mend(chunk: bytes) -> tuple[bytes, int]:
    """Return a chunk whose records can all be stepped through, and how many there are.

    What stands between two sound records becomes one record, which the decoder will refuse. The last record of a
    chunk that is cut short counts, though it is not there. A chunk whose header is lost is given an empty one.
    """
    mended = bytearray(chunk.ljust(CHUNK, b"\x00"))
    end = CHUNK
    if chunk.startswith(CHUNK_MAGIC):
        free = struct.unpack_from("<I", mended, _FREE_AT)[0]
        end = free if _RECORDS_AT <= free <= CHUNK else CHUNK
    else:
        mended[:_RECORDS_AT] = struct.pack("<8s32xI", CHUNK_MAGIC, 128).ljust(_RECORDS_AT, b"\x00")
    at, count = _RECORDS_AT, 0
    while at < end:
        length = _sound(chunk, at)
        if not length:
            if not chunk[at:end].strip(b"\x00"):
                count += at >= len(chunk)  # the header says that more was written than is there
                break
            following = _following(chunk, at, end)
            if not following:
                count += 1
                break
            length = following - at
            struct.pack_into("<4sI", mended, at, _RECORD_MAGIC, length)
            struct.pack_into("<I", mended, following - 4, length)
        count += 1
        at += length
    struct.pack_into("<I", mended, _FREE_AT, at)
    return bytes(mended), count


def _sound(chunk: bytes, at: int) -> int:
    """Return the length of the record that begins here, 0 if none does."""
    if chunk[at : at + 4] != _RECORD_MAGIC or at + _SMALLEST > len(chunk):
        return 0
    length: int = struct.unpack_from("<I", chunk, at + 4)[0]
    if length < _SMALLEST or at + length > len(chunk):
        return 0
    return length if struct.unpack_from("<I", chunk, at + length - 4)[0] == length else 0


def _following(chunk: bytes, at: int, end: int) -> int:
    """Return where the next sound record begins, 0 if there is none."""
    found = at + _SMALLEST - 1
    while (found := chunk.find(_RECORD_MAGIC, found + 1, end)) >= 0:
        if _sound(chunk, found):
            return found
    return 0
