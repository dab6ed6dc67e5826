from typing import Any

import pytest

from tests.detect.build import rule_set
from tocsin.detect.cover import Kinds, idle, unruled
from tocsin.kit import LogSource, Table
from tocsin.match.sigma.matcher import Matcher

SECURITY = LogSource("windows", frozenset(), frozenset({"security"}))
M365 = LogSource("m365", frozenset(), frozenset({"audit"}))
RULE = "title: t\nid: {0}\nlogsource: {{product: windows, service: security}}\ndetection: {{{1}}}\n"
TRAVEL = """
title: t
id: travel
correlation: {type: value_count, rules: [login], timespan: 1h, group-by: [user.name],
  condition: {field: source.geo.country_iso_code, gte: 2}}
---
title: login
name: login
logsource: {product: m365}
detection: {s: {Operation: UserLoggedIn}, condition: s}
"""


def test_a_rule_whose_source_is_absent_could_not_fire() -> None:
    rules = rule_set(RULE.format("r", "s: {EventID: 1}, condition: s"))
    assert [one.why for one in idle(rules, {M365: {"Operation"}})] == ["no windows security in this data"]
    assert idle(rules, {SECURITY: {"event.code"}}) == []


@pytest.mark.parametrize(
    ("detection", "could"),
    [
        ("s: {EventID: 1, Missing: x}, condition: s", False),
        ("s: {EventID: 1, Missing: null}, condition: s", True),
        ("s: {EventID: 1}, f: {Missing: x}, condition: s and not f", True),
        ("s: {EventID: 1}, f: {Missing: x}, condition: s or f", True),
        ("s: {EventID: 1, Missing|exists: true}, condition: s", False),
        ("s: {EventID|fieldref: Missing}, condition: s", False),
        ("s: {Missing|contains: ''}, condition: s", False),
        ("s: [word], condition: s", True),
    ],
)
def test_a_rule_that_needs_a_field_that_no_record_has_could_not_fire(detection: str, *, could: bool) -> None:
    rules = rule_set(RULE.format("r", detection))
    assert [one.rule for one in idle(rules, {SECURITY: {"EventID"}})] == ([] if could else ["r"])


def test_impossible_travel_could_not_fire_without_a_country() -> None:
    rules = rule_set(TRAVEL)
    (one,) = idle(rules, {M365: {"Operation", "user.name"}})
    assert one.why == "no record has source.geo.country_iso_code"
    assert idle(rules, {M365: {"Operation", "UserId", "source.geo.country_iso_code"}}) == []


def kinds(detection: str, *codes: Any) -> dict[str, int]:
    rules = rule_set(RULE.format("r", detection))
    counted = Kinds(Matcher(rules.rules))
    counted.add(Table(
        what="Windows Security", logsource=SECURITY, numbers=range(len(codes)), texts=[""] * len(codes),
        columns={"event.code": codes},
    ))  # fmt: skip
    return dict(counted.unruled)


def test_events_that_no_rule_looks_at_are_counted_by_kind() -> None:
    assert kinds("s: {EventID: [4625, 4624]}, condition: s", "4625", "4634", 4634) == {"Windows Security 4634": 2}


def test_a_rule_that_asks_for_no_code_looks_at_all() -> None:
    assert kinds("s: {User: x}, condition: s", "4625", "4634") == {}


def test_the_most_frequent_kinds_come_first() -> None:
    assert [one.what for one in unruled({"a": 1, "b": 5})] == ["b", "a"]


def test_a_correlation_could_fire_while_one_combination_of_its_rules_can() -> None:
    parts = [
        RULE.format("a", "s: {EventID: 1}, condition: s"),
        RULE.format("b", "s: {Missing: 1}, condition: s"),
    ]
    chain = "title: t\nid: c\ncorrelation: {{type: temporal, timespan: 1h, condition: {0}}}\n"
    for condition, could in (("a and not b", True), ("a or b", True), ("a and b", False), ("b and not a", False)):
        rules = rule_set(*parts, chain.format(condition))
        assert [one.rule for one in idle(rules, {SECURITY: {"event.code"}})] == ([] if could else ["c"]), condition
