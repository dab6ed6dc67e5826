"""When a correlation fires: windows over the hits of one group, in event time.

A window of a moment t holds all hits from t - timespan to t, both ends included. Hits of one moment count together,
whatever order they came in, so the answer depends on the set of hits only. A correlation fires at t when its condition
holds for the window of t; the hits of that very moment are then its *triggers*: they are what a correlation over
correlations sees as its events.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from tocsin.match.sigma.correlation import Correlation, Type

Range = tuple[int, int]  # places of hits in their group: from, and up to but not with


class Hit(NamedTuple):
    """A match as a correlation sees it.

    `part` is its place in the correlation's rules, `value` a hash or 0.
    """

    at: int
    part: int
    value: int
    times: int
    rule: int
    row: int


class Fired(NamedTuple):
    """Where a group fired.

    The windows, merged where they overlap, and the places of its triggers.
    """

    windows: list[Range]
    triggers: list[int]


def fire(correlation: Correlation, hits: Sequence[Hit]) -> Fired:
    """Return where hits of one group, sorted, fire."""
    windows: list[Range] = []
    triggers: list[int] = []
    for low, start, stop in _FIRES[correlation.type](correlation, hits):
        last = len(correlation.rules) - 1
        ordered = correlation.type is Type.TEMPORAL_ORDERED
        triggers.extend(i for i in range(start, stop) if not ordered or hits[i].part == last)
        if windows and low <= windows[-1][1]:
            windows[-1] = (windows[-1][0], stop)
        else:
            windows.append((low, stop))
    return Fired(windows, triggers)


def _moments(hits: Sequence[Hit], span: int) -> Iterator[tuple[int, int, int]]:
    """Yield, for each moment, the places where its window begins, where it begins itself, and where it ends."""
    low = start = 0
    while start < len(hits):
        at = hits[start].at
        stop = start
        while stop < len(hits) and hits[stop].at == at:
            stop += 1
        while hits[low].at < at - span:
            low += 1
        yield low, start, stop
        start = stop


def _event_count(correlation: Correlation, hits: Sequence[Hit]) -> Iterator[tuple[int, int, int]]:
    count = taken = 0
    for low, start, stop in _moments(hits, correlation.span):
        count += sum(hits[i].times for i in range(start, stop))
        count -= sum(hits[i].times for i in range(taken, low))
        taken = low
        if correlation.holds(count):
            yield low, start, stop


def _distinct(of: Callable[[Hit], int]) -> "Callable[[Correlation, Sequence[Hit]], Iterator[tuple[int, int, int]]]":
    def fires(correlation: Correlation, hits: Sequence[Hit]) -> Iterator[tuple[int, int, int]]:
        held: Counter[int] = Counter()
        taken = 0
        for low, start, stop in _moments(hits, correlation.span):
            held.update(of(hits[i]) for i in range(start, stop))
            for i in range(taken, low):
                held[of(hits[i])] -= 1
                if not held[of(hits[i])]:
                    del held[of(hits[i])]
            taken = low
            if correlation.holds(len(held) - (0 in held)):
                yield low, start, stop

    return fires


def _ordered(correlation: Correlation, hits: Sequence[Hit]) -> Iterator[tuple[int, int, int]]:
    """Fire where the last rule's hit ends a run of all rules in order, each no earlier than the one before it.

    `begun[k]` is the latest moment at which a run of the rules 0 to k can have begun: the best one for what follows.
    """
    last = len(correlation.rules) - 1
    begun: list[int | None] = [None] * (last + 1)
    for low, start, stop in _moments(hits, correlation.span):
        parts = {hits[i].part for i in range(start, stop)}
        at = hits[start].at
        for part in sorted(parts):
            begun[part] = at if part == 0 else begun[part - 1]
        since = begun[last]
        if last in parts and since is not None and at - since <= correlation.span:
            yield low, start, stop


_FIRES: dict[Type, Callable[[Correlation, Sequence[Hit]], Iterator[tuple[int, int, int]]]] = {
    Type.EVENT_COUNT: _event_count,
    Type.VALUE_COUNT: _distinct(lambda hit: hit.value),
    Type.TEMPORAL: _distinct(lambda hit: hit.part + 1),
    Type.TEMPORAL_ORDERED: _ordered,
}
