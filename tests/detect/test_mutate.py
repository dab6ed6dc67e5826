from typing import Any

import yaml

from tocsin.detect.mutate import mutants, of_correlation
from tocsin.match.sigma.parts import written
from tocsin.match.sigma.rule import Chain, document, draft, nodes
from tocsin.match.sigma.tree import Node


def changes(**detection: Any) -> list[str]:
    raw = yaml.safe_dump({"title": "t", "logsource": {"product": "linux"}, "detection": detection}, sort_keys=False)
    (node,) = nodes(raw.encode())
    assert isinstance(node, Node)
    clause = draft(node, "r.yml").clauses[0]
    found = list(mutants(clause, written(node.map["detection"], clause)))
    before = clause.expression()
    assert all(one.clause.expression() != before for one in found)
    return [one.says for one in found]


def test_each_selection_item_and_value_is_changed() -> None:
    found = changes(a={"f|contains": ["x", "y"], "g": 1}, b={"h": 2}, condition="a and not b")
    assert found == [
        "a: left out", "b: left out",
        "a: without f|contains", "a: not f|contains", "a: f|contains without 'x'", "a: f|contains without 'y'",
        "a: without g", "a: not g", "b: not h",
    ]  # fmt: skip


def test_alternatives_are_left_out_one_at_a_time() -> None:
    found = changes(a=[{"f": 1}, {"g": 2}], condition="a")
    assert found == [
        "a: without its alternative 1", "a: alternative 1: not f", "a: without its alternative 2",
        "a: alternative 2: not g",
    ]  # fmt: skip


def test_a_value_goes_with_all_its_forms() -> None:
    assert [one for one in changes(a={"f|base64offset|contains": ["ab", "cd"]}, condition="a") if "out" in one] == [
        "a: f|base64offset|contains without 'ab'", "a: f|base64offset|contains without 'cd'",
    ]  # fmt: skip


def correlation_changes(text: str) -> list[str]:
    (node,) = nodes(f"title: c\ncorrelation: {text}".encode())
    assert isinstance(node, Node)
    made = document(node, "c.yml")
    assert isinstance(made, Chain)
    return [says for says, _ in of_correlation(made.correlation)]


def test_bounds_groups_and_spans_of_a_correlation_are_changed() -> None:
    found = correlation_changes(
        "{type: event_count, rules: [a], group-by: [h], timespan: 1m, condition: {gte: 5}}"
    )  # fmt: skip
    assert found == ["gte: 4", "gte: 6", "not by h", "half the timespan", "twice the timespan"]


def test_a_sequence_is_tried_in_any_order() -> None:
    found = correlation_changes("{type: temporal_ordered, rules: [a, b], group-by: [h], timespan: 1m}")
    assert found == ["not by h", "half the timespan", "twice the timespan", "in any order"]
