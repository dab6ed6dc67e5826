"""The matcher: rules over tables.

For each log source that is seen, a plan is made of the rules that fit it (plan.py). A plan asks each field once
(slots.py), and looks the tuple of answers of a row up in a memo of tuples: rows that answer alike match alike. What is
kept is bounded for all plans together.
"""

from collections.abc import Iterator, Sequence
from collections.abc import Set as AbstractSet

from tocsin.kit.parse import LogSource, Table
from tocsin.match.sigma.expression import Atom, Exists, Leaf, leaves
from tocsin.match.sigma.literals import Engine, hyperscan
from tocsin.match.sigma.look import Look
from tocsin.match.sigma.plan import Plan
from tocsin.match.sigma.rule import Rule, Source
from tocsin.match.sigma.slots import Room
from tocsin.model.fields import other_names

_NONE: frozenset[str] = frozenset()


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

    `seen` tells, per log source, which of the rules' fields (and of `watch`) any row has had so far; `ruled`, of a log
    source and event code, whether any rule looks at them, as detect/cover.py finds. `engine` finds literals: the
    answers are the same whatever it is.
    """

    def __init__(self, rules: Sequence[Rule], watch: frozenset[str] = frozenset(), engine: Engine = hyperscan) -> None:
        self.rules = rules
        self.watch = watch
        self.seen: dict[LogSource, set[str]] = {}
        self.ruled: dict[tuple[LogSource, str], bool] = {}
        self.engine = engine
        self._room = Room()
        self._plans: dict[LogSource, Plan] = {}
        self._made: dict[tuple[int, ...], Plan] = {}
        self._sources: dict[Source, list[int]] = {}
        for index, rule in enumerate(rules):
            self._sources.setdefault(rule.source, []).append(index)
        self._sights: dict[LogSource, _Sight] = {}
        self._told: dict[LogSource, set[str]] = {}

    def fitting(self, logsource: LogSource) -> Sequence[int]:
        """Return the indexes of the rules that look at rows of a log source."""
        return self.plan(logsource).indexes

    def run(self, table: Table) -> Iterator[tuple[int, int]]:
        """Yield (rule index, row index) of each match, in the order of rows."""
        plan = self.plan(table.logsource)
        look = Look(table)
        self._sight(table.logsource, plan).add(look)
        if plan.indexes and len(table):
            yield from plan.run(look)

    def plan(self, logsource: LogSource) -> Plan:
        """Return the plan of the rules that look at a log source."""
        plan = self._plans.get(logsource)
        if plan is None:
            indexes = tuple(i for source, own in self._sources.items() if fits(source, logsource) for i in own)
            plan = self._plans[logsource] = self._plan_of(tuple(sorted(indexes)))
        return plan

    def _plan_of(self, indexes: tuple[int, ...]) -> Plan:
        """Return the plan of some rules; several log sources may have the same."""
        plan = self._made.get(indexes)
        if plan is None:
            rules = [(index, self.rules[index].expression) for index in indexes]
            plan = self._made[indexes] = Plan(rules, self._room, self.engine)
        return plan

    def news(self, logsource: LogSource) -> frozenset[str]:
        """Return the fields that rows of a log source have had.

        Without those that were told before.
        """
        told = self._told.setdefault(logsource, set())
        new = frozenset(self.seen.get(logsource, ())) - told if len(self.seen.get(logsource, ())) > len(told) else _NONE
        told |= new
        return new

    def unseen(self, logsource: LogSource) -> AbstractSet[str]:
        """Return the fields that no row of a log source has had so far.

        The set goes on changing.
        """
        return self._sight(logsource, self.plan(logsource)).unseen

    def _sight(self, source: LogSource, plan: Plan) -> "_Sight":
        sight = self._sights.get(source)
        if sight is None:
            sight = self._sights[source] = _Sight(plan.fields | self.watch)
            self.seen[source] = sight.seen
        return sight


class _Sight:
    """Which fields rows of one log source have had."""

    def __init__(self, fields: frozenset[str]) -> None:
        self.seen: set[str] = set()
        self.unseen = set(fields)
        self._keys: set[str] = set()
        self._unsure: set[str] = set()  # of the open ones, those that a row may have though no new name comes up

    def add(self, look: Look) -> None:
        names = look.keys | look.table.same.keys()
        if names <= self._keys:
            asked = list(self._unsure)
        else:
            self._keys |= names
            asked = list(self.unseen)
        for name in asked:
            column, shared = look.field(name)
            if shared is not None or (column is not None and any(value is not None for value in column)):
                self.seen.add(name)
                self.unseen.discard(name)
                self._unsure.discard(name)
            elif column is not None or look.may_have(name):
                self._unsure.add(name)


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
