"""`tocsin rule list` as a person calls it."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Result
from tests.detect.lint.conftest import rule

Tocsin = Callable[..., Result]
ONE = rule("s:\n    CommandLine|contains: whoami\ncondition: s")


@pytest.fixture
def rules(home: Path) -> Path:
    folder = home / "rules"
    folder.mkdir()
    (folder / "one.yml").write_text(ONE)
    return folder


def test_a_rule_stands_with_its_level_source_and_title(tocsin: Tocsin, rules: Path) -> None:
    code, out, _ = tocsin("rule", "list", "--rules", rules, "--only-rules")
    assert code == 0
    words = out.splitlines()[0].split()
    assert words[:5] == ["low", "5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a11", "test", "windows", "process_creation"]
    assert out.splitlines()[-1] == "1 rule: 1 low"


def test_verbose_adds_what_each_needs(tocsin: Tocsin, rules: Path) -> None:
    out = tocsin("rule", "list", "--rules", rules, "--only-rules", "--verbose")[1]
    assert "asks for: CommandLine" in out
    assert "needs: Windows Security 4688" in out


def test_a_rule_that_cannot_be_loaded_is_named_and_the_exit_code_says_so(tocsin: Tocsin, rules: Path) -> None:
    (rules / "two.yml").write_text(ONE.replace("contains", "contans").replace("3a11", "3a12"))
    code, out, _ = tocsin("rule", "list", "--rules", rules, "--only-rules")
    assert code == 3
    assert "NOT LOADED" in out
    assert "did you mean 'contains'?" in out


def test_a_list_of_nothing_says_so(tocsin: Tocsin, rules: Path) -> None:
    out = tocsin("rule", "list", "--rules", rules, "--only-rules", "--product", "linux")[1]
    assert out.splitlines()[-1] == "0 rules of 1: none"


def test_json_and_csv_hold_the_same_rules(tocsin: Tocsin, rules: Path) -> None:
    said = json.loads(tocsin("rule", "list", "--rules", rules, "--only-rules", "--format", "json")[1])
    assert [one["id"] for one in said["rules"]] == ["5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a11"]
    assert said["counts"]["levels"]["low"] == 1
    lines = tocsin("rule", "list", "--rules", rules, "--only-rules", "--format", "csv")[1].splitlines()
    assert lines[0].startswith("id,level,status,")
    assert len(lines) == 2


def test_the_plural_lists_too(tocsin: Tocsin, rules: Path) -> None:
    assert tocsin("rules", "list", "--rules", rules, "--only-rules", "--level", "low")[0] == 0
