"""Conventions of SigmaHQ, each asked for by name."""

from collections.abc import Callable

import pytest

from tests.detect.lint.conftest import HEAD, rule

Says = Callable[..., list[str]]

BAD = {
    "title-length": ("title: A rule", f"title: {'A' * 130}"),
    "title-start": ("title: A rule", "title: Detects A Rule"),
    "title-end": ("of a test", "of a test."),
    "title-case": ("title: A rule of a test", "title: A Rule of a test"),
    "author-missing": ("author: Tocsin\n", ""),
    "description-short": ("It is here to be looked at.", "Short."),
    "description-link": ("It is here", "https://a.example says it is here"),
    "false-positive-words": ("level: low", "level: low\nfalsepositives: [Unkown]"),
    "false-positive-capital": ("level: low", "level: low\nfalsepositives: [unknown]"),
    "reference-moves": ("level: low", "level: low\nreferences: ['https://github.com/a/b/blob/main/c.py']"),
    "reference-attack": ("level: low", "level: low\nreferences: ['https://attack.mitre.org/techniques/T1059/']"),
    "fields-given": ("level: low", "level: low\nfields: [a]"),
    "status-retired": ("status: test", "status: deprecated"),
    "tlp-not-clear": ("level: low", "level: low\ntags: [tlp.red]"),
    "tactic-missing": ("level: low", "level: low\ntags: [attack.t1059]"),
}
HEADED = HEAD.replace("A rule of a test", "A Rule of a Test")


@pytest.mark.parametrize("lint", BAD)
def test_what_a_convention_forbids_is_named(says: Says, lint: str) -> None:
    assert len(says(lint, rule("s:\n    a: x\ncondition: s", head=HEAD.replace(*BAD[lint])))) == 1


@pytest.mark.parametrize("lint", BAD)
def test_a_rule_that_keeps_the_convention_is_not(says: Says, lint: str) -> None:
    more = (
        "tags: [tlp.clear, attack.t1059, attack.execution]\nfalsepositives: [Unlikely]\n"
        f"references: ['https://github.com/a/b/blob/{'0' * 40}/c.py']\n"
    )
    assert says(lint, rule("s:\n    a: x\ncondition: s", head=HEADED + more)) == []
