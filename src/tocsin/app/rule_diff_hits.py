"""The hits of two runs compared: per rule what was gained and lost, by whom, with examples.

A hit is the same in both where rule, path and record are. One takes 8 bytes, so that millions can be compared.
"""

from array import array
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping

import msgspec

from tocsin.app.detect import Hit

TOP = 3  # entities that are named of each type
MAX_ENTITIES = 20_000  # different ones of a rule that are counted
TYPES = ("host", "user", "ip")
MAX_TEXT = 300  # characters of an example's record


class Example(msgspec.Struct, frozen=True, kw_only=True):
    """One record that was gained or lost, and which part of the rule decided that."""

    path: str
    record: int
    at: str | None
    entities: tuple[str, ...]
    event: Mapping[str, str]
    text: str
    why: str = ""


class Moved(msgspec.Struct, frozen=True, kw_only=True):
    """The hits that a rule gained or lost.

    How many, by which entities most, and examples.
    """

    count: int = 0
    by: tuple[tuple[str, int], ...] = ()
    examples: tuple[Example, ...] = ()


class Keys:
    """The places of the hits of one run, by rule.

    `paths` numbers the paths of both runs.
    """

    def __init__(self, paths: dict[str, int]) -> None:
        self._paths = paths
        self._keys: dict[str, array[int]] = {}

    def take(self, hit: Hit) -> None:
        """Take a hit."""
        self._keys.setdefault(hit.rule, array("Q")).append(self.of(hit))

    def of(self, hit: Hit) -> int:
        """Return the place of a hit as a number."""
        return self._paths.setdefault(hit.path, len(self._paths)) << 36 | hit.record

    def count(self, rule: str) -> int:
        """Return in how many places a rule matched."""
        return len(set(self._keys.get(rule, ())))

    def without(self, other: "Keys", rule: str) -> set[int]:
        """Return the places where a rule matched, and did not in another run."""
        return set(self._keys.get(rule, ())).difference(other._keys.get(rule, ()))  # noqa: SLF001  # of its own kind


def moved(hits: Iterable[Hit], keys: Keys, missing: Mapping[str, set[int]], limit: int) -> dict[str, Moved]:
    """Return per rule what the hits in some places were; each place counts once."""
    open_ = {rule: set(places) for rule, places in missing.items()}
    counts: dict[str, Counter[str]] = {rule: Counter() for rule in missing}
    kept: dict[str, list[Hit]] = {rule: [] for rule in missing}
    for hit in hits:
        places = open_.get(hit.rule)
        place = keys.of(hit)
        if not places or place not in places:
            continue
        places.discard(place)
        counter = counts[hit.rule]
        for entity in hit.entities:
            if entity.partition(":")[0] in TYPES and (entity in counter or len(counter) < MAX_ENTITIES):
                counter[entity] += 1
        _keep(kept[hit.rule], hit, limit)
    return {
        rule: Moved(
            count=len(places), by=tuple(_top(counts[rule])), examples=tuple(_example(hit) for hit in kept[rule])
        )
        for rule, places in missing.items()
        if places
    }


def _keep(kept: list[Hit], hit: Hit, limit: int) -> None:
    """Keep the first hits, but one of another input rather than one more of the same."""
    if len(kept) < limit:
        kept.append(hit)
        return
    paths = [one.path for one in kept]
    if hit.path in paths:
        return
    for place in range(len(kept) - 1, -1, -1):
        if paths.count(paths[place]) > 1:
            kept[place] = hit
            return


def _top(counter: Counter[str]) -> Iterator[tuple[str, int]]:
    for kind in TYPES:
        mine = [(name, count) for name, count in counter.items() if name.startswith(f"{kind}:")]
        yield from sorted(mine, key=lambda one: (-one[1], one[0]))[:TOP]


def _example(hit: Hit) -> Example:
    return Example(
        path=hit.path,
        record=hit.record,
        at=None if hit.at is None else hit.at.isoformat().replace("+00:00", "Z"),
        entities=hit.entities,
        event=hit.event,
        text=hit.text[:MAX_TEXT],
    )
