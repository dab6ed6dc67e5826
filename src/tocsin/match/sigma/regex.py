"""Regular expressions of rules, bounded.

Python's engine backtracks: where a repeated group can read the same text in two ways (`(a+)+`, `(a|a)*`, `(a?){50}`)
a hostile value costs exponential time. Such a pattern is refused when its rule is loaded; what is let through is
polynomial, and search.py keeps that from long texts.
"""

import re
from collections.abc import Iterator, Sequence

import msgspec

from tocsin.match.sigma.tree import RuleError

MAX_PATTERN = 8_192
MAX_TIMES = 65_535  # as PCRE
MAX_PLACES = 5_000  # of a pattern that Python may not be quick with, its repeats written out: half of linear.MAX_NODES
BOUNDED = 20_000  # ways from one place of a pattern without `*` and `+`: they do not grow with the text
FREE_REPEATS = 8  # a group repeated so often at most may be ambiguous: 2**8 ways are few

MIN_ANCHOR = 3  # shorter texts stand in most values
MAX_ANCHORS = 64
_RARE = frozenset("'\"<>${}`;|*^~")
_NO_WIDTH = ("(?!", "(?=", "(?<!", "(?<=", "(?#", "(?P=")
FLAGS = {"i": re.IGNORECASE, "m": re.MULTILINE, "s": re.DOTALL}
_GLOBAL = re.compile(r"\(\?([ims]+)\)")
_BOUNDS = re.compile(r"\{(\d*)(,?)(\d*)\}")
# what a backslash makes one character, or one place, of (the syntax of Python's re)
_ESCAPED = re.compile(
    r"\\(?:x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|N\{[^}]*\}|0[0-7]{0,2}|[0-3][0-7]{2}|[1-9]\d?|.)", re.DOTALL
)
ENDLESS = 1 << 30
_SAMPLES = [chr(code) for code in range(256)] + ["\u0100", "\u2013", "\u4e00"]
# (.*X)+ reads just the texts that .*X reads; some rules of SigmaHQ are written so
_ABSORBED = re.compile(r"(\((?:\?:)?\.\*(?:\\[^\w\s]|[^\\()\[\]{}|*+?.^$\s])+\))(?:\{1,\}|\+)(?!\+)")


def compiled(pattern: str, flags: str, line: int = 0) -> re.Pattern[str]:
    """Return the compiled pattern.

    Raises RuleError for one that is wrong or not bounded.
    `flags` are letters of Sigma's sub-modifiers: i, m, s. Global flags may stand anywhere, as PCRE has it.
    """
    if len(pattern) > MAX_PATTERN:
        raise RuleError(f"a regular expression of {len(pattern):,} characters; {MAX_PATTERN:,} are allowed", line=line)
    bits = re.RegexFlag(0)
    for letter in flags + "".join(_GLOBAL.findall(pattern)):
        bits |= FLAGS[letter]
    pattern = _ABSORBED.sub(r"\1", _GLOBAL.sub("", pattern))
    try:
        made = re.compile(pattern, bits)
        branches = _Reader(pattern).branches()
        ambiguous = _ambiguous(branches, bits)
    except (re.error, OverflowError, RecursionError) as error:
        raise RuleError(f"the regular expression {pattern[:60]!r} is wrong: {error}", line=line) from error
    if (times := _times(branches)) > MAX_TIMES:
        says = f"the regular expression {pattern[:60]!r} repeats something {times:,} times; {MAX_TIMES:,} are allowed"
        raise RuleError(says, line=line)
    if (places := _places(branches)) > MAX_PLACES and ways(branches, ENDLESS) > BOUNDED:
        says = f"the regular expression {pattern[:60]!r} has {places:,} places, its repeats written out"
        raise RuleError(
            f"{says}; {MAX_PLACES:,} are allowed", line=line, hint="repeat up to a smaller number, or without end"
        )
    if ambiguous:
        raise RuleError(
            f"the regular expression {pattern[:60]!r} repeats a group that can read one text in several ways",
            line=line,
            hint="such a pattern can take exponential time; make the parts of the group exclude each other",
        )
    return made


def anchors(pattern: str) -> frozenset[str]:
    """Return texts in lower case, one of which each ASCII text that matches holds.

    Nothing when there are none. Only texts that tell: three characters or more, or with a character that is rare in
    values.
    """
    if "(?x" in pattern:
        return frozenset()
    return _anchors(_Reader(_ABSORBED.sub(r"\1", _GLOBAL.sub("", pattern))).branches())


def tells(text: str) -> bool:
    """Return whether most values do not hold a text."""
    return len(text) >= MIN_ANCHOR or not _RARE.isdisjoint(text)


def _anchors(branches: "tuple[tuple[Piece, ...], ...]") -> frozenset[str]:
    found: set[str] = set()
    for branch in branches:
        best = max(_candidates(branch), key=lambda texts: min(map(len, texts)), default=frozenset[str]())
        if not best:
            return best
        found |= best
    return frozenset(found) if len(found) <= MAX_ANCHORS else frozenset()


def _candidates(branch: "tuple[Piece, ...]") -> Iterator[frozenset[str]]:
    """Yield sets of texts of which a text that the branch reads holds one: its runs of letters, its groups."""
    run = ""
    for piece in (*branch, None):
        letter = _letter(piece) if piece and piece.inside is None and piece.least else ""
        run += letter
        if letter and piece and piece.most == 1:
            continue
        if run and tells(run):
            yield frozenset({run})
        run = letter if piece and piece.least > 1 else ""
        if piece and piece.inside is not None and piece.least and not piece.atom.startswith(_NO_WIDTH):
            inner = _anchors(piece.inside)
            if inner:
                yield inner


def _letter(piece: "Piece") -> str:
    """Return the one character that an atom reads, in lower case; nothing for a class or a place."""
    atom = piece.atom
    if len(atom) == 2 and atom[0] == "\\" and not atom[1].isalnum():
        atom = atom[1]
    elif len(atom) != 1 or atom in ".^$":
        return ""
    return atom.lower() if atom.isascii() else ""


def pieces(pattern: str) -> "tuple[tuple[Piece, ...], ...]":
    """Return the branches of a pattern that compiles, each as its pieces."""
    return _Reader(pattern).branches()


class Piece(msgspec.Struct, frozen=True):
    """One atom and how often it stands.

    The source of a single-character atom, or the branches of a group.
    """

    atom: str
    inside: "tuple[tuple[Piece, ...], ...] | None" = None
    least: int = 1
    most: int = 1
    possessive: bool = False

    @property
    def varies(self) -> bool:
        """Return whether it may stand more or less often, in ways that are tried."""
        return self.least != self.most and not self.possessive


class _Reader:
    """A reader of a pattern that compiles, into pieces."""

    def __init__(self, pattern: str) -> None:
        self.pattern = pattern
        self.at = 0

    def branches(self) -> tuple[tuple[Piece, ...], ...]:
        found: list[list[Piece]] = [[]]
        while self.at < len(self.pattern) and self.pattern[self.at] != ")":
            if self.pattern[self.at] == "|":
                self.at += 1
                found.append([])
            else:
                found[-1].append(self._piece())
        return tuple(tuple(branch) for branch in found)

    def _piece(self) -> Piece:
        start = self.at
        inside = None
        if self.pattern[start] == "(":
            self._group_head()
            inside = self.branches()
            self.at += 1
        elif self.pattern[start] == "[":
            self.at = _class_end(self.pattern, start)
        else:
            self.at = _atom_end(self.pattern, start)
        atom = self.pattern[start : self.at]
        return Piece(atom, inside, *self._quantity())

    def _group_head(self) -> None:
        head = re.compile(r"\(\?(?:P<\w+>|P=\w+|<[=!]|[:=!>]|[aiLmsux-]+:|#[^)]*)|\(").match(self.pattern, self.at)
        self.at = head.end() if head else self.at + 1

    def _quantity(self) -> tuple[int, int, bool]:
        mark = self.pattern[self.at : self.at + 1]
        bounds = _BOUNDS.match(self.pattern, self.at) if mark == "{" else None
        if mark and mark in "*+?":
            least, most = {"*": (0, ENDLESS), "+": (1, ENDLESS), "?": (0, 1)}[mark]
            self.at += 1
        elif bounds and (bounds[1] or bounds[3]):
            least = int(bounds[1] or 0)
            most = (int(bounds[3]) if bounds[3] else ENDLESS) if bounds[2] else least
            self.at = bounds.end()
        else:
            return 1, 1, False
        after = self.pattern[self.at : self.at + 1]
        self.at += bool(after) and after in "?+"
        return least, most, after == "+"


def _ambiguous(branches: tuple[tuple[Piece, ...], ...], bits: re.RegexFlag) -> bool:
    for branch in branches:
        for piece in branch:
            if piece.inside is None:
                continue
            if piece.most > FREE_REPEATS and not piece.possessive and not _one_way(piece.inside, bits):
                return True
            if _ambiguous(piece.inside, bits):
                return True
    return False


def _times(branches: tuple[tuple[Piece, ...], ...]) -> int:
    """Return how often something must stand at least, all repeats around it together: even if it reads nothing."""
    mine = (p.least * (_times(p.inside) if p.inside is not None else 1) for branch in branches for p in branch)
    return max(mine, default=1)


def ways(branches: Sequence[Sequence[Piece]], length: int) -> int:
    """Return how many ways there are to read a text of a length, at most.

    From one place of it, and about.
    """
    total = 0
    for branch in branches:
        mine = 1
        for piece in branch:
            inside = 1 if piece.inside is None else max(ways(piece.inside, length), 1) ** min(piece.most, FREE_REPEATS)
            mine *= min(piece.most - piece.least, length) + 1 if not piece.possessive else 1
            mine = min(mine * inside, ENDLESS * ENDLESS)
        total += mine
    return total


def _places(branches: tuple[tuple[Piece, ...], ...]) -> int:
    """Return how many characters a pattern speaks of, its repeats written out."""
    places = 0
    for branch in branches:
        for piece in branch:
            times = max(piece.least, 1) if piece.most == ENDLESS else piece.most
            places += times * (_places(piece.inside) if piece.inside is not None else 1)
    return places


def _one_way(branches: tuple[tuple[Piece, ...], ...], bits: re.RegexFlag) -> bool:
    """Return whether a body, repeated, reads any text in one way only (a safe answer: no means perhaps)."""
    pieces = [piece for branch in branches for piece in branch]
    if len(branches) == 1 and not any(piece.varies or piece.inside for piece in pieces):
        return True
    if any(piece.inside is not None for piece in pieces) or not all(branches):
        return False
    starts = [_first(branch, bits) for branch in branches]
    if any(start is None for start in starts):
        return False
    known = [start for start in starts if start is not None]
    if sum(map(len, known)) != len(set().union(*known)):
        return False
    again = frozenset().union(*known)
    return all(_parts_exclude(branch, again, bits) for branch in branches)


def _parts_exclude(branch: tuple[Piece, ...], again: frozenset[str], bits: re.RegexFlag) -> bool:
    for index, piece in enumerate(branch):
        if piece.varies:
            rest = _first(branch[index + 1 :], bits)
            after = again if rest is None else rest
            reach = after | again if rest is not None and not any(p.least for p in branch[index + 1 :]) else after
            if reads(piece, bits) & reach:
                return False
    return True


def _first(branch: tuple[Piece, ...], bits: re.RegexFlag) -> frozenset[str] | None:
    """Return the characters that can come first in a branch; None when it can read nothing."""
    seen: frozenset[str] = frozenset()
    for piece in branch:
        seen |= reads(piece, bits)
        if piece.least:
            return seen
    return None


def reads(piece: Piece, bits: re.RegexFlag) -> frozenset[str]:
    """Return which of a few hundred characters a piece of one atom can read."""
    try:
        regex = re.compile(piece.atom, bits)
    except re.error:  # it looks back at a group, which is not there: it can read anything
        return frozenset(_SAMPLES)
    return frozenset(char for char in _SAMPLES if regex.fullmatch(char))


def _atom_end(pattern: str, start: int) -> int:
    escaped = _ESCAPED.match(pattern, start)
    return escaped.end() if escaped else start + 1


def _class_end(pattern: str, index: int) -> int:
    index += 1
    if pattern[index : index + 1] == "^":
        index += 1
    if pattern[index : index + 1] == "]":
        index += 1
    while index < len(pattern) and pattern[index] != "]":
        index += 2 if pattern[index] == "\\" else 1
    return index + 1
