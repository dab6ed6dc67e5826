from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.match.sigma import naive
from tests.match.sigma.generate import PLAIN, items
from tests.match.sigma.test_matcher import rule
from tocsin.match.sigma import literals as engines
from tocsin.match.sigma.expression import Atom, leaves
from tocsin.match.sigma.literals import At, hyperscan
from tocsin.match.sigma.predicate import Ask
from tocsin.match.sigma.questions import Questions, literals
from tocsin.match.sigma.text import DASH, MANY, ONE, Pattern

VALUES = st.lists(
    st.one_of(PLAIN, st.integers(0, 12), st.booleans(), st.none(), st.lists(PLAIN, max_size=3)), min_size=1, max_size=6
)


@pytest.fixture(autouse=True, scope="module")
def _databases_pay_at_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "PAYS", 0)
        yield


@settings(max_examples=400, deadline=None)
@given(asked=st.lists(items(), min_size=1, max_size=6), values=VALUES)
def test_both_engines_answer_as_each_predicate_by_itself(asked: list[tuple[str, Any]], values: list[Any]) -> None:
    atoms = [
        (leaf, key, value)
        for key, value in asked
        for leaf in leaves(rule({"s": {key: value}, "condition": "s"}).expression)
        if isinstance(leaf, Atom) and leaf.predicate.ask is not Ask.SAME
    ]
    for engine in (hyperscan, lambda: None):
        made = Questions(engine)
        numbers = [made.number(leaf.predicate) for leaf, _, _ in atoms]
        answers = made.held(values)
        alone = []
        for leaf, _, _ in atoms:
            one = Questions()
            one.number(leaf.predicate)
            alone.append([0 in held for held in one.held(values)])
        assert [[number in held for held in answers] for number in numbers] == alone


@settings(max_examples=300, deadline=None)
@given(asked=items(), value=st.one_of(PLAIN, st.integers(0, 12)))
def test_one_question_is_answered_as_the_naive_evaluator_does(asked: tuple[str, Any], value: Any) -> None:
    field, *modifiers = asked[0].split("|")
    if {"fieldref", "exists", "neq", "all", "expand"} & set(modifiers):
        return
    made = Questions(hyperscan)
    for leaf in leaves(rule({"s": {asked[0]: asked[1]}, "condition": "s"}).expression):
        assert isinstance(leaf, Atom)
        made.number(leaf.predicate)
    detection = {"s": {asked[0]: asked[1]}, "condition": "s"}
    assert bool(made.held([value])[0]) == naive.matches(detection, {field: value}, "")


def test_a_literal_is_the_longest_run_and_knows_where_it_stands() -> None:
    assert literals(Pattern(("ab", MANY, "cde", ONE, "f", MANY))) == [("cde", At.ANYWHERE)]
    assert literals(Pattern((MANY, "abc"))) == [("abc", At.END)]
    assert literals(Pattern(("abc", ONE))) == [("abc", At.START)]
    assert literals(Pattern((ONE, "abc", MANY, "de"))) == [("abc", At.ANYWHERE)]
    assert literals(Pattern((MANY,))) == []


def test_a_dash_of_any_kind_is_spelled_out() -> None:
    spelled = literals(Pattern((MANY, " ", DASH, "enc ", MANY)))
    assert {text for text, _ in spelled} == {f" {dash}enc " for dash in "-/\u2013\u2014\u2015"}


def test_many_dashes_are_not_spelled_out() -> None:
    assert literals(Pattern((MANY, DASH, "a", DASH, "bc", DASH, MANY))) == [("bc", At.ANYWHERE)]


def test_letters_beyond_ascii_are_compared_as_python_lowers_them() -> None:
    made = Questions(hyperscan)
    for leaf in leaves(
        rule({"s": {"f|contains": ["ΑΣ", "i\u0307x"], "g|re|i": "kelvin"}, "condition": "s"}).expression
    ):
        assert isinstance(leaf, Atom)
        made.number(leaf.predicate)
    assert [sorted(held) for held in made.held(["xασx", "ας", "\u0130X", "\u212aelvin"])] == [[], [0], [1], [2]]
