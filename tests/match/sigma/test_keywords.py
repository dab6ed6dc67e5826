import json
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.match.sigma.test_matcher import objects
from tocsin.match.sigma.expression import Keyword
from tocsin.match.sigma.keywords import PAYS, Anchors, KeywordSlot, anchor
from tocsin.match.sigma.literals import hyperscan
from tocsin.match.sigma.look import Look
from tocsin.match.sigma.text import parse

ENGINES = pytest.mark.parametrize("module", [hyperscan(), None], ids=["hyperscan", "python"])


def keyword(text: str) -> Keyword:
    return Keyword(parse(text).around(before=True, after=True))


def rows(texts: Sequence[str], lines: Sequence[str], module: object) -> set[int]:
    return Anchors(map(keyword, texts), module).rows([line.encode() for line in lines])


@ENGINES
def test_lines_with_an_anchor_are_found_whatever_its_case(module: object) -> None:
    assert rows(["Kali", "x\\yz*"], ["a KALI", "none", "xyz", "\u212aali", ""], module) == {0, 2, 3}


@ENGINES
def test_a_keyword_without_an_anchor_may_stand_in_any_line(module: object) -> None:
    assert rows(["\u00e9"], ["a", "b"], module) == {0, 1}


@ENGINES
def test_without_keywords_no_line_is_found(module: object) -> None:
    assert rows([], ["a"], module) == set()


def test_only_two_letters_beyond_ascii_are_lowered_to_letters_of_ascii() -> None:
    lowered = {chr(code) for code in range(128, 0x110000) if any(char.isascii() for char in chr(code).lower())}
    assert lowered == {"\u0130", "\u212a"}


WORDS = st.text(alphabet="abK\u212a\u0130\\ \u00e9*", min_size=1, max_size=4)


@ENGINES
@settings(max_examples=200, deadline=None)
@given(
    words=st.lists(WORDS, min_size=1, max_size=3),
    values=st.lists(WORDS, min_size=1, max_size=4),
    ascii_only=st.booleans(),
)
def test_each_line_with_a_keyword_is_among_them(
    module: object, words: list[str], values: list[str], *, ascii_only: bool
) -> None:
    keywords = [keyword(word) for word in words]
    slot = KeywordSlot()
    for one in keywords:
        slot.number(one)
    events = [{"f": value} for value in values]
    lines = [json.dumps(one, ensure_ascii=ascii_only) for one in events]
    answers = slot.answers(Look(objects(events, lines)))
    held = set() if isinstance(answers, frozenset) else {row for row, found in enumerate(answers) if found}
    assert held <= Anchors(keywords, module).rows([line.encode() for line in lines])


@ENGINES
def test_keywords_are_found_alike_before_and_after_a_database_pays(module: object) -> None:
    slot = KeywordSlot(lambda: module)
    for word in ("ab*c", "x\\y"):
        slot.number(keyword(word))
    events = [{"f": "abc"}, {"f": "\u00e9"}, {"f": "X\\Y"}, {"f": "none"}, {"f": "a\nbc"}]
    look = Look(objects(events))
    before = slot.answers(look)
    slot.answers(Look(objects([{}], ["-" * PAYS])))
    assert slot.answers(look) == before == [frozenset(held) for held in ([0], [], [1], [], [])]


def test_an_anchor_is_the_longest_text_that_json_writes_as_it_is() -> None:
    assert anchor(keyword("a\\bcd*ef")) == "bcd"
