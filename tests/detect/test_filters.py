from typing import Any

import pytest

from tests.detect.build import rule_set, table
from tocsin.detect.matches import Needs, find
from tocsin.detect.rules import RuleSet, together
from tocsin.match.sigma.matcher import Matcher

RULE = """
title: A login
id: {0}
logsource: {{product: linux, service: sshd}}
detection: {{s: {{event.outcome: failure}}, t: {{event.outcome: refused}}, condition: [s, t]}}
"""
FILTER = """
title: Our own scanner
id: own-scanner
logsource: {{{0}}}
filter:
    rules: {1}
    scanner: {{source.ip: 192.0.2.7}}
    at_night: {{user.name: nightly}}
    condition: {2}
"""
ROWS: list[dict[str, Any]] = [
    {"event.outcome": "failure", "source.ip": "192.0.2.7", "user.name": "a"},
    {"event.outcome": "refused", "source.ip": "203.0.113.1", "user.name": "a"},
    {"event.outcome": "failure", "source.ip": "203.0.113.1", "user.name": "nightly"},
]


def hits(rules: RuleSet, rule: str) -> list[int]:
    found = find(table(ROWS), Matcher(rules.rules), Needs(rules))
    return [one.record for one in found if rules.rules[one.rule].about.id == rule]


def test_a_filter_is_a_condition_more_for_the_rules_it_names() -> None:
    rules = rule_set(RULE.format("a"), FILTER.format("product: linux", "[a]", "not scanner"), RULE.format("b"))
    assert (hits(rules, "a"), hits(rules, "b")) == ([1, 2], [0, 1, 2])
    assert [rule.filters for rule in rules.rules] == [("own-scanner",), ()]


@pytest.mark.parametrize("names", ["any", "[]", "Any"])
def test_a_filter_for_any_rule_is_for_all_of_its_log_source(names: str) -> None:
    other = RULE.format("b").replace("service: sshd", "category: authentication")
    rules = rule_set(RULE.format("a"), other, FILTER.format("product: linux, service: sshd", names, "not 1 of them"))
    assert (hits(rules, "a"), hits(rules, "b")) == ([1], [0, 1, 2])


def test_a_filter_may_keep_only_what_it_selects() -> None:
    rules = rule_set(RULE.format("a"), FILTER.format("product: linux", "a", "scanner"))
    assert hits(rules, "a") == [0]


def test_several_filters_of_a_rule_all_hold() -> None:
    second = FILTER.format("", "any", "not at_night").replace("own-scanner", "second")
    rules = rule_set(FILTER.format("product: linux", "[a]", "not scanner"), RULE.format("a"), second)
    assert hits(rules, "a") == [1]
    assert rules.rules[0].filters == ("own-scanner", "second")


def test_selections_of_a_filter_and_of_a_rule_have_nothing_to_do_with_each_other() -> None:
    clash = FILTER.format("product: linux", "[a]", "not s").replace("scanner:", "s:")
    assert hits(rule_set(RULE.format("a"), clash), "a") == [1, 2]


@pytest.mark.parametrize(
    ("source", "names", "says"),
    [
        ("product: linux", "[nope]", "the filter names 'nope', which is no rule that was loaded"),
        ("product: windows", "[a]", "the filter is for windows, but 'a' is for linux sshd"),
        ("product: linux", "[c]", "the filter names 'c', which is a correlation"),
    ],
)
def test_a_filter_that_names_a_rule_in_vain_is_a_problem(source: str, names: str, says: str) -> None:
    chain = "title: t\nid: c\ncorrelation: {type: temporal, rules: [a], timespan: 5m}\n"
    texts = [RULE.format("a"), chain, FILTER.format(source, names, "not scanner")]
    rules = together((f"{n}.yml", text.encode()) for n, text in enumerate(texts))
    (problem,) = rules.problems
    assert (problem.path, problem.says) == ("2.yml", says)
    assert len(rules.rules) == 1


def test_a_filter_that_cannot_be_read_is_named_and_costs_no_rule() -> None:
    texts = [RULE.format("a"), FILTER.format("product: linux", "[a]", "not scaner")]
    rules = together((f"{n}.yml", text.encode()) for n, text in enumerate(texts))
    assert [one.says for one in rules.problems] == ["the condition names 'scaner', which is no selection"]
    assert hits(rules, "a") == [0, 1, 2]
