"""Modifiers that do nothing, exclude each other, or want another beside them."""

from collections.abc import Callable

import pytest

from tests.detect.lint.conftest import Look, rule

Says = Callable[..., list[str]]

BAD = {
    "all-of-one": ["a|contains|all: x", "a|all|contains: [x]"],
    "all-equal": ["a|all: [x, y]"],
    "base64offset-whole": ["a|base64offset: x"],
    "base64-case": ["a|base64offset|contains: x"],
    "modifier-twice": ["a|contains|contains: x", "a|re|i|i: x"],
    "modifiers-contrary": ["a|contains|startswith: x"],
    "windash-all": ["a|windash|contains|all: [' -x', ' -y']"],
    "windash-needless": ["a|windash|contains: x"],
    "re-flag-long": ["a|re|ignorecase: x"],
}
GOOD = {
    "all-of-one": ["a|contains|all: [x, y]", "a|contains: x"],
    "all-equal": ["a|contains|all: [x, y]", "a|all: ['*x*', '*y*']", "a|re|all: [x, y]", "a|all: [x, X]"],
    "base64offset-whole": ["a|base64offset|contains: x", "a|base64: x"],
    "base64-case": ["a|base64offset|contains|cased: x", "a|contains: x"],
    "modifier-twice": ["a|base64|base64|contains: x"],
    "modifiers-contrary": ["a|startswith: x"],
    "windash-all": ["a|windash|contains: ' -x'"],
    "windash-needless": ["a|windash|contains: [x, ' -x']", "a|windash|contains: ' /x'"],
    "re-flag-long": ["a|re|i: x"],
}


@pytest.mark.parametrize(("lint", "entry"), [(lint, one) for lint, many in BAD.items() for one in many])
def test_a_modifier_is_named(says: Says, lint: str, entry: str) -> None:
    assert len(says(lint, rule(f"s:\n    {entry}\ncondition: s"))) == 1


@pytest.mark.parametrize(("lint", "entry"), [(lint, one) for lint, many in GOOD.items() for one in many])
def test_a_modifier_is_not_named(says: Says, lint: str, entry: str) -> None:
    assert says(lint, rule(f"s:\n    {entry}\ncondition: s")) == []


@pytest.mark.parametrize(
    ("lint", "old", "new"),
    [
        ("all-of-one", "a|contains|all: x", "a|contains: x"),
        ("modifier-twice", "a|contains|contains: x", "a|contains: x"),
        ("windash-needless", "a|windash|contains: x", "a|contains: x"),
        ("re-flag-long", "a|re|ignorecase: x", "a|re|i: x"),
    ],
)
def test_a_modifier_that_does_nothing_is_taken_out(look: Look, lint: str, old: str, new: str) -> None:
    found = look(lint, rule(f"s:\n    {old}\ncondition: s"))
    assert [one.edit.lines for one in found if one.edit] == [(f"        {new}",)]
