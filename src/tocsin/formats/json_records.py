"""JSON logs as records: one object a line, in a list, in a wrapper's list, or one after another however printed.

`cuts` finds the records in a stream; `records` decodes what `cuts` gave, and never raises: what is no sound object is
refused with its reason. Sound means RFC 8259, and what every reader takes alike: names once in an object, numbers
within 64 bits, no more than 64 levels, whole surrogate pairs.
"""

import json
import re
from collections.abc import Iterator, Sequence
from itertools import chain, repeat
from typing import Any, BinaryIO

import msgspec

from tocsin.formats.json_cut import Cut, Values
from tocsin.formats.records import BLOCK, CUT_SHORT, LIMIT, OVER_LIMIT, Keeper, Records, utf8_pieces

DEPTH = 64  # levels of objects and lists in a record
# A block of lines has a record a line. Another block has each record behind the mark of RFC 7464, since pretty-printed
# records have newlines inside; a record that could not be cut out whole is the mark and one of these codes.
_OBJECT_LINE = re.compile(rb"\n(?=\{)")  # between records: within one, lines that begin so are indented
_MARK = b"\x1e"
_CODES = {b"\x18L": OVER_LIMIT, b"\x18S": CUT_SHORT}
# What is searched for begins with one letter, which the engine looks for at the speed of memory.
_ODD = re.compile(rb'"(?:\s+:|:\s*-?\d{20})')  # a name with a space behind it, or a number that may be over 64 bits
_LONG = re.compile(rb'":\s*-?\d{20}')
_LONG_IN_LIST = (re.compile(rb"\[\s*-?\d{20}"), re.compile(rb",\s*-?\d{20}"))
_SPACED = re.compile(rb'"\s+:')
_NOT_UTF8 = "the record is not UTF-8"
_TOO_DEEP = f"the record has over {DEPTH} levels"
_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


def cuts(stream: BinaryIO, limit: int = LIMIT, block: int = BLOCK) -> Iterator[bytes]:
    """Yield blocks of whole records, of about `block` bytes each, for `records`.

    Memory stays within `limit` (of one record) and a few blocks, whatever the size of the stream.
    """
    pieces = utf8_pieces(stream, block)
    head = next(pieces, b"")
    if _has_object_lines(head):
        yield from _line_blocks(head, pieces, limit)
    else:
        yield from _value_blocks(head, pieces, limit, block)


def records(raw: bytes, limit: int = LIMIT) -> Records:
    """Decode a block of `cuts`; what is no sound object is refused with its reason."""
    if not raw.startswith(_MARK) and (sound := _sound(_parts(raw), limit)) is not None:
        return sound
    keeper = Keeper()
    for part in raw.split(_MARK) if raw.startswith(_MARK) else _line_parts(raw):
        part = part.strip()
        if not part:
            continue
        if part in _CODES:
            keeper.refuse(_CODES[part])
        elif len(part) > limit:
            keeper.refuse(OVER_LIMIT)
        else:
            _decode_one(part, keeper)
    return keeper.records()


def lines(raw: bytes, limit: int = LIMIT) -> list[bytes] | None:
    """Return the lines of a block of `cuts` that are not blank.

    None where a record may be more or less than a line.
    """
    parts = [] if raw.startswith(_MARK) else _parts(raw)
    return parts if parts and max(map(len, parts)) <= limit else None


def of_lines(parts: Sequence[bytes]) -> Records:
    """Decode some of `lines`, each of which is an object."""
    sound = _sound(parts, LIMIT)
    if sound is not None:
        return sound
    keeper = Keeper()
    for part in parts:
        _decode_one(part, keeper)
    return keeper.records()


def _parts(raw: bytes) -> list[bytes]:
    return list(filter(None, map(bytes.strip, raw.split(b"\n"))))


def _sound(parts: Sequence[bytes], limit: int) -> Records | None:
    """Return the records of lines where each is a sound object; None where something may be wrong."""
    try:
        objects = list(map(_decode, parts))
        texts = list(map(bytes.decode, parts))
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None
    if set(map(type, objects)) != {dict} or max(map(len, parts)) > limit:
        return None
    try:
        for row in _unsure(parts, objects):
            _check(parts[row], objects[row])
    except ValueError:
        return None
    return Records(texts=texts, objects=objects, numbers=range(len(parts)))


def _unsure(parts: Sequence[bytes], objects: Sequence[dict[str, Any]]) -> set[int]:
    """Return the rows that must be checked by themselves.

    Where a line has as many `":` as its object has names, none is within another, and none stands twice, unless a name
    has a space behind it. Without lists there are then no more levels, and no numbers but those behind names.
    """
    names = map(bytes.count, parts, repeat(b'":'))
    unsure = {row for row, (has, many) in enumerate(zip(names, map(len, objects), strict=True)) if has != many}
    unsure.update(row for row, odd in enumerate(map(_ODD.search, parts)) if odd is not None)
    if not {list, dict}.isdisjoint(map(type, chain.from_iterable(map(dict.values, objects)))):
        unsure.update(row for row, part in enumerate(parts) if b"[" in part and _may_list(part))
    return unsure


def _may_list(text: bytes) -> bool:
    """Return whether a list may hold too many levels, or a number over 64 bits."""
    return text.count(b"{") + text.count(b"[") > DEPTH or any(pattern.search(text) for pattern in _LONG_IN_LIST)


def _line_parts(raw: bytes) -> Iterator[bytes]:
    """Yield the records of a block of lines: a line each, or an object that was printed over several lines."""
    if raw.count(b"\n") - raw.count(b"\n{") <= 1:  # each line begins an object: nearly always
        yield from raw.split(b"\n")
        return
    for part in _OBJECT_LINE.split(raw):
        if b"\n" not in part.strip() or _is_json(part):
            yield part
        else:
            yield from (value for _, value in Values(iter((part,)), limit=LIMIT))


def _is_json(part: bytes) -> bool:
    try:
        _decode(part)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return False
    return True


def decode(raw: bytes | str) -> dict[str, Any]:
    """Return the object of one JSON text.

    Raises ValueError with the reason for what is no sound object.
    """
    text = raw.encode() if isinstance(raw, str) else raw
    try:
        value = _decode(text)
    except msgspec.DecodeError as error:
        raise ValueError(_reason(error)) from error
    except UnicodeDecodeError as error:
        raise ValueError(_NOT_UTF8) from error
    except RecursionError as error:
        raise ValueError(_TOO_DEEP) from error
    if not isinstance(value, dict):
        raise ValueError("the record is no JSON object")  # noqa: TRY004  # all refusals are one error to the caller
    _check(text, value)
    return value


def _decode_one(part: bytes, keeper: Keeper) -> None:
    try:
        record = decode(part)
        text = part.decode()
    except UnicodeDecodeError:
        keeper.refuse(_NOT_UTF8)
    except ValueError as error:
        keeper.refuse(str(error))
    else:
        keeper.keep(text, record)


def _reason(error: msgspec.DecodeError) -> str:
    says = str(error).removeprefix("JSON is malformed: ")
    return f"not JSON: {says[:100]}"


def _check(text: bytes, record: dict[str, Any]) -> None:
    """Raise ValueError for too many levels, a number over 64 bits, or a name that stands twice.

    Written again, an object has as many `":` as before unless a name was lost: only what differs is looked at exactly,
    and what the first count may be wrong of.
    """
    if text.count(b"{") + text.count(b"[") > DEPTH and _depth(record) > DEPTH:
        raise ValueError(_TOO_DEEP)
    is_unlike = _encode(record).count(b'":') != text.count(b'":')
    if is_unlike or _SPACED.search(text) or rb"\u0022" in text:
        json.loads(text, object_pairs_hook=_once)
    if _LONG.search(text) or (b"[" in text and any(pattern.search(text) for pattern in _LONG_IN_LIST)):
        _check_numbers(record)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"a name stands twice in one object: {twice[:40]!r}")
    return made


def _depth(value: Any) -> int:
    level = [value]
    depth = 0
    while level and depth <= DEPTH:
        depth += 1
        level = [
            inner
            for outer in level
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
    return depth


def _check_numbers(record: dict[str, Any]) -> None:
    todo: list[Any] = [record]
    while todo:
        value = todo.pop()
        if isinstance(value, dict):
            todo += value.values()
        elif isinstance(value, list):
            todo += value
        elif isinstance(value, int) and not -(1 << 63) <= value < 1 << 64:
            raise ValueError("a number is over 64 bits")


def _has_object_lines(head: bytes) -> bool:
    """Tell whether one of the first lines is an object by itself, and no wrapper of others."""
    lines = head.split(b"\n", 8)
    for line in lines[:-1]:
        if line.startswith(b"{") and next(iter(Values(iter([line]), limit=LIMIT)), None) == (Cut.WHOLE, line.strip()):
            return True
        if line.lstrip().startswith((b"[", b"{")):
            return False
    return False


def _line_blocks(rest: bytes, pieces: Iterator[bytes], limit: int) -> Iterator[bytes]:
    searched = 0
    while True:
        end = rest.rfind(b"\n{", max(0, searched - 1)) + 1  # so that an object printed over lines stays whole
        if not end and len(rest) > limit:
            end = rest.rfind(b"\n") + 1
        if end:
            yield rest[:end]
            rest = rest[end:]
        if len(rest) > limit:
            yield _MARK + b"\x18L"
            rest = _after_line(pieces)
        searched = len(rest)
        piece = next(pieces, b"")
        if not piece:
            break
        rest += piece
    if rest.strip():
        yield rest


def _after_line(pieces: Iterator[bytes]) -> bytes:
    for piece in pieces:
        end = piece.find(b"\n") + 1
        if end:
            return piece[end:]
    return b""


def _value_blocks(head: bytes, pieces: Iterator[bytes], limit: int, block: int) -> Iterator[bytes]:
    def all_pieces() -> Iterator[bytes]:
        yield head
        yield from pieces

    codes = {Cut.OVER_LIMIT: b"\x18L", Cut.SHORT: b"\x18S"}
    parts: list[bytes] = []
    size = 0
    for cut, value in Values(all_pieces(), limit=limit):
        # a control character cannot stand in sound JSON, so replacing the mark changes no record that will be kept
        parts.append(_MARK + (codes.get(cut) or value.replace(_MARK, b"\x1f")))
        size += len(parts[-1])
        if size >= block:
            yield b"".join(parts)
            parts.clear()
            size = 0
    if parts:
        yield b"".join(parts)
