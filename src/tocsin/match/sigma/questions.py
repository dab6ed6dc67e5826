"""Questions: the predicates asked of one field, and which of them a value satisfies.

Most are texts that a value equals (a dict finds them) or holds, begins or ends with (literals.py finds candidates in
one pass). A regular expression is asked where a literal that it needs stands, or a database of what such patterns
read at least; each candidate is then asked itself, so no engine decides an answer.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from tocsin.match.sigma.literals import At, Engine, Literals, Piece, hyperscan
from tocsin.match.sigma.predicate import Ask, Network, Predicate, Test, address_of, members, network_of, test, text_of
from tocsin.match.sigma.regex import anchors
from tocsin.match.sigma.text import DASH, DASHES, MANY, Pattern, Token

MAX_SETS = 65_536  # different answers of a field that are held as one object each
MAX_DASHES = 2  # dashes of a literal that are spelled out: 25 ways

Held = frozenset[int]
Answers = Sequence[Held] | Held  # one for each row, or the same for all
NOTHING: Held = frozenset()
_RARE = [0.7**size for size in range(21)]  # by the letters of a text


class _Tests(dict[int, tuple[Test, bool]]):
    """How each predicate is asked, made when first needed, and whether of the text in lower case."""

    def __init__(self, predicates: Sequence[Predicate]) -> None:
        super().__init__()
        self._predicates = predicates

    def __missing__(self, number: int) -> tuple[Test, bool]:
        predicate = self._predicates[number]
        made = self[number] = (test(predicate), predicate.ask is Ask.TEXT and not predicate.cased)
        return made


class Questions:
    """The predicates asked of one field, numbered from 0.

    `engine` finds literals: the answers are the same whatever it is.
    """

    def __init__(self, engine: Engine = hyperscan) -> None:
        self._numbers: dict[Predicate, int] = {}
        self._predicates: list[Predicate] = []
        self._weights: list[float] = []
        self._ready = 0  # predicates that are taken up below
        self._null: Held = NOTHING
        self._exact: dict[str, list[int]] = {}
        self._exact_cased: dict[str, list[int]] = {}
        self._tests = _Tests(self._predicates)
        self._literals = Literals(engine)
        self._folded: list[int] = []  # those whose literals tell of ASCII only
        self._always: list[int] = []
        self._networks: list[tuple[Network, int]] = []
        self._sets: dict[Held, Held] = {}

    def number(self, predicate: Predicate) -> int:
        """Return the number of a predicate, new or known."""
        number = self._numbers.setdefault(predicate, len(self._predicates))
        if number == len(self._predicates):
            self._predicates.append(predicate)
        return number

    def weigh(self, number: int) -> float:
        """Return a guess of how often a predicate holds: of texts, the longer the rarer."""
        weights = self._weights
        if number >= len(weights):
            weights.extend(map(_weight, self._predicates[len(weights) :]))
        return weights[number]

    def held(self, values: Sequence[Any]) -> list[Held]:
        """Return the predicates that each value satisfies; equal answers are one object."""
        while self._ready < len(self._predicates):
            self._add(self._predicates[self._ready], self._ready)
            self._ready += 1
        texts: list[str] = []
        owners: list[int] = []
        found: dict[int, list[int]] = {}
        for place, value in enumerate(values):
            if type(value) is str:
                texts.append(value)
                owners.append(place)
            elif value is None:
                found[place] = list(self._null)
            else:
                many = [text_of(member) for member in members(value)]
                texts.extend(many)
                owners.extend([place] * len(many))
        for text_place, number in self._of_texts(texts):
            found.setdefault(owners[text_place], []).append(number)
        return [self._one(frozenset(found[place])) if place in found else NOTHING for place in range(len(values))]

    def _one(self, numbers: Held) -> Held:
        if len(self._sets) >= MAX_SETS:
            self._sets.clear()
        return self._sets.setdefault(numbers, numbers)

    def _of_texts(self, texts: Sequence[str]) -> Iterator[tuple[int, int]]:
        lows = [text.lower() for text in texts]
        yield from _equal(self._exact, lows)
        yield from _equal(self._exact_cased, texts)
        if self._always or self._folded or self._networks:
            for place, (text, low) in enumerate(zip(texts, lows, strict=True)):
                yield from ((place, number) for number in self._without_literals(text, low))
        for place, number in self._literals.find(lows):
            holds, of_low = self._tests[number]
            if holds(lows[place] if of_low else texts[place]):
                yield place, number

    def _without_literals(self, text: str, low: str) -> Iterator[int]:
        yield from self._asked(text, low, self._always)
        if self._folded and not low.isascii():
            yield from self._asked(text, low, self._folded)
        if self._networks:
            yield from self._of_address(text)

    def _asked(self, text: str, low: str, numbers: Iterable[int]) -> Iterator[int]:
        for number in numbers:
            holds, of_low = self._tests[number]
            if holds(low if of_low else text):
                yield number

    def _of_address(self, text: str) -> Iterator[int]:
        address = address_of(text)
        if address is not None:
            yield from (number for network, number in self._networks if address in network)

    def _add(self, predicate: Predicate, number: int) -> None:
        plain = predicate.pattern.plain if predicate.ask is Ask.TEXT else None
        if predicate.ask is Ask.NULL:
            self._null |= {number}
        elif predicate.ask is Ask.CIDR:
            self._networks.append((network_of(predicate.source), number))
        elif plain is not None and predicate.cased:
            self._exact_cased.setdefault(plain, []).append(number)
        elif plain is not None:
            self._exact.setdefault(plain.lower(), []).append(number)
        else:
            pieces = self._pieces(predicate, number)
            for piece in pieces:
                self._literals.add(piece)
            if not pieces:
                self._always.append(number)

    def _pieces(self, predicate: Predicate, number: int) -> list[Piece]:
        """Return literals of which a text that satisfies a predicate holds one; nothing where none are known."""
        if predicate.ask is Ask.TEXT:
            pieces = [Piece(text.lower(), number, at) for text, at in literals(predicate.pattern)]
            return [] if predicate.cased and not all(_keeps_its_place(one.text) for one in pieces) else pieces
        if predicate.ask is Ask.REGEX:
            found = anchors(predicate.source)
            if found:
                self._folded.append(number)
            return [Piece(text, number) for text in found]
        return []


def _equal(exact: Mapping[str, Sequence[int]], texts: Sequence[str]) -> Iterator[tuple[int, int]]:
    if exact:
        for place, text in enumerate(texts):
            if text in exact:
                yield from ((place, number) for number in exact[text])


def _weight(predicate: Predicate) -> float:
    if predicate.ask is Ask.TEXT:
        return _RARE[min(sum([len(token) for token in predicate.pattern.tokens if isinstance(token, str)]), 20)]
    return 1.0 if predicate.ask is Ask.NULL else 0.1


def _keeps_its_place(text: str) -> bool:
    """Return whether these letters are lowered alike wherever they stand (a Greek sigma is not)."""
    return all(char.isascii() or char in DASHES for char in text)


def literals(pattern: Pattern) -> list[tuple[str, At]]:
    """Return texts of which each text of a pattern holds one, and where.

    That is its longest run of plain text and dashes.
    """
    tokens = pattern.tokens
    plain = tokens[0 if isinstance(tokens[0], str) else min(1, len(tokens) - 1)]
    if isinstance(plain, str) and tokens in {(MANY, plain, MANY), (MANY, plain), (plain, MANY)}:  # nearly always
        return [(plain, At.START if tokens[0] == plain else At.END if tokens[-1] == plain else At.ANYWHERE)]
    best: tuple[int, tuple[Token, ...], At] = (0, (), At.ANYWHERE)
    start = 0
    for index, token in enumerate((*tokens, MANY)):
        if isinstance(token, str) or token == DASH:
            continue
        for offset, run in _spelled(tokens[start:index]):
            at = At.START if not start + offset else At.END if start + offset + len(run) == len(tokens) else At.ANYWHERE
            size = sum(len(part) if isinstance(part, str) else 1 for part in run)
            if size > best[0]:
                best = (size, run, at)
        start = index + 1
    parts = [(part,) if isinstance(part, str) else tuple(DASHES) for part in best[1]]
    return [("".join(spelled), best[2]) for spelled in product(*parts)] if parts else []


def _spelled(run: tuple[Token, ...]) -> Iterator[tuple[int, tuple[Token, ...]]]:
    """Yield a run if its dashes can be spelled out, else its plain parts, each with its place in the run."""
    if run.count(DASH) <= MAX_DASHES:
        yield 0, run
    else:
        yield from ((place, (part,)) for place, part in enumerate(run) if isinstance(part, str))
