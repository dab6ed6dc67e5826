"""Matches: what leaves a worker for each row that a rule matched, small and self-contained.

Times are as ingest/when.py read them in the worker (`clock` is `utc`, `local`, `yearless` or empty); zones and years
are settled in the parent, where all blocks of an input come together.
"""

from collections.abc import Iterator, Sequence
from hashlib import blake2b
from typing import Any

import msgspec

from tocsin.detect.rules import RuleSet
from tocsin.kit.parse import Table
from tocsin.match.sigma.expression import leaves
from tocsin.match.sigma.matcher import Matcher, fields_of
from tocsin.match.sigma.predicate import members, text_of
from tocsin.match.sigma.rule import Document, Rule
from tocsin.match.sigma.slots import Look
from tocsin.model.fields import BY_NAME, ENTITY_FIELDS

MAX_TEXT = 2048  # characters of a raw record that are kept as evidence
MAX_VALUE = 512  # characters of a value that is kept
MAX_VALUES = 16  # members of a list that are kept
MAX_TIMES = 100_000  # "message repeated N times": more is a mistake of the sender

Values = dict[str, tuple[str, ...]]


class Match(msgspec.Struct, frozen=True, array_like=True):
    """One row that one rule matched.

    `record` is the number in the block, from 0. `values` holds what findings, keys and correlations need, by the names
    that rules use. `times` is above 1 where one record stands for several events. `digest` is that of the raw record.
    """

    rule: int
    record: int
    clock: str
    micros: int | None
    values: Values
    text: str
    digest: bytes
    times: int = 1


class Needs:
    """Which values each rule's matches must carry.

    Entities, the rule's own fields, keys and groups.
    """

    def __init__(self, rules: RuleSet) -> None:
        self._of_rule = [set(ENTITY_FIELDS) | _own_fields(rule) for rule in rules.rules]
        for chain, parts in zip(rules.chains, rules.parts, strict=True):
            correlation = chain.correlation
            more = {*chain.about.own.by, *template_fields(chain), *correlation.fields, *correlation.group_by}
            for name, part in zip(correlation.rules, parts, strict=True):
                about = rules.document(part).about
                aliased = {correlation.field_in(field, name, about.name, about.id) for field in more}
                for leaf in leaf_rules(rules, part):
                    self._of_rule[leaf] |= aliased | more
        for names in self._of_rule:
            names.discard("event.count")
        self.names = [tuple(sorted(names)) for names in self._of_rule]
        self.all = frozenset(name for names in self._of_rule for name in names) | {"event.count"}


def leaf_rules(rules: RuleSet, number: int) -> Iterator[int]:
    """Yield the detection rules whose matches can make a match of a rule or chain."""
    if number < len(rules.rules):
        yield number
        return
    for part in rules.parts[number - len(rules.rules)]:
        yield from leaf_rules(rules, part)


def template_fields(document: Document) -> set[str]:
    """Return the fields that a rule's own texts name."""
    own = document.about.own
    return {name for text in (own.says, own.remedy, own.story, *own.do) for name, _ in placeholders(text)}


def placeholders(text: str) -> Iterator[tuple[str, str]]:
    """Yield (name, form) of each hole of a template.

    A hole is `{name}`, `{name:form}` or `{this|or that}`.
    """
    for part in text.split("{")[1:]:
        names, _, form = part.partition("}")[0].partition(":")
        yield from ((name.strip(), form.strip()) for name in names.split("|"))


def _own_fields(rule: Rule) -> set[str]:
    asked = {name for leaf in leaves(rule.expression) for name in fields_of(leaf)}
    return asked | {*rule.about.own.by, *rule.about.fields} | template_fields(rule)


def find(table: Table, matcher: Matcher, needs: Needs) -> list[Match]:
    """Return the matches of a table's rows, in the order of rows."""
    hits = list(matcher.run(table))
    if not hits:
        return []
    rows = sorted({row for _, row in hits})
    place = {row: i for i, row in enumerate(rows)}
    small = table if len(rows) == len(table) else table.pick(rows)
    columns = _Columns(small)
    numbers, texts = small.numbers, small.texts
    times = small.times if small.clock else ()
    digests = [blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest() for text in texts]
    found = []
    for rule, row in hits:
        i = place[row]
        found.append(Match(
            rule, numbers[i], small.clock if times else "", times[i] if times else None,
            columns.values(needs.names[rule], i), texts[i][:MAX_TEXT], digests[i], columns.times(i),
        ))  # fmt: skip
    return found


class _Columns:
    """The columns of few rows, each looked up once."""

    def __init__(self, table: Table) -> None:
        self._look = Look(table)
        self._had: dict[Sequence[str], list[tuple[str, Sequence[Any] | None, tuple[str, ...]]]] = {}
        self._times = self._look.field("event.count")

    def values(self, names: Sequence[str], row: int) -> Values:
        had = self._had.get(names)
        if had is None:
            had = self._had[names] = list(self._of(names))
        found: Values = {}
        for name, column, shared in had:
            if column is None:
                found[name] = shared
            elif (value := column[row]) is not None and (texts := kept(value)):
                found[name] = texts
        return found

    def times(self, row: int) -> int:
        column, shared = self._times
        value = shared if column is None else column[row]
        try:
            return 1 if value is None else max(1, min(int(value), MAX_TIMES))
        except (TypeError, ValueError):
            return 1

    def _of(self, names: Sequence[str]) -> Iterator[tuple[str, Sequence[Any] | None, tuple[str, ...]]]:
        """Yield the names that some row has, each with its column, or with what all rows share."""
        for name in names:
            column, shared = self._look.field(name)
            if column is not None:
                yield name, column, ()
            elif shared is not None and (texts := kept(shared)):
                yield name, None, texts


def kept(value: Any) -> tuple[str, ...]:
    """Return the texts of a value that a match carries.

    They are bounded, without empty ones and `-`.
    """
    if type(value) is str:  # nearly always
        return (value[:MAX_VALUE],) if value and value != "-" else ()
    texts = (text_of(member)[:MAX_VALUE] for member in members(value)[:MAX_VALUES])
    return tuple(text for text in texts if text and text != "-")


def canonical(name: str) -> str:
    """Return the ECS name of a field that the vocabulary has, else the name itself."""
    field = BY_NAME.get(name)
    return field.ecs if field else name
