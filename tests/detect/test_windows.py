"""The windows against a checker that tries all of them."""

from itertools import product

from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.detect.windows import Hit, fire
from tocsin.match.sigma.correlation import Bound, Correlation, Type

SPAN = 10
HITS = st.lists(
    st.builds(
        Hit, st.integers(0, 40), st.integers(0, 2), st.integers(0, 3), st.integers(1, 2), st.just(0), st.integers(0, 99)
    ),
    max_size=12,
)
BOUNDS = st.lists(
    st.builds(Bound, st.sampled_from(["gt", "gte", "lt", "lte", "eq", "neq"]), st.integers(1, 5)),
    min_size=1,
    max_size=2,
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


def brute(kind: Type, bounds: list[Bound], hits: list[Hit]) -> tuple[set[int], set[int]]:
    """Return the places of all hits in windows that fire, and of the triggers."""
    members: set[int] = set()
    triggers: set[int] = set()
    for at in {hit.at for hit in hits}:
        places = [i for i, hit in enumerate(hits) if at - SPAN <= hit.at <= at]
        if holds(kind, bounds, [hits[i] for i in places], at):
            members.update(places)
            triggers.update(
                i for i in places if hits[i].at == at and (kind is not Type.TEMPORAL_ORDERED or hits[i].part == 2)
            )
    return members, triggers


@settings(max_examples=1500, deadline=None)
@given(kind=st.sampled_from(list(Type)), bounds=BOUNDS, hits=HITS, shuffle=st.randoms())
def test_it_fires_just_where_trying_all_windows_does(
    kind: Type, bounds: list[Bound], hits: list[Hit], shuffle: object
) -> None:
    correlation = Correlation(type=kind, rules=("a", "b", "c"), span=SPAN, bounds=tuple(bounds))
    ordered = sorted(hits)
    fired = fire(correlation, ordered)
    members = {place for low, stop in fired.windows for place in range(low, stop)}
    assert (members, set(fired.triggers)) == brute(kind, bounds, ordered)
    assert len(fired.triggers) == len(set(fired.triggers))


def test_two_hits_a_timespan_apart_are_in_one_window() -> None:
    correlation = Correlation(type=Type.EVENT_COUNT, rules=("a",), span=SPAN, bounds=(Bound("gte", 2),))
    assert fire(correlation, [Hit(0, 0, 0, 1, 0, 0), Hit(10, 0, 0, 1, 0, 1)]).windows
    assert not fire(correlation, [Hit(0, 0, 0, 1, 0, 0), Hit(11, 0, 0, 1, 0, 1)]).windows


def test_hits_of_one_moment_count_as_in_order() -> None:
    correlation = Correlation(type=Type.TEMPORAL_ORDERED, rules=("a", "b"), span=SPAN)
    assert fire(correlation, sorted([Hit(5, 1, 0, 1, 0, 0), Hit(5, 0, 0, 1, 0, 1)])).windows
