import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.match.sigma.test_matcher import hits
from tocsin.match.sigma.regex import anchors, compiled, pieces
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


@pytest.mark.parametrize(
    ("pattern", "says"),
    [
        ("(?:){4000000000}", "repeats something 4,000,000,000 times; 65,535 are allowed"),
        ("((){60000}){60000}", "repeats something 3,600,000,000 times"),
        ("a{65536}", "repeats something 65,536 times"),
        ("(?:x{0,1000}){8}y", "has 8,001 places, its repeats written out; 5,000 are allowed"),
        ("[a-z]{0,5000}x[a-z]{0,5000}y", "has 10,002 places"),
    ],
)
def test_huge_repeats_are_refused_with_their_number(pattern: str, says: str) -> None:
    with pytest.raises(RuleError) as caught:
        compiled(pattern, "")
    assert says in caught.value.says


def test_a_group_that_is_looked_back_at_in_a_repeat_is_no_error_of_the_pattern() -> None:
    assert compiled(r"(a)(?:b\1)*c", "").search("abac")


def test_a_huge_pattern_is_refused() -> None:
    with pytest.raises(RuleError, match="characters"):
        compiled("a" * 9000, "")


PATTERNS = [
    "abc",
    "ab?cde",
    "(foo|bar)+baz",
    "x(one|two)?y{2,3}zzz",
    r"\.exe\b",
    "a{3}b",
    "(?<!x)union",
    "(?i)SELECT",
    "(ab|c)",
    "fo+o",
    r"(?:\\users\\(public|temp)\\|C:\\x)",
    "(?!no)yes",
    "[abc]def",
    "q.*rst",
    "'or'",
    r"\d+abc\d",
    "(a|bcd)",
    "abc|de|fgh",
    "ab(cd)*ef",
]


@settings(max_examples=300, deadline=None)
@given(
    st.sampled_from(PATTERNS).flatmap(
        lambda p: st.tuples(st.just(p), st.from_regex(p, alphabet=st.characters(codec="ascii")))
    )
)
def test_what_matches_holds_one_of_the_anchors(pair: tuple[str, str]) -> None:
    pattern, text = pair
    found = anchors(pattern)
    assert not found or any(anchor in text.lower() for anchor in found)


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("abc", {"abc"}),
        ("ab", set()),
        ("'or", {"'or"}),
        ("(foo|bar)x", {"foo", "bar"}),
        ("(foo|b)x", set()),
        ("(foo)?long", {"long"}),
        ("(?!never)x", set()),
        ("abc|d", set()),
        (r"\.exe$", {".exe"}),
    ],
)
def test_anchors_are_texts_that_every_match_holds(pattern: str, found: set[str]) -> None:
    assert anchors(pattern) == found


def test_a_letter_that_folds_into_an_ascii_one_is_still_found() -> None:
    detection = {"s": {"f|re|i": "xsleepx"}, "condition": "s"}
    assert hits(detection, {"f": "x\u017fleepx"}) == [0]


@pytest.mark.parametrize(
    ("pattern", "atoms"),
    [
        (r"\x41b", [r"\x41", "b"]),
        (r"\u0041\U0001F600z", [r"\u0041", r"\U0001F600", "z"]),
        (r"\101\07\0x", [r"\101", r"\07", r"\0", "x"]),
        (r"(a)\1\12", ["(a)", r"\1", r"\12"]),
        (r"\N{BULLET}\\d\.[\]x]", [r"\N{BULLET}", r"\\", "d", r"\.", r"[\]x]"]),
    ],
)
def test_what_a_backslash_makes_one_character_of_is_one_piece(pattern: str, atoms: list[str]) -> None:
    assert [piece.atom for piece in pieces(pattern)[0]] == atoms


def test_the_digits_of_an_escape_are_no_letters_that_a_text_must_hold() -> None:
    assert anchors(r"\x41bc") == frozenset()
    assert hits({"s": {"f|re": r"\x41bcd"}, "condition": "s"}, {"f": "Abcd"}) == [0]
