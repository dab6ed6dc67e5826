from pathlib import Path

import pytest

from tocsin.app.rule_named import Named, is_file, named
from tocsin.model import UserError
from tocsin.runtime import workspace

RULE = "title: T\nid: {}\nlogsource: {{product: linux}}\ndetection: {{s: {{f: 1}}, condition: s}}\n"
CHAIN = """
title: C
id: mine
correlation: {type: event_count, rules: [ssh_failed], group-by: [source.ip], timespan: 1m, condition: {gte: 2}}
"""


def find(name: str, *folders: Path) -> Named:
    return named(name, workspace.find(None, Path.cwd(), []), folders)


def test_a_rule_in_force_is_found_by_id_and_by_name(home: Path) -> None:
    assert home.is_dir()
    assert find("ssh-guessing").document.about.id == "ssh-guessing"
    assert find("ssh_failed").document.about.name == "ssh_failed"


def test_a_rule_of_a_folder_is_found(home: Path) -> None:
    (home / "rules").mkdir()
    (home / "rules" / "a.yml").write_text(RULE.format("abc"))
    assert find("abc", home / "rules").document.about.title == "T"


def test_a_file_that_is_not_in_force_is_a_rule(home: Path) -> None:
    (home / "a.yml").write_text(RULE.format("abc"))
    assert is_file("a.yml")
    assert find("a.yml").document.about.id == "abc"


def test_a_file_may_name_rules_in_force(home: Path) -> None:
    (home / "c.yml").write_text(CHAIN)
    assert find("c.yml").document.about.id == "mine"


def test_a_copy_of_a_rule_in_force_is_the_copy(home: Path) -> None:
    (home / "a.yml").write_text(RULE.format("ssh-guessing"))
    assert find("a.yml").document.about.title == "T"


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("ssh-gessing", "", "there is no rule 'ssh-gessing'"),
        ("a.yml", "title: T\nlogsource: {}\n", "neither a detection nor a correlation"),
        ("a.yml", "a: [", "not readable as YAML"),
        ("a.yml", "", "there is no rule in it"),
    ],
)
def test_what_is_no_rule_is_an_error(home: Path, name: str, text: str, says: str) -> None:
    (home / "a.yml").write_text(text)
    with pytest.raises(UserError, match=says):
        find(name)


def test_a_rule_that_cannot_be_loaded_is_named_with_its_reason(home: Path) -> None:
    (home / "a.yml").write_text("title: T\nid: abc\nlogsource: {product: x}\ndetection: {condition: s}\n")
    with pytest.raises(UserError, match=r"a\.yml:4: the detection has no selection"):
        find("abc", home / "a.yml")
