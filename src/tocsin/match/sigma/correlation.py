"""Correlation documents as records (their evaluation is a capability's work: it needs event time).

Specification: https://github.com/SigmaHQ/sigma-specification, "Sigma Correlation Rules Specification".
"""

import operator
import re
from collections.abc import Callable, Mapping
from enum import StrEnum
from fractions import Fraction

import msgspec

from tocsin.match.sigma.condition import condition
from tocsin.match.sigma.expression import Exists, Expression, Some, judge, leaves
from tocsin.match.sigma.tree import Node, RuleError

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "M": 2_629_746, "y": 31_556_952}
MAX_SPAN = 366 * 86_400  # seconds
MAX_RULES = 64  # of one correlation
BOUNDS: Mapping[str, Callable[[int | Fraction, int | Fraction], bool]] = {
    "gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le, "eq": operator.eq, "neq": operator.ne,
}  # fmt: skip


class Type(StrEnum):
    """The types of correlation."""

    EVENT_COUNT = "event_count"
    VALUE_COUNT = "value_count"
    TEMPORAL = "temporal"
    TEMPORAL_ORDERED = "temporal_ordered"
    VALUE_SUM = "value_sum"
    VALUE_AVG = "value_avg"
    VALUE_PERCENTILE = "value_percentile"
    VALUE_MEDIAN = "value_median"


METRICS = frozenset({Type.VALUE_SUM, Type.VALUE_AVG, Type.VALUE_PERCENTILE, Type.VALUE_MEDIAN})
TEMPORAL = frozenset({Type.TEMPORAL, Type.TEMPORAL_ORDERED})


def exact(number: float) -> int | Fraction:
    """Return a number as it is written in decimal: 0.1 is a tenth, whatever its bits."""
    return int(number) if number == int(number) else Fraction(repr(number))


class Bound(msgspec.Struct, frozen=True):
    """One criterion of a condition: `gte: 10`."""

    compare: str
    number: int | float

    def holds(self, count: int | Fraction) -> bool:
        """Return whether a count meets the criterion."""
        return BOUNDS[self.compare](count, exact(self.number))


class Correlation(msgspec.Struct, frozen=True, kw_only=True):
    """How matches of the rules named make a match of this one.

    `span` is in microseconds, `percentile` from 0 to 100.
    `aliases` maps an alias to the field that it means in each rule. `expression` is a condition over the rules' names:
    each stands there as Exists.
    """

    type: Type
    rules: tuple[str, ...]
    span: int
    group_by: tuple[str, ...] = ()
    bounds: tuple[Bound, ...] = ()
    fields: tuple[str, ...] = ()
    aliases: Mapping[str, Mapping[str, str]] = {}
    generate: bool = False
    percentile: float = 50
    expression: Expression | None = None
    line: int = 0

    def field_in(self, name: str, *rule: str) -> str:
        """Return the field that a name of `group-by` means in a rule.

        The rule is given by the names it goes by.
        """
        alias = self.aliases.get(name)
        if alias is None:
            return name
        return next((alias[one] for one in rule if one in alias), name)

    def holds(self, count: int | Fraction) -> bool:
        """Return whether a count meets all bounds."""
        return all(bound.holds(count) for bound in self.bounds)

    def holds_with(self, seen: frozenset[str]) -> bool:
        """Return whether the condition holds when just these rules were seen in a window."""
        if self.expression is None:
            return self.holds(len(seen))
        return judge(self.expression, lambda leaf: isinstance(leaf, Exists) and leaf.field in seen) is True

    def could_fire(self, without: frozenset[str]) -> bool:
        """Return whether it could fire if some of its rules never do."""
        left = len(frozenset(self.rules) - without)
        if self.expression is not None:
            silent = judge(
                self.expression, lambda one: False if isinstance(one, Exists) and one.field in without else None
            )
            return left > 0 and silent is not False
        if self.type is Type.TEMPORAL_ORDERED:
            return not without
        return left > 0 and (self.type is not Type.TEMPORAL or any(self.holds(many) for many in range(1, left + 1)))


def correlation(node: Node, document: Mapping[str, Node]) -> Correlation:
    """Return the correlation that a node is; raises RuleError.

    `generate` may stand in it, or beside it in the document.
    """
    entries = node.map
    kind = _kind(node)
    if "timespan" not in entries:
        raise RuleError("a correlation needs 'timespan'", line=node.line)
    said = entries.get("condition")
    expression = _expression(kind, said, entries.get("rules")) if said and isinstance(said.value, str) else None
    rules = _rules(node, expression)
    bounds, fields, percentile = ((), (), 50.0) if expression else _condition(kind, said, len(rules), node.line)
    generate = entries.get("generate", document.get("generate"))
    if generate is not None and not isinstance(generate.scalar, bool):
        raise RuleError("generate is true or false", line=generate.line)
    return Correlation(
        type=kind, rules=rules, span=_span(entries["timespan"]), bounds=bounds, fields=fields, line=node.line,
        group_by=entries["group-by"].texts if "group-by" in entries else (),
        aliases=_aliases(entries["aliases"], rules) if "aliases" in entries else {},
        generate=generate is not None and generate.scalar is True, percentile=percentile, expression=expression,
    )  # fmt: skip


def _rules(node: Node, expression: Expression | None) -> tuple[str, ...]:
    named = dict.fromkeys(leaf.field for leaf in leaves(expression) if isinstance(leaf, Exists)) if expression else {}
    if "rules" not in node.map:
        if not named:
            raise RuleError("a correlation needs 'rules'", line=node.line)
        return tuple(named)
    rules = node.map["rules"].texts
    line = node.map["rules"].line
    if not rules:
        raise RuleError("the correlation names no rule", line=line)
    if len(rules) > MAX_RULES:
        raise RuleError(f"the correlation names {len(rules)} rules; {MAX_RULES} are the most", line=line)
    if len(set(rules)) != len(rules):
        raise RuleError("the correlation names a rule twice", line=line)
    missing = [one for one in rules if named and one not in named]
    if missing:
        raise RuleError(f"the condition says nothing of {missing[0]!r}", line=line, hint="leave it out of rules")
    return rules


def _kind(node: Node) -> Type:
    if "type" not in node.map:
        raise RuleError("a correlation needs 'type'", line=node.line)
    word = node.map["type"]
    if word.text not in tuple(Type):
        raise RuleError(f"no correlation is of type {word.text!r}", line=word.line, hint=", ".join(Type))
    return Type(word.text)


def _span(node: Node) -> int:
    found = re.fullmatch(r"(\d{1,9})([smhdwMy])", node.text)
    seconds = int(found[1]) * SECONDS[found[2]] if found else 0
    if not 0 < seconds <= MAX_SPAN:
        raise RuleError(
            f"{node.text!r} is no timespan", line=node.line, hint="a number and s, m, h, d or w, a year at most: 90m"
        )
    return seconds * 1_000_000


def _aliases(node: Node, rules: tuple[str, ...]) -> dict[str, dict[str, str]]:
    found = {name: {rule: field.text for rule, field in entry.map.items()} for name, entry in node.map.items()}
    for name, fields in found.items():
        unknown = [rule for rule in fields if rule not in rules]
        if unknown and len(unknown) == len(fields):  # a rule may go by its id here and by its name there
            raise RuleError(f"the alias {name!r} is of no rule of this correlation", line=node.map[name].line)
    return found


def _expression(kind: Type, node: Node, rules: Node | None) -> Expression:
    if kind not in TEMPORAL:
        raise RuleError(f"the condition of {kind} is a map", line=node.line, hint="gte: 10")
    words = re.findall(r"[^\s()]+", node.text)
    names = [word for word in words if word.lower() not in {"and", "or", "not"}]
    known = rules.texts if rules else tuple(dict.fromkeys(names))
    made = condition(node.text, {name: Exists(name) for name in known}, node.line)
    if kind is Type.TEMPORAL_ORDERED and not _is_sequence(made, known):
        raise RuleError(
            "the condition of a sequence joins its rules by `and`, in their order", line=node.line,
            hint="make correlations of the other parts, and a sequence of those",
        )  # fmt: skip
    return made


def _is_sequence(made: Expression, names: tuple[str, ...]) -> bool:
    if not isinstance(made, Some) or made.least != len(made.parts):
        return False
    return tuple(part.field for part in made.parts if isinstance(part, Exists)) == names


def _condition(
    kind: Type, node: Node | None, rules: int, line: int
) -> tuple[tuple[Bound, ...], tuple[str, ...], float]:
    if node is None:
        if kind in TEMPORAL:
            return (Bound("gte", rules),), (), 50
        raise RuleError(f"{kind} needs a condition", line=line)
    entries = node.map
    bounds = tuple(_bound(kind, key, entry) for key, entry in entries.items() if key not in {"field", "percentile"})
    if not bounds:
        raise RuleError("the condition has no bound", line=node.line, hint="gte: 10")
    if kind is Type.TEMPORAL_ORDERED and [n for n in range(rules + 1) if all(b.holds(n) for b in bounds)] != [rules]:
        raise RuleError("a sequence needs all of its rules", line=node.line, hint=f"gte: {rules}, or no condition")
    return bounds, _fields(kind, node), _percentile(kind, node)


def _bound(kind: Type, key: str, node: Node) -> Bound:
    number = node.scalar
    is_number = isinstance(number, int | float) and not isinstance(number, bool) and abs(number) < float("inf")
    if key not in BOUNDS or not is_number:
        raise RuleError(f"{key}: {node.text!r} is no bound", line=node.line, hint="gte: 10")
    if kind not in METRICS and not isinstance(number, int):
        raise RuleError(f"{key}: {node.text!r} is no whole number, and {kind} counts", line=node.line)
    return Bound(key, number)  # type: ignore[arg-type]  # a number: just tested


def _fields(kind: Type, node: Node) -> tuple[str, ...]:
    fields = node.map["field"].texts if "field" in node.map else ()
    if kind is Type.VALUE_COUNT and not fields:
        raise RuleError("value_count needs the field whose values are counted", line=node.line, hint="condition: field")
    if kind in METRICS and len(fields) != 1:
        raise RuleError(f"{kind} needs the one field whose numbers it takes", line=node.line, hint="condition: field")
    return fields if kind is Type.VALUE_COUNT or kind in METRICS else ()


def _percentile(kind: Type, node: Node) -> float:
    said = node.map.get("percentile")
    if kind is not Type.VALUE_PERCENTILE:
        if said is not None:
            raise RuleError(f"percentile belongs to value_percentile, not to {kind}", line=said.line)
        return 50
    number = said.scalar if said else None
    if isinstance(number, bool) or not isinstance(number, int | float) or not 0 <= number <= 100:
        raise RuleError("value_percentile needs percentile, from 0 to 100", line=(said or node).line)
    return number
