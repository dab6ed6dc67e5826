"""Which findings belong together: by shared entities and time, whatever order they come in.

Findings that share a strong entity, or two weak ones, are one chain as long as none of its silences is longer than the
gap, or than a part of it where they share little. What has no time (code, secrets) joins by its entities alone. An
entity in more than a share of the findings joins nothing: it is a proxy, a scanner or a service account of everybody.
A person's word goes before all of this.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import timedelta
from itertools import combinations

import msgspec

from tocsin.cases.names import Names, Tie, canonical_all
from tocsin.model import Finding, Severity
from tocsin.model.estate import Estate

MIN_COMMON = 10  # findings; below it no entity is called common, whatever its share
ALONE = 0.25  # of the gap, for findings that share one strong entity and nothing else
LOOSE = 1 / 12  # of the gap, for findings that share weak entities only
BACK = 6  # earlier findings of an entity that each is compared with; keeps a busy entity linear
MAX_USERS = 3  # names in one finding that still say who it was; a guesser's list is longer
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
    findings: Iterable[Finding],
    estate: Estate,
    *,
    gap: timedelta,
    common_share: float,
    together: Iterable[tuple[str, str]] = (),
    apart: Iterable[tuple[str, str]] = (),
) -> list[Cluster]:
    """Return the clusters of two or more findings.

    They are the same for any order of the findings.
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
    told = _Forest(f.fingerprint for f in ordered)  # what is joined without a person's word has its reason besides
    for join in _candidates(ordered, held, names, common, gap):
        forest.join(join.first, join.second)
        if forest.root(join.first) == forest.root(join.second) and told.join(join.first, join.second):
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
    """Yield the joins to try: the strongest first, then the nearest in time, each in a fixed order."""
    ties = {entity: names.tie(entity) for entities in held.values() for entity in entities}
    kept = {
        print_: frozenset(e for e in _telling(entities) if e not in common and ties[e] is not Tie.NONE)
        for print_, entities in held.items()
    }
    holders: dict[tuple[str, ...], list[Finding]] = defaultdict(list)
    for finding in ordered:
        entities = sorted(kept[finding.fingerprint])
        for entity in entities:
            if ties[entity] is Tie.STRONG:
                holders[(entity,)].append(finding)
        loose = [entity for entity in entities if ties[entity] is Tie.WEAK][:MAX_WEAK]
        for pair in combinations(loose, 2):
            holders[pair].append(finding)
    found: dict[tuple[str, str], Join] = {}
    for entities_ in sorted(holders):
        for first, second in _neighbours(holders[entities_]):
            if (first.fingerprint, second.fingerprint) not in found:
                shared = sorted(kept[first.fingerprint] & kept[second.fingerprint])
                join = Join(
                    entities=tuple(shared),
                    first=first.fingerprint,
                    second=second.fingerprint,
                    apart=_apart(first, second),
                )
                differ = all(
                    any(_is_outside(e, ties) for e in kept[f.fingerprint] - set(shared)) for f in (first, second)
                )
                if join.apart is None or join.apart <= gap * _reach([ties[e] for e in shared], differ=differ):
                    found[join.first, join.second] = join
    return iter(
        sorted(
            found.values(),
            key=lambda j: (j.apart is not None, -len(j.entities), j.apart or timedelta(0), j.first, j.second),
        )
    )


def _telling(entities: frozenset[str]) -> frozenset[str]:
    """Return the entities that say who it was: the many names that a guesser tries are a list, not people."""
    users = frozenset(entity for entity in entities if entity.startswith("user:"))
    return entities - users if len(users) > MAX_USERS else entities


def _is_outside(entity: str, ties: Mapping[str, Tie]) -> bool:
    return entity.startswith("ip:") and ties[entity] is Tie.STRONG


def _reach(shared: Sequence[Tie], *, differ: bool) -> float:
    """Return the share of the gap that two findings may lie apart, by what they share.

    Measured over made-up incidents (tests/cases/incidents.py): one entity alone holds for a quarter of the gap, since
    carriers' addresses and busy accounts come back the next day in another story; and for less where each has an
    outside address of its own (`differ`).
    """
    strong = sum(tie is Tie.STRONG for tie in shared)
    if strong and len(shared) > 1:
        return 1.0
    return ALONE if strong and not differ else LOOSE


def _neighbours(holders: Sequence[Finding]) -> Iterator[tuple[Finding, Finding]]:
    """Yield each finding of an entity with those shortly before it; what has no time with the last that has one."""
    timed = [f for f in holders if f.first is not None]
    for number, after in enumerate(timed):
        for before in timed[max(0, number - BACK) : number]:
            yield before, after
    # The key in a script is there now: it belongs to the last that was heard of it.
    untimed = [f for f in holders if f.first is None]
    anchor = timed[-1] if timed else (untimed[0] if untimed else None)
    for f in untimed:
        if anchor is not None and f is not anchor:
            yield anchor, f


def _apart(before: Finding, after: Finding) -> timedelta | None:
    if before.first is None or after.first is None:
        return None
    return max(timedelta(0), after.first - (before.last or before.first))


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
        if len(found) > 1
        and (max(f.severity.rank for f in found) >= Severity.MEDIUM.rank or any(join.pinned for join in reasons[root]))
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
