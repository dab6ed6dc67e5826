"""What rules can see: which of them could fire on the data at hand, and which kinds of event no rule looks at."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import msgspec

from tocsin.detect.correlate import specs
from tocsin.detect.rules import RuleSet
from tocsin.kit.parse import LogSource, Table
from tocsin.match.sigma.expression import Atom, Exists, Expression, Leaf, judge, leaves
from tocsin.match.sigma.matcher import Matcher, fields_of, fits
from tocsin.match.sigma.predicate import Ask, Predicate
from tocsin.match.sigma.rule import Rule
from tocsin.match.sigma.slots import FieldSlot, Look
from tocsin.model.coverage import Unruled
from tocsin.model.fields import other_names

MAX_KINDS = 4096  # kinds of event that are told apart

_CODES = frozenset({"event.code", *other_names("event.code")})

Seen = Mapping[LogSource, frozenset[str] | set[str]]


class Idle(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that could not fire on this data, and why."""

    rule: str
    why: str


def idle(rules: RuleSet, seen: Seen) -> list[Idle]:
    """Return the telling rules that could not fire on this data.

    The data is known by its log sources and fields.
    """
    reasons: list[str] = [_why_not(rule, seen) for rule in rules.rules]
    for place in range(len(rules.chains)):  # each stands after its parts
        reasons.append(_why_no_chain(rules, place, reasons, seen))
    return [
        Idle(rule=rules.document(number).about.id, why=reasons[number]) for number in rules.telling if reasons[number]
    ]


def _why_not(rule: Rule, seen: Seen) -> str:
    sources = [source for source in seen if fits(rule.source, source)]
    if not sources:
        return f"no {rule.source} in this data"
    if any(_could(rule.expression, seen[source]) for source in sources):
        return ""
    absent = _absent(rule, [seen[source] for source in sources])
    return f"no record has {', '.join(absent[:3])}" if absent else "its condition cannot hold"


def _why_no_chain(rules: RuleSet, place: int, reasons: Sequence[str], seen: Seen) -> str:
    correlation = rules.chains[place].correlation
    parts = rules.parts[place]
    stuck = {name: reasons[part] for name, part in zip(correlation.rules, parts, strict=True) if reasons[part]}
    if stuck and not correlation.could_fire(frozenset(stuck)):
        return next(iter(stuck.values()))
    for number, group_by, value_of in specs(rules, place):
        if number >= len(rules.rules) or reasons[number]:
            continue
        source = rules.rules[number].source
        had = [seen[one] for one in seen if fits(source, one)]
        for field in (*group_by, *value_of):
            if not any(_has(fields, field) for fields in had):
                return f"no record has {field}"
    return ""


def _has(fields: Iterable[str], name: str) -> bool:
    return any(one in fields for one in (name, *other_names(name)))


def _absent(rule: Rule, had: Sequence[Iterable[str]]) -> list[str]:
    asked = dict.fromkeys(name for leaf in leaves(rule.expression) for name in fields_of(leaf))
    return [name for name in asked if not any(_has(fields, name) for fields in had)]


def _could(expression: Expression, fields: Iterable[str]) -> bool:
    """Return whether a record with some of these fields, and no others, could satisfy an expression."""

    def known(leaf: Leaf) -> bool | None:
        if isinstance(leaf, Exists):
            return None if _has(fields, leaf.field) else False
        if not isinstance(leaf, Atom):
            return None
        if leaf.other and not _has(fields, leaf.other):
            return False
        return None if _has(fields, leaf.field) else leaf.predicate.ask is Ask.NULL

    return judge(expression, known) is not False


class Kinds:
    """Which kinds of event were seen, and which of them no rule looks at.

    A kind is what its events are and their code.
    """

    def __init__(self, matcher: Matcher) -> None:
        self._matcher = matcher
        self._ruled = matcher.ruled
        self.unruled: Counter[str] = Counter()

    def add(self, table: Table) -> None:
        """Count the rows of a table that no rule looks at.

        Rows that no parser knows are not counted here.
        """
        if not table.parsed or not len(table):
            return
        column, shared = Look(table).field("event.code")
        codes = Counter(map(_code, column)) if column is not None else {_code(shared): len(table)}
        for code, count in codes.items():
            self.count(table.logsource, table.what, code, count)

    def count(self, source: LogSource, what: str, code: str, rows: int) -> None:
        """Count rows of one log source and event code, if no rule looks at them."""
        if not self._is_ruled(source, code):
            name = what if code in what else f"{what} {code}"
            if name in self.unruled or len(self.unruled) < MAX_KINDS:
                self.unruled[name] += rows

    def _is_ruled(self, source: LogSource, code: str) -> bool:
        key = (source, code)
        if key not in self._ruled:
            if len(self._ruled) >= MAX_KINDS:
                self._ruled.clear()
            rules = (self._matcher.rules[i] for i in self._matcher.fitting(source))
            self._ruled[key] = any(_looks_at(rule.expression, code) for rule in rules)
        return self._ruled[key]


def unruled(counts: Mapping[str, int]) -> tuple[Unruled, ...]:
    """Return the kinds of event that no rule looks at, the most frequent first."""
    return tuple(Unruled(what=what, count=count) for what, count in sorted(counts.items(), key=lambda c: (-c[1], c[0])))


def _code(value: Any) -> str:
    return "" if value is None else str(value)


def _looks_at(expression: Expression, code: str) -> bool:
    def known(leaf: Leaf) -> bool | None:
        if isinstance(leaf, Atom) and leaf.field in _CODES and not leaf.other:
            return _holds(leaf.predicate, code)
        return None

    return judge(expression, known) is not False


@lru_cache(maxsize=MAX_KINDS)
def _holds(predicate: Predicate, code: str) -> bool:
    slot = FieldSlot("event.code")
    return slot.bit(predicate) & slot.mask(code or None) != 0
