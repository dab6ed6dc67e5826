"""Correlations over whole streams, shuffled, tied, cut, at the edges of windows, against trying every window."""

import json
from random import Random
from typing import Any

import pytest

from tests.detect import brute
from tests.detect.build import found, rule_set, table

SEED = 20261124
SPAN = 10
RULES = "\n---\n".join(
    f"title: rule {name}\nname: {name}\nlogsource: {{product: linux, service: sshd}}\n"
    f"detection: {{s: {{k: {name}}}, condition: s}}"
    for name in "abc"
)
KINDS = [
    "event_count", "value_count", "temporal", "temporal_ordered", "value_sum", "value_avg", "value_percentile",
    "value_median",
]  # fmt: skip
RANGES: list[dict[str, float]] = [{"gte": 2}, {"gt": 2, "lte": 4}, {"eq": 3}, {"neq": 1}, {"lt": 3}]


def stream(chance: Random, count: int) -> list[dict[str, Any]]:
    """Return events at whole seconds, so that many are tied and many lie a timespan apart."""
    return [
        {
            "at": chance.choice([0, 1, 5, 10, 11, 15, 20, 21, 30, chance.randint(0, 60)]),
            "k": chance.choice("abcx"),
            "g": chance.choice("pq"),
            "h": chance.choice(["m", "n", None]),
            "g2": chance.choice("pq"),
            "v": chance.choice([None, 1, 2, 3, 5, 8]),
        }
        for _ in range(count)
    ]


def document(kind: str, rules: list[str], names: list[str], bounds: dict[str, float], **more: Any) -> str:
    condition: dict[str, Any] = dict(bounds)
    if kind.startswith("value_"):
        condition["field"] = "v"
    if kind == "value_percentile":
        condition["percentile"] = 90
    said: dict[str, Any] = {"type": kind, "rules": rules, "timespan": f"{SPAN}s", "group-by": names, **more}
    if condition:
        said["condition"] = condition
    text = "; ".join("{" + name + "}" for name in names)
    return json.dumps({"title": "outer", "id": "outer", "level": "high", "correlation": said, "tocsin": {"says": text}})


def fired(chance: Random, rules: str, events: list[dict[str, Any]]) -> list[tuple[str, int]]:
    """Return the groups that fire with their counts, from the events in any order and in several tables."""
    given = chance.sample(events, len(events))
    cut = chance.randint(0, len(given))
    tables = [table(part) for part in (given[:cut], given[cut:]) if part]
    outer = [one.finding for one in found(rule_set(rules), tables) if one.finding.rule == "outer"]
    return [(finding.message, finding.count) for finding in outer]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("shape", ["one", "two", "alias"])
def test_whole_streams_correlate_as_trying_all_windows_says(kind: str, shape: str) -> None:
    chance = Random(f"{SEED}{kind}{shape}")
    names = {"one": ["g"], "two": ["g", "h"], "alias": ["who"]}[shape]
    aliases = {"who": {"a": "g", "b": "g2", "c": "g"}} if shape == "alias" else {}
    fires = 0
    for _ in range(25):
        rules = ["a", "b", "c"] if kind.startswith("temporal") else chance.choice([["a"], ["a", "b"]])
        bounds = {} if kind.startswith("temporal") else chance.choice(RANGES)
        events = stream(chance, chance.randint(1, 40))
        more = {"aliases": aliases} if aliases and set(rules) == {"a", "b", "c"} else {}
        if aliases and not more:
            more = {"aliases": {"who": {rule: aliases["who"][rule] for rule in rules}}}
        expected = {
            "; ".join(map(str, key)): brute.members(kind, rules, bounds, own, SPAN)
            for key, own in brute.groups([e for e in events if e["k"] in rules], names, aliases).items()
        }
        expected = {key: own for key, own in expected.items() if own}
        got = fired(chance, f"{RULES}\n---\n{document(kind, rules, names, bounds, **more)}", events)
        if aliases:
            assert len(got) == len(expected), (rules, bounds, events)
        else:
            assert sorted(key for key, _ in got) == sorted(expected), (rules, bounds, events)
        if kind in {"event_count", "value_count"}:
            assert sorted(many for _, many in got) == sorted(map(len, expected.values()))
        fires += bool(expected)
    assert fires > 2


def test_a_chain_fires_where_its_parts_fire_in_order() -> None:
    chance = Random(SEED)
    inner = json.dumps({
        "title": "inner", "name": "inner",
        "correlation": {
            "type": "event_count", "rules": ["a"], "group-by": ["g"], "timespan": f"{SPAN}s", "condition": {"gte": 3},
        },
    })  # fmt: skip
    fires = 0
    for _ in range(60):
        events = stream(chance, chance.randint(5, 40))
        expected = set()
        for (group,), own in brute.groups(events, ["g"], {}).items():
            ends = brute.moments("event_count", ["a"], {"gte": 3}, own, SPAN)
            if any(0 <= e["at"] - at <= SPAN for at in ends for e in own if e["k"] == "c"):
                expected.add(group)
        text = f"{RULES}\n---\n{inner}\n---\n{document('temporal_ordered', ['inner', 'c'], ['g'], {})}"
        assert {key for key, _ in fired(chance, text, events)} == expected, events
        fires += bool(expected)
    assert fires > 10
