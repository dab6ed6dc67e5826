"""A value is searched to its end, whatever its length, by whichever engine is sure to be quick."""

import random
import re
import time

import pytest

from tests.match.sigma.test_matcher import hits
from tocsin.match.sigma.search import searches
from tocsin.match.sigma.tree import RuleError

PATTERNS = ["abc", "a.*b", "a.*b.*c", r"\bab\w+c", "(?i)AB.{0,30}c", "^b.*c$", "(?!ab)a.*c", r"(a|b).*\1c", "a.{0,3}$"]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_the_answer_is_that_of_python_for_short_and_long_texts(pattern: str) -> None:
    search = searches(pattern, "")
    chance = random.Random(pattern)
    for size in (0, 5, 60, 400):
        for _ in range(60):
            text = "".join(chance.choices("abcx \n", k=size))
            assert search(text) is (re.search(pattern, text) is not None), text


@pytest.mark.parametrize(
    "pattern", ["needle", "n.*dle$", "(?i)NEE.{0,20}le", r"\bneed(le)?\b", "(?<!x)needle", r"(e)\1dle"]
)
def test_the_end_of_a_megabyte_is_searched(pattern: str) -> None:
    for filler in ("x ", "n", "e", "A\n", "\u00e9 "):
        assert searches(pattern, "")((filler * 1_000_000)[:1_000_000] + "\n needle")
    detection = {"s": {"f|re": pattern}, "condition": "s"}
    assert hits(detection, {"f": "x " * 500_000 + "needle"}, {"f": "x " * 500_000}) == [0]


def test_a_pattern_that_looks_around_is_searched_in_windows_that_overlap() -> None:
    search = searches("(?=start).*x.*end", "")
    for at in range(0, 3000, 37):
        assert search("y" * at + "start" + "x" * 40 + "end" + "z" * 20_000)
    assert not search("start" * 4000)


def test_a_repeat_that_leaves_no_choice_is_left_to_python() -> None:
    began = time.process_time()
    search = searches(r"id=[a-z0-9-]{4}\s+end=", "")
    assert not search("id=ab-c" + " " * 300_000)
    assert not search(("id=ab-c" + " " * 40) * 20_000)
    assert search(("id=ab-c" + " " * 40) * 20_000 + "end=")
    assert time.process_time() - began < 2


@pytest.mark.parametrize("pattern", [r"x\s+y\s+z", r"\d{2}[a-z]*\W", "a.*b", r"a\s*\s+b", "(ab)c*d", "ac*c"])
def test_counting_ways_changes_no_answer(pattern: str) -> None:
    chance = random.Random(pattern)
    search = searches(pattern, "")
    for _ in range(300):
        text = "".join(chance.choices("abcxyz 12-", k=40))
        assert search(text) is (re.search(pattern, text) is not None), text


def test_a_pattern_without_repeats_is_never_read_by_the_automaton() -> None:
    began = time.process_time()
    assert not searches("(abc|[x-z]d){1,3}e.{0,90}f", "")("abc" * 400_000)
    assert time.process_time() - began < 5


@pytest.mark.parametrize(
    "pattern",
    [
        r"(a+)\1+b",
        "a++b",
        "(?=(a+))a*b",
        r"(a*)(b*)\2\1c",
        "(?s).*a.*b(?!c)",
        "(?P<n>a)(?P=n)*b",
        "(?!.*b.*c)a.*d",
        "(?>a+)b",
    ],
)
def test_what_looks_around_or_back_ends_too(pattern: str) -> None:
    began = time.process_time()
    assert not searches(pattern, "")("a" * 60_000)
    assert time.process_time() - began < 30


@pytest.mark.parametrize(
    "pattern", ["a{65535}", r"\w+:", "[^/]{100,}$", ".*.*.*.*.*=.*x", "(((((a*)b)c)d)e)", "(x|y|z){1,8}q"]
)
def test_what_does_not_ends_at_once(pattern: str) -> None:
    began = time.process_time()
    assert not searches(pattern, "")("b/" * 500_000)
    assert time.process_time() - began < 5


def test_a_wrong_pattern_says_so() -> None:
    with pytest.raises(RuleError, match="is wrong"):
        searches("(a", "")
