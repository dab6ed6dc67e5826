"""Clocks that jump, stand still or lie: the same findings whatever the order, and no record lost."""

from datetime import UTC, datetime
from random import Random
from typing import Any

import pytest

from tests.detect.build import found, rule_set, table

BASE = """
title: A try
name: tried
logsource: {product: linux, service: sshd}
detection: {s: {event.outcome: failure}, condition: s}
---
title: An entry
name: entered
logsource: {product: linux, service: sshd}
detection: {s: {event.outcome: success}, condition: s}
"""
CHAIN = """
title: Chain {0}
id: chain-{0}
level: high
correlation:
    type: {0}
    rules: [{1}]
    group-by: [source.ip]
    timespan: 10m
"""
COUNTED = "    condition: {gte: 4}\n"
OF_FIELD = "    condition: {field: bytes, gte: 40}\n"
KINDS = {
    "event_count": ("tried", COUNTED),
    "value_count": ("tried", "    condition: {field: user.name, gte: 3}\n"),
    "temporal": ("tried, entered", ""),
    "temporal_ordered": ("tried, entered", ""),
    "value_sum": ("tried", OF_FIELD),
    "value_avg": ("tried", OF_FIELD),
    "value_median": ("tried", OF_FIELD),
    "value_percentile": ("tried", "    condition: {field: bytes, gte: 40, percentile: 90}\n"),
}
RULES = rule_set(BASE, *(CHAIN.format(kind, parts) + condition for kind, (parts, condition) in KINDS.items()))
START = datetime(2026, 3, 29, 0, 50, tzinfo=UTC).timestamp()  # ten minutes before clocks go forward in Europe


def at(year: int) -> float:
    return (datetime(year, 1, 1, tzinfo=UTC) - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds()


def row(seconds: float | None, outcome: str = "failure", user: str = "a", number: int = 50) -> dict[str, Any]:
    return {"at": seconds, "source.ip": "192.0.2.1", "user.name": user, "event.outcome": outcome, "bytes": str(number)}


def told(*parts: list[dict[str, Any]]) -> list[tuple[object, ...]]:
    findings = [one.finding for one in found(RULES, [table(rows) for rows in parts if rows])]
    return sorted((f.rule, f.fingerprint, f.count, f.first, f.last, tuple(sorted(f.entities))) for f in findings)


def stream(chance: Random) -> list[dict[str, Any]]:
    """Return tries and entries on a clock that is set back and forth, with ties and records that stand twice."""
    rows: list[dict[str, Any]] = []
    clock = START
    for _ in range(40):
        clock += chance.choice([0, 0, 1, 30, 299, 300, 301, 600, 601, -1, -599, -600, -3600, 3600])
        outcome = chance.choice(["failure", "failure", "failure", "success"])
        rows.append(row(clock, outcome, chance.choice("abcd"), chance.choice([10, 40, 90])))
        rows += [rows[-1]] * chance.choice([0, 0, 0, 1, 2])
    return rows


@pytest.mark.parametrize("seed", range(12))
def test_a_clock_that_is_set_back_and_forth_gives_the_same_in_any_order(seed: int) -> None:
    chance = Random(seed)
    rows = stream(chance)
    straight = told(rows)
    assert straight
    for _ in range(4):
        other = rows.copy()
        chance.shuffle(other)
        cut = chance.randrange(len(other))
        assert told(other[:cut], other[cut:]) == straight


def test_records_that_stand_several_times_count_as_often_and_a_copy_adds_none() -> None:
    rows = [row(START)] * 4
    counts = {rule: count for rule, _, count, *_ in told(rows)}
    assert counts["chain-event_count"] == 4
    assert "chain-value_count" not in counts
    copied = found(RULES, {"a.log": [table(rows)], "b.log": [table(rows)]})
    assert {one.finding.rule: one.finding.count for one in copied} == counts


def test_what_happened_before_the_clock_was_set_back_is_no_part_of_the_window_after() -> None:
    rules = {one[0] for one in told([row(START, user="a"), row(START + 1), row(START - 3600), row(START - 3599)])}
    assert "chain-event_count" not in rules


@pytest.mark.parametrize("year", [1, 1601, 1969, 1970, 2038, 2106, 2262, 9999])
def test_times_at_the_edges_of_every_calendar_correlate_like_others(year: int) -> None:
    first = at(year)
    (one,) = [f for f in told([row(first + n) for n in range(4)]) if f[0] == "chain-event_count"]
    assert one[2:4] == (4, datetime(year, 1, 1, tzinfo=UTC))


def test_one_record_of_the_year_9999_takes_nothing_from_the_others() -> None:
    rows = [row(START + n) for n in range(4)]
    alone = [one for one in told(rows) if one[0] == "chain-event_count"]
    mixed = [one for one in told([row(at(1601)), *rows, row(at(9999)), row(None)]) if one[0] == "chain-event_count"]
    assert mixed == alone


def test_the_edge_of_a_window_belongs_to_it() -> None:
    inside = told([row(START), row(START + 300), row(START + 300), row(START + 600)])
    assert "chain-event_count" in {one[0] for one in inside}
    outside = told([row(START), row(START + 300), row(START + 300), row(START + 600.000001)])
    assert "chain-event_count" not in {one[0] for one in outside}
