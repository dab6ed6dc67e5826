"""Literals: which of many short texts stand in a value, found in one pass.

The answer may be too wide and is never too narrow: whoever asks tests what is found, so that all engines give the same
answers in the end. `Few` and `Grams` are Python alone: the one asks for each literal, the other looks up each run of
three characters of a value. `Scanner` is a Hyperscan database that reads the new values of a whole column at once;
building it costs some ten microseconds a literal, so it is made when more text has come than that is worth.
"""

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from enum import StrEnum
from functools import cache
from itertools import accumulate
from typing import Any

import msgspec

MANY = 64  # literals, from which on runs of letters are cheaper than one literal after the other
GRAM = 3  # characters of a run
PAYS = 150  # characters of values for each literal, from which on a database is cheaper (benchmarks/sigma_windows.py)
LOADING = 1_000  # literals whose building costs as much as loading Hyperscan
LONGEST = 64  # characters of a literal that a database holds
_BETWEEN = b"\xff"  # stands in no UTF-8

Engine = Callable[[], Any]  # gives the module of Hyperscan, or None: then Python does it alone


class At(StrEnum):
    """Where in a value a literal stands."""

    ANYWHERE = "anywhere"
    START = "start"
    END = "end"


class Piece(msgspec.Struct, frozen=True, gc=False):
    """A literal in lower case, and the number of what needs it."""

    text: str
    number: int
    at: At = At.ANYWHERE


class Few:
    """Literals asked one by one."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        self._numbers: dict[str, list[int]] = {}
        for piece in pieces:
            self._numbers.setdefault(piece.text, []).append(piece.number)

    def find(self, lows: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield (index of a value, number) of what may be there."""
        for text, numbers in self._numbers.items():
            for place in [place for place, low in enumerate(lows) if text in low]:
                for number in numbers:
                    yield place, number


class Grams:
    """Literals by their rarest run of three characters; shorter ones by themselves."""

    def __init__(self, pieces: Iterable[Piece]) -> None:
        by_size: dict[int, dict[str, list[tuple[str, int]]]] = {}
        for piece in pieces:
            size = min(len(piece.text), GRAM)
            index = by_size.setdefault(size, {})
            tries = [piece.text[at : at + size] for at in {0, (len(piece.text) - size) // 2, len(piece.text) - size}]
            fewest, rarest = min((len(index[run]) if run in index else 0, run) for run in tries)
            if fewest:
                index[rarest].append((piece.text, piece.number))
            else:
                index[rarest] = [(piece.text, piece.number)]
        self._sizes = [(size, index, frozenset(index)) for size, index in by_size.items()]

    def find(self, lows: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield (index of a value, number) of what may be there."""
        for size, index, keys in self._sizes:
            for place, low in enumerate(lows):
                for run in keys & set(_runs(low, size)):
                    for text, number in index[run]:
                        if text in low:
                            yield place, number


def _runs(text: str, size: int) -> list[str]:
    return [text[i : i + size] for i in range(len(text) - size + 1)]


class Scanner:
    """Literals as one Hyperscan database, of the module that is handed in."""

    def __init__(self, pieces: Iterable[Piece], hyperscan: Any) -> None:
        numbers: dict[tuple[bytes, At], list[int]] = {}
        for piece in pieces:
            numbers.setdefault((_literal(piece), piece.at), []).append(piece.number)
        self._numbers = list(numbers.values())
        self._behind = [int(at is At.END) for _, at in numbers]  # the separator belongs to the literal
        size = len(numbers)
        self._database = hyperscan.Database()
        self._database.compile(
            expressions=[raw for raw, _ in numbers], ids=list(range(size)), elements=size, flags=[0] * size,
            literal=True,
        )  # fmt: skip

    def find(self, lows: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield (index of a value, number) of what is there."""
        parts = [low.encode("utf-8", "surrogatepass") for low in lows]
        separators = list(accumulate((len(part) + 1 for part in parts), initial=0))
        matches: set[tuple[int, int]] = set()
        add = matches.add
        text = b"".join((_BETWEEN, _BETWEEN.join(parts), _BETWEEN))
        self._database.scan(
            text, match_event_handler=lambda literal, _start, end, _flags, _context: add((literal, end))
        )
        places = {(bisect_left(separators, end - self._behind[literal]) - 1, literal) for literal, end in matches}
        for place, literal in places:
            for number in self._numbers[literal]:
                yield place, number


def _literal(piece: Piece) -> bytes:
    raw = piece.text[-LONGEST:] if piece.at is At.END else piece.text[:LONGEST]
    text = raw.encode("utf-8", "surrogatepass")
    return _BETWEEN + text if piece.at is At.START else text + _BETWEEN if piece.at is At.END else text


def _python(pieces: Sequence[Piece]) -> Few | Grams:
    return Few(pieces) if len(pieces) <= MANY else Grams(pieces)


class Literals:
    """The literals of one field: in Python, and by a database once that pays."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._pieces: list[Piece] = []
        self._engines: Sequence[Few | Grams | Scanner] = ()
        self._credit = 0  # characters of values until a database pays
        self._is_best = False

    def add(self, piece: Piece) -> None:
        """Add a literal that is not empty."""
        self._pieces.append(piece)
        self._engines = ()

    def find(self, lows: Sequence[str]) -> Iterator[tuple[int, int]]:
        """Yield (index of a value, number) of literals that may stand in folded values."""
        if not self._pieces:
            return
        if not self._engines:
            self._engines = [_python(self._pieces)]
            self._credit = PAYS * (LOADING + len(self._pieces))
            self._is_best = False
        if not self._is_best:
            self._credit -= sum(map(len, lows))
            if self._credit < 0:
                self._engines = self._best()
                self._is_best = True
        for engine in self._engines:
            yield from engine.find(lows)

    def _best(self) -> Sequence[Few | Grams | Scanner]:
        """Return a database of the literals, and runs of those that it cannot hold or that would tell too often."""
        module = self._engine()
        scanned = [piece for piece in self._pieces if _is_scanned(piece)]
        if module is None or not scanned:
            return self._engines
        others = [piece for piece in self._pieces if not _is_scanned(piece)]
        engines: list[Few | Grams | Scanner] = [_python(others)] if others else []
        return [*engines, Scanner(scanned, module)]


def _is_scanned(piece: Piece) -> bool:
    """Return whether a database takes a literal: its compiler ends one at a NUL, and one or two letters stand often."""
    is_rare = len(piece.text) >= GRAM or piece.at is not At.ANYWHERE or not piece.text.isascii()
    return is_rare and "\0" not in piece.text


@cache
def hyperscan() -> Any:
    """Return the module, loaded at the first need; None where it is not installed."""
    try:
        import hyperscan as module
    except ImportError:
        return None
    return module
