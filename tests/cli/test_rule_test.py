"""`tocsin rule test` as a person calls it."""

import json
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from tests.cli.conftest import Result

Tocsin = Callable[..., Result]
RULE = """title: T
id: t
logsource: {{product: linux}}
detection: {{s: {{f: 1}}, condition: s}}
tocsin:
    tests:
        - {{name: one, event: {{f: {}}}, expect: {}}}
"""


@pytest.fixture
def rule(home: Path) -> Callable[..., Path]:
    def write(value: object, expect: str) -> Path:
        path = home / "t.yml"
        path.write_text(RULE.format(value, expect))
        return path

    return write


@pytest.mark.parametrize(
    ("value", "expect", "code", "says"),
    [
        (1, "match", 0, "1 case of 1 rule: 1 passed.\n"),
        (2, "match", 1, "1 case of 1 rule: 0 passed, 1 failed.\n"),
        (2, "maybe", 2, "1 case of 1 rule: 0 passed, 1 malformed.\n"),
    ],
)
def test_the_exit_code_says_how_it_ended(
    tocsin: Tocsin, rule: Callable[..., Path], value: int, expect: str, code: int, says: str
) -> None:
    found = tocsin("rule", "test", rule(value, expect))
    assert found[0] == code
    assert found[1].endswith(says)


def test_what_failed_is_said_with_the_part_that_decided(tocsin: Tocsin, rule: Callable[..., Path]) -> None:
    out = tocsin("rule", "test", rule(2, "match"))[1]
    assert "FAIL    one: it found nothing, and must match" in out
    assert "f must be '1'; it is \"2\"" in out


def test_json_has_the_cases_and_the_counts(tocsin: Tocsin, rule: Callable[..., Path]) -> None:
    found = json.loads(tocsin("rule", "test", rule(2, "match"), "--format", "json")[1])
    assert found["counts"] == {
        "passed": 0, "failed": 1, "malformed": 0, "could_not_look": 0, "rules": 1, "untested": 0,
    }  # fmt: skip
    (case,) = found["rules"][0]["cases"]
    assert (case["name"], case["state"], case["kind"]) == ("one", "failed", "inline")


def test_junit_is_xml(tocsin: Tocsin, rule: Callable[..., Path]) -> None:
    code, out, _ = tocsin("rule", "test", rule(2, "match"), "--format", "junit")
    assert code == 1
    assert ET.fromstring(out).get("failures") == "1"  # noqa: S314  # made by us


def test_a_path_that_is_not_there_is_one_sentence(tocsin: Tocsin) -> None:
    code, _, err = tocsin("rule", "test", "nothing")
    assert (code, err) == (2, "tocsin: nothing: there is no such file or folder\n")
