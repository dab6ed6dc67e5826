"""`rule test` from files to its report: what is found, what fails and why, what could not be looked at."""

import json
from pathlib import Path

import pytest

from tocsin.app.rule_test import Outcome, Report, Request, State, rule_test
from tocsin.model import UserError
from tocsin.runtime import workspace

RULE = """
title: Encoded
id: encoded
logsource: {product: windows, category: process_creation}
detection:
    image: {Image|endswith: '\\powershell.exe'}
    command: {CommandLine|contains: ' -enc '}
    filter: {User: svc}
    condition: image and command and not filter
tocsin:
    tests:
"""
EVENT = "{Image: 'C:\\x\\powershell.exe', CommandLine: 'powershell -enc AA'}"
SVC = "{Image: 'C:\\x\\powershell.exe', CommandLine: 'powershell -enc AA', User: svc}"
SSHD = "Nov 24 10:00:0{} bastion sshd[811]: Failed password for root from 192.0.2.9 port 40022 ssh2"
GUESSING = """
title: Guessing
id: guessing
correlation: {type: event_count, rules: [failed], group-by: [source.ip], timespan: 1m, condition: {gte: 3}}
tocsin:
    tests:
        - {name: three, expect: 1, events: [{event: %(failed)s, repeat: 3, every: 20s}]}
        - {name: three too slow, expect: no match, events: [{event: %(failed)s, repeat: 3, every: 40s}]}
        - {name: two, expect: no match, events: [{event: %(failed)s, repeat: 2}]}
        - {name: two addresses, expect: 2, events: [
              {event: %(failed)s, repeat: 3, every: 1s}, {event: %(other)s, repeat: 3, every: 1s, at: 5s}]}
---
title: Failed
name: failed
logsource: {product: linux, service: sshd}
detection: {s: {event.action: ssh-login, event.outcome: failure}, condition: s}
"""
FAILED = "{event.action: ssh-login, event.outcome: failure, source.ip: 192.0.2.1}"


@pytest.fixture
def rules(home: Path) -> Path:
    folder = home / "rules"
    folder.mkdir()
    return folder


def run(*paths: Path, mutate: bool = False, rules: tuple[Path, ...] = ()) -> Report:
    request = Request(paths=paths, folders=rules, mutate=mutate)
    return rule_test(request, workspace.find(None, Path.cwd(), []))


def outcomes(folder: Path, *cases: str) -> tuple[Report, list[Outcome]]:
    (folder / "rule.yml").write_text(RULE + "".join(f"        - {one}\n" for one in cases))
    report = run(folder)
    return report, [case for rule in report.rules for case in rule.cases]


def test_cases_pass_that_say_what_the_rule_does(rules: Path) -> None:
    report, cases = outcomes(
        rules, f"{{name: a, expect: match, event: {EVENT}}}", f"{{name: b, expect: no match, event: {SVC}}}"
    )
    assert [(case.name, case.state) for case in cases] == [("a", State.PASSED), ("b", State.PASSED)]
    assert report.code == 0


def test_a_case_that_fails_says_which_part_decided_and_what_the_event_has(rules: Path) -> None:
    report, (case,) = outcomes(
        rules, "{name: a, expect: match, event: {Image: 'C:\\powershell.exe', CommandLine: 'powershell -e AA'}}"
    )
    assert (case.state, report.code) == (State.FAILED, 1)
    assert case.says == "it found nothing, and must match"
    assert "CommandLine must contain ' -enc '; it is \"powershell -e AA\"" in case.why
    assert any(line.says == "CommandLine contains ' -enc '" and not line.held for line in case.lines)
    assert case.where.endswith("rule.yml:12")


def test_a_case_that_must_not_match_says_why_it_did(rules: Path) -> None:
    _, (case,) = outcomes(rules, f"{{name: a, expect: no match, event: {EVENT}}}")
    assert case.says == "it found 1, and must find nothing"
    assert "It matches: Image ends with '\\powershell.exe'" in case.why


def test_lines_of_a_log_are_read_by_the_parser_that_knows_them(rules: Path) -> None:
    (rules / "r.yml").write_text(
        "title: F\nid: f\nlogsource: {product: linux, service: sshd}\n"
        "detection: {s: {event.outcome: failure}, condition: s}\n"
        f"tocsin: {{tests: [{{raw: '{SSHD.format(1)}', expect: match}}, {{raw: 'no log at all', expect: no match}}]}}\n"
    )
    assert [case.state for rule in run(rules).rules for case in rule.cases] == [State.PASSED, State.PASSED]


def test_the_log_source_of_lines_counts(rules: Path) -> None:
    report, (case,) = outcomes(rules, f"{{raw: '{SSHD.format(1)} powershell -enc ', expect: match}}")
    assert report.code == 1
    assert "this rule is for windows process_creation, and the record is" in case.why


def test_a_correlation_is_tested_by_events_with_times(rules: Path) -> None:
    (rules / "g.yml").write_text(GUESSING % {"failed": FAILED, "other": FAILED.replace("2.1", "2.2")})
    report = run(rules)
    assert [(case.name, case.state, case.says) for rule in report.rules for case in rule.cases] == [
        ("three", State.PASSED, ""), ("three too slow", State.PASSED, ""), ("two", State.PASSED, ""),
        ("two addresses", State.PASSED, ""),
    ]  # fmt: skip
    assert report.untested == ()


def test_a_malformed_case_ends_with_2_and_costs_no_other(rules: Path) -> None:
    report, cases = outcomes(rules, "{name: a, expect: match}", f"{{name: b, expect: match, event: {EVENT}}}")
    assert [case.state for case in cases] == [State.MALFORMED, State.PASSED]
    assert cases[0].where.endswith("rule.yml:12")
    assert report.code == 2


def test_rules_without_a_case_are_named(rules: Path) -> None:
    report, _ = outcomes(rules)
    assert [one.rule for one in report.untested] == ["encoded"]
    assert report.code == 0


def test_a_rule_that_cannot_be_loaded_ends_with_3(rules: Path) -> None:
    (rules / "bad.yml").write_text("title: x\nlogsource: {product: linux}\ndetection: {condition: s}\n")
    report, _ = outcomes(rules, f"{{expect: match, event: {EVENT}}}")
    assert [(Path(one.path).name, one.line) for one in report.unloaded] == [("bad.yml", 3)]
    assert report.code == 3


def test_a_path_that_is_not_there_is_an_error(rules: Path) -> None:
    with pytest.raises(UserError, match="no such file"):
        run(rules / "nothing.yml")


def test_changes_of_a_rule_that_no_case_notices_are_named(rules: Path) -> None:
    outcomes(rules, f"{{name: a, expect: match, event: {EVENT}}}")
    (rule,) = run(rules, mutate=True).rules
    assert rule.mutants is not None
    assert set(rule.mutants.unnoticed) == {
        "image: left out", "command: left out", "filter: left out",
    }  # fmt: skip
    assert rule.mutants.tried == 6


def test_sample_folders_beside_a_rule_are_its_cases(home: Path, rules: Path) -> None:
    (rules / "guessing.yml").write_text(GUESSING.partition("tocsin:")[0] + "---" + GUESSING.partition("---")[2])
    for name, many in (("firing", 3), ("quiet", 2)):
        case = home / "samples" / "rule" / "guessing" / name
        case.mkdir(parents=True)
        (case / "in.log").write_text("".join(SSHD.format(n) + "\n" for n in range(many)))
        (case / "out.json").write_text("[]")
    (rule,) = run(rules).rules
    assert [(case.name, case.kind, case.state) for case in rule.cases] == [
        ("firing", "sample", State.FAILED), ("quiet", "sample", State.PASSED),
    ]  # fmt: skip
    assert rule.cases[0].says == "it makes 1 findings, and out.json has 0"


def info(folder: Path, rule: str, **test: object) -> Path:
    case = folder / "regression_data" / "rules" / rule
    case.mkdir(parents=True)
    said = {"name": "positive", "type": "evtx", "path": f"regression_data/rules/{rule}/in.jsonl", **test}
    text = json.dumps({"rule_metadata": [{"id": rule}], "regression_tests_info": [said]})
    (case / "info.yml").write_text(text)
    record = {"Event": {"System": {"Channel": "Security", "EventID": 4625, "Provider": {"#attributes": {
        "Name": "Microsoft-Windows-Security-Auditing"}}, "TimeCreated": {"#attributes": {
        "SystemTime": "2026-01-01T00:00:00Z"}}}, "EventData": {"TargetUserName": "root"}}}  # fmt: skip
    (case / "in.jsonl").write_text((json.dumps(record) + "\n") * 2)
    return case


FAILED_LOGON = """
title: L
id: logon
logsource: {product: windows, service: security}
detection: {s: {EventID: 4625}, condition: s}
"""


@pytest.mark.parametrize(
    ("count", "state"), [(1, State.PASSED), (2, State.PASSED), (3, State.FAILED), (0, State.FAILED)]
)
def test_an_info_beside_a_recording_says_how_often_a_rule_must_match(
    home: Path, rules: Path, count: int, state: State
) -> None:
    (rules / "l.yml").write_text(FAILED_LOGON)
    info(home, "logon", match_count=count)
    (rule,) = run(home / "regression_data", rules=(rules,)).rules
    assert [(case.kind, case.state) for case in rule.cases] == [("regression", state)]


def test_a_rule_names_its_regression_cases(home: Path, rules: Path) -> None:
    info(home, "logon")
    link = "regression_tests_path: regression_data/rules/logon/info.yml\n"
    (rules / "l.yml").write_text(FAILED_LOGON + link)
    report = run(rules)
    assert [case.state for rule in report.rules for case in rule.cases] == [State.PASSED]


def test_regression_cases_that_are_not_there_end_with_3(rules: Path) -> None:
    (rules / "l.yml").write_text(FAILED_LOGON + "regression_tests_path: regression_data/x/info.yml\n")
    report = run(rules)
    assert [case.state for rule in report.rules for case in rule.cases] == [State.UNREAD]
    assert report.code == 3


def test_a_path_out_of_the_tree_is_not_followed(home: Path, rules: Path) -> None:
    (home / "secret.yml").write_text("regression_tests_info: []")
    (rules / "l.yml").write_text(FAILED_LOGON + "regression_tests_path: ../secret.yml\n")
    assert run(rules).count(State.UNREAD) == 1


def test_a_case_of_a_rule_that_is_not_there_ends_with_3(home: Path) -> None:
    info(home, "logon")
    report = run(home / "regression_data")
    assert [(one.path, report.code) for one in report.unloaded] == [("logon", 3)]


def test_an_info_that_is_malformed_ends_with_2(home: Path) -> None:
    (info(home, "logon") / "info.yml").write_text("regression_tests_info: [{name: x}]\n")
    report = run(home / "regression_data")
    assert (len(report.malformed), report.code) == (1, 2)


def test_all_regression_cases_of_sigmahq_pass(home: Path, data: Path) -> None:
    assert home.is_dir()
    report = run(data / "sigma-regression", rules=(data / "sigma",))
    assert (report.count(State.PASSED), report.code) == (100, 0)


def test_a_folder_without_rules_is_an_error(rules: Path) -> None:
    with pytest.raises(UserError, match="there is no rule in it"):
        run(rules)
