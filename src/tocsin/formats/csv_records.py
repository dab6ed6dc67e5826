"""Tables of separated values (RFC 4180 and its relatives) as records with the names of their header row.

The separator is the one of `,` `;` tab and `|` that stands most often in the header. Cells may be quoted and hold
newlines. Lines before the header that only instruct a reader (`sep=;` of Excel, `#TYPE` of PowerShell) are passed over.
"""

import csv
import re
from collections.abc import Iterator
from functools import cache
from typing import BinaryIO

from tocsin.formats.records import BLOCK, LIMIT, OVER_LIMIT, Keeper, Records, utf8_pieces

SEPARATORS = ",;\t|"
CELLS = 1024  # of a header; a wider table is no log
_INSTRUCTION = re.compile(rb"(?:sep=.?|#TYPE [^\r\n]*+)\r?\n", re.IGNORECASE)
# The stand-in for a record that could not be cut out whole. No cell begins with it: cells of exports are printable.
_LOST = b"\x18over limit\n"
_LOST_TEXT = _LOST.decode()
csv.field_size_limit(LIMIT)  # the module's only bound is one for the process; ours is that of a record


def cuts(stream: BinaryIO, limit: int = LIMIT, block: int = BLOCK) -> Iterator[tuple[bytes, bytes]]:
    """Yield (head, raw): the header row, and whole records for `records`.

    Each `raw` has about `block` bytes. A quoted cell that does not end within `limit` bytes loses its line; the
    next line is read as a new record.
    """
    pieces = utf8_pieces(stream, block)
    buffer = next(pieces, b"")
    while found := _INSTRUCTION.match(buffer):
        buffer = buffer[found.end() :]
    head = b""
    while not head:
        end = _records_end(buffer, _separator(buffer), most=1)
        head, buffer = buffer[:end], buffer[end:]
        piece = b"" if head else next(pieces, b"")
        if not head and (not piece or len(buffer) > limit):
            head, buffer = buffer, b""
            break
        buffer += piece
    if not head.strip():
        return
    yield from _blocks(head, buffer, pieces, limit)


def records(head: bytes, raw: bytes) -> Records:
    """Decode records that `cuts` gave.

    One that has not the header's number of cells is refused.
    """
    keeper = Keeper()
    separator = _separator(head)
    names = _names(head, separator)
    width = len(names)
    for part in _one(separator).findall(raw):
        try:
            text = part.decode()
        except UnicodeDecodeError:
            keeper.refuse("the record is not UTF-8")
            continue
        if text == _LOST_TEXT:
            keeper.refuse(f"a quoted cell does not end, or {OVER_LIMIT}")
        elif text.strip():
            _row(text, separator, names, width, keeper)
    return keeper.records()


def _row(text: str, separator: str, names: list[str], width: int, keeper: Keeper) -> None:
    try:
        cells = next(csv.reader((text,), delimiter=separator))
    except csv.Error as error:
        keeper.refuse(f"not CSV: {error}")
        return
    if len(cells) == width:
        keeper.keep(text.rstrip("\r\n"), dict(zip(names, cells, strict=True)))
    else:
        keeper.refuse(f"the record has {len(cells)} cells, its header {width}")


def middle(head: bytes, raw: bytes) -> int:
    """Return where the last record of a block's first half ends, 0 for none."""
    return _records_end(raw[: len(raw) // 2], _separator(head))


def _separator(head: bytes) -> str:
    line = re.sub(rb'"[^"]*"', b"", head.split(b"\n", 1)[0]).decode("latin-1")
    return max(SEPARATORS, key=line.count)  # the first of equals: a table of one column has commas


def _names(head: bytes, separator: str) -> list[str]:
    try:
        names = next(csv.reader((head.decode("utf-8", "replace"),), delimiter=separator), [])
    except csv.Error:
        return []
    seen: dict[str, None] = {}
    for number, name in enumerate(names[:CELLS], start=1):
        name = name.strip() or f"column{number}"
        seen[name if name not in seen else f"{name}_{number}"] = None
    return list(seen)


@cache
def _one(separator: str) -> re.Pattern[bytes]:
    """Return the pattern of one record with its line end; a record at the very end needs none."""
    return re.compile(_record(separator) + rb"(?:\n|\Z(?<=[^\n]))")


@cache
def _some(separator: str, most: int) -> re.Pattern[bytes]:
    return re.compile(
        rb"(?:" + _record(separator) + rb"\n){0,%d}+" % most if most else rb"(?:" + _record(separator) + rb"\n)*+"
    )


def _record(separator: str) -> bytes:
    """Return the pattern of a record: possessive throughout, so that a match is linear and an open quote is none."""
    comma = re.escape(separator.encode())
    cell = rb'(?:"(?:[^"]++|"")*+"[^%(c)s\n]*+|(?!")[^%(c)s\n]*+)' % {b"c": comma}
    return cell + rb"(?:%s%s)*+" % (comma, cell)


def _records_end(raw: bytes, separator: str, most: int = 0) -> int:
    found = _some(separator, most).match(raw)
    return found.end() if found else 0


def _blocks(head: bytes, buffer: bytes, pieces: Iterator[bytes], limit: int) -> Iterator[tuple[bytes, bytes]]:
    separator = _separator(head)
    while True:
        end = _records_end(buffer, separator)
        if end:
            yield head, buffer[:end]
            buffer = buffer[end:]
        if len(buffer) > limit:
            yield head, _LOST
            buffer = buffer[buffer.find(b"\n") + 1 :] if b"\n" in buffer else _after_line(pieces)
            continue
        piece = next(pieces, b"")
        if not piece:
            break
        buffer += piece
    yield from _ending(head, buffer, separator)


def _after_line(pieces: Iterator[bytes]) -> bytes:
    for piece in pieces:
        end = piece.find(b"\n") + 1
        if end:
            return piece[end:]
    return b""


def _ending(head: bytes, buffer: bytes, separator: str) -> Iterator[tuple[bytes, bytes]]:
    """Yield what the stream ends with: a record without line end, or lines behind a quote that never closes."""
    while buffer.strip():
        whole = buffer + b"\n"
        end = _records_end(whole, separator)
        if end:
            yield head, whole[:end]
            buffer = whole[end:]
        else:
            yield head, _LOST
            buffer = buffer.partition(b"\n")[2]
