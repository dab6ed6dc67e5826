"""Windows events as XML (wevtutil, Get-WinEvent's ToXml, the Event Viewer, Sysmon for Linux) as records.

`cuts` finds the events in a stream, whether they stand on lines of their own, in one `<Events>`, or on one line;
`decode` makes of one what an EVTX decoder's JSON holds. It reads elements and text only: a document type, and with it
every entity of a stranger's making, is refused; depth, elements and size are bounded.
https://learn.microsoft.com/windows/win32/wes/eventschema-schema
"""

import re
from collections.abc import Iterator
from typing import Any, BinaryIO
from xml.parsers import expat

from tocsin.formats.records import BLOCK, CUT_SHORT, LIMIT, OVER_LIMIT, Keeper, Records, utf8_pieces

MARK = b"\x1e"
DEPTH = 16  # levels of elements
ELEMENTS = 10_000
_CODES = {b"\x18L": OVER_LIMIT, b"\x18S": CUT_SHORT, b"\x18J": "it is no event"}
_START = re.compile(rb"<Event(?=[\s>])")
_END = b"</Event>"
_TAGS = re.compile(rb"<[^<>]{0,4096}>")
# What XML 1.0 has no way to say, and a program's arguments may hold: kept as U+FFFD, so that the event is not lost.
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
_REFERENCE = re.compile(
    r"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01])|[xX]0*(?:[0-8BbCcEeFf]|1[0-9A-Fa-f]|[Ff]{3}[EeFf]|[Dd][89A-Fa-f][0-9A-Fa-f]{2}));"
)


def cuts(stream: BinaryIO, limit: int = LIMIT, block: int = BLOCK) -> Iterator[bytes]:
    """Yield blocks of whole events, each behind a mark, for `records`."""
    parts: list[bytes] = []
    size = 0
    for event in _events(utf8_pieces(stream, block), limit):
        parts.append(MARK + (event if event in _CODES else event.replace(MARK, b"\x1f")))
        size += len(parts[-1])
        if size >= block:
            yield b"".join(parts)
            parts.clear()
            size = 0
    if parts:
        yield b"".join(parts)


def records(raw: bytes) -> Records:
    """Decode a block of `cuts`; what is no sound event is refused with its reason."""
    keeper = Keeper()
    for part in raw.split(MARK):
        if part in _CODES:
            keeper.refuse(_CODES[part])
        elif part:
            text = part.decode("utf-8", "replace")
            try:
                keeper.keep(text, decode(text))
            except ValueError as error:
                keeper.refuse(str(error))
    return keeper.records()


def _events(pieces: Iterator[bytes], limit: int) -> Iterator[bytes]:
    buffer = b""
    seen = 0  # how far the end of the event that begins the buffer was looked for
    for piece in pieces:
        buffer += piece
        at = 0
        while True:
            if seen == 0:
                start = _START.search(buffer, at)
                gap = buffer[at : start.start() if start else max(at, buffer.rfind(b"<"))]
                if _TAGS.sub(b"", gap).strip(b" \t\r\n\xef\xbb\xbf"):
                    yield b"\x18J"
                if start is None:
                    buffer, at = buffer[at + len(gap) :], 0
                    break
                at = start.start()
            end = buffer.find(_END, max(at, at + seen - len(_END)))
            if end < 0:
                buffer, seen = buffer[at:], max(1, len(buffer) - at)
                break
            yield buffer[at : end + len(_END)]
            at, seen = end + len(_END), 0
        if len(buffer) > limit:
            yield b"\x18L"
            buffer, seen = buffer[-len(_END) :], 0
    if seen or _START.match(buffer):
        yield b"\x18S"
    elif _TAGS.sub(b"", buffer).strip():
        yield b"\x18J"


def decode(text: str) -> dict[str, Any]:
    """Return the object of one event: `{"Event": {"System": ..., "EventData": ...}}`.

    Raises ValueError with the reason for what is no sound event.
    """
    if len(text) > LIMIT:
        raise ValueError(OVER_LIMIT)
    text = _REFERENCE.sub("\ufffd", _CONTROL.sub("\ufffd", text))
    tree = _Tree()
    parser = expat.ParserCreate()
    parser.StartElementHandler = tree.start
    parser.EndElementHandler = tree.end
    parser.CharacterDataHandler = tree.text
    parser.StartDoctypeDeclHandler = tree.refuse
    parser.EntityDeclHandler = tree.refuse
    parser.buffer_text = True
    try:
        parser.Parse(text, True)
    except expat.ExpatError as error:
        raise ValueError(f"not XML: {expat.ErrorString(error.code)}") from error
    name, attributes, inner = tree.root
    if name != "Event":
        raise ValueError("the record is no Windows event")
    del attributes
    return {"Event": {part: _part(part, held) for part, held in inner}}


Element = tuple[str, dict[str, str], list[Any]]  # name, attributes, what it holds: elements and texts


class _Tree:
    """The elements of a document, bounded in depth and number."""

    def __init__(self) -> None:
        self.root: tuple[str, dict[str, str], list[tuple[str, Element]]] = ("", {}, [])
        self._open: list[Element] = []
        self._count = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        """Open an element."""
        self._count += 1
        if len(self._open) >= DEPTH or self._count > ELEMENTS:
            raise ValueError(f"the event has over {DEPTH} levels or {ELEMENTS} elements")
        element: Element = (name, attributes, [])
        if self._open:
            self._open[-1][2].append(element)
        self._open.append(element)

    def end(self, _: str) -> None:
        """Close the element that is open."""
        element = self._open.pop()
        if not self._open:
            inner = [(one[0], one) for one in element[2] if isinstance(one, tuple)]
            self.root = (element[0], element[1], inner)

    def text(self, said: str) -> None:
        """Add text to the element that is open."""
        self._open[-1][2].append(said)

    def refuse(self, *_: Any) -> None:
        """Refuse a document type and its entities."""
        raise ValueError("an event has no document type")


def _part(name: str, element: Element) -> Any:
    """Return a part of an event as an EVTX decoder's JSON has it."""
    _, attributes, held = element
    children = [one for one in held if isinstance(one, tuple)]
    text = "".join(one for one in held if isinstance(one, str))
    if name == "Data":
        return {"#attributes": attributes, "#text": text}
    if not children:
        if not attributes:
            return text or None
        return {"#attributes": attributes, **({"#text": text} if text.strip() else {})}
    made: dict[str, Any] = {"#attributes": attributes} if attributes and name != "UserData" else {}
    data = [_part("Data", one) for one in children if one[0] == "Data"]
    if data:
        made["Data"] = data
    made.update((one[0], _part(one[0], one)) for one in children if one[0] != "Data")
    return made
