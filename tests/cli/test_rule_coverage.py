"""`tocsin rule coverage` as a person types it."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.app.changes import log, started
from tests.app.outputs.layer_spec import wrong
from tests.app.test_rule_coverage import tagged
from tests.cli.conftest import Result

Tocsin = Callable[..., Result]


def rules(home: Path) -> Path:
    (home / "rules").mkdir()
    (home / "rules" / "a.yml").write_text(tagged("a", "attack.t1059.001", "attack.t1562.001"), encoding="utf-8")
    (home / "rules" / "b.yml").write_text(tagged("b", "attack.t1105", category="dns_query"), encoding="utf-8")
    return home / "rules"


def test_our_own_rules_are_covered_without_a_word_more(tocsin: Tocsin) -> None:
    code, out, _ = tocsin("rule", "coverage")
    assert code == 0
    assert "Credential Access" in out
    assert "techniques and sub-techniques have a rule" in out


def test_on_data_the_missing_source_and_its_technique_are_named(tocsin: Tocsin, home: Path) -> None:
    day = log(home / "day.jsonl", [started(1, "C:\\x.exe")])
    code, out, _ = tocsin("rule", "coverage", "--rules", rules(home), "--only-rules", "--on", day)
    assert code == 0
    assert "windows dns_query; nothing else could see T1105" in out
    assert "On this data 1 of 2 rules could fire, for 1 of 2 techniques." in out


def test_rules_with_retired_techniques_are_counted(tocsin: Tocsin, home: Path) -> None:
    _, out, _ = tocsin("rule", "coverage", "--rules", rules(home), "--only-rules")
    assert "1 rules name" not in out
    assert "1 rule names techniques that ATT&CK 19 no longer has" in out


def test_every_technique_is_named_when_asked(tocsin: Tocsin, home: Path) -> None:
    _, out, _ = tocsin("rule", "coverage", "--rules", rules(home), "--only-rules", "--verbose")
    assert any(line.startswith("T1059.001  Command and Scripting Interpreter: PowerShell") for line in out.splitlines())


def test_the_layer_is_json_of_the_format(tocsin: Tocsin, home: Path) -> None:
    _, out, _ = tocsin("rule", "coverage", "--rules", rules(home), "--only-rules", "--format", "attack-layer")
    assert wrong(json.loads(out)) == []


def test_json_tells_the_same(tocsin: Tocsin, home: Path) -> None:
    _, out, _ = tocsin("rule", "coverage", "--rules", rules(home), "--only-rules", "--format", "json")
    assert json.loads(out)["techniques_covered"] == 2
