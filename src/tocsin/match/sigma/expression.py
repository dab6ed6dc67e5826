"""Expressions: what a rule's condition says, as a tree over atoms.

Their tags tell them apart where rules are kept on disk (detect/rule_cache.py).
"""

from collections.abc import Callable, Iterator, Sequence

import msgspec

from tocsin.match.sigma.predicate import Predicate
from tocsin.match.sigma.text import Pattern


class Atom(
    msgspec.Struct, frozen=True, gc=False, tag="a", array_like=True
):  # no cycle can form; the collector takes a tenth of loading
    """One predicate asked of one field; of a pair of fields when `other` is named."""

    field: str
    predicate: Predicate
    other: str = ""


class Exists(msgspec.Struct, frozen=True, tag="e", array_like=True):
    """Whether a record has a field at all, be it null."""

    field: str


class Keyword(msgspec.Struct, frozen=True, tag="k", array_like=True):
    """A pattern searched anywhere in the raw record.

    It is a regular expression when `predicate` is set.
    """

    pattern: Pattern
    cased: bool = False
    predicate: Predicate | None = None


class Not(msgspec.Struct, frozen=True, tag="n", array_like=True):
    """The contrary."""

    part: "Expression"


class Some(msgspec.Struct, frozen=True, tag="s", array_like=True):
    """At least `least` of the parts; all of them is `and`, one of them is `or`."""

    parts: "tuple[Expression, ...]"
    least: int


Leaf = Atom | Exists | Keyword
Expression = Atom | Exists | Keyword | Not | Some


def every(parts: Sequence[Expression]) -> Expression:
    """Return `and` of the parts; one part stands for itself."""
    return parts[0] if len(parts) == 1 else Some(tuple(parts), len(parts))


def either(parts: Sequence[Expression]) -> Expression:
    """Return `or` of the parts; one part stands for itself."""
    return parts[0] if len(parts) == 1 else Some(tuple(parts), 1)


def leaves(expression: Expression) -> Iterator[Leaf]:
    """Yield the atoms, in order of writing."""
    if isinstance(expression, Not):
        yield from leaves(expression.part)
    elif isinstance(expression, Some):
        for part in expression.parts:
            yield from leaves(part)
    else:
        yield expression


def judge(expression: Expression, known: Callable[[Leaf], bool | None]) -> bool | None:
    """Return what an expression is when only some atoms are known.

    True, False, or None for "it depends".
    """
    if isinstance(expression, Not):
        part = judge(expression.part, known)
        return None if part is None else not part
    if isinstance(expression, Some):
        answers = [judge(part, known) for part in expression.parts]
        if answers.count(True) >= expression.least:
            return True
        return None if answers.count(True) + answers.count(None) >= expression.least else False
    return known(expression)
