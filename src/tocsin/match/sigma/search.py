"""How a regular expression of a rule is searched in a value: by Python's engine where that is sure to be quick.

How many ways Python may have to try is known from the pattern and the length of the text. Where they are many, the
automaton of linear.py reads the text instead, once, with the same answer. Only patterns that look around or back have
none: in a long value they are searched in windows that overlap by half.
"""

import re
from collections.abc import Callable, Sequence
from functools import cache

import msgspec

from tocsin.match.sigma.linear import Automaton, automaton
from tocsin.match.sigma.regex import BOUNDED, ENDLESS, Piece, compiled, pieces, reads, ways

BUDGET = 4_000_000  # ways that Python may have to try in one value: 10 ms or so
IN_WINDOW = 1_000_000  # ways in one window, for a pattern without an automaton
MAX_WINDOW = 16_384  # characters
MIN_WINDOW = 256
LONGEST = 1 << 25  # characters of any value: a record has at most 16 MiB (formats/records.py)

Search = Callable[[str], bool]


@cache
def searches(source: str, flags: str) -> Search:
    """Return what tells whether a pattern is found in a text; raises RuleError."""
    made = compiled(source, flags)
    branches = tuple(_ruled(_read(branch), re.RegexFlag(made.flags)) for branch in pieces(made.pattern))
    quick = _longest(branches, BUDGET)
    if quick >= LONGEST or ways(branches, ENDLESS) <= BOUNDED:
        return lambda text: made.search(text) is not None
    return _Long(made, branches, quick).search


class _Long:
    """A pattern whose automaton is made when the first long text comes."""

    def __init__(self, made: re.Pattern[str], branches: Sequence[Sequence[Piece]], quick: int) -> None:
        self._made = made
        self._quick = quick
        self._window = min(max(_longest(branches, IN_WINDOW), MIN_WINDOW), MAX_WINDOW)
        self._automaton: Automaton | None = None
        self._is_regular = True

    def search(self, text: str) -> bool:
        if len(text) <= self._quick:
            return self._made.search(text) is not None
        if self._automaton is None and self._is_regular:
            self._automaton = automaton(self._made.pattern, re.RegexFlag(self._made.flags))
            self._is_regular = self._automaton is not None
        if self._automaton is not None:
            return self._automaton.search(text)
        return any(self._made.search(part) for part in _windows(text, self._window))


def _read(branch: Sequence[Piece]) -> tuple[Piece, ...]:
    """Return a branch whose possessive repeats count as others: each is read in one way, but from every place."""
    made = []
    for piece in branch:
        inside = None if piece.inside is None else tuple(_read(one) for one in piece.inside)
        made.append(msgspec.structs.replace(piece, possessive=False, inside=inside))
    return tuple(made)


def _ruled(branch: Sequence[Piece], bits: re.RegexFlag) -> tuple[Piece, ...]:
    """Return a branch whose repeats that leave no choice are counted as one way.

    Of `-{36} +E` there is one: what stands on either side cannot be read by the repeat, so that where it begins and
    ends is settled, and no two places of the text read the same run.
    """
    made = list(branch)
    for at, piece in enumerate(branch):
        before, after = branch[at - 1 : at] if at else (), branch[at + 1 : at + 2]
        if piece.inside is not None or piece.most < ENDLESS or not before:
            continue
        mine = reads(piece, bits)
        if all(one.inside is None and one.least and not reads(one, bits) & mine for one in (*before, *after)):
            made[at] = msgspec.structs.replace(piece, possessive=True)
    return tuple(made)


def _windows(text: str, size: int) -> list[str]:
    starts = range(0, max(len(text) - size // 2, 1), size // 2)
    return [text[at : at + size] for at in starts]


def _longest(branches: Sequence[Sequence[Piece]], most: int) -> int:
    """Return the length up to which a text is searched in so many ways, LONGEST at the most."""
    low, high = 0, LONGEST
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if middle * ways(branches, middle) <= most else (low, middle - 1)
    return low
