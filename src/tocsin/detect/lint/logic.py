"""Whether an expression can hold at all, by its form alone.

A search over the ways to satisfy it (a tableau): what must hold is taken first, alternatives are tried in turn, and a
way ends where two claims on one field contradict each other. It is bounded: what takes more than BUDGET steps is taken
to be possible. One value per field is assumed; `find` tells which two claims were in each other's way.
"""

from collections.abc import Iterable, Sequence

import msgspec

from tocsin.detect.lint.patterns import covers, disjoint, fits_all, shown
from tocsin.match.sigma.expression import Atom, Exists, Expression, Keyword, Leaf, Not, Some
from tocsin.match.sigma.predicate import Ask, Predicate
from tocsin.model.fields import BY_NAME

BUDGET = 3_000  # steps; of 15,287 searches over rules of SigmaHQ two take so many, the others 156 at most
MAX_PAIRS = 4_096  # predicates compared with each other for one pair of claims
ALL_PAIRS = 100_000  # and in one search; SigmaHQ's rules take 53,104 at most
KEYWORD = "\0keyword"
EVENT_CODE = "event.code"
NOTHING = Some((), 0)  # always holds

Goal = tuple[Expression, bool]


class Claim(msgspec.Struct, frozen=True):
    """What must be so of a field: one of the predicates fits it, or none of them does."""

    field: str
    any_of: tuple[Predicate, ...]
    holds: bool
    name: str = ""  # of the field as it is written


class Clash(msgspec.Struct, frozen=True):
    """Two claims that exclude each other."""

    one: Claim
    other: Claim

    def __str__(self) -> str:
        """Return the sentence for people."""
        field = "a keyword" if self.one.field == KEYWORD else self.one.name or self.one.field
        one, other = _said(self.one), _said(self.other)
        many = max(len(self.one.any_of), len(self.other.any_of)) > 1
        return (
            f"{field} cannot be {one}, and at once {other}" if many else f"{field} cannot be {one} and {other} at once"
        )


def _said(claim: Claim) -> str:
    words = [shown(one) for one in claim.any_of[:2]]
    more = f" (or {len(claim.any_of) - 2} more)" if len(claim.any_of) > 2 else ""
    return ("" if claim.holds else "other than ") + " or ".join(words) + more


class Found(msgspec.Struct, frozen=True):
    """Whether an expression can hold, and the first clash where it cannot.

    Several ways may end in several clashes.
    """

    possible: bool
    clash: Clash | None = None
    several: bool = False

    @property
    def why(self) -> str:
        """Return the reason for people; nothing where none is known."""
        if self.clash is None:
            return ""
        return f"{self.clash}{', among others' if self.several else ''}"


def possible(goals: Iterable[Goal], given: Sequence[Claim] = ()) -> Found:
    """Return whether all goals, each to hold or not to hold, can be met at once.

    `given` are claims that are true beforehand.
    """
    return _Search(given).run(list(goals))


class _Search:
    def __init__(self, given: Sequence[Claim]) -> None:
        self.given = tuple(given)
        self.steps = 0
        self.pairs = 0
        self.clashes: dict[Clash, None] = {}

    def run(self, goals: list[Goal]) -> Found:
        can = self._can(goals, self.given, [])
        return Found(possible=can, clash=next(iter(self.clashes), None), several=len(self.clashes) > 1)

    def _can(self, goals: list[Goal], claims: tuple[Claim, ...], choices: list[list[Goal]]) -> bool:
        """Return whether the goals, and one of each choice, can hold beside the claims."""
        todo = list(reversed(goals))
        while todo:
            self.steps += 1
            if self.steps > BUDGET:
                return True
            expression, holds = todo.pop()
            while isinstance(expression, Not):
                expression, holds = expression.part, not holds
            if isinstance(expression, Some) and not _one_field(expression):
                least, parts = expression.least, [(part, holds) for part in expression.parts]
                if not holds:  # fewer than `least` hold: so many do not
                    least = len(parts) - least + 1
                if least > len(parts):
                    return False
                if least == len(parts):
                    todo.extend(reversed(parts))
                elif least == 1:
                    choices = [*choices, parts]
                continue  # some of many: too wide to search, and hardly ever impossible
            claim = _claim(expression, holds)
            if claim is None:
                continue
            if self._clashes(claim, claims):
                return False
            claims = (*claims, claim)
        if not choices:
            return True
        first, *rest = sorted(choices, key=len)
        return any(self._can([goal], claims, rest) for goal in first)

    def _clashes(self, claim: Claim, claims: tuple[Claim, ...]) -> bool:
        for other in claims:
            if other.field != claim.field:
                continue
            self.pairs += len(other.any_of) * len(claim.any_of)
            if self.pairs < ALL_PAIRS and _excludes(other, claim):
                self.clashes[Clash(other, claim)] = None
                return True
        return False


def _one_field(expression: Some) -> bool:
    """Return whether this is a list of values for one field, any of which will do."""
    if expression.least != 1 or not expression.parts:
        return False
    first = expression.parts[0]
    if isinstance(first, Keyword):
        return all(isinstance(part, Keyword) for part in expression.parts)
    return isinstance(first, Atom) and all(
        isinstance(part, Atom) and part.field == first.field and part.other == first.other for part in expression.parts
    )


def _claim(expression: Expression, holds: bool) -> Claim | None:  # noqa: FBT001  # the two halves of a goal
    leaves: Sequence[Expression] = expression.parts if isinstance(expression, Some) else (expression,)
    if not leaves:
        return None
    first = leaves[0]
    if isinstance(first, Exists):
        # there or not there says nothing of values: not there is null, and there may be null too
        return None if holds else Claim(canonical_name(first.field), (Predicate(Ask.NULL),), True, first.field)
    if isinstance(first, Keyword):
        return Claim(KEYWORD, tuple(_of_keyword(one) for one in leaves), holds)
    assert isinstance(first, Atom)  # noqa: S101  # goals are taken apart down to leaves
    field = f"{first.field}\0{first.other}" if first.other else canonical_name(first.field)
    return Claim(field, tuple(one.predicate for one in leaves if isinstance(one, Atom)), holds, first.field)


def _of_keyword(leaf: Leaf | Expression) -> Predicate:
    assert isinstance(leaf, Keyword)  # noqa: S101  # just asked for
    return leaf.predicate or Predicate(Ask.TEXT, leaf.pattern, leaf.cased)


def canonical_name(field: str) -> str:
    """Return the one name of an event's id; any other field keeps its own.

    Names of the vocabulary may stand for different things in one record (a user, and the one who acted on it).
    """
    known = BY_NAME.get(field)
    return EVENT_CODE if known is not None and known.ecs == EVENT_CODE else field


def _excludes(one: Claim, other: Claim) -> bool:
    if one.holds and other.holds:
        if one.field == KEYWORD or len(one.any_of) * len(other.any_of) > MAX_PAIRS:
            return False
        return all(disjoint(a, b) for a in one.any_of for b in other.any_of)
    if one.holds or other.holds:
        yes, no = (one, other) if one.holds else (other, one)
        if len(yes.any_of) * len(no.any_of) > MAX_PAIRS:
            return False
        return all(any(covers(wide, narrow) for wide in no.any_of) for narrow in yes.any_of)
    both = (*one.any_of, *other.any_of)
    return any(p.ask is Ask.NULL for p in both) and any(fits_all(p) for p in both)


def canonical(expression: Expression) -> Expression:
    """Return an expression in one form: flat, without repetitions, in one order.

    Equal forms ask the same; the contrary need not be so.
    """
    if isinstance(expression, Not):
        part = canonical(expression.part)
        return part.part if isinstance(part, Not) else Not(part)
    if not isinstance(expression, Some):
        return _folded(expression)
    parts = [canonical(part) for part in expression.parts]
    is_and, is_or = expression.least == len(parts), expression.least == 1
    if not (is_and or is_or):
        return Some(tuple(sorted(parts, key=repr)), expression.least)
    flat: list[Expression] = []
    for part in parts:
        inner = isinstance(part, Some) and part.parts and (
            (is_and and part.least == len(part.parts)) or (is_or and part.least == 1)
        )  # fmt: skip
        flat.extend(part.parts if inner and isinstance(part, Some) else (part,))
    unique = sorted(dict.fromkeys(flat), key=repr)
    return unique[0] if len(unique) == 1 else Some(tuple(unique), len(unique) if is_and else 1)


def _folded(leaf: Leaf) -> Leaf:
    """Return a leaf with its text in small letters where case does not count."""
    if isinstance(leaf, Atom) and leaf.predicate.ask is Ask.TEXT and not leaf.predicate.cased:
        predicate = msgspec.structs.replace(leaf.predicate, pattern=leaf.predicate.pattern.lower())
        return msgspec.structs.replace(leaf, predicate=predicate)
    if isinstance(leaf, Keyword) and not leaf.cased:
        return msgspec.structs.replace(leaf, pattern=leaf.pattern.lower())
    return leaf
