"""Small changes of rules, each of which a good test should notice."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from tocsin.match.sigma.correlation import Correlation, Type
from tocsin.match.sigma.detection import Clause, Group
from tocsin.match.sigma.item import Item
from tocsin.match.sigma.parts import Written, item_part, text_of_scalar
from tocsin.match.sigma.placeholder import NO_FILLS, Fills
from tocsin.match.sigma.tree import Node, RuleError

MAX_VALUES = 40  # values of one item that are left out one at a time; of longer lists the first


_STEPS: Mapping[Type, Sequence[int]] = {
    Type.TEMPORAL_ORDERED: (),
    Type.TEMPORAL: (-1,),
}  # all of the parts are the most


class Mutant(msgspec.Struct, frozen=True):
    """A changed clause, and what was changed."""

    says: str
    clause: Clause


def mutants(clause: Clause, said: Written, fills: Fills = NO_FILLS) -> Iterator[Mutant]:
    """Yield the changes of a clause.

    A selection left out, an item left out or negated, a value left out.
    """
    if len(clause.selections) > 1:
        for name in clause.selections:
            yield _with(clause, f"{name}: left out", name, Group([], all_of=True))
    for name, group in clause.selections.items():
        for says, changed in _of_group(group, said, fills):
            yield _with(clause, f"{name}: {says}", name, changed)


def _with(clause: Clause, says: str, name: str, group: Group) -> Mutant:
    changed = msgspec.structs.replace(clause, selections={**clause.selections, name: group})
    return Mutant(says, changed)


def _of_group(group: Group, said: Written, fills: Fills) -> Iterator[tuple[str, Group]]:
    for place, part in enumerate(group.parts):
        rest = [*group.parts[:place], *group.parts[place + 1 :]]
        if isinstance(part, Group):
            if rest:
                yield f"without its alternative {place + 1}", _put(group, rest)
            for says, changed in _of_group(part, said, fills):
                yield f"alternative {place + 1}: {says}", _put(group, _replaced(group.parts, place, changed))
            continue
        key = "|".join([part.field, *part.modifiers]) or "keywords"
        if rest:
            yield f"without {key}", _put(group, rest)
        yield f"not {key}", _put(group, _replaced(group.parts, place, _negated(part)))
        for says, changed_item in _fewer(part, said.get(id(part)), fills):
            yield f"{key} without {says}", _put(group, _replaced(group.parts, place, changed_item))


def _put(group: Group, parts: "list[Item | Group]") -> Group:
    return msgspec.structs.replace(group, parts=parts)


def _replaced(parts: "Sequence[Item | Group]", place: int, one: "Item | Group") -> "list[Item | Group]":
    return [*parts[:place], one, *parts[place + 1 :]]


def _negated(item: Item) -> Item:
    modifiers = [one for one in item.modifiers if one != "neq"]
    if len(modifiers) == len(item.modifiers):
        modifiers.append("neq")
    return msgspec.structs.replace(item, modifiers=modifiers)


def _fewer(item: Item, said: Node | None, fills: Fills) -> Iterator[tuple[str, Item]]:
    """Yield an item without each of its values, where it has several."""
    if item.exists is not None or said is None:
        return
    try:
        values = item_part(item, said, fills).parts
    except RuleError:
        return
    if len(values) < 2 or len(values) != len(said.items):
        return
    start = 0
    for value, node in zip(values[:MAX_VALUES], said.items, strict=False):
        many = len(value.parts) or 1
        asked = [*item.asked[:start], *item.asked[start + many :]]
        start += many
        yield f"'{text_of_scalar(node.scalar)}'", msgspec.structs.replace(item, asked=asked)


def of_correlation(correlation: Correlation) -> Iterator[tuple[str, Correlation]]:
    """Yield the changes of a correlation.

    A bound one lower or higher, half the span, a field of its groups less.
    """
    for place, bound in enumerate(correlation.bounds):
        for step in _STEPS.get(correlation.type, (-1, 1)):
            moved = msgspec.structs.replace(bound, number=bound.number + step)
            bounds = (*correlation.bounds[:place], moved, *correlation.bounds[place + 1 :])
            yield f"{bound.compare}: {bound.number + step}", msgspec.structs.replace(correlation, bounds=bounds)
    for name in correlation.group_by:
        left = tuple(one for one in correlation.group_by if one != name)
        yield f"not by {name}", msgspec.structs.replace(correlation, group_by=left, aliases=_less(correlation, name))
    yield "half the timespan", msgspec.structs.replace(correlation, span=max(1, correlation.span // 2))
    yield "twice the timespan", msgspec.structs.replace(correlation, span=correlation.span * 2)
    if correlation.type is Type.TEMPORAL_ORDERED:
        yield "in any order", msgspec.structs.replace(correlation, type=Type.TEMPORAL)


def _less(correlation: Correlation, name: str) -> Mapping[str, Mapping[str, str]]:
    return {key: fields for key, fields in correlation.aliases.items() if key != name}
