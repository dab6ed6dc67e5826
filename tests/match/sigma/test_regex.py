import time

import pytest

from tocsin.match.sigma.regex import MAX_VALUE, compiled
from tocsin.match.sigma.tree import RuleError


@pytest.mark.parametrize(
    "pattern",
    [
        "(a+)+$",
        "(a*)*b",
        "(a|a)*$",
        "(a|ab)*c",
        r"(\w+\s?)*$",
        "(a?){50}a{50}",
        "((a+))+",
        "(?:x|(?:y+))+z",
        "(a{1,9}){20}",
        r"([a-z]+)*\d",
        "(.*,)*x",
        "(|a)+",
    ],
)
def test_a_repeated_group_that_can_read_a_text_in_two_ways_is_refused(pattern: str) -> None:
    with pytest.raises(RuleError, match="several ways"):
        compiled(pattern, "")


@pytest.mark.parametrize(
    "pattern",
    [
        "(abc)+",
        r"(\{\d\}){2,}",
        r"(\d{1,3}\.){3}\d{1,3}",
        "(a+,)*b",
        "(foo|bar)*",
        "(a+)?b+",
        r"-(W|R)\s?([0-9a-f]{2}\s?){2,20}x",
        r"(?:[a-z0-9]+-)*x",
        "(a+)++b",
        r"[(*+]+",
        r"\(a+\)+",
        "(?i)abc(?s).",
        "(?<!a)b+",
        "a{2,}",
        "(?P<n>ab)+",
    ],
)
def test_what_reads_in_one_way_is_let_through(pattern: str) -> None:
    compiled(pattern, "")


def test_a_group_that_the_wildcard_before_it_absorbs_is_read_once() -> None:
    regex = compiled(r'x(?:.*\)){1,}.*"', "")
    start = time.process_time()
    assert regex.search("x" + ")" * 3000) is None
    assert time.process_time() - start < 5
    assert regex.search('x a) b) "')


def test_flags_may_stand_anywhere() -> None:
    assert compiled("a(?i)B", "").search("Ab")


def test_a_wrong_pattern_says_so() -> None:
    with pytest.raises(RuleError, match="is wrong"):
        compiled("[a", "", 7)


def test_a_huge_pattern_is_refused() -> None:
    with pytest.raises(RuleError, match="characters"):
        compiled("a" * 9000, "")


def test_a_value_is_searched_in_its_beginning_only() -> None:
    from tests.match.sigma.test_matcher import hits

    detection = {"s": {"f|re": "x$|^x"}, "condition": "s"}
    assert hits(detection, {"f": "a" * MAX_VALUE + "x"}, {"f": "x" + "a" * MAX_VALUE}) == [1]
