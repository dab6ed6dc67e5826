"""The detection section of a rule or filter: named selections, and the conditions over them.

It is read into items first, which a pipeline may change, and then made into an expression.
"""

from collections.abc import Mapping, Sequence

import msgspec

from tocsin.match.sigma.condition import condition
from tocsin.match.sigma.expression import Expression, Not, Some, either, every
from tocsin.match.sigma.item import Item, read_item
from tocsin.match.sigma.legacy import hint
from tocsin.match.sigma.placeholder import NO_FILLS, Fills
from tocsin.match.sigma.tree import Node, RuleError

NOTHING = Some((), 0)
"""What a selection says of which a pipeline dropped every item: it leaves the condition."""


class Group(msgspec.Struct):
    """Items and groups, joined by and where `all_of` says so, else by or."""

    parts: "list[Item | Group]"
    all_of: bool

    def expression(self) -> Expression:
        """Return what the group says; raises RuleError."""
        parts = [part.expression() for part in self.parts]
        parts = [part for part in parts if part is not NOTHING] if NOTHING in parts else parts
        if not parts:
            return NOTHING
        return every(parts) if self.all_of else either(parts)


class Clause(msgspec.Struct):
    """Selections by name and the conditions over them, joined by or."""

    selections: dict[str, Group]
    conditions: Sequence[tuple[str, int]]
    line: int
    is_negated: bool = False

    def expression(self) -> Expression:
        """Return what the clause says; raises RuleError."""
        return self.over({name: group.expression() for name, group in self.selections.items()})

    def over(self, selections: Mapping[str, Expression]) -> Expression:
        """Return what the clause says of selections that others stand for.

        Raises RuleError.
        """
        said = either([condition(text, selections, line) for text, line in self.conditions])
        if NOTHING in selections.values():
            said = _pruned(said)
        return Not(said) if self.is_negated and said is not NOTHING else said


def together(clauses: Sequence[Clause], line: int) -> Expression:
    """Return the expression of clauses, all of which must hold.

    Raises RuleError when nothing is left of them.
    """
    parts = [part for part in (clause.expression() for clause in clauses) if part is not NOTHING]
    if not parts:
        raise RuleError("nothing is left of the rule once its pipeline has dropped items", line=line)
    return every(parts)


def clause(node: Node, fills: Fills | None = NO_FILLS, without: frozenset[str] = frozenset()) -> Clause:
    """Return the clause that a detection section is; raises RuleError.

    Keys that are `without` are no part of it. Where `fills` is None, placeholders are filled later.
    """
    entries = {name: value for name, value in node.map.items() if name not in without}
    if "condition" not in entries:
        raise RuleError("the detection has no condition", line=node.line)
    conditions = entries.pop("condition")
    texts = [(one.text, one.line) for one in conditions.items]
    _refuse_old(entries.pop("timeframe", None), texts)
    selections = {name: _selection(value, fills) for name, value in entries.items()}
    if not selections:
        raise RuleError("the detection has no selection", line=node.line)
    if not texts:
        raise RuleError("the condition is empty", line=conditions.line)
    return Clause(selections, texts, node.line)


def _refuse_old(timeframe: Node | None, conditions: Sequence[tuple[str, int]]) -> None:
    old = next((line for text, line in conditions if "|" in text), 0)
    if timeframe is not None:
        raise RuleError(
            "timeframe was removed from Sigma", line=timeframe.line,
            hint=hint([text for text, _ in conditions], timeframe.text),
        )  # fmt: skip
    if old:
        raise RuleError(
            "aggregations in a condition (`| count() by`) were removed from Sigma", line=old,
            hint=hint([text for text, _ in conditions], ""),
        )  # fmt: skip


def _selection(node: Node, fills: Fills | None) -> Group:
    value = node.value
    if isinstance(value, dict):
        if not value:
            raise RuleError("an empty selection", line=node.line)
        return Group([read_item(key, one, fills) for key, one in value.items()], all_of=True)
    if not node.items:
        raise RuleError("an empty selection", line=node.line)
    if isinstance(value, list) and any(isinstance(member.value, dict | list) for member in value):
        return Group([_selection(member, fills) for member in value], all_of=False)
    return Group([read_item("", node, fills)], all_of=True)


def _pruned(said: Expression) -> Expression:
    """Return an expression without what is NOTHING: its neighbours decide alone."""
    if isinstance(said, Not):
        part = _pruned(said.part)
        return NOTHING if part is NOTHING else Not(part)
    if not isinstance(said, Some) or said is NOTHING:
        return said
    parts = [part for part in map(_pruned, said.parts) if part is not NOTHING]
    if not parts:
        return NOTHING
    if said.least == len(said.parts):
        return every(parts)
    return either(parts) if said.least == 1 else Some(tuple(parts), min(said.least, len(parts)))
