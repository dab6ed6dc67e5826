"""Correlation documents as records (their evaluation is a capability's work: it needs event time).

Specification: https://github.com/SigmaHQ/sigma-specification, "Sigma Correlation Rules Specification".
"""

import re
from collections.abc import Mapping
from enum import StrEnum

import msgspec

from tocsin.match.sigma.tree import Node, RuleError

SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400}
MAX_SPAN = 366 * 86_400  # seconds
METRICS = frozenset({"value_sum", "value_avg", "value_percentile", "value_median", "value_min", "value_max"})
BOUNDS = ("gt", "gte", "lt", "lte", "eq", "neq")


class Type(StrEnum):
    """The types of correlation that are evaluated."""

    EVENT_COUNT = "event_count"
    VALUE_COUNT = "value_count"
    TEMPORAL = "temporal"
    TEMPORAL_ORDERED = "temporal_ordered"


class Bound(msgspec.Struct, frozen=True):
    """One criterion of a condition: `gte: 10`."""

    compare: str
    number: int

    def holds(self, count: int) -> bool:
        """Return whether a count meets the criterion."""
        match self.compare:
            case "gt":
                return count > self.number
            case "gte":
                return count >= self.number
            case "lt":
                return count < self.number
            case "lte":
                return count <= self.number
            case "eq":
                return count == self.number
            case _:
                return count != self.number


class Correlation(msgspec.Struct, frozen=True, kw_only=True):
    """How matches of the rules named make a match of this one.

    `span` is in microseconds.
    `aliases` maps an alias to the field that it means in each rule.
    """

    type: Type
    rules: tuple[str, ...]
    span: int
    group_by: tuple[str, ...] = ()
    bounds: tuple[Bound, ...] = ()
    fields: tuple[str, ...] = ()
    aliases: Mapping[str, Mapping[str, str]] = {}
    generate: bool = False
    line: int = 0

    def field_in(self, name: str, *rule: str) -> str:
        """Return the field that a name of `group-by` means in a rule.

        The rule is given by the names it goes by.
        """
        alias = self.aliases.get(name)
        if alias is None:
            return name
        return next((alias[one] for one in rule if one in alias), name)

    def holds(self, count: int) -> bool:
        """Return whether a count meets all bounds."""
        return all(bound.holds(count) for bound in self.bounds)


def correlation(node: Node, generate: Node | None) -> Correlation:
    """Return the correlation that a node is; raises RuleError.

    `generate` may stand beside or inside it.
    """
    entries = node.map
    kind = _kind(node)
    for key in ("rules", "timespan"):
        if key not in entries:
            raise RuleError(f"a correlation needs {key!r}", line=node.line)
    rules = entries["rules"].texts
    if not rules:
        raise RuleError("the correlation names no rule", line=entries["rules"].line)
    bounds, fields = _condition(kind, entries.get("condition"), len(rules), node.line)
    said = entries.get("generate", generate)
    return Correlation(
        type=kind, rules=rules, span=_span(entries["timespan"]), bounds=bounds, fields=fields, line=node.line,
        group_by=entries["group-by"].texts if "group-by" in entries else (),
        aliases=_aliases(entries["aliases"]) if "aliases" in entries else {},
        generate=said is not None and said.scalar is True,
    )  # fmt: skip


def _kind(node: Node) -> Type:
    if "type" not in node.map:
        raise RuleError("a correlation needs 'type'", line=node.line)
    word = node.map["type"]
    if word.text in METRICS:
        raise RuleError(f"correlations of type {word.text} are not supported yet", line=word.line)
    if word.text not in tuple(Type):
        raise RuleError(f"no correlation is of type {word.text!r}", line=word.line, hint=", ".join(Type))
    return Type(word.text)


def _span(node: Node) -> int:
    found = re.fullmatch(r"(\d{1,9})([smhd])", node.text)
    seconds = int(found[1]) * SECONDS[found[2]] if found else 0
    if not 0 < seconds <= MAX_SPAN:
        raise RuleError(f"{node.text!r} is no timespan", line=node.line, hint="a number and s, m, h or d: 90m")
    return seconds * 1_000_000


def _aliases(node: Node) -> dict[str, dict[str, str]]:
    return {name: {rule: field.text for rule, field in entry.map.items()} for name, entry in node.map.items()}


def _condition(kind: Type, node: Node | None, rules: int, line: int) -> tuple[tuple[Bound, ...], tuple[str, ...]]:
    temporal = kind in {Type.TEMPORAL, Type.TEMPORAL_ORDERED}
    if node is None:
        if temporal:
            return (Bound("gte", rules),), ()
        raise RuleError(f"{kind} needs a condition", line=line)
    if not isinstance(node.value, dict):
        raise RuleError("conditions that are expressions are not supported yet", line=node.line)
    bounds = []
    for key, value in node.value.items():
        if key == "field":
            continue
        number = value.scalar
        if key not in BOUNDS or isinstance(number, bool) or not isinstance(number, int):
            raise RuleError(f"{key}: {value.text!r} is no bound", line=value.line, hint="gte: 10")
        bounds.append(Bound(key, number))
    fields = node.value["field"].texts if "field" in node.value else ()
    if kind is Type.VALUE_COUNT and not fields:
        raise RuleError("value_count needs the field whose values are counted", line=node.line, hint="condition: field")
    if not bounds:
        raise RuleError("the condition has no bound", line=node.line, hint="gte: 10")
    return tuple(bounds), fields
