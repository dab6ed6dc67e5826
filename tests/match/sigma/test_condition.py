import pytest

from tocsin.match.sigma.condition import condition
from tocsin.match.sigma.expression import Exists, Not, Some
from tocsin.match.sigma.tree import RuleError

A, B, C = Exists("a"), Exists("b"), Exists("c")
NAMED = {"a": A, "b": B, "_c": C, "sel_1": A, "sel_2": B}


def test_not_binds_tighter_than_and_which_binds_tighter_than_or() -> None:
    assert condition("a or not b and a", NAMED) == Some((A, Some((Not(B), A), 2)), 1)


def test_words_may_be_written_in_capitals() -> None:
    assert condition("a AND NOT b", NAMED) == Some((A, Not(B)), 2)


def test_them_leaves_out_names_with_an_underscore() -> None:
    assert condition("1 of them", {"a": A, "b": B, "_c": C}) == Some((A, B), 1)


def test_a_pattern_with_an_underscore_names_them_on_purpose() -> None:
    assert condition("all of _*", {"a": A, "_c": C}) == C


def test_a_number_of_a_pattern_must_hold() -> None:
    assert condition("2 of sel_*", NAMED) == Some((A, B), 2)


def test_a_selection_may_be_called_all() -> None:
    assert condition("all and a", {"all": B, "a": A}) == Some((B, A), 2)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "lacks a selection"),
        ("a and", "lacks a selection"),
        ("(a or b", "not closed"),
        ("a b", "does not end at 'b'"),
        ("a)", "does not end at ')'"),
        ("x", "names 'x'"),
        ("1 of nope*", "no selection is named like 'nope*'"),
        ("1 of", "of what"),
        ("some of them", "'some' is no quantity"),
        ("0 of them", "always true"),
        ("(" * 70 + "a" + ")" * 70, "nests more than"),
    ],
)
def test_a_wrong_condition_says_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(RuleError, match=says.replace("(", r"\(").replace(")", r"\)").replace("*", r"\*")):
        condition(text, NAMED)


def test_a_misspelt_selection_is_guessed() -> None:
    with pytest.raises(RuleError) as caught:
        condition("sel_3", NAMED)
    assert "sel_" in caught.value.hint
