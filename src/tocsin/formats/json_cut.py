"""Finding where JSON values begin and end in a stream, without decoding them.

One pass of the regex engine over strings and scalars, one step of Python per bracket. Nothing is kept but the value
that is being read, so a file of any size streams; a value over the limit is passed over and said.
"""

import re
from collections.abc import Iterator
from enum import Enum, auto
from typing import NamedTuple

# Everything that opens or closes nothing: text outside strings, and whole strings. Possessive, so linear.
_PLAIN = re.compile(rb'(?:[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+")*+', re.DOTALL)
_STRING_END = re.compile(rb'(?:[^"\\]++|\\.)*+"', re.DOTALL)
_STRING_REST = re.compile(rb"(?:[^\"\\]++|\\.)*+", re.DOTALL)
_NESTING = 6  # levels that one pattern steps over; a deeper value is scanned bracket by bracket
_NO_VALUE = re.compile(rb'.[^{}\[\]"\n]{0,4095}', re.DOTALL)
_BETWEEN = b" \t\r\n,\x1e\x00"  # between values: white space, commas of an array, the mark of RFC 7464, NUL padding
# A list that only wraps records: {"Records": [ of CloudTrail, {"value": [ of Microsoft Graph (after @odata words),
# {"records": [ of Azure Event Hubs, and the like. The list must hold objects, or nothing.
_WRAPPER = re.compile(
    rb'\{\s*(?:"@odata\.[^"\\]*"\s*:\s*(?:"[^"\\]*"|\d+)\s*,\s*)*'
    rb'"(?:[Rr]ecords|value|[Ee]vents|logs|items|data|results|hits)"\s*:\s*(?=\[\s*[{\]])'
)
_AHEAD = 4096  # bytes within which a wrapper must show itself, and of one piece of what is no value
_RETRIES = 64  # times that reading starts anew after a broken value; keeps hostile input linear
_QUOTE = ord('"')
_OPEN = frozenset(b"{[")


class Cut(Enum):
    """How a value ended."""

    WHOLE = auto()
    OVER_LIMIT = auto()
    SHORT = auto()


class Values:
    """The JSON values of a stream, as (how it ended, its bytes), in order.

    Lists at the top and lists of wrappers are opened: their elements are the values. Bytes that are no value (a stray
    bracket, a bare word) come as one value that no decoder will take. After a value that never closes, reading starts
    anew at the next line that begins with a brace.
    """

    def __init__(self, pieces: Iterator[bytes], *, limit: int) -> None:
        self._pieces = pieces
        self._buffer = b""
        self._at = 0
        self._limit = limit
        self._retries = _RETRIES

    def __iter__(self) -> Iterator[tuple[Cut, bytes]]:
        """Yield each value until the stream ends."""
        opened: list[bytes] = []  # b"]" for a list, b"}" for a wrapper around it
        while self._skip_between():
            byte = self._buffer[self._at : self._at + 1]
            if byte == b"[" and not opened:
                opened.append(b"]")
                self._at += 1
            elif byte == b"]" and opened:
                opened.pop()
                self._at += 1
                if opened:
                    opened.pop()
                    self._value(_State(1, in_string=False), self._at)
            elif byte == b"{" and b"}" not in opened and (end := self._wrapper_end()):
                opened += [b"}", b"]"]
                self._at = end + 1
            elif byte == b"{" and (whole := self._whole()) is not None:
                yield Cut.WHOLE, whole
            elif byte in b'{["':
                yield self._value(_State(int(byte != b'"'), in_string=byte == b'"'), self._at + 1)
            else:
                yield Cut.WHOLE, self._no_value()

    def _more(self) -> bool:
        """Read on, dropping what was passed; False at the end of the stream."""
        piece = next(self._pieces, b"")
        self._buffer = self._buffer[self._at :] + piece
        self._at = 0
        return bool(piece)

    def _skip_between(self) -> bool:
        while True:
            rest = self._buffer[self._at : self._at + 4096]
            kept = rest.lstrip(_BETWEEN)
            self._at += len(rest) - len(kept)
            if kept:
                return True
            if self._at >= len(self._buffer) and not self._more():
                return False

    def _read_ahead(self) -> None:
        while len(self._buffer) - self._at <= _AHEAD and self._more():
            pass

    def _wrapper_end(self) -> int:
        """Return where the list of a wrapper begins, 0 for an object that is none."""
        self._read_ahead()
        found = _WRAPPER.match(self._buffer, self._at, self._at + _AHEAD)
        return found.end() if found else 0

    def _no_value(self) -> bytes:
        self._read_ahead()
        found = _NO_VALUE.match(self._buffer, self._at)
        start, self._at = self._at, found.end() if found else self._at + 1
        return self._buffer[start : self._at]

    def _whole(self) -> bytes | None:
        """Return the object at the cursor when it is all there and not deep: one call of the regex engine."""
        found = _WHOLE.match(self._buffer, self._at)
        if found is None or found.end() - self._at > self._limit:
            return None
        self._at = found.end()
        return found[0]

    def _value(self, state: "_State", at: int) -> tuple[Cut, bytes]:
        """Return the value that begins at the cursor and was scanned up to `at`; the cursor stands behind it."""
        parts: list[bytes] = []
        size = 0
        over = False
        while True:
            at, state, done = _scan(self._buffer, at, state)
            part = self._buffer[self._at : at]
            self._at = at
            size += len(part)
            if not over:
                parts.append(part)
            if done:
                return (Cut.OVER_LIMIT, b"") if over or size > self._limit else (Cut.WHOLE, b"".join(parts))
            if size > self._limit and not over:
                if self._anew(parts):
                    return Cut.SHORT, parts[0]
                over = True
                parts.clear()
            if not self._more():
                parts.append(self._buffer)
                self._at = len(self._buffer)
                if over or not self._anew(parts):
                    return (Cut.OVER_LIMIT, b"") if over else (Cut.SHORT, b"".join(parts))
                return Cut.SHORT, parts[0]
            at = 0

    def _anew(self, parts: list[bytes]) -> bool:
        """Set the cursor to a line in a broken value that begins with a brace; `parts` keeps what stands before."""
        read = b"".join(parts)
        start = read.find(b"\n{", 1) + 1
        if not start or not self._retries:
            return False
        self._retries -= 1
        self._buffer = read[start:] + self._buffer[self._at :]
        self._at = 0
        parts[:] = [read[:start]]
        return True


class _State(NamedTuple):
    depth: int
    in_string: bool


def _scan(buffer: bytes, at: int, state: _State) -> tuple[int, _State, bool]:
    """Scan on from `at`; return where the scan stopped, in what state, and whether the value closed there.

    Stops early only before a backslash that is the last byte.
    """
    depth, in_string = state
    size = len(buffer)
    while at < size:
        if in_string:
            ended = _STRING_END.match(buffer, at)
            if ended is None:
                return _end(_STRING_REST, buffer, at), _State(depth, in_string=True), False
            at = ended.end()
            in_string = False
        else:
            at = _end(_PLAIN, buffer, at)
            if at == size:
                break
            byte = buffer[at]
            at += 1
            if byte == _QUOTE:
                in_string = True
                continue
            depth += 1 if byte in _OPEN else -1
        if depth == 0:
            return at, _State(0, in_string=False), True
    return at, _State(depth, in_string=in_string), False


def _end(pattern: re.Pattern[bytes], buffer: bytes, at: int) -> int:
    found = pattern.match(buffer, at)
    return found.end() if found else at


def _nested(levels: int) -> bytes:
    """Return the pattern of what may stand between two brackets, nested so many levels deep."""
    plain = rb'[^"{}\[\]]++|"(?:[^"\\]++|\\.)*+"'
    pattern = rb"(?:" + plain + rb")*+"
    for _ in range(levels):
        pattern = rb"(?:" + plain + rb"|[{\[]" + pattern + rb"[}\]])*+"
    return pattern


_WHOLE = re.compile(rb"\{" + _nested(_NESTING) + rb"[}\]]", re.DOTALL)
