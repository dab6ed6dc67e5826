"""Names of files."""

from collections.abc import Callable

import pytest

from tests.detect.lint.conftest import HEAD, rule

Says = Callable[..., list[str]]

TEXT = rule("s:\n    a: x\ncondition: s")


@pytest.mark.parametrize("name", ["My Rule.yml", "regel+.yml", "RULE.yml", "rule"])
def test_a_name_that_is_not_plain_is_named(says: Says, name: str) -> None:
    assert len(says("file-name", TEXT, names=[f"folder/{name}"])) == 1


def test_a_plain_name_is_fine(says: Says) -> None:
    assert says("file-name", TEXT, names=["My Folder/ssh_guessed-2.yaml"]) == []


def test_conventions_on_names_are_asked_for_by_name(says: Says) -> None:
    assert len(says("file-name-sigmahq", TEXT, names=["short.yml"])) == 1
    assert says("file-name-sigmahq", TEXT, names=["proc_creation_win_x.yml"]) == []
    assert len(says("file-prefix", TEXT, names=["win_something.yml"])) == 1
    assert says("file-prefix", TEXT, names=["proc_creation_win_x.yml"]) == []


def test_a_correlation_has_a_prefix_of_its_own(says: Says) -> None:
    text = f"{HEAD}correlation: {{type: event_count, rules: [a], timespan: 1h, condition: {{gte: 2}}}}\n"
    assert len(says("file-prefix", text, names=["win_x.yml"])) == 1


def test_a_rule_of_a_folder_has_the_folders_tag(says: Says) -> None:
    path = "rules-threat-hunting/windows/x_rule_of_it.yml"
    assert len(says("folder-tag", TEXT, names=[path])) == 1
    tagged = rule("s:\n    a: x\ncondition: s", head=f"{HEAD}tags: [detection.threat-hunting]\n")
    assert says("folder-tag", tagged, names=[path]) == []
