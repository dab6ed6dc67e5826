from pathlib import Path
from typing import Any

import pytest

from tests.detect.build import rule_set
from tocsin.app.records import Records
from tocsin.app.rule_test_run import Inline, Regression, Sample, diagnosis
from tocsin.detect.cases import Case, Step
from tocsin.detect.outline import unnamed
from tocsin.match.sigma.rule import Source
from tocsin.model import UserError
from tocsin.runtime import workspace

RULE = "title: T\nid: t\nlogsource: {product: linux, service: sshd}\ndetection: {s: {user.name: root}, condition: s}\n"
LINE = "Nov 24 10:00:01 bastion sshd[811]: Failed password for root from 192.0.2.9 port 40022 ssh2\n"


def records(tz: str = "") -> Records:
    return Records(workspace.find(None, Path.cwd(), []), tz=tz)


def inline(*steps: Step, least: int = 1, most: int | None = None) -> Inline:
    return Inline(Case(name="n", line=3, steps=steps, least=least, most=most), "r.yml", records())


def test_fields_are_an_event_of_the_rules_log_source(home: Path) -> None:
    assert home.is_dir()
    assert inline(Step(event={"user.name": "root"})).run(rule_set(RULE)).passed


def test_fields_of_another_log_source_are_not(home: Path) -> None:
    assert home.is_dir()
    verdict = inline(Step(event={"user.name": "root"}, source=Source(product="windows"))).run(rule_set(RULE))
    assert (verdict.passed, verdict.found, verdict.says) == (False, 0, "it found nothing, and must match")


@pytest.mark.parametrize(
    ("bounds", "says"),
    [
        ({"least": 0, "most": 0}, "it found 1, and must find nothing"),
        ({"least": 3, "most": 3}, "it found 1, and 3 were expected"),
    ],
)
def test_what_differs_is_said(home: Path, bounds: dict[str, Any], says: str) -> None:
    assert home.is_dir()
    assert inline(Step(raw=LINE), **bounds).run(rule_set(RULE)).says == says


def test_a_file_in_which_nothing_can_be_read_is_no_failure(home: Path) -> None:
    (home / "x.bin").write_bytes(bytes(range(256)) * 20)
    with pytest.raises(UserError, match="binary data"):
        Regression("n", "info.yml:1", home / "x.bin", 1, records()).run(rule_set(RULE))


def test_why_a_case_failed_is_said_of_the_nearest_record(home: Path) -> None:
    assert home.is_dir()
    rules = rule_set(RULE)
    trial = inline(Step(raw=LINE.replace("root", "ann")))
    says, lines = diagnosis(trial, rules, unnamed(rules.rules[0].expression), str)
    assert says == "user.name must be 'root'; it is \"ann\""
    assert [line.held for line in lines] == [False]


def test_a_sample_must_find_what_its_out_json_holds(home: Path) -> None:
    folder = home / "one"
    folder.mkdir()
    (folder / "in.log").write_text(LINE)
    (folder / "out.json").write_text(
        '[{"rule": "t", "severity": "medium", "count": 2, "entities": [], "message": "m"}]'
    )
    verdict = Sample(folder, frozenset({"t"}), records).run(rule_set(RULE))
    assert (verdict.passed, verdict.says) == (False, "t: count is 1, and out.json has 2")
