from typing import Any

import pytest
import yaml

from tocsin.detect.cases import START, Case, cases_of
from tocsin.match.sigma.rule import Source, nodes
from tocsin.match.sigma.tree import Node, RuleError


def found(*tests: Any) -> list[Case | RuleError]:
    (node,) = nodes(yaml.safe_dump({"title": "t", "tocsin": {"tests": list(tests)}}, sort_keys=False).encode())
    assert isinstance(node, Node)
    return list(cases_of(node))


def case(**said: Any) -> Case:
    (made,) = found(said)
    assert isinstance(made, Case), made
    return made


def seconds(made: Case) -> list[float]:
    start = START.timestamp()
    return [0 if step.at is None else step.at / 1_000_000 - start for step in made.steps]


@pytest.mark.parametrize(
    ("expect", "holds"),
    [
        ("match", {0: False, 1: True, 9: True}),
        ("no match", {0: True, 1: False}),
        (2, {1: False, 2: True, 3: False}),
        (0, {0: True, 1: False}),
    ],
)
def test_a_case_says_how_many_matches_it_expects(expect: Any, holds: dict[int, bool]) -> None:
    made = case(event={"f": 1}, expect=expect)
    assert {many: made.holds(many) for many in holds} == holds


def test_an_event_is_a_map_of_fields() -> None:
    made = case(name="a  b", event={"f": [1, None], "g": {"h": "x"}}, expect="match")
    assert (made.name, made.steps[0].event) == ("a b", {"f": [1, None], "g": {"h": "x"}})


def test_events_have_times_and_may_be_many_alike() -> None:
    made = case(
        events=[
            {"event": {"f": 1}, "repeat": 3, "every": "10s"},
            {"event": {"f": 2}, "at": "1m"},
            {"event": {"f": 3}, "at": "2026-01-01T00:02:00Z"},
        ],
        expect=1,
    )
    assert seconds(made) == [0, 10, 20, 60, 120]


def test_an_event_may_be_of_another_log_source() -> None:
    made = case(events=[{"event": {"f": 1}, "logsource": {"product": "Linux"}}], expect=1)
    assert made.steps[0].source == Source(product="linux")


@pytest.mark.parametrize(
    ("test", "says"),
    [
        ({"expect": "match"}, "one of event, raw and events"),
        ({"event": {"f": 1}, "raw": "x", "expect": "match"}, "one of event, raw and events"),
        ({"event": {"f": 1}}, "what to expect"),
        ({"event": {"f": 1}, "expect": "maybe"}, "nothing to expect"),
        ({"event": {"f": 1}, "expect": -1}, "nothing to expect"),
        ({"event": "f=1", "expect": "match"}, "a map of fields"),
        ({"raw": " ", "expect": "match"}, "no line of a log"),
        ({"events": [], "expect": "match"}, "without events"),
        ({"events": [{"at": "1s"}], "expect": "match"}, "event, or raw"),
        ({"events": [{"raw": "x", "every": "often"}], "expect": "match"}, "no span of time"),
        ({"events": [{"raw": "x", "at": "noon"}], "expect": "match"}, "no time"),
        ({"events": [{"raw": "x", "repeat": 0}], "expect": "match"}, "no number of events"),
        ({"events": [{"raw": "x", "repeat": 100_001}], "expect": "match"}, "at most 100,000"),
        ({"event": {"f": 1}, "expect": "match", "want": 1}, "has no 'want'"),
        ("x", "a map is needed"),
    ],
)
def test_a_malformed_case_is_named_with_its_line(test: Any, says: str) -> None:
    (error,) = found(test)
    assert isinstance(error, RuleError)
    assert says in error.says
    assert error.line >= 3


def test_one_malformed_case_costs_no_other() -> None:
    first, second = found({"expect": 1}, {"event": {"f": 1}, "expect": 1})
    assert isinstance(first, RuleError)
    assert isinstance(second, Case)


def test_a_document_without_cases_has_none() -> None:
    (node,) = nodes(b"title: t\ntocsin: {says: x}\n")
    assert isinstance(node, Node)
    assert list(cases_of(node)) == []
