"""Which findings belong together: by shared entities and time, whatever order they come in.

Findings that share a strong entity, or two weak ones, are one chain as long as none of its silences is longer than the
gap. What has no time (code, secrets) joins by its entities alone. An entity in more than a share of the findings joins
nothing: it is a proxy, a scanner or a service account of everybody. A person's word goes before all of this.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import combinations, pairwise

import msgspec

from tocsin.cases.names import Names, Tie, canonical_all
from tocsin.model import Finding, Severity
from tocsin.model.estate import Estate

MIN_COMMON = 10  # findings; below it no entity is called common, whatever its share
MAX_WEAK = 8  # weak entities of one finding that are paired; a finding with more is about everything


class Join(msgspec.Struct, frozen=True, kw_only=True):
    """Why two findings are in one case: what they share, and how far apart they were."""

    entities: tuple[str, ...]
    first: str
    second: str
    apart: timedelta | None
    pinned: bool = False


class Cluster(msgspec.Struct, frozen=True, kw_only=True):
    """Findings that belong together, in the order of the story, and what joined them."""

    findings: tuple[Finding, ...]
    joins: tuple[Join, ...]


def group(
    findings: Iterable[Finding], estate: Estate, *, gap: timedelta, common_share: float,
    together: Iterable[tuple[str, str]] = (), apart: Iterable[tuple[str, str]] = (),
) -> list[Cluster]:
    """Return the clusters of two or more findings; the same for any order of the findings.

    `together` and `apart` are a person's word: pairs of fingerprints that must, or must not, be in one case.
    """
    ordered = sorted(findings, key=story_order)
    names = Names(estate)
    held = {f.fingerprint: canonical_all(names, f.entities) for f in ordered}
    common = _common(held, common_share)
    forest = _Forest(f.fingerprint for f in ordered)
    forest.forbid(apart)
    joins: list[Join] = []
    for first, second in sorted(together):
        if first in held and second in held and forest.join(first, second):
            joins.append(Join(entities=(), first=first, second=second, apart=None, pinned=True))
    for join in _candidates(ordered, held, names, common, gap):
        if forest.join(join.first, join.second):
            joins.append(join)
    return _clusters(ordered, forest, joins)


def story_order(finding: Finding) -> tuple[bool, float, int, str, str]:
    """Return the place of a finding in a story: by time, what has none last."""
    at = finding.first.timestamp() if finding.first else 0.0
    return (finding.first is None, at, finding.severity.rank, finding.rule, finding.fingerprint)


def _common(held: Mapping[str, frozenset[str]], share: float) -> frozenset[str]:
    counts: dict[str, int] = defaultdict(int)
    for entities in held.values():
        for entity in entities:
            counts[entity] += 1
    limit = max(MIN_COMMON, share * len(held))
    return frozenset(entity for entity, count in counts.items() if count > limit)


def _candidates(
    ordered: Sequence[Finding], held: Mapping[str, frozenset[str]], names: Names, common: frozenset[str], gap: timedelta
) -> Iterator[Join]:
    """Yield the joins to try: strong entities first, then pairs of weak ones, each in a fixed order."""
    strong: dict[tuple[str, ...], list[Finding]] = defaultdict(list)
    weak: dict[tuple[str, ...], list[Finding]] = defaultdict(list)
    for finding in ordered:
        kept = sorted(held[finding.fingerprint] - common)
        ties = {entity: names.tie(entity) for entity in kept}
        for entity in kept:
            if ties[entity] is Tie.STRONG:
                strong[(entity,)].append(finding)
        loose = [entity for entity in kept if ties[entity] is Tie.WEAK][:MAX_WEAK]
        for pair in combinations(loose, 2):
            weak[pair].append(finding)
    for holders in (strong, weak):
        for entities in sorted(holders):
            yield from _chain(entities, holders[entities], gap)


def _chain(entities: tuple[str, ...], holders: Sequence[Finding], gap: timedelta) -> Iterator[Join]:
    timed = [f for f in holders if f.first is not None]
    reach = timed[0].last or timed[0].first if timed else None
    for before, after in pairwise(timed):
        assert after.first is not None and before.first is not None and reach is not None
        reach = max(reach, before.last or before.first)
        apart = max(timedelta(0), after.first - reach)
        if apart <= gap:
            yield Join(entities=entities, first=before.fingerprint, second=after.fingerprint, apart=apart)
        else:
            reach = after.first
    # What has no time joins the last chain of the entity: the key in a script is there now.
    untimed = [f for f in holders if f.first is None]
    anchor = timed[-1] if timed else (untimed[0] if untimed else None)
    for f in untimed:
        if anchor is not None and f is not anchor:
            yield Join(entities=entities, first=anchor.fingerprint, second=f.fingerprint, apart=None)


def _clusters(ordered: Sequence[Finding], forest: "_Forest", joins: Sequence[Join]) -> list[Cluster]:
    members: dict[str, list[Finding]] = defaultdict(list)
    reasons: dict[str, list[Join]] = defaultdict(list)
    for finding in ordered:
        members[forest.root(finding.fingerprint)].append(finding)
    for join in joins:
        reasons[forest.root(join.first)].append(join)
    return [
        Cluster(findings=tuple(found), joins=tuple(reasons[root]))
        for root, found in members.items()
        if len(found) > 1 and (max(f.severity.rank for f in found) >= Severity.MEDIUM.rank or
                               any(join.pinned for join in reasons[root]))
    ]


class _Forest:
    """Sets of fingerprints that are joined one by one, never across a pair that must stay apart."""

    def __init__(self, all_: Iterable[str]) -> None:
        self._parent = {one: one for one in all_}
        self._foes: dict[str, set[str]] = defaultdict(set)

    def forbid(self, pairs: Iterable[tuple[str, str]]) -> None:
        """Keep the two of each pair in different sets."""
        for first, second in pairs:
            if first in self._parent and second in self._parent and first != second:
                self._foes[first].add(second)
                self._foes[second].add(first)

    def root(self, one: str) -> str:
        """Return the name of the set that a fingerprint is in."""
        while self._parent[one] != one:
            self._parent[one] = self._parent[self._parent[one]]
            one = self._parent[one]
        return one

    def join(self, first: str, second: str) -> bool:
        """Join two sets; False when they are one already or must stay apart."""
        a, b = sorted((self.root(first), self.root(second)))
        if a == b or any(self.root(foe) == b for foe in self._foes[a]):
            return False
        self._parent[b] = a
        self._foes[a] |= self._foes[b]
        for foe in self._foes[b]:
            self._foes[self.root(foe)].add(a)
        return True
