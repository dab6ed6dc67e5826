"""`tocsin rule convert` as a person calls it."""

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


def test_one_query_stands_alone_on_standard_output(tocsin: Tocsin, rules: Path) -> None:
    code, out, err = tocsin("rule", "convert", rules / "one.yml", "--to", "splunk")
    assert (code, out) == (0, 'CommandLine="*whoami*"\n')
    assert "1 rule converted, 0 not" in err
    assert "--pipeline splunk_windows" in err


def test_several_queries_bear_the_titles_of_their_rules(tocsin: Tocsin, rules: Path) -> None:
    (rules / "two.yml").write_text(ONE.replace("3a11", "3a12").replace("A rule", "Another rule"))
    out = tocsin("rule", "convert", rules, "--to", "splunk")[1]
    assert [line for line in out.splitlines() if line.startswith("#")] == [
        "# A rule of a test (5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a11)",
        "# Another rule of a test (5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a12)",
    ]


def test_what_cannot_be_converted_is_named_and_the_exit_code_says_so(tocsin: Tocsin, rules: Path) -> None:
    (rules / "two.yml").write_text(rule("s:\n    a|fieldref: [b, c]\ncondition: s").replace("3a11", "3a12"))
    code, out, err = tocsin("rule", "convert", rules, "--to", "splunk")
    assert code == 3
    assert "whoami" in out
    assert "two.yml:1" in err
    assert "1 rule converted, 1 not" in err


def test_json_holds_queries_and_reasons(tocsin: Tocsin, rules: Path) -> None:
    said = json.loads(tocsin("rule", "convert", rules, "--to", "lucene", "--format", "json")[1])
    assert [one["query"] for one in said["queries"]] == ["CommandLine:*whoami*"]
    assert said["not_converted"] == []


def test_pipelines_of_a_target_are_listed(tocsin: Tocsin) -> None:
    code, out, _ = tocsin("rule", "convert", "--to", "kusto", "--list-pipelines")
    assert code == 0
    assert "microsoft_xdr" in out.splitlines()
    assert "splunk_windows" not in out.splitlines()


def test_wrong_use_is_told_in_one_sentence(tocsin: Tocsin, rules: Path) -> None:
    assert tocsin("rule", "convert", "--to", "splunk")[0] == 2
    assert tocsin("rule", "convert", rules, "--to", "sql")[0] == 2
    code, _, err = tocsin("rule", "convert", rules, "--to", "splunk", "--pipeline", "nothing")
    assert (code, "splunk_windows" in err) == (2, True)
