"""The windows against a checker that tries all of them."""

from collections.abc import Callable
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import ceil, floor
from operator import eq, ge, gt, le, lt, ne
from statistics import median

from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.detect.windows import NUMBERLESS, Hit, fire
from tocsin.match.sigma.condition import condition
from tocsin.match.sigma.correlation import METRICS, Bound, Correlation, Type
from tocsin.match.sigma.expression import Exists, judge

SPAN = 10
TIMES = st.integers(0, 40)
NUMBERS = st.sampled_from([0.0, 1.0, 2.0, 3.0, 0.1, 0.2, -1.5, 1e17, NUMBERLESS])
COUNTED = st.builds(Hit, TIMES, st.integers(0, 2), st.integers(0, 3), st.integers(1, 2), st.just(0), st.integers(0, 99))
NUMBERED = st.builds(Hit, TIMES, st.integers(0, 2), NUMBERS, st.integers(1, 3), st.just(0), st.integers(0, 99))
COMPARES = st.sampled_from(["gt", "gte", "lt", "lte", "eq", "neq"])
BOUNDS = st.lists(st.builds(Bound, COMPARES, st.integers(1, 5)), min_size=1, max_size=2)
METRIC_BOUNDS = st.lists(
    st.builds(Bound, COMPARES, st.sampled_from([1, 2, 3, 0.3, 0.5, -1.5, 1.25])), min_size=1, max_size=2
)
PERCENTILES = st.sampled_from([0, 12.5, 25, 50, 90, 99.9, 100])
CONDITIONS = st.sampled_from(
    ["a and b", "a or b or c", "a and not b", "not a and (b or c)", "(a and b) or (b and c)", "not (a and c)"]
)


def holds(kind: Type, bounds: list[Bound], window: list[Hit], at: int) -> bool:
    if kind is Type.EVENT_COUNT:
        count = sum(hit.times for hit in window)
    elif kind is Type.VALUE_COUNT:
        count = len({hit.value for hit in window if hit.value})
    elif kind is Type.TEMPORAL:
        count = len({hit.part for hit in window})
    else:
        parts = [[hit for hit in window if hit.part == part] for part in range(3)]
        parts[2] = [hit for hit in parts[2] if hit.at == at]
        return any(a.at <= b.at <= c.at for a, b, c in product(*parts))
    return all(bound.holds(count) for bound in bounds)


def holds_of_numbers(kind: Type, bounds: list[Bound], window: list[Hit], percentile: float) -> bool:
    """Decide with decimals, in which sums of written numbers are exact, and sorted copies of each number."""
    numbers = sorted(Decimal(repr(hit.value)) for hit in window for _ in range(hit.times) if hit.value != NUMBERLESS)
    if not numbers:
        return False
    if kind is Type.VALUE_SUM:
        found = sum(map(Fraction, numbers), Fraction(0))
    elif kind is Type.VALUE_AVG:
        found = sum(map(Fraction, numbers), Fraction(0)) / len(numbers)
    elif kind is Type.VALUE_MEDIAN:
        found = Fraction(median(map(Fraction, numbers)))
    else:
        rank = Fraction(repr(percentile)) / 100 * (len(numbers) - 1)
        low, high = Fraction(numbers[floor(rank)]), Fraction(numbers[ceil(rank)])
        found = low + (high - low) * (rank - floor(rank))
    compare = {"gt": gt, "gte": ge, "lt": lt, "lte": le, "eq": eq, "neq": ne}
    return all(compare[bound.compare](found, Fraction(repr(bound.number))) for bound in bounds)


def brute(kind: Type, hits: list[Hit], fires: Callable[[list[Hit], int], bool]) -> tuple[set[int], set[int]]:
    """Return the places of all hits in windows that fire, and of the triggers."""
    members: set[int] = set()
    triggers: set[int] = set()
    for at in {hit.at for hit in hits}:
        places = [i for i, hit in enumerate(hits) if at - SPAN <= hit.at <= at]
        if fires([hits[i] for i in places], at):
            members.update(places)
            triggers.update(
                i for i in places if hits[i].at == at and (kind is not Type.TEMPORAL_ORDERED or hits[i].part == 2)
            )
    return members, triggers


def fired(correlation: Correlation, hits: list[Hit]) -> tuple[set[int], set[int]]:
    made = fire(correlation, hits)
    assert len(made.triggers) == len(set(made.triggers))
    return {place for low, stop in made.windows for place in range(low, stop)}, set(made.triggers)


@settings(max_examples=1000, deadline=None)
@given(
    kind=st.sampled_from([Type.EVENT_COUNT, Type.VALUE_COUNT, Type.TEMPORAL, Type.TEMPORAL_ORDERED]),
    bounds=BOUNDS,
    hits=st.lists(COUNTED, max_size=12),
)
def test_it_fires_just_where_trying_all_windows_does(kind: Type, bounds: list[Bound], hits: list[Hit]) -> None:
    correlation = Correlation(type=kind, rules=("a", "b", "c"), span=SPAN, bounds=tuple(bounds))
    hits.sort()
    assert fired(correlation, hits) == brute(kind, hits, lambda window, at: holds(kind, bounds, window, at))


@settings(max_examples=1000, deadline=None)
@given(
    kind=st.sampled_from(sorted(METRICS)), bounds=METRIC_BOUNDS, percentile=PERCENTILES,
    hits=st.lists(NUMBERED, max_size=12),
)  # fmt: skip
def test_metrics_fire_just_where_trying_all_windows_does(
    kind: Type, bounds: list[Bound], percentile: float, hits: list[Hit]
) -> None:
    share = percentile if kind is Type.VALUE_PERCENTILE else 50
    correlation = Correlation(type=kind, rules=("a", "b", "c"), span=SPAN, bounds=tuple(bounds), percentile=share)
    hits.sort()
    tried = brute(kind, hits, lambda window, _: holds_of_numbers(kind, bounds, window, percentile))
    assert fired(correlation, hits) == tried


@settings(max_examples=500, deadline=None)
@given(text=CONDITIONS, hits=st.lists(COUNTED, max_size=12))
def test_conditions_over_rules_fire_just_where_trying_all_windows_does(text: str, hits: list[Hit]) -> None:
    expression = condition(text, {name: Exists(name) for name in "abc"})
    correlation = Correlation(type=Type.TEMPORAL, rules=("a", "b", "c"), span=SPAN, expression=expression)
    hits.sort()

    def holds_in(window: list[Hit], _: int) -> bool:
        seen = {"abc"[hit.part] for hit in window}
        return judge(expression, lambda leaf: isinstance(leaf, Exists) and leaf.field in seen) is True

    assert fired(correlation, hits) == brute(Type.TEMPORAL, hits, holds_in)


def test_two_hits_a_timespan_apart_are_in_one_window() -> None:
    correlation = Correlation(type=Type.EVENT_COUNT, rules=("a",), span=SPAN, bounds=(Bound("gte", 2),))
    assert fire(correlation, [Hit(0, 0, 0, 1, 0, 0), Hit(10, 0, 0, 1, 0, 1)]).windows
    assert not fire(correlation, [Hit(0, 0, 0, 1, 0, 0), Hit(11, 0, 0, 1, 0, 1)]).windows


def test_hits_of_one_moment_count_as_in_order() -> None:
    correlation = Correlation(type=Type.TEMPORAL_ORDERED, rules=("a", "b"), span=SPAN)
    assert fire(correlation, sorted([Hit(5, 1, 0, 1, 0, 0), Hit(5, 0, 0, 1, 0, 1)])).windows
