"""The parts of a rule in force, by the names that its author gave them: its own, its filters', what pipelines added."""

from collections.abc import Iterator, Sequence

from tocsin.detect.pipelines import Pipelines
from tocsin.match.sigma.detection import Clause
from tocsin.match.sigma.expression import Expression, Not, Some, leaves
from tocsin.match.sigma.parts import Kind, Part, leaves_of, part_of, text_of_leaf, written
from tocsin.match.sigma.pipeline import Pipeline, apply
from tocsin.match.sigma.placeholder import Fills
from tocsin.match.sigma.rule import Draft, Filter, Rule, document, draft, nodes
from tocsin.match.sigma.tree import Node, RuleError

Sources = Sequence[tuple[str, bytes | str]]
"""Rule files: names and bytes, as detect/rules.py yields them."""


class Outlines:
    """What the files of a rule set say of its rules."""

    def __init__(self, sources: Sources, fills: Fills) -> None:
        self._raws = {str(path): (path, raw) for path, raw in sources if isinstance(raw, bytes)}
        self._fills = fills
        self._pipelines = Pipelines()
        for path, raw in self._raws.values():
            self._pipelines.take(path, raw)
        self._filters: dict[str, Filter] | None = None

    def node(self, path: str, line: int) -> Node | None:
        """Return the document of a file that begins at a line."""
        found = self._raws.get(path)
        if found is None:
            return None
        return next((node for node in nodes(found[1]) if isinstance(node, Node) and node.line == line), None)

    def of(self, rule: Rule) -> Part:
        """Return the parts of a rule.

        Where its file no longer says what it said, they bear no names.
        """
        try:
            part = self._of(rule)
        except RuleError:
            part = None
        if part is None or list(leaves_of(part)) != list(leaves(rule.expression)):
            return unnamed(rule.expression)
        return part

    def draft(self, rule: Rule) -> tuple[Draft, dict[int, Node], Sequence[Pipeline]] | None:
        """Return a rule as a draft, what was written of its items, and its pipelines.

        The pipelines have not changed it yet.
        Its filters' clauses stand in it after its own. None where its file does not have it.
        """
        node = self.node(rule.about.path, rule.about.line)
        if node is None or "detection" not in node.map:
            return None
        path = self._raws[rule.about.path][0]
        steps = self._pipelines.of(path)
        fills = None if steps else self._fills
        made = draft(node, str(path), fills)
        said = written(node.map["detection"], made.clauses[0])
        for name in rule.filters:
            one = self._filter(name)
            if one is None:
                return None
            added = one.clause(fills)
            said.update(written(one.node, added))
            made.clauses.append(added)
        return made, said, steps

    def _of(self, rule: Rule) -> Part | None:
        found = self.draft(rule)
        if found is None:
            return None
        made, said, steps = found
        if steps:
            apply(steps, made, self._fills)
        names = ["", *(self._filter_name(name) for name in rule.filters)]
        parts = list(self._parts(made.clauses, names, said))
        return parts[0] if len(parts) == 1 else Part(kind=Kind.SOME, parts=tuple(parts), least=len(parts))

    def _parts(self, clauses: Sequence[Clause], names: Sequence[str], said: dict[int, Node]) -> Iterator[Part]:
        for place, clause in enumerate(clauses):
            name = names[place] if place < len(names) else "added by a pipeline"
            yield part_of(clause, name, said, self._fills)

    def _filter_name(self, name: str) -> str:
        found = self._filter(name)
        return f"filter {found.about.title!r}" if found else f"filter {name}"

    def _filter(self, name: str) -> Filter | None:
        if self._filters is None:
            self._filters = {one.about.id: one for one in self._found_filters()}
        return self._filters.get(name)

    def _found_filters(self) -> Iterator[Filter]:
        for path, raw in self._raws.values():
            if b"filter" not in raw:
                continue
            for node in nodes(raw):
                if isinstance(node, Node) and "filter" in node.map:
                    try:
                        found = document(node, str(path), self._fills)
                    except RuleError:
                        continue  # told when the rules were loaded
                    if isinstance(found, Filter):
                        yield found


def unnamed(expression: Expression) -> Part:
    """Return the parts of an expression whose names are lost."""
    if isinstance(expression, Not):
        return Part(kind=Kind.NOT, parts=(unnamed(expression.part),), is_contrary=True)
    if isinstance(expression, Some):
        return Part(kind=Kind.SOME, parts=tuple(unnamed(one) for one in expression.parts), least=expression.least)
    field = getattr(expression, "field", "")
    value = Part(kind=Kind.VALUE, name=text_of_leaf(expression), leaf=expression)
    return Part(kind=Kind.ITEM, name=field, parts=(value,))
