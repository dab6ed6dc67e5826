"""The automaton says what Python's engine says, and takes no longer for a hostile text than for another."""

import random
import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.match.sigma import linear
from tocsin.match.sigma.linear import automaton
from tocsin.match.sigma.regex import compiled

NO_FLAGS = re.RegexFlag(0)
PATTERNS = [
    "abc", "a*b", "a.*b.*c", "^a|b$", r"\Aa\Z", r"\bab\b", r"a\Bb", "(?m)^a.$", "(?s)a.b", "(?i)a(?:b|c)+", "[^a]b?",
    "(a|b){2,3}c", "a{0}b", "(?:ab?){2,}", r"\w+\s\d", "(|a)b", "a??b", "(?i:A)b", "(?s:a.)(?-i:b)", "$", "^", "^$", "",
    "a|", "(?P<x>a)b", r"\x61\u0062", "[a-c\\]]+", r"\\a", "(?m)a$", "a\nb$", r"c$\n?",
    "(?:a.{0,3}b)", r"\$a\^", "(a(b(c)?)?)?$",
]  # fmt: skip
TEXTS = st.text(alphabet="abcAB \n1_\\.$^\u00e9\u017f\u212a", max_size=12)


@settings(max_examples=1500, deadline=None)
@given(st.sampled_from(PATTERNS), TEXTS)
def test_it_finds_what_python_finds(pattern: str, text: str) -> None:
    made = compiled(pattern, "")
    found = automaton(made.pattern, re.RegexFlag(made.flags))
    assert found is not None
    assert found.search(text) is (made.search(text) is not None)


ATOMS = st.sampled_from(["a", "b", ".", "[ab]", "[^a]", r"\w", r"\s", r"\b", "^", "$", r"\n", r"\B"])
TREES = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.lists(inner, min_size=1, max_size=3).map(lambda parts: f"(?:{'|'.join(parts)})"),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,2}", "*?", "{0,2}?"])).map(
            lambda p: f"(?:{p[0]}){p[1]}"
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=1500, deadline=None)
@given(TREES, TEXTS, st.sampled_from([0, re.IGNORECASE, re.MULTILINE, re.DOTALL, re.MULTILINE | re.DOTALL]))
def test_it_finds_what_python_finds_for_patterns_of_any_shape(pattern: str, text: str, flags: int) -> None:
    found = automaton(pattern, re.RegexFlag(flags))
    assert found is not None
    assert found.search(text) is (re.search(pattern, text, flags) is not None)


@pytest.mark.parametrize("pattern", ["(?=a)b", "(?!a)b", "(?<=a)b", "(?<!a)b", r"(a)\1", "(?P<n>a)(?P=n)", "a++b",
                                     "(?x)a b", "(?:a{100}){100}", "(){4000000000}", "(?>a)b"])  # fmt: skip
def test_a_pattern_that_looks_around_or_back_or_is_too_large_has_none(pattern: str) -> None:
    assert automaton(pattern, NO_FLAGS) is None


def test_it_answers_the_same_when_it_forgets(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(linear, "MAX_CELLS", 7)
    monkeypatch.setattr(linear, "MAX_KNOWN", 2)
    found = automaton("ab.{0,4}c.*d", NO_FLAGS)
    assert found is not None
    chance = random.Random(1)
    for _ in range(300):
        text = "".join(chance.choices("abcdx", k=chance.randint(0, 40)))
        assert found.search(text) is (re.search("ab.{0,4}c.*d", text) is not None)


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        ("a.*b.*c.*d", "ab c" * 250_000),
        (r"\w+`(\w+|-|.)`[\w+|\s]", "A" * 1_000_000),
        ('(?i)(set).*&&\\s?set.*(environment|invoke).*&&.*"', "set x && " * 110_000),
        ("a*a*a*a*a*b", "a" * 1_000_000),
    ],
)
def test_a_megabyte_that_python_would_not_end_with_is_read_once(pattern: str, text: str) -> None:
    made = compiled(pattern, "")
    found = automaton(made.pattern, re.RegexFlag(made.flags))
    assert found is not None
    began = time.process_time()
    assert not found.search(text)
    assert found.search(text + 'b&& set invoke && "c-d`A`x')
    assert time.process_time() - began < 10
