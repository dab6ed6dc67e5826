"""Nodes: a rule's expression over the numbers of slots, small enough to be folded and asked often.

Atoms of one slot that stand together are one node over a set of numbers. Folding takes away what is known of all rows
of a table (its event id, a field that no row has), so that rules which cannot match fall out.
"""

from collections.abc import Callable, Mapping, Sequence

import msgspec

from tocsin.match.sigma.expression import Expression, Leaf, Not, Some
from tocsin.match.sigma.questions import Held

Place = Callable[[Leaf], tuple[int, int]]  # the slot of an atom, and its number there
Weigh = Callable[[int, int], float]  # how often an atom holds, 0 to 1: a guess
Holds = Callable[[Sequence[Held]], bool]


class One(msgspec.Struct, frozen=True, gc=False):
    """One of the numbers at least is in the slot's answer."""

    slot: int
    numbers: Held


class All(msgspec.Struct, frozen=True, gc=False):
    """All of the numbers are in the slot's answer."""

    slot: int
    numbers: Held


class Contrary(msgspec.Struct, frozen=True, gc=False):
    """The part does not hold."""

    part: "Node"


class Least(msgspec.Struct, frozen=True, gc=False):
    """So many of the parts hold, or more."""

    many: int
    parts: "tuple[Node, ...]"


Node = One | All | Contrary | Least | bool
Need = tuple[float, tuple[tuple[int, int], ...]]  # its weight, and atoms of which one holds in each match


def node(expression: Expression, place: Place) -> Node:
    """Return the node of an expression."""
    if isinstance(expression, Not):
        return Contrary(node(expression.part, place))
    if not isinstance(expression, Some):
        slot, number = place(expression)
        return One(slot, frozenset({number}))
    kind: type[One | All] | None = One if expression.least == 1 else None
    if expression.least == len(expression.parts):
        kind = All
    if kind is None:
        return Least(expression.least, tuple(node(part, place) for part in expression.parts))
    by_slot: dict[int, set[int]] = {}
    parts: list[Node] = []
    for part in expression.parts:
        if isinstance(part, Not | Some):
            parts.append(node(part, place))
        else:
            slot, number = place(part)
            by_slot.setdefault(slot, set()).add(number)
    parts.extend(kind(slot, frozenset(numbers)) for slot, numbers in by_slot.items())
    return parts[0] if len(parts) == 1 else Least(1 if kind is One else len(parts), tuple(parts))


def fold(whole: Node, known: Mapping[int, Held]) -> Node:
    """Return a node without what the answers of some slots decide."""
    if isinstance(whole, One):
        return whole if whole.slot not in known else not whole.numbers.isdisjoint(known[whole.slot])
    if isinstance(whole, All):
        return whole if whole.slot not in known else whole.numbers <= known[whole.slot]
    if isinstance(whole, Least):
        return _fold_parts(whole, known)
    if isinstance(whole, Contrary):
        part = fold(whole.part, known)
        return not part if isinstance(part, bool) else whole if part is whole.part else Contrary(part)
    return whole


def _fold_parts(whole: Least, known: Mapping[int, Held]) -> Node:
    many = whole.many
    left: list[Node] = []
    is_same = True
    for place, part in enumerate(whole.parts):
        folded = fold(part, known)
        is_same = is_same and folded is part
        if folded is True:
            many -= 1
        elif folded is not False:
            left.append(folded)
        elif many > len(left) + len(whole.parts) - place - 1:  # not even all that follow are enough
            return False
    if many <= 0:
        return True
    if is_same:
        return whole
    if len(left) == 1:
        return left[0]
    return Least(many, tuple(left))


def holds(whole: Node) -> Holds:
    """Return the function that tells whether answers, one a slot, satisfy a node."""
    match whole:
        case bool():
            return lambda _answers: whole
        case One(slot, numbers):
            return lambda answers: not numbers.isdisjoint(answers[slot])
        case All(slot, numbers):
            return lambda answers: numbers <= answers[slot]
        case Contrary(part):
            inner = holds(part)
            return lambda answers: not inner(answers)
        case Least(many, parts):
            return _holds_parts(many, [holds(part) for part in parts])


def _holds_parts(many: int, parts: Sequence[Holds]) -> Holds:
    def every(answers: Sequence[Held]) -> bool:
        for part in parts:  # noqa: SIM110  # a generator costs more than the parts
            if not part(answers):
                return False
        return True

    def one(answers: Sequence[Held]) -> bool:
        for part in parts:  # noqa: SIM110  # as above
            if part(answers):
                return True
        return False

    if many == len(parts):
        return every
    return one if many == 1 else lambda answers: sum(part(answers) for part in parts) >= many


def need(whole: Node, weigh: Weigh) -> Need | None:
    """Return atoms of which one holds wherever a node does; None where there are none.

    They are the rarest that can be found.
    """
    if isinstance(whole, One):
        return sum([weigh(whole.slot, n) for n in whole.numbers]), tuple([(whole.slot, n) for n in whole.numbers])
    if isinstance(whole, All):
        weight, number = min([(weigh(whole.slot, number), number) for number in whole.numbers])
        return weight, ((whole.slot, number),)
    if not isinstance(whole, Least):
        return None
    found = [one for part in whole.parts if (one := need(part, weigh)) is not None]
    least = len(whole.parts) - whole.many + 1  # of any so many parts one holds: those that are left out are too few
    if len(found) < least:
        return None
    if least == 1:
        return min(found, key=_cost)
    rarest = sorted(found, key=_cost)[:least]
    return sum([weight for weight, _ in rarest]), tuple([atom for _, atoms in rarest for atom in atoms])


def _cost(needed: Need) -> tuple[float, int]:
    return needed[0], len(needed[1])
