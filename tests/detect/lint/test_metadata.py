"""The head of a rule: id, level, status, title, description."""

from collections.abc import Callable

import pytest

from tests.detect.lint.conftest import HEAD, Look, rule

Says = Callable[..., list[str]]

DETECTION = "s:\n    a: x\ncondition: s"


def headed(old: str, new: str) -> str:
    assert old in HEAD
    return rule(DETECTION, head=HEAD.replace(old, new))


ID = "id: 5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a11\n"
BAD = {
    "id-missing": (ID, ""),
    "id-form": (ID, "id: 5f1c2f8e-8a51-4c4e-9d38-0a0b4b\n"),
    "id-random": (ID, "id: 5f1c2f8e-8a51-1c4e-9d38-0a0b4b7d3a11\n"),
    "level-unknown": ("level: low", "level: urgent"),
    "level-missing": ("level: low\n", ""),
    "status-unknown": ("status: test", "status: done"),
    "status-missing": ("status: test\n", ""),
    "deprecated-alone": ("status: test", "status: deprecated"),
    "title-long": ("title: A rule", f"title: {'A' * 260}"),
    "name-form": (ID, "name: two words\n"),
    "description-missing": ("description: It is here to be looked at.\n", ""),
    "description-long": ("description: It", f"description: {'x' * 70_000}"),
    "taxonomy-long": (ID, f"taxonomy: {'x' * 300}\n"),
}


@pytest.mark.parametrize("lint", BAD)
def test_a_head_is_named(says: Says, lint: str) -> None:
    assert len(says(lint, headed(*BAD[lint]))) == 1


@pytest.mark.parametrize("lint", BAD)
def test_a_whole_head_is_not(says: Says, lint: str) -> None:
    assert says(lint, rule(DETECTION)) == []


@pytest.mark.parametrize(
    "id_", ["ssh-guessing", "5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a11", "5F1C2F8E-8A51-4C4E-9D38-0A0B4B7D3A11"]
)
def test_a_uuid_and_a_plain_name_are_both_ids(says: Says, id_: str) -> None:
    assert says("id-form", headed(ID, f"id: {id_}\n")) == []


@pytest.mark.parametrize(
    ("lint", "old", "new", "line"),
    [
        ("level-unknown", "level: low", "level: hihg # as said", "level: high # as said"),
        ("level-unknown", "level: low", "level: Medium", "level: medium"),
        ("level-unknown", "level: low", "level: 'info'", "level: informational"),
        ("status-unknown", "status: test", "status: testing", "status: test"),
    ],
)
def test_the_nearest_word_is_put_in_place_and_comments_stay(
    look: Look, lint: str, old: str, new: str, line: str
) -> None:
    found = look(lint, headed(old, new))
    assert [one.edit.lines for one in found if one.edit] == [(line,)]


def test_a_word_that_is_near_to_none_is_left_to_a_person(look: Look) -> None:
    assert [one.fix for one in look("level-unknown", headed("level: low", "level: urgent"))] == [None]


def test_a_rule_that_only_serves_a_correlation_of_its_file_needs_no_level(says: Says) -> None:
    part = headed(ID, "name: part\n").replace("level: low\n", "").replace("status: test\n", "")
    chain = (
        f"{HEAD}correlation: {{type: event_count, rules: [part], group-by: [a], timespan: 1h, condition: {{gte: 2}}}}\n"
    )
    assert says("level-missing", f"{chain}---\n{part}") == []
    assert says("status-missing", f"{chain}---\n{part}") == []


def test_a_deprecated_rule_may_name_another(says: Says) -> None:
    text = headed(
        "status: test", "status: deprecated\nrelated: [{id: 5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a12, type: obsolete}]"
    )
    assert says("deprecated-alone", text) == []
