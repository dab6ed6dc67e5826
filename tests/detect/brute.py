"""Correlations by trying every window of every group, for streams small enough: from events to the groups that fire."""

from collections.abc import Callable, Iterable, Mapping
from itertools import pairwise, product
from statistics import median
from typing import Any

Event = Mapping[str, Any]  # `at` in seconds, `k` the rule that it matches, fields
COMPARES = {
    "gt": lambda a, b: a > b, "gte": lambda a, b: a >= b, "lt": lambda a, b: a < b, "lte": lambda a, b: a <= b,
    "eq": lambda a, b: a == b, "neq": lambda a, b: a != b,
}  # fmt: skip


def groups(
    events: Iterable[Event], names: list[str], aliases: Mapping[str, Mapping[str, str]]
) -> dict[Any, list[Event]]:
    """Return the events of each group; one that lacks a field of the group takes no part."""
    found: dict[Any, list[Event]] = {}
    for event in events:
        key = tuple(event.get(aliases.get(name, {}).get(event["k"], name)) for name in names)
        if None not in key:
            found.setdefault(key, []).append(event)
    return found


def fires(kind: str, rules: list[str], bounds: Mapping[str, float], window: list[Event], now: float) -> bool:
    """Return whether the events of a window that ends now make a match."""
    numbers = [float(event["v"]) for event in window if event.get("v") is not None]
    if kind == "temporal_ordered":
        chosen = [[event["at"] for event in window if event["k"] == rule] for rule in rules]
        chosen[-1] = [at for at in chosen[-1] if at == now]
        return any(all(a <= b for a, b in pairwise(times)) for times in product(*chosen))
    if kind == "temporal":
        measure: float = len({event["k"] for event in window})
        bounds = bounds or {"gte": len(rules)}
    elif kind == "event_count":
        measure = len(window)
    elif kind == "value_count":
        measure = len({event["v"] for event in window if event.get("v") is not None})
    elif not numbers:
        return False
    else:
        measure = MEANS[kind](numbers)
    return all(COMPARES[name](measure, number) for name, number in bounds.items())


def moments(kind: str, rules: list[str], bounds: Mapping[str, float], events: list[Event], span: float) -> list[float]:
    """Return the moments at which the events of one group make a match."""
    own = [event for event in events if event["k"] in rules]
    return [
        at
        for at in sorted({event["at"] for event in own})
        if fires(kind, rules, bounds, [event for event in own if at - span <= event["at"] <= at], at)
    ]


def members(kind: str, rules: list[str], bounds: Mapping[str, float], events: list[Event], span: float) -> list[Event]:
    """Return the events of one group that are in a window that fires."""
    ends = moments(kind, rules, bounds, events, span)
    return [e for e in events if e["k"] in rules and any(at - span <= e["at"] <= at for at in ends)]


def _percentile(numbers: list[float], share: float) -> float:
    ordered = sorted(numbers)
    rank = share / 100 * (len(ordered) - 1)
    low = int(rank)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (rank - low)


MEANS: dict[str, Callable[[list[float]], float]] = {
    "value_sum": sum,
    "value_avg": lambda numbers: sum(numbers) / len(numbers),
    "value_median": median,
    "value_percentile": lambda numbers: _percentile(numbers, 90),
}
