"""Sigma's strings: wildcards, escapes, and matching that is linear in the value.

`*` stands for any run of characters, `?` for one. A backslash escapes `*`, `?` and, before one of them, itself; any
other backslash is plain (Sigma specification 2.1, "Escaping").
"""

import re
from collections.abc import Iterator

import msgspec

MANY = 1  # `*`
ONE = 2  # `?`
DASH = 3  # what `windash` makes of a dash: any of DASHES
DASHES = "-/\u2013\u2014\u2015"

Token = str | int


class Pattern(
    msgspec.Struct, frozen=True, gc=False, array_like=True
):  # no cycle can form; the collector takes a tenth of loading
    """A string to match: plain parts between MANY, ONE and DASH.

    Two plain parts never stand side by side.
    """

    tokens: tuple[Token, ...]

    @property
    def plain(self) -> str | None:
        """Return the text of a pattern without wildcards, else None."""
        if not self.tokens:
            return ""
        if len(self.tokens) == 1 and isinstance(self.tokens[0], str):
            return self.tokens[0]
        return None

    @property
    def literals(self) -> tuple[str, ...]:
        """Return the plain parts: each stands in every text that matches."""
        return tuple(token for token in self.tokens if isinstance(token, str))

    def lower(self) -> "Pattern":
        """Return the pattern in lower case."""
        return Pattern(tuple(t.lower() if isinstance(t, str) else t for t in self.tokens))

    def around(self, before: bool, after: bool) -> "Pattern":  # noqa: FBT001  # the two ends of a text, told apart by order
        """Return the pattern with `*` put before it, after it, or both."""
        return join((*((MANY,) if before else ()), *self.tokens, *((MANY,) if after else ())))


def join(tokens: Iterator[Token] | tuple[Token, ...] | list[Token]) -> Pattern:
    """Return a pattern of tokens.

    Plain neighbours become one, and so do neighbours `*`.
    """
    made: list[Token] = []
    for token in tokens:
        if token == "":
            continue
        last = made[-1] if made else None
        if isinstance(token, str) and isinstance(last, str):
            made[-1] = last + token
        elif not (token == MANY and last == MANY):
            made.append(token)
    return Pattern(tuple(made))


def parse(text: str) -> Pattern:
    """Return the pattern of a string as it stands in a rule."""
    if "*" not in text and "?" not in text and "\\\\" not in text:
        return Pattern((text,) if text else ())
    return join(list(_tokens(text)))


def _tokens(text: str) -> Iterator[Token]:
    index = 0
    while index < len(text):
        char = text[index]
        after = text[index + 1 : index + 2]
        if char == "\\" and after in {"*", "?", "\\"} and after:
            yield after
            index += 2
            continue
        yield MANY if char == "*" else ONE if char == "?" else char
        index += 1


class Glob:
    """A matcher of one pattern over whole texts.

    Leftmost part first: no backtracking, whatever the text.
    """

    def __init__(self, pattern: Pattern) -> None:
        parts: list[list[Token]] = [[]]
        for token in pattern.tokens:
            if token == MANY:
                parts.append([])
            else:
                parts[-1].append(token)
        self.head = _part(parts[0])
        self.tail = _part(parts[-1]) if len(parts) > 1 else None
        self.middle = [_part(part) for part in parts[1:-1]]

    def fits(self, text: str) -> bool:
        """Return whether the whole text is of the pattern."""
        if self.tail is None:
            return self.head.size == len(text) and self.head.at(text, 0)
        stop = len(text) - self.tail.size
        if stop < self.head.size or not self.head.at(text, 0) or not self.tail.at(text, stop):
            return False
        where = self.head.size
        for part in self.middle:
            found = part.find(text, where, stop)
            if found < 0:
                return False
            where = found + part.size
        return True


class _Plain:
    def __init__(self, text: str) -> None:
        self.text = text
        self.size = len(text)

    def at(self, text: str, where: int) -> bool:
        return text.startswith(self.text, where)

    def find(self, text: str, start: int, stop: int) -> int:
        return text.find(self.text, start, stop)


class _Classes:
    """A part of fixed size with `?` or dashes in it."""

    def __init__(self, tokens: list[Token]) -> None:
        classes = {ONE: ".", DASH: f"[{re.escape(DASHES)}]"}
        self.size = sum(len(t) if isinstance(t, str) else 1 for t in tokens)
        self.regex = re.compile("".join(re.escape(t) if isinstance(t, str) else classes[t] for t in tokens), re.DOTALL)

    def at(self, text: str, where: int) -> bool:
        return self.regex.match(text, where) is not None

    def find(self, text: str, start: int, stop: int) -> int:
        found = self.regex.search(text, start, stop)
        return found.start() if found else -1


def _part(tokens: list[Token]) -> _Plain | _Classes:
    if all(isinstance(token, str) for token in tokens):
        return _Plain("".join(token for token in tokens if isinstance(token, str)))
    return _Classes(tokens)
