"""What a change of rules does: the journey of `tocsin rule diff`."""

from collections.abc import Iterator, Mapping

import msgspec

from tocsin.app.rule_diff_hits import Keys, Moved, moved
from tocsin.app.rule_diff_run import Data, Outcome, run
from tocsin.app.rule_diff_sides import Side
from tocsin.app.rule_diff_why import decided
from tocsin.app.scan_journey import Progress
from tocsin.detect.compare import Change, Comparison, Version, compare, to_run
from tocsin.detect.filters import Problem
from tocsin.match.sigma.placeholder import of_estate
from tocsin.model import Severity
from tocsin.model.coverage import Coverage
from tocsin.runtime.workspace import Workspace

CHEAP = 200.0  # nanoseconds an event; less than that is the clock's noise (docs/measured/rule-diff.md)


class Cost(msgspec.Struct, frozen=True, kw_only=True):
    """What one rule takes on each side.

    Microseconds an event, over a sample, run by itself.
    """

    before: float
    after: float


class Effect(msgspec.Struct, frozen=True, kw_only=True):
    """What a change does to the hits of one rule or correlation.

    `asleep` says why it cannot fire on this data any more.
    """

    rule: str
    title: str
    before: int
    after: int
    gained: Moved = Moved()
    lost: Moved = Moved()
    cost: Cost | None = None
    asleep: str = ""


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """What was run: how many rules of each side, and over what.

    CPU seconds include reading the data.
    """

    before: int
    after: int
    cpu_before: float
    cpu_after: float
    coverage: Coverage
    findings_before: Mapping[Severity, int]
    findings_after: Mapping[Severity, int]


class Diffed(msgspec.Struct, frozen=True, kw_only=True):
    """All that a change does; without data there are no effects and there was no run."""

    before: str
    after: str
    rules_before: int
    rules_after: int
    same: int
    changes: tuple[Change, ...]
    broken: tuple[Problem, ...]
    effects: tuple[Effect, ...] = ()
    run: Run | None = None

    @property
    def gained(self) -> int:
        """Return how many hits were gained."""
        return sum(one.gained.count for one in self.effects)

    @property
    def lost(self) -> int:
        """Return how many hits were lost."""
        return sum(one.lost.count for one in self.effects)

    @property
    def complete(self) -> bool:
        """Return whether all data was looked at and no rule stopped loading."""
        return not self.broken and (self.run is None or not self.run.coverage.not_looked_at)

    def effect(self, rule: str) -> Effect | None:
        """Return the effect on a rule."""
        return next((one for one in self.effects if one.rule == rule), None)


class _Half:
    """One side with its run: its hits' places and what came of it."""

    def __init__(self, side: Side, workspace: Workspace) -> None:
        self.version = Version(side.name, side.sources, of_estate(workspace.estate))
        self.keys = Keys({})
        self.outcome = Outcome()

    def run(self, affected: frozenset[str], data: Data, progress: Progress, paths: dict[str, int]) -> None:
        """Run what must run; `paths` is shared by both sides."""
        self.keys = Keys(paths)
        documents = to_run(self.version, affected)
        self.outcome = run(self.version, documents, affected, data, progress, self.keys.take)

    def alone(self, other: "_Half", affected: frozenset[str], limit: int) -> dict[str, Moved]:
        """Return the hits that the other side does not have."""
        missing = {rule: places for rule in affected if (places := self.keys.without(other.keys, rule))}
        if not missing or self.outcome.scanned is None or self.outcome.scanned.hits is None:
            return {}
        return moved(self.outcome.scanned.hits.by_time(), self.keys, missing, limit)


def rule_diff(
    pair: tuple[Side, Side], workspace: Workspace, data: Data | None, *, limit: int, progress: Progress
) -> Diffed:
    """Return what the second side changes, and what that does on data.

    There are at most `limit` examples for each rule.
    """
    before, after = (_Half(side, workspace) for side in pair)
    compared = compare(before.version, after.version)
    found = Diffed(
        before=before.version.name,
        after=after.version.name,
        rules_before=len(before.version.documents),
        rules_after=len(after.version.documents),
        same=compared.same,
        changes=compared.changes,
        broken=compared.broken,
    )
    if data is None or not compared.affected:
        return found
    paths: dict[str, int] = {}
    for half in (before, after):
        half.run(compared.affected, data, progress, paths)
    effects = tuple(_effects(compared, before, after, data, limit))
    return msgspec.structs.replace(found, effects=effects, run=_run(before.outcome, after.outcome))


def _run(old: Outcome, new: Outcome) -> Run:
    return Run(
        before=len(old.ran),
        after=len(new.ran),
        cpu_before=round(old.cpu, 2),
        cpu_after=round(new.cpu, 2),
        coverage=new.coverage if new.scanned else old.coverage,
        findings_before=old.findings,
        findings_after=new.findings,
    )


def _effects(compared: Comparison, before: _Half, after: _Half, data: Data, limit: int) -> Iterator[Effect]:
    """Yield what the change does to each rule: those that changed first, then the correlations made of them."""
    gained, lost = decided(
        after.alone(before, compared.affected, limit), before.alone(after, compared.affected, limit),
        before.version, after.version, data,
    )  # fmt: skip
    changed = [one.id for one in compared.changes if one.id in compared.affected]
    for id_ in dict.fromkeys([*changed, *sorted(compared.affected)]):
        document = after.version.documents.get(id_) or before.version.documents[id_]
        is_asleep = id_ in before.version.documents and id_ not in before.outcome.idle
        yield Effect(
            rule=id_,
            title=document.about.title,
            before=before.keys.count(id_),
            after=after.keys.count(id_),
            gained=gained.get(id_, Moved()),
            lost=lost.get(id_, Moved()),
            cost=_cost(before.outcome.costs.get(id_, 0), after.outcome.costs.get(id_, 0)),
            asleep=after.outcome.idle.get(id_, "") if is_asleep else "",
        )


def _cost(before: float, after: float) -> Cost | None:
    """Return what a rule takes on each side; None where a side has no figure or both are the clock's noise."""
    if not (before and after) or max(before, after) < CHEAP:
        return None
    return Cost(before=round(before / 1000, 2), after=round(after / 1000, 2))
