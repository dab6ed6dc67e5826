"""Regular expressions: what other engines refuse, what is slow, what needs none."""

from collections.abc import Callable

import pytest

from tests.detect.lint.conftest import rule

Says = Callable[..., list[str]]

BAD = {
    "regex-not-linear": ["(?=x)y", "(?<!a)b", r"(a)\1", "(?>ab)c"],
    "regex-slow": [r"\d+\s\d+", "[a-f0-9]{32}", "a.*b.*c.*d.*e"],
    "regex-plain": ["whoami", r"\$x\.y\("],
    "regex-glob": ["C:/Users/*", r"net user *"],
}
GOOD = {
    "regex-not-linear": ["(?:x)y", r"a\\1b", "(?i)x"],
    "regex-slow": [r"whoami\s\d+", "abc[^b]*b", "cmd.*exe"],
    "regex-plain": ["whoami$", r"who\s", "a|b"],
    "regex-glob": ["C:/Users/.*", "ab*c", r"\s*x"],
}


@pytest.mark.parametrize(("lint", "pattern"), [(lint, one) for lint, many in BAD.items() for one in many])
def test_a_pattern_is_named(says: Says, lint: str, pattern: str) -> None:
    assert len(says(lint, rule(f"s:\n    a|re: '{pattern}'\ncondition: s"))) == 1


@pytest.mark.parametrize(("lint", "pattern"), [(lint, one) for lint, many in GOOD.items() for one in many])
def test_a_pattern_is_not_named(says: Says, lint: str, pattern: str) -> None:
    assert says(lint, rule(f"s:\n    a|re: '{pattern}'\ncondition: s")) == []


def test_a_pattern_beside_an_item_that_narrows_the_records_is_fast_enough(says: Says) -> None:
    assert says("regex-slow", rule("s:\n    a|re: '[0-9]{9}'\n    b|endswith: x\ncondition: s")) == []


def test_what_is_no_regular_expression_is_left_alone(says: Says) -> None:
    for lint in BAD:
        assert says(lint, rule("s:\n    a|contains: '(?=x)'\ncondition: s")) == []
