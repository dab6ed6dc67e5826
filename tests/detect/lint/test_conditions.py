"""Conditions: unused selections, `of` without need, operators in capitals."""

from collections.abc import Callable

import pytest

from tests.detect.lint.conftest import Look, rule

Says = Callable[..., list[str]]


def test_a_selection_that_nothing_names_is_an_error(look: Look) -> None:
    found = look("selection-unused", rule("s:\n    a: x\nt:\n    b: y\ncondition: s"))
    assert [(one.state, one.line) for one in found] == [("error", 12)]


@pytest.mark.parametrize("condition", ["s and t", "1 of them", "all of *", "s or not t", "1 of s* or t"])
def test_a_selection_that_is_named_is_none(says: Says, condition: str) -> None:
    assert says("selection-unused", rule(f"s:\n    a: x\nt:\n    b: y\ncondition: {condition}")) == []


def test_a_selection_with_an_underscore_is_not_of_them(says: Says) -> None:
    assert len(says("selection-unused", rule("s:\n    a: x\n_t:\n    b: y\ncondition: 1 of them"))) == 1


@pytest.mark.parametrize(
    ("condition", "new"),
    [("1 of them", "s"), ("all of them", "s"), ("1 of s", "s"), ("not 1 of them", "not s")],
)
def test_a_quantity_over_one_selection_is_replaced_by_its_name(look: Look, condition: str, new: str) -> None:
    found = look("of-one", rule(f"s:\n    a: x\ncondition: {condition}"))
    assert [one.edit.lines for one in found if one.edit] == [(f"    condition: {new}",)]


def test_a_quantity_over_several_selections_is_needed(says: Says) -> None:
    assert says("of-one", rule("s:\n    a: x\nt:\n    a: x\ncondition: 1 of them")) == []
    assert says("of-one", rule("s_1:\n    a: x\ncondition: 1 of s_*")) == []


def test_conventions_on_of_are_asked_for_by_name(says: Says) -> None:
    assert len(says("all-of-them", rule("s:\n    a: x\nt:\n    a: x\ncondition: all of them"))) == 1
    assert len(says("of-pattern-one", rule("opt_1:\n    a: x\ncondition: 1 of opt_*"))) == 1
    assert says("of-pattern-one", rule("selection_1:\n    a: x\ncondition: 1 of selection_*")) == []


def test_an_operator_in_capitals_is_made_small(look: Look) -> None:
    found = look("operator-case", rule("s:\n    a: x\nt:\n    b: y\ncondition: s AND t"))
    assert [one.edit.lines for one in found if one.edit] == [("    condition: s and t",)]
    assert look("operator-case", rule("AND_s:\n    a: x\ncondition: AND_s")) == []


def test_a_selection_that_is_called_like_a_word_of_conditions_is_named(says: Says) -> None:
    assert len(says("selection-name", rule("not:\n    a: x\ncondition: 1 of them"))) == 1
    assert len(says("selection-name", rule("a|b:\n    a: x\ncondition: 1 of them"))) == 1
    assert says("selection-name", rule("selection_not:\n    a: x\ncondition: 1 of them")) == []
