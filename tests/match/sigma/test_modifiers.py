"""Every modifier and every pair of modifiers: read without a crash, and meant as the naive evaluator has it."""

from collections import Counter
from itertools import permutations

import pytest
import yaml

from tests.match.sigma.made import FILLS, asked_of, combinations, made
from tests.match.sigma.test_matcher import hits
from tocsin.match.sigma.item import KNOWN
from tocsin.match.sigma.rule import Rule, read
from tocsin.match.sigma.tree import RuleError

SEED = 20261124
PAIRS = 2_500  # of 50,000: benchmarks/soak_sigma.py
VALUES = [
    "", "é-b", "%x%", "*", "10.0.0.0/8", 5, True, None, ["a", "-b"], [], "[", 1e400,
]  # fmt: skip

# sigma-appendix-modifiers.md, version 2.1.0, and the names that pySigma gives the flags of regular expressions
SPECIFIED = {
    "all", "startswith", "endswith", "contains", "exists", "cased", "neq", "windash", "re", "i", "m", "s", "base64",
    "base64offset", "utf16le", "utf16be", "utf16", "wide", "lt", "lte", "gt", "gte", "minute", "hour", "day", "week",
    "month", "year", "cidr", "expand", "fieldref",
}  # fmt: skip
ALIASES = {"ignorecase", "multiline", "dotall"}


def document(key: str, value: object) -> bytes:
    detection = {"s": {key: value}, "condition": "s"}
    return yaml.safe_dump({"title": "t", "logsource": {"product": "windows"}, "detection": detection}).encode()


def takes(modifiers: tuple[str, ...]) -> bool:
    key = "|".join(("f", *modifiers))
    return any(isinstance(next(read(document(key, value), "r", FILLS)), Rule) for value in ("a", 5, True, "%n%"))


def test_the_modifiers_are_those_of_the_specification() -> None:
    assert KNOWN == SPECIFIED | ALIASES


@pytest.mark.parametrize("first", sorted(KNOWN))
def test_any_two_modifiers_of_any_value_make_a_rule_or_an_error_that_names_the_item(first: str) -> None:
    for second in sorted(KNOWN):
        for value in VALUES:
            (found,) = read(document(f"f|{first}|{second}", value), "rule.yml", FILLS)
            assert isinstance(found, Rule) or (isinstance(found, RuleError) and found.line), (second, value)


def test_each_pair_of_modifiers_that_a_rule_may_have_is_generated() -> None:
    given = combinations()
    assert {one for modifiers in given for one in modifiers} == KNOWN
    pairs = {frozenset(pair) for pair in permutations(KNOWN, 2) if takes(pair)}
    covered = {frozenset(pair) for modifiers in given for pair in permutations(modifiers, 2)}
    assert pairs - covered == set()


def test_generated_rules_and_events_agree_with_the_naive_evaluator() -> None:
    held: Counter[str] = Counter()
    failed: Counter[str] = Counter()
    for pair in made(SEED, PAIRS):
        expected, found = asked_of(pair)
        assert found is expected, pair
        (held if expected else failed).update(pair.modifiers)
    assert min(held[one] for one in KNOWN) >= 5, held
    assert min(failed[one] for one in KNOWN) >= 5, failed


def test_dashes_vary_before_a_value_is_encoded() -> None:
    detection = {"s": {"f|windash|base64offset|contains": " -enc "}, "condition": "s"}
    assert hits(detection, {"f": "eHggL2VuYyB5eQ=="}, {"f": "eHggK2VuYyB5eQ=="}) == [0]  # xx /enc yy, xx +enc yy


def test_too_many_dashes_to_encode_are_refused() -> None:
    (found,) = read(document("f|windash|base64", "-a -b -c -d -e -f"), "rule.yml")
    assert isinstance(found, RuleError)
    assert "its dashes make 15,625 texts to encode" in found.says


def test_a_network_of_ipv4_addresses_inside_ipv6_counts_as_ipv4() -> None:
    events = [{"f": "::ffff:10.1.1.1"}, {"f": "10.1.1.1"}, {"f": "::1"}, {"f": "::ffff:11.0.0.1"}]
    assert hits({"s": {"f|cidr": "::ffff:10.0.0.0/104"}, "condition": "s"}, *events) == [0, 1]


def test_one_value_under_all_is_that_value() -> None:
    assert hits({"s": {"f|all": "a"}, "condition": "s"}, {"f": "a"}, {"f": "b"}) == [0]
    assert hits({"s": {"f|contains|all": ["a"]}, "condition": "s"}, {"f": "xa"}, {"f": "b"}) == [0]
