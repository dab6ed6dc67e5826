"""The matcher: rules over tables.

For each log source that is seen, a plan is made of the rules that fit it. A plan asks each field once (slots), and
looks the tuple of answers of a row up in a memo of tuples: rows that answer alike match alike. This is the place where
faster engines go in; what they must give is `Matcher(rules).run(table)`.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

from tocsin.kit.parse import LogSource, Table
from tocsin.match.sigma.expression import Atom, Exists, Expression, Keyword, Leaf, Not, Some, leaves
from tocsin.match.sigma.rule import Rule, Source
from tocsin.match.sigma.slots import ExistsSlot, FieldSlot, KeywordSlot, Look, PairSlot
from tocsin.model.fields import other_names

MAX_COMBOS = 65_536  # tuples of answers whose matches are kept, per plan

Answers = Sequence[int]
Holds = Callable[[Answers], bool]
Slot = FieldSlot | ExistsSlot | PairSlot | KeywordSlot
S = TypeVar("S", FieldSlot, ExistsSlot, PairSlot, KeywordSlot)


def fits(source: Source, logsource: LogSource) -> bool:
    """Return whether a rule of a source looks at rows of a log source.

    An empty word of the rule fits all.
    """
    return (
        source.product in {"", logsource.product}
        and (not source.category or source.category in logsource.categories)
        and (not source.service or source.service in logsource.services)
    )


class Matcher:
    """Rules made ready to run over tables.

    `seen` tells, per log source, which of the rules' fields (and of `watch`) any row has had so far.
    """

    def __init__(self, rules: Sequence[Rule], watch: frozenset[str] = frozenset()) -> None:
        self.rules = rules
        self.watch = watch
        self.seen: dict[LogSource, set[str]] = {}
        self._plans: dict[LogSource, _Plan] = {}

    def fitting(self, logsource: LogSource) -> Sequence[int]:
        """Return the indexes of the rules that look at rows of a log source."""
        return self._plan(logsource).indexes

    def run(self, table: Table) -> Iterator[tuple[int, int]]:
        """Yield (rule index, row index) of each match, in the order of rows."""
        plan = self._plan(table.logsource)
        look = Look(table)
        self._see(look, plan)
        if plan.indexes and len(table):
            yield from plan.run(look)

    def _plan(self, logsource: LogSource) -> "_Plan":
        plan = self._plans.get(logsource)
        if plan is None:
            indexes = [i for i, rule in enumerate(self.rules) if fits(rule.source, logsource)]
            plan = self._plans[logsource] = _Plan(indexes, [self.rules[i].expression for i in indexes])
        return plan

    def _see(self, look: Look, plan: "_Plan") -> None:
        seen = self.seen.setdefault(look.table.logsource, set())
        for name in (plan.fields | self.watch) - seen:
            column, shared = look.field(name)
            if shared is not None or (column is not None and any(value is not None for value in column)):
                seen.add(name)


def wanted(rules: Sequence[Rule], more: frozenset[str] = frozenset()) -> frozenset[str]:
    """Return the fields that parsers must give for these rules.

    Each stands there under every name of the vocabulary.
    """
    names = {name for rule in rules for leaf in leaves(rule.expression) for name in fields_of(leaf)} | more
    return frozenset(names | {other for name in names for other in other_names(name)})


def fields_of(leaf: Leaf) -> Iterator[str]:
    """Yield the fields that an atom asks for."""
    if isinstance(leaf, Atom):
        yield leaf.field
        if leaf.other:
            yield leaf.other
    elif isinstance(leaf, Exists):
        yield leaf.field


class _Combos(dict[tuple[int, ...], tuple[int, ...]]):
    """Memo from the answers of the slots that vary to the rules that match."""

    def __init__(self, plan: "_Plan", varying: Sequence[int], fixed: Sequence[int]) -> None:
        super().__init__()
        self._plan = plan
        self._varying = varying
        self._fixed = list(fixed)

    def __missing__(self, key: tuple[int, ...]) -> tuple[int, ...]:
        answers = self._fixed.copy()
        for slot, mask in zip(self._varying, key, strict=True):
            answers[slot] = mask
        found = self._plan.matches(answers)
        if len(self) >= MAX_COMBOS:
            self.clear()
        self[key] = found
        return found


class _Plan:
    """The rules that look at one log source, compiled over slots."""

    def __init__(self, indexes: Sequence[int], expressions: Sequence[Expression]) -> None:
        self.indexes = indexes
        self.slots: list[Slot] = []
        self._where: dict[Any, int] = {}
        self.fields = {name for e in expressions for leaf in leaves(e) for name in fields_of(leaf)}
        self._holds = [self._compile(expression) for expression in expressions]
        self._combos: dict[tuple[int, ...], _Combos] = {}

    def run(self, look: Look) -> Iterator[tuple[int, int]]:
        answers = [slot.masks(look) for slot in self.slots]
        varying = [i for i, masks in enumerate(answers) if not isinstance(masks, int)]
        fixed = [masks if isinstance(masks, int) else -1 for masks in answers]
        combos = self._combos.get(key := tuple(fixed))
        if combos is None:
            if len(self._combos) > MAX_COMBOS // 256:
                self._combos.clear()
            combos = self._combos[key] = _Combos(self, varying, fixed)
        if not varying:
            found = combos[()]
            yield from ((rule, row) for row in range(len(look)) for rule in found)
            return
        columns = [masks for masks in answers if not isinstance(masks, int)]
        for row, rules in enumerate(map(combos.__getitem__, zip(*columns, strict=True))):
            if rules:
                yield from ((rule, row) for rule in rules)

    def matches(self, answers: Answers) -> tuple[int, ...]:
        return tuple(i for i, holds in zip(self.indexes, self._holds, strict=True) if holds(answers))

    def _compile(self, expression: Expression) -> Holds:
        if isinstance(expression, Not):
            part = self._compile(expression.part)
            return lambda answers: not part(answers)
        if isinstance(expression, Some):
            return self._compile_some(expression)
        slot, bit = self._leaf(expression)
        return lambda answers: answers[slot] & bit != 0

    def _compile_some(self, expression: Some) -> Holds:
        least = expression.least
        every = least == len(expression.parts)
        if (every or least == 1) and not any(isinstance(part, Not | Some) for part in expression.parts):
            places = [self._leaf(part) for part in expression.parts if not isinstance(part, Not | Some)]
            slot = places[0][0]
            bits = 0
            for _, bit in places:
                bits |= bit
            if all(place == slot for place, _ in places):
                if every:
                    return lambda answers: answers[slot] & bits == bits
                return lambda answers: answers[slot] & bits != 0
        parts = [self._compile(part) for part in expression.parts]
        if every:
            return lambda answers: all(part(answers) for part in parts)
        if least == 1:
            return lambda answers: any(part(answers) for part in parts)
        return lambda answers: sum(part(answers) for part in parts) >= least

    def _leaf(self, leaf: Leaf) -> tuple[int, int]:
        if isinstance(leaf, Exists):
            return self._slot(("exists", leaf.field), lambda: ExistsSlot(leaf.field))[0], 1
        if isinstance(leaf, Keyword):
            where, slot = self._slot("keywords", KeywordSlot)
            return where, slot.bit(leaf)
        if leaf.other:
            where, pair = self._slot(("pair", leaf.field, leaf.other), lambda: PairSlot(leaf.field, leaf.other))
            return where, pair.bit(leaf.predicate)
        where, field = self._slot(("field", leaf.field), lambda: FieldSlot(leaf.field))
        return where, field.bit(leaf.predicate)

    def _slot(self, key: Any, make: Callable[[], S]) -> tuple[int, S]:
        where = self._where.get(key)
        if where is None:
            where = self._where[key] = len(self.slots)
            self.slots.append(make())
        return where, self.slots[where]  # type: ignore[return-value]  # the key says which slot it is
