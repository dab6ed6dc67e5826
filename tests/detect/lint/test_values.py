"""Values: wildcards, backslashes, hashes, and members of lists that change nothing."""

from collections.abc import Callable

import pytest

from tests.detect.lint.conftest import Look, rule

Says = Callable[..., list[str]]

BAD = {
    "wildcard-doubled": [r"a: 'x**y'"],
    "wildcard-needless": ["a|contains: '*x'", "a|startswith: 'x*'", "a|endswith: '*x'"],
    "wildcard-for-modifier": ["a: '*x*'", "a: ['x*', 'y*']", "a: '*x'"],
    "wildcard-only": ["a: '*'", "a|contains: '*'"],
    "value-always": ["a|contains: ''", "a|re: '.*'", "a|endswith: ['x', '']", "a|re: '^'"],
    "backslash-star": [r"a: C:\Users\*\AppData", r"a: C:\Windows\*", r"a|contains: '\Users\*\Temp\'"],
    "wildcard-escaped": [r"a: 'x\*y'"],
    "control-character": [r'a: "C:\tools\x07"', r'a: "C:\temp"'],
    "number-as-text": ["a: '4624'", "a: ['1', '2']"],
    "value-twice": ["a: [x, X]", "a|re: ['x+', 'x+']", "a: [1, 1]"],
    "value-covered": ["a|contains: [iex, msiexec]", "a|endswith: [exe, '.exe']", "a|contains|all: [net, net use]"],
    "hash-form": [
        "Hashes|contains: 'MD5=abc'" + "0" * 40, "Hashes: 'SHA1=zz'", "Hashes|contains: 'SHA512=" + "0" * 128 + "'",
        "Hashes|endswith: 'IMPHASH=" + "0" * 40 + "'",
    ],
    "null-in-list": ["a: [x, null]"],
}  # fmt: skip
GOOD = {
    "wildcard-doubled": ["a: 'x*y'", r"a: 'x\**y'"],
    "wildcard-needless": ["a|contains: 'x*y'", "a|contains: '*'", "a: '*x'"],
    "wildcard-for-modifier": ["a: 'x*y'", "a: ['x*', '*y']", "a: '?x*'", "a|re: '*x*'", "a: '*'"],
    "wildcard-only": ["a: 'x*'", "a|exists: true"],
    "value-always": ["a: ''", "a|contains: x", "a|re: '.+'"],
    "backslash-star": [r"a: C:\Users\\*\AppData", r"a|contains: '\*x\*'", "a: 'x*y'", r"a|re: 'C:\*x'"],
    "wildcard-escaped": ["a: 'x*y'"],
    "control-character": [r"a: 'C:\tools'", r'a: "C:\\tools"'],
    "number-as-text": ["a: 4624", "a: '0012'", "a|contains: '12'", "a: x1"],
    "value-twice": ["a: [x, y]", "a|cased: [x, X]", "a|re: ['x', 'X']", "a: [1, '1']"],
    "value-covered": ["a|contains: [cat, dog]", "a|cased|contains: [cat, CATS]", "a: [iex, msiexec]"],
    "hash-form": ["Hashes|contains: 'IMPHASH=" + "0" * 32 + "'", "Hashes|contains: 'SHA256=00'", "Image: 'MD5=x'"],
    "null-in-list": ["a: null", "a: [x, y]"],
}  # fmt: skip


@pytest.mark.parametrize(("lint", "entry"), [(lint, one) for lint, many in BAD.items() for one in many])
def test_a_value_is_named(says: Says, lint: str, entry: str) -> None:
    assert says(lint, rule(f"s:\n    {entry}\ncondition: s")) != []


@pytest.mark.parametrize(("lint", "entry"), [(lint, one) for lint, many in GOOD.items() for one in many])
def test_a_value_is_not_named(says: Says, lint: str, entry: str) -> None:
    assert says(lint, rule(f"s:\n    {entry}\ncondition: s")) == []


def test_backslashes_are_shown_as_the_rule_has_them(says: Says) -> None:
    assert r"'C:\Users\*\AppData'" in says("backslash-star", rule("s:\n    a: C:\\Users\\*\\AppData\ncondition: s"))[0]


def test_a_value_that_stands_twice_is_taken_out(look: Look) -> None:
    found = look("value-twice", rule("s:\n    a:\n        - x\n        - y\n        - x\ncondition: s"))
    assert [(one.edit.first, one.edit.last, one.edit.lines) for one in found if one.edit] == [(14, 14, ())]


def test_the_wider_value_is_named_beside_the_one_that_it_covers(says: Says) -> None:
    said = says("value-covered", rule("s:\n    a|contains: [iex, msiexec]\ncondition: s"))
    assert said == ["a|contains: 'iex' holds wherever 'msiexec' does"]


def test_values_of_keyword_lists_are_looked_at(says: Says) -> None:
    assert len(says("value-twice", rule("s: [x, x]\ncondition: s"))) == 1
    assert len(says("value-always", rule("s: [x, '']\ncondition: s"))) == 1
