"""What is told of a rule is what the matcher finds, and what the naive evaluator says."""

from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.match.sigma import naive
from tests.match.sigma.generate import CONDITIONS, EVENTS, PLAIN, SELECTIONS
from tests.match.sigma.test_matcher import ANY, FILLS, columns, objects
from tocsin.match.sigma.matcher import Matcher
from tocsin.match.sigma.parts import Kind, Part, part_of, written
from tocsin.match.sigma.rule import draft, nodes
from tocsin.match.sigma.tree import Node
from tocsin.match.sigma.why import Asker, Why, grounds, misses, top


def parts(detection: dict[str, Any]) -> tuple[Part, Any]:
    document = {"title": "t", "logsource": {"product": "windows"}, "detection": detection}
    (node,) = nodes(yaml.safe_dump(document, sort_keys=False, allow_unicode=True).encode())
    assert isinstance(node, Node)
    made = draft(node, "rule.yml", FILLS)
    clause = made.clauses[0]
    return part_of(clause, said=written(node.map["detection"], clause), fills=FILLS), made.rule()


def why(detection: dict[str, Any], event: dict[str, Any]) -> Why:
    asker = Asker(parts(detection)[0])
    return asker.why(asker.held(objects([event]))[0])


@settings(max_examples=300, deadline=None)
@given(
    selections=st.fixed_dictionaries({"sel_a": SELECTIONS, "sel_b": SELECTIONS, "_sel_c": SELECTIONS}),
    condition=CONDITIONS,
    events=EVENTS,
    texts=st.lists(PLAIN, min_size=4, max_size=4),
    as_objects=st.booleans(),
)
def test_what_is_told_is_what_is_found(
    selections: dict[str, Any], condition: str, events: list[dict[str, Any]], texts: list[str], *, as_objects: bool
) -> None:
    detection = {**selections, "condition": condition}
    part, rule = parts(detection)
    raws = texts[: len(events)]
    given_table = objects(events, raws) if as_objects else columns(events, raws)
    fast = {row for _, row in Matcher([rule]).run(given_table)}
    asker = Asker(part)
    for row, held in enumerate(asker.held(given_table)):
        told = asker.why(held)
        assert told.held is (row in fast)
        assert (asker.near(held) >= 1) is told.held
        assert bool(list(misses(told))) is not told.held
        if as_objects is False:
            event = {name: value for name, value in events[row].items() if value is not None}
            if not any("exists" in str(one) for one in selections.values()):
                assert naive.matches(detection, event, raws[row], FILLS) is told.held


def test_a_part_bears_the_names_that_its_author_gave_it() -> None:
    part, _ = parts(
        {"image": {"Image|endswith": ["\\a.exe", "\\b.exe"]}, "flt": {"User": None}, "condition": "image and not flt"}
    )
    (joined,) = part.parts
    image, contrary = joined.parts
    assert (part.name, image.name, contrary.kind, contrary.parts[0].name) == (
        "image and not flt", "image", Kind.NOT, "flt",
    )  # fmt: skip
    assert [value.name for value in image.parts[0].parts] == ["\\a.exe", "\\b.exe"]
    assert contrary.parts[0].parts[0].parts[0].name == "null"


def test_what_one_value_becomes_stands_below_it() -> None:
    part, _ = parts({"s": {"f|base64offset|contains": ["http", "ftp"]}, "condition": "s"})
    (item,) = part.parts[0].parts
    assert [(value.name, len(value.parts)) for value in item.parts] == [("http", 3), ("ftp", 3)]


def test_all_forms_of_a_value_must_hold_where_all_is_asked() -> None:
    part, _ = parts({"s": {"f|expand|contains|all": ["%x%-", "z"]}, "condition": "s"})
    (item,) = part.parts[0].parts
    assert (item.least, item.parts[0].least, len(item.parts[0].parts)) == (2, 3, 3)


@pytest.mark.parametrize(
    ("event", "missing"),
    [
        ({"f": "x"}, ["g"]),
        ({"g": "y"}, ["f|contains"]),
        ({}, ["f|contains", "g"]),
        ({"f": "x", "g": "y", "h": "z"}, [""]),
    ],
)
def test_a_miss_is_what_would_have_to_be_otherwise(event: dict[str, Any], missing: list[str]) -> None:
    told = why({"s": {"f|contains": "x", "g": "y"}, "n": {"h": "z"}, "condition": "s and not n"}, event)
    assert [one.part.name for one in misses(told)] == missing


def test_of_alternatives_the_nearest_is_what_is_missed() -> None:
    detection = {"far": {"f": 1, "g": 1, "h": 1}, "near": {"f": 2, "g": 2}, "condition": "far or near"}
    told = why(detection, {"f": 2})
    assert [one.part.name for one in misses(told)] == ["g"]


def test_the_grounds_of_a_match_are_the_items_that_held() -> None:
    told = why({"s": {"f": ["a", "b"]}, "t": {"g": "c"}, "condition": "1 of them"}, {"f": "b"})
    assert [one.part.name for one in grounds(told)] == ["f"]


def test_the_parts_that_are_counted_are_those_of_the_condition() -> None:
    told = why({"s": {"f": 1, "g": 2}, "t": {"h": 3}, "u": {"h": 4}, "condition": "s and t and not u"}, {})
    assert len(top(told)) == 3
    assert len(top(why({"s": {"f": 1, "g": 2}, "condition": "s"}, {}))) == 2
    assert ANY.product == "windows"
