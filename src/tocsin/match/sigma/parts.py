"""A rule in parts, as its author wrote it: conditions, selections, items, values, and what each asks of a record.

An expression has lost the names by which people know its parts. These are made of the same clauses, so that a part
holds just where its expression does.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from enum import StrEnum

import msgspec

from tocsin.match.sigma.change import pattern_of
from tocsin.match.sigma.detection import NOTHING, Clause, Group
from tocsin.match.sigma.expression import Atom, Exists, Expression, Keyword, Leaf, Not, Some, leaves
from tocsin.match.sigma.item import Item, read_item
from tocsin.match.sigma.placeholder import NO_FILLS, Fills
from tocsin.match.sigma.tree import Node, RuleError, Scalar


class Kind(StrEnum):
    """What a part of a rule is."""

    CLAUSE = "clause"  # the detection section of a rule, or a filter's
    SOME = "some"  # parts joined by and, or, N of
    NOT = "not"
    SELECTION = "selection"
    ITEM = "item"
    VALUE = "value"
    FORM = "form"  # what one value becomes: an encoding of it, one fill of a placeholder


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a rule: it holds where `least` of its parts do, or its leaf does.

    Where `is_contrary`, it holds where they do not. `name` is a selection's, an item's key, a value as written.
    """

    kind: Kind
    name: str = ""
    parts: "tuple[Part, ...]" = ()
    least: int = 1
    is_contrary: bool = False
    leaf: Leaf | None = None
    line: int = 0

    @property
    def is_all(self) -> bool:
        """Return whether all of its parts must hold."""
        return self.least == len(self.parts)

    @property
    def field(self) -> str:
        """Return the field that an item asks for; nothing for a keyword."""
        return self.name.partition("|")[0]

    @property
    def modifiers(self) -> tuple[str, ...]:
        """Return the modifiers of an item."""
        return tuple(self.name.split("|")[1:])


Known = Callable[[Leaf], bool]
Written = Mapping[int, Node]
"""What was written of items, by their identity; those that a pipeline made are not in it."""


def holds(part: Part, known: Known) -> bool:
    """Return whether a part holds where its leaves do as `known` tells."""
    many = known(part.leaf) if part.leaf is not None else sum(holds(one, known) for one in part.parts)
    return (many >= part.least) is not part.is_contrary


def nearness(part: Part, known: Known) -> float:
    """Return how near a part comes to holding, 0 to 1.

    Of what is joined by and, the share that holds.
    """
    if part.leaf is not None:
        return float(known(part.leaf) is not part.is_contrary)
    if part.is_contrary:
        return float(holds(part, known))
    scores = sorted((nearness(one, known) for one in part.parts), reverse=True)[: part.least]
    return sum(scores) / part.least


def leaves_of(part: Part) -> Iterator[Leaf]:
    """Yield what a part asks of a record."""
    if part.leaf is not None:
        yield part.leaf
    for one in part.parts:
        yield from leaves_of(one)


def written(node: Node, clause: Clause) -> dict[int, Node]:
    """Return what was written of the items of a clause that was just read from a node."""
    found: dict[int, Node] = {}
    for name, group in clause.selections.items():
        _note(node.map[name], group, found)
    return found


def _note(node: Node, group: Group, found: dict[int, Node]) -> None:
    if isinstance(node.value, dict):
        members: Sequence[Node] = list(node.value.values())
    elif any(isinstance(part, Group) for part in group.parts):
        members = node.items
    else:
        members = [node]
    for member, part in zip(members, group.parts, strict=True):
        if isinstance(part, Item):
            found[id(part)] = member
        else:
            _note(member, part, found)


def part_of(clause: Clause, name: str = "", said: Written | None = None, fills: Fills = NO_FILLS) -> Part:
    """Return the part that a clause is; raises RuleError.

    `said` is what was written of its items, of which values are shown as they were written.
    """
    say = said or {}
    groups = {key: _selection(key, group, say, fills) for key, group in clause.selections.items()}
    stands = {key: NOTHING if group is None else Exists(key) for key, group in groups.items()}
    whole = clause.over(stands)
    if whole is NOTHING:
        raise RuleError("nothing is left of the rule", line=clause.line)
    kept = {key: group for key, group in groups.items() if group is not None}
    text = (
        " or ".join(text for text, _ in clause.conditions) if len(clause.conditions) == 1 else "one of the conditions"
    )
    return Part(kind=Kind.CLAUSE, name=name or text, parts=(_joined(whole, kept),), line=clause.line)


def _joined(expression: Expression, groups: Mapping[str, Part]) -> Part:
    if isinstance(expression, Not):
        return Part(kind=Kind.NOT, parts=(_joined(expression.part, groups),), is_contrary=True)
    if isinstance(expression, Some):
        parts = tuple(_joined(one, groups) for one in expression.parts)
        return Part(kind=Kind.SOME, parts=parts, least=expression.least)
    assert isinstance(expression, Exists)  # noqa: S101  # names stand for selections as such
    return groups[expression.field]


def _selection(name: str, group: Group, said: Written, fills: Fills) -> Part | None:
    """Return a selection, or None where nothing is left of it."""
    parts = [_member(part, said, fills) for part in group.parts]
    kept = tuple(part for part in parts if part is not None)
    if not kept:
        return None
    return Part(kind=Kind.SELECTION, name=name, parts=kept, least=len(kept) if group.all_of else 1, line=_line(group))


def _member(part: Item | Group, said: Written, fills: Fills) -> Part | None:
    if isinstance(part, Item):
        return item_part(part, said.get(id(part)), fills)
    return _selection("", part, said, fills)


def _line(group: Group) -> int:
    first = group.parts[0] if group.parts else None
    return first.line if isinstance(first, Item) else _line(first) if first else 0


def item_part(item: Item, said: Node | None, fills: Fills = NO_FILLS) -> Part:
    """Return the part that an item is.

    Raises RuleError where a placeholder is not filled.
    """
    key = "|".join([item.field, *item.modifiers])
    expression = item.expression()
    asked = list(leaves(expression))
    is_contrary = isinstance(expression, Not)
    if item.exists is not None:
        name = "true" if item.exists else "false"
        values = [Part(kind=Kind.VALUE, name=name, leaf=asked[0])]
    else:
        values = list(_values(item, asked, said, fills))
    return Part(
        kind=Kind.ITEM, name=key, parts=tuple(values), least=len(values) if item.joined else 1,
        is_contrary=is_contrary, line=item.line,
    )  # fmt: skip


def _values(item: Item, asked: Sequence[Leaf], said: Node | None, fills: Fills) -> Iterator[Part]:
    many = _shares(item, len(asked), said, fills)
    if said is None or not many:
        for leaf in asked:
            yield Part(kind=Kind.VALUE, name=text_of_leaf(leaf), leaf=leaf, line=item.line)
        return
    start = 0
    for node, share in zip(said.items, many, strict=True):
        forms = asked[start : start + share]
        start += share
        name = text_of_scalar(node.scalar)
        if share == 1:
            yield Part(kind=Kind.VALUE, name=name, leaf=forms[0], line=node.line)
            continue
        parts = tuple(Part(kind=Kind.FORM, name=text_of_leaf(leaf), leaf=leaf) for leaf in forms)
        yield Part(kind=Kind.VALUE, name=name, parts=parts, least=share if item.joined else 1, line=node.line)


def _shares(item: Item, many: int, said: Node | None, fills: Fills) -> list[int]:
    """Return into how many forms each written value went; nothing where that cannot be told."""
    if said is None or isinstance(said.value, dict):
        return []
    key = "|".join([item.field, *item.modifiers])
    try:
        shares = [len(read_item(key, Node(one.value, one.line), fills).asked) for one in said.items]
    except RuleError:
        return []
    return shares if sum(shares) == many and all(shares) else []


def text_of_scalar(value: Scalar) -> str:
    """Return a value as a rule writes it."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def text_of_leaf(leaf: Leaf) -> str:
    """Return what a leaf asks for, as text.

    Its pattern without the wildcards at the ends, its regex, its network.
    """
    if isinstance(leaf, Exists):
        return leaf.field
    if isinstance(leaf, Keyword) and leaf.predicate is None:
        return shown_pattern(leaf.pattern.tokens)
    predicate = leaf.predicate
    if isinstance(leaf, Atom) and leaf.other:
        return leaf.other
    if predicate is None or predicate.ask == "null":
        return "null"
    if predicate.ask == "text":
        return shown_pattern(pattern_of(predicate.pattern).tokens)
    return predicate.source if predicate.ask in {"re", "cidr"} else f"{predicate.number:g}"


def shown_pattern(tokens: Sequence[str | int]) -> str:
    """Return a pattern as text: `*`, `?`, and `-` for any dash.

    A wildcard at an end says nothing.
    """
    inner = list(tokens)
    while len(inner) > 1 and inner[0] == 1:
        inner.pop(0)
    while len(inner) > 1 and inner[-1] == 1:
        inner.pop()
    return "".join(one if isinstance(one, str) else {1: "*", 2: "?", 3: "-"}[one] for one in inner)
