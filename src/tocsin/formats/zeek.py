r"""Zeek's logs: its tab-separated files with `#` lines as records, and what rows of a log mean, however written.

A file begins with `#separator`, `#path`, `#fields` and `#types`; logs that were joined have such lines anywhere. Values
are typed by `#types`; one that is unset is left out, `\x..` is decoded. `_path` is the log's name.
https://docs.zeek.org/en/master/log-formats.html
"""

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any, BinaryIO

from tocsin.formats.records import BLOCK, LIMIT, OVER_LIMIT, Keeper, Records, utf8_pieces

FIRST = "#separator "
CELLS = 1024  # of a header; Zeek's widest log has about 60
_NOTES = re.compile(rb"(?:^#[^\n]*+\n)++", re.MULTILINE)
_BYTES = re.compile(r"(?:\\x[0-9A-Fa-f]{2})+")
_LOST = b"\x18over limit\n"
_LOST_TEXT = _LOST.decode().strip()
_LIST = re.compile(r"(?:set|vector)\[(\w+)\]")


def cuts(stream: BinaryIO, limit: int = LIMIT, block: int = BLOCK) -> Iterator[tuple[bytes, bytes]]:
    """Yield (head, raw): the `#` lines that hold, and whole lines for `records`."""
    head = rest = b""
    is_lost = False
    for piece in utf8_pieces(stream, block):
        rest += piece
        if is_lost:
            _, ended, rest = rest.partition(b"\n")
            is_lost = not ended
        end = rest.rfind(b"\n") + 1
        notes = _notes_at_end(rest[:end])
        raw, rest = rest[:notes], rest[notes:]
        for holds, part in _sections(head, raw):
            head = holds
            if part:
                yield head, part
        if len(rest) > limit:
            yield head, _LOST
            rest, is_lost = b"", True
    for holds, part in _sections(head, rest if rest.endswith(b"\n") else rest + b"\n"):
        if part.strip():
            yield holds, part


def _notes_at_end(raw: bytes) -> int:
    """Return where the `#` lines begin that end a text: those that follow may belong to them."""
    at = len(raw)
    while at:
        start = raw.rfind(b"\n", 0, at - 1) + 1
        if raw[start : start + 1] != b"#":
            return at
        at = start
    return at


def _sections(head: bytes, raw: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield the lines of a text that are none of the `#` lines, with those that hold for them."""
    at = 0
    for found in _NOTES.finditer(raw):
        if raw[at : found.start()].strip():
            yield head, raw[at : found.start()]
        at = found.end()
        if b"#fields" in found[0]:
            head = found[0]
    yield head, raw[at:]  # also an empty one, so that the last head is known to the caller


def records(head: bytes, raw: bytes) -> Records:
    """Decode lines that `cuts` gave.

    One that has not the header's number of values is refused.
    """
    keeper = Keeper()
    layout = _Layout(head.decode("utf-8", "replace"))
    for line in raw.split(b"\n"):
        if not line.strip():
            continue
        text = line.decode("utf-8", "replace").rstrip("\r")
        if text == _LOST_TEXT:
            keeper.refuse(OVER_LIMIT)
            continue
        cells = text.split(layout.separator)
        if len(cells) == len(layout.names) > 1:
            keeper.keep(text, layout.record(cells))
        else:
            keeper.refuse(f"the record has {len(cells)} values, its header {len(layout.names)}")
    return keeper.records()


class _Layout:
    """What the `#` lines say of the lines that follow."""

    def __init__(self, head: str) -> None:
        said: dict[str, str] = {}
        self.separator = "\t"
        for line in head.splitlines():
            if line.startswith(FIRST):
                self.separator = _unescaped(line[len(FIRST) :].strip()) or "\t"
        for line in head.splitlines():
            name, _, value = line[1:].partition(self.separator)
            said[name] = value
        self.names = said.get("fields", "").split(self.separator)[:CELLS] if said.get("fields") else []
        types = said.get("types", "").split(self.separator)
        self._between = _unescaped(said.get("set_separator", ",")) or ","
        self._unset, self._empty = said.get("unset_field", "-"), said.get("empty_field", "(empty)")
        self._path = said.get("path", "")
        self._readers = [self._reader(types[n] if n < len(types) else "string") for n in range(len(self.names))]

    def record(self, cells: list[str]) -> dict[str, Any]:
        """Return the values of a line by their names."""
        made: dict[str, Any] = {"_path": self._path}
        for name, cell, read in zip(self.names, cells, self._readers, strict=True):
            if cell != self._unset:
                made[name] = read(cell)
        return made

    def _reader(self, kind: str) -> Callable[[str], Any]:
        if found := _LIST.match(kind):
            one = _READERS.get(found[1], _unescaped)
            return lambda cell: [] if cell == self._empty else [one(part) for part in cell.split(self._between)]
        one = _READERS.get(kind, _unescaped)
        return lambda cell: "" if cell == self._empty else one(cell)


def _unescaped(text: str) -> str:
    if "\\x" not in text:
        return text
    return _BYTES.sub(lambda found: bytes.fromhex(found[0].replace("\\x", "")).decode("utf-8", "replace"), text)


def _whole(cell: str) -> int | str:
    return int(cell) if len(cell) < 20 and cell.lstrip("-").isdigit() and cell.isascii() else cell


def _real(cell: str) -> float | str:
    try:
        return float(cell)
    except ValueError:
        return cell


_READERS: Mapping[str, Callable[[str], Any]] = {
    "count": _whole,
    "int": _whole,
    "port": _whole,
    "double": _real,
    "interval": _real,
    "bool": lambda cell: {"T": True, "F": False}.get(cell, cell),
    "time": str,
}
