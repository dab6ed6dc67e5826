from typing import Any

import pytest

from tests.match.sigma.test_why import parts
from tocsin.match.sigma.expression import Leaf, leaves
from tocsin.match.sigma.parts import Kind, Part, holds, leaves_of, nearness, shown_pattern
from tocsin.match.sigma.text import parse

DETECTION = {
    "a": {"f": [1, 2], "g|contains|all": ["x", "y"]},
    "b": [{"h": 3}, {"i|neq": 4}],
    "k": ["word"],
    "condition": "2 of them or not a",
}


def part_of(detection: dict[str, Any]) -> Part:
    return parts(detection)[0]


def test_the_parts_ask_what_the_expression_asks() -> None:
    part, rule = parts(DETECTION)
    assert list(leaves_of(part)) == list(leaves(rule.expression))


def test_a_part_holds_where_as_many_of_its_parts_hold_as_it_needs() -> None:
    whole = part_of({"a": {"f": 1}, "b": {"f": 2}, "c": {"f": 3}, "condition": "2 of them"})
    all_leaves = list(leaves_of(whole))
    for many in range(4):
        held: frozenset[Leaf] = frozenset(all_leaves[:many])
        assert holds(whole, held.__contains__) is (many >= 2)
        assert nearness(whole, held.__contains__) == min(many, 2) / 2


def test_what_must_not_hold_counts_as_held_where_it_does_not() -> None:
    whole = part_of({"a": {"f": 1}, "b": {"f": 2}, "condition": "a and not b"})
    first, second = leaves_of(whole)
    assert nearness(whole, {first}.__contains__) == 1
    assert nearness(whole, {second}.__contains__) == 0
    assert nearness(whole, set[Leaf]().__contains__) == 0.5


def test_the_kinds_of_parts_follow_the_rule() -> None:
    whole = part_of(DETECTION)
    (joined,) = whole.parts
    some, contrary = joined.parts
    assert (whole.kind, joined.kind, some.least, contrary.kind) == (Kind.CLAUSE, Kind.SOME, 2, Kind.NOT)
    assert [(one.kind, one.name) for one in some.parts] == [(Kind.SELECTION, name) for name in "abk"]
    f, g = some.parts[0].parts
    assert (f.field, f.is_all, g.modifiers, g.is_all) == ("f", False, ("contains", "all"), True)
    assert some.parts[1].parts[1].parts[0].is_contrary


def test_the_line_of_each_value_is_known() -> None:
    whole = part_of({"a": {"f": ["x", "y"]}, "condition": "a"})
    lines = [value.line for value in whole.parts[0].parts[0].parts]
    assert lines == sorted(lines)
    assert lines[0] > 0


@pytest.mark.parametrize(
    ("text", "shown"), [("a*b", "a*b"), ("*a?", "a?"), ("*", "*"), ("", ""), ("**a**", "a"), (r"\*a", "*a")]
)
def test_a_pattern_is_shown_without_wildcards_at_its_ends(text: str, shown: str) -> None:
    assert shown_pattern(parse(text).tokens) == shown
