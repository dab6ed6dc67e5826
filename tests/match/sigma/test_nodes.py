from itertools import product
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.match.sigma.expression import Atom, Expression, Not, Some, every, judge
from tocsin.match.sigma.nodes import fold, holds, need, node
from tocsin.match.sigma.predicate import Ask, Predicate

NAMES = ["a0", "a1", "b0", "b1", "c0"]  # the slot and the number
ATOMS = {name: Atom(name, Predicate(Ask.NULL)) for name in NAMES}
EXPRESSIONS: st.SearchStrategy[Expression] = st.recursive(
    st.sampled_from(list(ATOMS.values())),
    lambda inner: st.one_of(
        inner.map(Not),
        st.lists(inner, min_size=2, max_size=4).flatmap(
            lambda parts: st.integers(1, len(parts)).map(lambda least: Some(tuple(parts), least))
        ),
    ),
    max_leaves=8,
)


def place(leaf: Any) -> tuple[int, int]:
    return "abc".index(leaf.field[0]), int(leaf.field[1])


def worlds() -> list[list[frozenset[int]]]:
    sets = [frozenset(), frozenset({0}), frozenset({1}), frozenset({0, 1})]
    return [[a, b, c] for a, b, c in product(sets, sets, sets[:2])]


def truth(expression: Expression, answers: list[frozenset[int]]) -> bool:
    return judge(expression, lambda leaf: place(leaf)[1] in answers[place(leaf)[0]]) is True


@settings(max_examples=300, deadline=None)
@given(expression=EXPRESSIONS)
def test_a_node_holds_where_its_expression_does(expression: Expression) -> None:
    made = holds(node(expression, place))
    assert [made(answers) for answers in worlds()] == [truth(expression, answers) for answers in worlds()]


@settings(max_examples=300, deadline=None)
@given(expression=EXPRESSIONS, slots=st.sets(st.integers(0, 2)), world=st.sampled_from(worlds()))
def test_what_is_folded_holds_as_before(expression: Expression, slots: set[int], world: list[frozenset[int]]) -> None:
    whole = node(expression, place)
    left = holds(fold(whole, {slot: world[slot] for slot in slots}))
    same = [answers for answers in worlds() if all(answers[slot] == world[slot] for slot in slots)]
    assert [left(answers) for answers in same] == [holds(whole)(answers) for answers in same]


@settings(max_examples=300, deadline=None)
@given(expression=EXPRESSIONS)
def test_one_of_the_needed_atoms_holds_in_each_match(expression: Expression) -> None:
    whole = node(expression, place)
    needed = need(whole, lambda slot, number: (slot + 1) / (number + 2))
    matches = [answers for answers in worlds() if holds(whole)(answers)]
    assert needed is None or all(any(n in answers[slot] for slot, n in needed[1]) for answers in matches)


def test_the_rarest_of_what_must_all_hold_is_needed() -> None:
    both = every([ATOMS["a0"], ATOMS["b1"]])
    needed = need(node(both, place), lambda slot, _number: (0.5, 0.1)[slot])
    assert needed is not None
    assert needed[1] == ((1, 1),)
