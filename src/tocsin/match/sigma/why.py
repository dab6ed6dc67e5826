"""Why a rule fires on a record or does not: which of its parts held, leaf by leaf.

The leaves are asked by the slots that the matcher itself uses, so that what is told is what would be found.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import msgspec

from tocsin.kit.parse import Table
from tocsin.match.sigma.expression import Exists, Keyword, Leaf
from tocsin.match.sigma.keywords import KeywordSlot
from tocsin.match.sigma.look import Look
from tocsin.match.sigma.parts import Kind, Part, holds, leaves_of, nearness
from tocsin.match.sigma.questions import Answers, Held
from tocsin.match.sigma.slots import ExistsSlot, FieldSlot, PairSlot

Slot = FieldSlot | ExistsSlot | PairSlot | KeywordSlot


class Why(msgspec.Struct, frozen=True):
    """A part of a rule, whether it held, and the same of its parts."""

    part: Part
    held: bool
    parts: "tuple[Why, ...]" = ()


class Asker:
    """The leaves of a part, ready to be asked of tables."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self._slots: dict[object, Slot] = {}
        self._places: dict[Leaf, tuple[object, int]] = {}
        for leaf in leaves_of(part):
            if leaf not in self._places:
                self._places[leaf] = self._place(leaf)
        self._near: dict[frozenset[Leaf], float] = {}

    def held(self, table: Table) -> list[frozenset[Leaf]]:
        """Return for each row the leaves that held."""
        look = Look(table)
        answers = {key: slot.answers(look) for key, slot in self._slots.items()}
        return [
            frozenset(
                leaf for leaf, (key, number) in self._places.items() if number in _at(answers[key], row)
            )
            for row in range(len(table))
        ]  # fmt: skip

    def near(self, held: frozenset[Leaf]) -> float:
        """Return how near a row comes to a match, 0 to 1.

        What is a match is told by `holds` alone.
        """
        score = self._near.get(held)
        if score is None:
            score = self._near[held] = nearness(self.part, held.__contains__)
        return score

    def why(self, held: frozenset[Leaf]) -> Why:
        """Return why a row matches or does not."""
        return told(self.part, held.__contains__)

    def _place(self, leaf: Leaf) -> tuple[object, int]:
        if isinstance(leaf, Keyword):
            slot = self._slots.setdefault("keyword", KeywordSlot())
            assert isinstance(slot, KeywordSlot)  # noqa: S101  # the key says so
            return "keyword", slot.number(leaf)
        if isinstance(leaf, Exists):
            key: object = ("exists", leaf.field)
            self._slots.setdefault(key, ExistsSlot(leaf.field))
            return key, 0
        key = (leaf.field, leaf.other)
        found = self._slots.setdefault(key, PairSlot(*key) if leaf.other else FieldSlot(leaf.field))
        assert isinstance(found, FieldSlot | PairSlot)  # noqa: S101  # the key says so
        return key, found.number(leaf.predicate)


def _at(answers: Answers, row: int) -> Held:
    return answers if isinstance(answers, frozenset) else answers[row]


def told(part: Part, known: Callable[[Leaf], bool]) -> Why:
    """Return whether a part and its parts hold where the leaves do as `known` tells."""
    return Why(part, holds(part, known), tuple(told(one, known) for one in part.parts))


def misses(why: Why) -> Iterator[Why]:
    """Yield what would have to be otherwise for a match.

    Items that did not hold, and parts that must not hold.

    Of alternatives it is the nearest.
    """
    if why.held:
        return
    part = why.part
    if part.kind is Kind.ITEM or part.leaf is not None or part.is_contrary:
        yield why
        return
    lacking = part.least - sum(one.held for one in why.parts)
    open_ = [one for one in why.parts if not one.held]
    if lacking < len(open_):
        open_ = sorted(open_, key=_far)[:lacking]
    for one in open_:
        yield from misses(one)


def _far(why: Why) -> float:
    """Return how far a part is from holding; its own leaves tell."""
    held = set(_held_leaves(why))
    return -nearness(why.part, held.__contains__)


def _held_leaves(why: Why) -> Iterator[Leaf]:
    if why.part.leaf is not None and why.held is not why.part.is_contrary:
        yield why.part.leaf
    for one in why.parts:
        yield from _held_leaves(one)


def grounds(why: Why) -> Iterator[Why]:
    """Yield the items that made a part hold.

    Nothing for what held because something was not there.
    """
    if not why.held or why.part.kind is Kind.NOT:
        return
    if why.part.kind is Kind.ITEM or why.part.leaf is not None:
        yield why
        return
    for one in [one for one in why.parts if one.held][: why.part.least]:
        yield from grounds(one)


def top(why: Why) -> Sequence[Why]:
    """Return the parts that a reader counts.

    Of what is joined by and it is each, else the whole.
    """
    found: Iterable[Why] = [why]
    while len(one := list(found)) == 1 and one[0].parts and one[0].part.is_all and not one[0].part.is_contrary:
        if one[0].part.kind is Kind.ITEM:
            break
        found = one[0].parts
    return one
