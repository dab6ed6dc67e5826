"""Conditions of a pipeline's steps: about the rule, an item of it, or the name of a field.

They mean what pySigma's conditions of the same names mean (https://sigmahq-pysigma.readthedocs.io/, "Processing
Pipelines"). Each is read once into a function.
"""

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from tocsin.match.sigma.condition import condition
from tocsin.match.sigma.detection import Group
from tocsin.match.sigma.expression import Exists, Expression, judge, leaves
from tocsin.match.sigma.item import Asked, Item
from tocsin.match.sigma.placeholder import Fills
from tocsin.match.sigma.predicate import Ask, text_of
from tocsin.match.sigma.regex import compiled
from tocsin.match.sigma.rule import LEVELS, About, Chain, Draft, Source
from tocsin.match.sigma.text import MANY, ONE, Pattern, parse
from tocsin.match.sigma.tree import Node, RuleError, Scalar

T = TypeVar("T")

STATUSES = ("unsupported", "deprecated", "experimental", "test", "stable")
RELATIONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq, "ne": operator.ne, "gte": operator.ge, "gt": operator.gt, "lte": operator.le, "lt": operator.lt,
}  # fmt: skip


class Run(msgspec.Struct):
    """One rule on its way through a pipeline, and what its steps noted so far.

    `fields` tells for each name of a field the steps that made it; `sources` are those of the rule, or of a
    correlation's parts.
    """

    rule: Draft | Chain
    sources: Sequence[Source]
    vars: Fills
    state: dict[str, Scalar] = {}
    done: set[str] = set()
    fields: dict[str, set[str]] = {}
    mapped: set[str] = set()

    @property
    def about(self) -> About:
        """Return what the rule is about."""
        return self.rule.about

    def items(self) -> list[Item]:
        """Return the items of a detection rule; none of a correlation."""
        if not isinstance(self.rule, Draft):
            return []
        return [item for clause in self.rule.clauses for group in clause.selections.values() for item in _items(group)]


RuleCheck = Callable[[Run], bool]
ItemCheck = Callable[[Run, Item], bool]
FieldCheck = Callable[[Run, str], bool]


def _items(group: Group) -> list[Item]:
    return [item for part in group.parts for item in (_items(part) if isinstance(part, Group) else [part])]


def written(pattern: Pattern) -> str:
    """Return a pattern as a rule writes it, with single backslashes."""
    signs = {MANY: "*", ONE: "?"}
    return "".join(
        token.replace("*", r"\*").replace("?", r"\?") if isinstance(token, str) else signs.get(token, "-")
        for token in pattern.tokens
    )


class Said:
    """The entries of a condition or step, each asked for by name.

    What is left over is a mistake.
    """

    def __init__(self, node: Node, without: frozenset[str] = frozenset({"type"})) -> None:
        self.line = node.line
        self._entries = {key: value for key, value in node.map.items() if key not in without}

    def node(self, name: str) -> Node:
        """Return an entry; raises RuleError where it is missing."""
        if name not in self._entries:
            raise RuleError(f"{name!r} is missing", line=self.line)
        return self._entries.pop(name)

    def text(self, name: str, default: str | None = None) -> str:
        """Return an entry's text."""
        return default if default is not None and name not in self._entries else self.node(name).text

    def texts(self, name: str) -> tuple[str, ...]:
        """Return an entry's texts; none where it is missing."""
        return self._entries.pop(name).texts if name in self._entries else ()

    def flag(self, name: str) -> bool:
        """Return an entry that is true or false; false where it is missing."""
        value = self._entries.pop(name).scalar if name in self._entries else False
        if not isinstance(value, bool):
            raise RuleError(f"{name} is true or false", line=self.line)
        return value

    def has(self, name: str) -> bool:
        """Return whether an entry is there and was not asked for yet."""
        return name in self._entries

    def end(self) -> None:
        """Raise RuleError for an entry that nothing asked for."""
        for name, value in self._entries.items():
            raise RuleError(f"{name!r} is not supported here", line=value.line)


def rule_check(node: Node) -> RuleCheck:
    """Return a condition about a rule; raises RuleError."""
    return _made(node, _RULE_CHECKS)


def item_check(node: Node) -> ItemCheck:
    """Return a condition about an item; raises RuleError."""
    return _made(node, _ITEM_CHECKS)


def field_check(node: Node) -> "FieldRule":
    """Return a condition about the name of a field; raises RuleError."""
    return _made(node, _FIELD_CHECKS)


def _made(node: Node, makers: Mapping[str, Callable[[Said], T]]) -> T:
    kind = node.map["type"].text if "type" in node.map else ""
    if kind not in makers:
        raise RuleError(f"conditions of type {kind!r} are not supported", line=node.line)
    said = Said(node)
    check = makers[kind](said)
    said.end()
    return check


def _logsource(said: Said) -> RuleCheck:
    wanted = Source(**{word: said.text(word, "").lower() for word in ("product", "category", "service")})
    return lambda run: any(_within(source, wanted) for source in run.sources)


def _contains_field(said: Said) -> RuleCheck:
    field = said.text("field")
    return lambda run: any(item.field == field for item in run.items())


def _rule_applied(said: Said) -> RuleCheck:
    step = said.text("processing_item_id")
    return lambda run: step in run.done


def _tag(said: Said) -> RuleCheck:
    tag = said.text("tag").lower()
    return lambda run: tag in {one.lower() for one in run.about.tags}


def _within(source: Source, wanted: Source) -> bool:
    return all(
        word in {"", has}
        for word, has in (
            (wanted.product, source.product), (wanted.category, source.category), (wanted.service, source.service)
        )
    )  # fmt: skip


def _contains_item(said: Said) -> RuleCheck:
    field, value = said.text("field"), said.node("value").scalar
    pattern = parse(value) if isinstance(value, str) else Pattern((text_of(value),))

    def check(run: Run) -> bool:
        items = (item for item in run.items() if item.field == field)
        return any(is_text(one) and one.predicate.pattern == pattern for item in items for one in item.asked)

    return check


def _state(said: Said) -> RuleCheck:
    key, value, relation = said.text("key"), said.node("val").scalar, _relation(said)

    def check(run: Run) -> bool:
        return key in run.state and _compares(relation, run.state[key], value)

    return check


def _relation(said: Said) -> str:
    relation = said.text("op", "eq")
    if relation not in {*RELATIONS, "in", "not_in"}:
        raise RuleError(f"{relation!r} is no relation", line=said.line, hint=", ".join(RELATIONS))
    return relation


def _compares(relation: str, one: object, other: object) -> bool:
    try:
        return RELATIONS[relation](one, other)
    except TypeError:  # a text and a number have no order
        return False


def _attribute(said: Said) -> RuleCheck:
    name, value, relation = said.text("attribute"), said.node("value").scalar, _relation(said)
    if name in {"date", "modified"}:
        raise RuleError(f"the attribute {name!r} of a rule is not kept", line=said.line)

    def check(run: Run) -> bool:
        had = _attribute_of(run, name)
        if isinstance(had, tuple):
            return (value in had) is (relation == "in") if relation in {"in", "not_in"} else relation == "ne"
        if had is None or relation not in RELATIONS:
            return False
        for order in (LEVELS, STATUSES) if name in {"level", "status"} else ():
            if had in order and value in order:
                return _compares(relation, order.index(str(had)), order.index(str(value)))
        return _compares(relation, had, value if isinstance(had, int | float) else text_of(value))

    return check


def _attribute_of(run: Run, name: str) -> object:
    if isinstance(run.rule, Draft) and name in run.rule.attributes:
        return run.rule.attributes[name]
    known = {"id", "name", "title", "level", "status", "author", "description", "references", "tags", "fields",
             "falsepositives"}  # fmt: skip
    return getattr(run.about, name) if name in known else None


def is_text(one: Asked) -> bool:
    """Return whether a value is a text: no bound, no network, nor the like."""
    return one.predicate.ask is Ask.TEXT


def _item_applied(said: Said) -> ItemCheck:
    step = said.text("processing_item_id")
    return lambda _run, item: step in item.applied


def _item_state(said: Said) -> ItemCheck:
    noted = _state(said)
    return lambda run, _item: noted(run)


def _of_values(make: Callable[[Said], Callable[[Asked], bool]]) -> Callable[[Said], ItemCheck]:
    def maker(said: Said) -> ItemCheck:
        holds = {"any": any, "all": all}.get(said.text("cond", ""))
        if holds is None:
            raise RuleError("cond is any or all", line=said.line)
        check = make(said)
        return lambda _run, item: holds(check(one) for one in item.asked)

    return maker


def _match_string(said: Said) -> Callable[[Asked], bool]:
    fits = compiled(said.text("pattern"), "", said.line).match
    negated = said.flag("negate")
    return lambda one: (is_text(one) and fits(written(one.predicate.pattern)) is not None) is not negated


def _match_value(said: Said) -> Callable[[Asked], bool]:
    value = text_of(said.node("value").scalar)
    return lambda one: is_text(one) and written(one.predicate.pattern) == value


class FieldRule(msgspec.Struct, frozen=True):
    """A condition about a field's name, asked of a name or of an item."""

    of_name: FieldCheck
    of_item: ItemCheck


def _field_applied(said: Said) -> FieldRule:
    step = said.text("processing_item_id")
    return FieldRule(lambda run, name: step in run.fields.get(name, ()), lambda _run, item: step in item.applied)


def _field_state(said: Said) -> FieldRule:
    noted = _state(said)
    return FieldRule(lambda run, _name: noted(run), lambda run, _item: noted(run))


def _in_list(said: Said) -> Callable[[str], bool]:
    names, mode = said.texts("fields"), said.text("mode", "plain")
    if mode == "plain":
        return frozenset(names).__contains__
    if mode != "re":
        raise RuleError("mode is plain or re", line=said.line)
    forms = [compiled(name, "", said.line) for name in names]
    return lambda name: any(form.match(name) for form in forms)


def _named(is_listed: Callable[[str], bool], *, includes: bool) -> FieldRule:
    def of_name(_run: Run, name: str) -> bool:
        return (name != "" and is_listed(name)) is includes

    def of_item(run: Run, item: Item) -> bool:
        return of_name(run, item.field) or any(one.other and of_name(run, one.other) for one in item.asked)

    return FieldRule(of_name, of_item)


_RULE_CHECKS: Mapping[str, Callable[[Said], RuleCheck]] = {
    "logsource": _logsource,
    "contains_field": _contains_field,
    "contains_detection_item": _contains_item,
    "processing_item_applied": _rule_applied,
    "processing_state": _state,
    "is_sigma_rule": lambda _said: lambda run: isinstance(run.rule, Draft),
    "is_sigma_correlation_rule": lambda _said: lambda run: isinstance(run.rule, Chain),
    "rule_attribute": _attribute,
    "tag": _tag,
}
_ITEM_CHECKS: Mapping[str, Callable[[Said], ItemCheck]] = {
    "match_string": _of_values(_match_string),
    "match_value": _of_values(_match_value),
    "contains_wildcard": _of_values(lambda _said: lambda one: is_text(one) and one.predicate.pattern.plain is None),
    "is_null": _of_values(lambda _said: lambda one: one.predicate.ask is Ask.NULL),
    "processing_item_applied": _item_applied,
    "processing_state": _item_state,
}
_FIELD_CHECKS: Mapping[str, Callable[[Said], FieldRule]] = {
    "include_fields": lambda said: _named(_in_list(said), includes=True),
    "exclude_fields": lambda said: _named(_in_list(said), includes=False),
    "processing_item_applied": _field_applied,
    "processing_state": _field_state,
}


def joined(names: Sequence[str], text: str, line: int) -> Expression:
    """Return an expression over the names of conditions; raises RuleError.

    It must use all of them.
    """
    made = condition(text, {name: Exists(name) for name in names}, line)
    used = {leaf.field for leaf in leaves(made) if isinstance(leaf, Exists)}
    unused = [name for name in names if name not in used]
    if unused:
        raise RuleError(f"the expression leaves out the condition {unused[0]!r}", line=line)
    return made


def decided(made: Expression, answer: Callable[[str], bool]) -> bool:
    """Return what an expression over names says."""
    return judge(made, lambda leaf: isinstance(leaf, Exists) and answer(leaf.field)) is True
