"""When a correlation fires: windows over the hits of one group, in event time.

A window of a moment t holds all hits from t - timespan to t, both ends included. Hits of one moment count together,
whatever order they came in, so the answer depends on the set of hits only. A correlation fires at t when its condition
holds for the window of t; the hits of that very moment are then its *triggers*: they are what a correlation over
correlations sees as its events.
"""

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from typing import NamedTuple

from tocsin.match.sigma.correlation import Correlation, Type, exact

NUMBERLESS = float("-inf")  # of a hit whose field holds no number

Range = tuple[int, int]  # places of hits in their group: from, and up to but not with


class Hit(NamedTuple):
    """A match as a correlation sees it.

    `part` is its place in the correlation's rules, `value` a hash or 0; for a metric it is a number or NUMBERLESS.
    """

    at: int
    part: int
    value: float
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


def _distinct(of: Callable[[Hit], float]) -> "Callable[[Correlation, Sequence[Hit]], Iterator[tuple[int, int, int]]]":
    def fires(correlation: Correlation, hits: Sequence[Hit]) -> Iterator[tuple[int, int, int]]:
        held: Counter[float] = Counter()
        for low, start, stop in _held(held, of, correlation, hits):
            if correlation.holds(len(held) - (0 in held)):
                yield low, start, stop

    return fires


def _held(
    held: "Counter[float]", of: Callable[[Hit], float], correlation: Correlation, hits: Sequence[Hit]
) -> Iterator[tuple[int, int, int]]:
    """Yield the moments, with `held` counting what the hits of each one's window are."""
    taken = 0
    for low, start, stop in _moments(hits, correlation.span):
        held.update(of(hits[i]) for i in range(start, stop))
        for i in range(taken, low):
            held[of(hits[i])] -= 1
            if not held[of(hits[i])]:
                del held[of(hits[i])]
        taken = low
        yield low, start, stop


def _temporal(correlation: Correlation, hits: Sequence[Hit]) -> Iterator[tuple[int, int, int]]:
    held: Counter[float] = Counter()
    known: dict[frozenset[float], bool] = {}
    for low, start, stop in _held(held, lambda hit: hit.part, correlation, hits):
        seen = frozenset(held)
        if seen not in known:
            known[seen] = correlation.holds_with(frozenset(correlation.rules[int(part)] for part in seen))
        if known[seen]:
            yield low, start, stop


def _sum(correlation: Correlation, hits: Sequence[Hit]) -> Iterator[tuple[int, int, int]]:
    """Fire on the sum, or the mean, of the numbers of a window; one without numbers has none."""
    mean = correlation.type is Type.VALUE_AVG
    numbers = [exact(hit.value) if hit.value != NUMBERLESS else None for hit in hits]
    total: int | Fraction = 0
    many = taken = 0
    for low, start, stop in _moments(hits, correlation.span):
        for i, sign in (*((i, 1) for i in range(start, stop)), *((i, -1) for i in range(taken, low))):
            number = numbers[i]
            if number is not None:
                total += sign * hits[i].times * number
                many += sign * hits[i].times
        taken = low
        if many and correlation.holds(Fraction(total) / many if mean else total):
            yield low, start, stop


def _percentile(correlation: Correlation, hits: Sequence[Hit]) -> Iterator[tuple[int, int, int]]:
    """Fire on a percentile of the numbers of a window, between two of them in proportion; the median is the 50th."""
    share = Fraction(exact(correlation.percentile)) / 100
    values = sorted({hit.value for hit in hits if hit.value != NUMBERLESS})
    ranks = _Ranks(len(values))
    taken = 0
    for low, start, stop in _moments(hits, correlation.span):
        for i, sign in (*((i, 1) for i in range(start, stop)), *((i, -1) for i in range(taken, low))):
            if hits[i].value != NUMBERLESS:
                ranks.add(bisect_left(values, hits[i].value), sign * hits[i].times)
        taken = low
        if ranks.many:
            below, rest = divmod(share * (ranks.many - 1), 1)
            one = exact(values[ranks.at(int(below))])
            other = exact(values[ranks.at(int(below) + 1)]) if rest else one
            if correlation.holds(one + (other - one) * rest):
                yield low, start, stop


class _Ranks:
    """How often each of some values stands in a window, so that the one of a rank is found in few steps."""

    def __init__(self, size: int) -> None:
        self.many = 0
        self._tree = [0] * (size + 1)
        self._top = 1 << size.bit_length() >> 1

    def add(self, place: int, times: int) -> None:
        self.many += times
        place += 1
        while place < len(self._tree):
            self._tree[place] += times
            place += place & -place

    def at(self, rank: int) -> int:
        """Return the place of the value of a rank, counted from 0."""
        place, step = 0, self._top
        while step:
            if place + step < len(self._tree) and self._tree[place + step] <= rank:
                place += step
                rank -= self._tree[place]
            step >>= 1
        return place


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
    Type.TEMPORAL: _temporal,
    Type.TEMPORAL_ORDERED: _ordered,
    Type.VALUE_SUM: _sum,
    Type.VALUE_AVG: _sum,
    Type.VALUE_PERCENTILE: _percentile,
    Type.VALUE_MEDIAN: _percentile,
}
