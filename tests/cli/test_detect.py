"""`tocsin detect` from the command line: which rules fired, where, which could not, in every format."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Result

Tocsin = Callable[..., Result]
RULE = """\
title: {title}
id: {id}
status: test
level: {level}
logsource:
  product: linux
  service: sshd
detection:
  selection:
    - Failed password
  condition: selection
tags:
  - attack.credential-access
  - attack.t1110.001
"""
UUID = "5f9c1c1a-0d5e-4b53-8a39-0d7a3a4c9b11"


def failure(when: str, address: str = "192.0.2.7") -> str:
    return f"{when} bastion sshd[900]: Failed password for root from {address} port 40000 ssh2\n"


@pytest.fixture
def logs(home: Path) -> Path:
    """Return a folder with a log of two days, a Python file, and rules beside it."""
    folder = home / "logs"
    folder.mkdir()
    (folder / "auth.log").write_text(
        failure("2026-11-20T06:00:00+00:00")
        + failure("2026-11-20T06:30:00+00:00", "192.0.2.8")
        + failure("2026-11-22T09:00:00+00:00")
        + "2026-11-22T09:00:05+00:00 bastion kernel: link up\n"
    )
    (folder / "tool.py").write_text("import os\nimport sys\n\nos.system('ping ' + sys.argv[1])\n")
    rules = home / "rules"
    rules.mkdir()
    (rules / "failed.yml").write_text(RULE.format(title="Failed password", id=UUID, level="medium"))
    return folder


@pytest.fixture
def rules(logs: Path) -> str:
    return str(logs.parent / "rules")


@pytest.fixture
def detect(tocsin: Tocsin, logs: Path, rules: str) -> Callable[..., Result]:
    def run(*words: str) -> Result:
        return tocsin("detect", str(logs), "--rules", rules, "--only-rules", "--no-store", *words)

    return run


def test_the_screen_counts_hits_by_rule_host_and_user(detect: Tocsin) -> None:
    code, out, err = detect()
    assert code == 0, err
    assert "Looked at 1 input: 4 records. 1 rule, 1 could fire here." in out
    assert [line.split() for line in out.splitlines() if line.startswith("  syslog")] == [
        ["syslog:", "sshd", "3", "records", "1", "input"],
        ["syslog", "1", "record", "1", "input"],
    ]
    assert "By host" in out
    assert "bastion" in out
    (row,) = [line for line in out.splitlines() if UUID[:8] in line and "MEDIUM" in line]
    assert row.split()[:2] == ["MEDIUM", UUID[:8]]
    assert "x3" in row.split()
    assert row.split()[-1] == "T1110.001"


def test_hours_are_shown_where_there_are_several(detect: Tocsin) -> None:
    _, out, _ = detect()
    hours = [line.split()[:3] for line in out.splitlines() if "###" in line]
    assert hours == [["2026-11-20", "06:00", "2"], ["2026-11-22", "09:00", "1"]]


def test_what_is_no_log_is_left_to_scan_and_named(detect: Tocsin) -> None:
    _, out, _ = detect("--format", "json")
    result = json.loads(out)
    assert result["command"] == "detect"
    assert [(Path(n["path"]).name, n["why"]) for n in result["coverage"]["nothing_to_look_for"]] == [
        ("tool.py", "no log; tocsin scan looks at it")
    ]


def test_a_text_that_was_named_is_read_as_a_log_whatever_its_name(tocsin: Tocsin, logs: Path) -> None:
    (logs / "notes").write_text("nothing known\nFailed password for root\n")
    code, out, _ = tocsin("detect", str(logs / "notes"), "--no-store")
    assert code == 0
    assert "Looked at 1 input: 2 records" in out


def test_each_prints_one_line_per_rule_path_and_record_by_time(detect: Tocsin) -> None:
    code, out, _ = detect("--each", "--format", "jsonl")
    hits = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert [hit["at"] for hit in hits] == ["2026-11-20T06:00:00Z", "2026-11-20T06:30:00Z", "2026-11-22T09:00:00Z"]
    assert [hit["record"] for hit in hits] == [1, 2, 3]
    assert {hit["rule"] for hit in hits} == {UUID}
    assert hits[1]["entities"] == ["host:bastion", "ip:192.0.2.8", "user:root"]
    assert hits[0]["text"].endswith("port 40000 ssh2")


def test_each_as_csv_is_a_timeline_for_a_spreadsheet(detect: Tocsin) -> None:
    _, out, _ = detect("--each", "--format", "csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert [row["time"] for row in rows] == ["2026-11-20T06:00:00Z", "2026-11-20T06:30:00Z", "2026-11-22T09:00:00Z"]
    assert {row["host"] for row in rows} == {"bastion"}
    assert {row["title"] for row in rows} == {"Failed password"}


def test_each_as_text_is_a_line_a_hit(detect: Tocsin) -> None:
    _, out, _ = detect("--each")
    lines = [line for line in out.splitlines() if "Failed password" in line]
    assert lines[0].startswith("2026-11-20 06:00:00  MEDIUM")
    assert lines[0].endswith("auth.log, record 1")
    assert len(lines) == 3


def test_each_has_no_form_of_one_document(detect: Tocsin) -> None:
    code, _, err = detect("--each", "--format", "json")
    assert code == 2
    assert "--each is written as lines" in err


@pytest.mark.parametrize(
    ("words", "records"),
    [
        (("--since", "2026-11-21"), [3]),
        (("--until", "2026-11-20"), [1, 2]),
        (("--since", "2026-11-20T06:30", "--until", "2026-11-20T06:30"), [2]),
        (("--since", "2026-11-20T08:30", "--tz", "Asia/Kolkata"), [1, 2, 3]),
        (("--since", "2026-11-20T11:45", "--tz", "Asia/Kolkata"), [2, 3]),
    ],
)
def test_only_what_lies_in_the_time_asked_for_is_shown(
    detect: Tocsin, words: tuple[str, ...], records: list[int]
) -> None:
    _, out, _ = detect("--each", "--format", "jsonl", *words)
    assert [json.loads(line)["record"] for line in out.splitlines()] == records


def test_what_lies_outside_is_counted(detect: Tocsin) -> None:
    code, out, _ = detect("--since", "2026-11-21")
    assert code == 0
    assert "2 events outside the time asked for (--since, --until)" in out


def test_times_without_zone_or_year_are_settled_before_they_are_compared(
    tocsin: Tocsin, logs: Path, rules: str
) -> None:
    (logs / "auth.log").write_text(
        "Nov 20 06:00:00 bastion sshd[1]: Failed password for root from 192.0.2.7 port 1 ssh2\n"
        "Nov 21 06:00:00 bastion sshd[1]: Failed password for root from 192.0.2.7 port 1 ssh2\n"
    )
    words = ("--only-rules", "--no-store", "--each", "--format", "jsonl", "--tz", "Europe/Berlin")
    _, out, _ = tocsin("detect", "logs/auth.log", "--rules", rules, *words, "--since", "2026-11-20T06:30")
    year_known = [json.loads(line)["at"][5:] for line in out.splitlines()]
    assert year_known in (["11-21T05:00:00Z"], [])  # the year is that of the file's own time
    _, out, _ = tocsin("detect", "logs/auth.log", "--rules", rules, *words, "--since", "2000-01-01")
    assert [json.loads(line)["at"][5:] for line in out.splitlines()] == ["11-20T05:00:00Z", "11-21T05:00:00Z"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--since", "yesterday"), "'yesterday' is no moment"),
        (("--since", "2026-11-22", "--until", "2026-11-20"), "--since 2026-11-22 is after --until 2026-11-20"),
    ],
)
def test_a_time_that_is_none_is_said(detect: Tocsin, words: tuple[str, ...], says: str) -> None:
    code, _, err = detect(*words)
    assert code == 2
    assert says in err


def test_a_profile_names_what_each_rule_costs(detect: Tocsin) -> None:
    _, out, _ = detect("--profile")
    assert "Cost of rules" in out
    assert "3 hits" in out
    _, out, _ = detect("--profile", "--format", "json")
    (cost,) = json.loads(out)["profile"]
    assert (cost["rule"], cost["events"], cost["hits"]) == (UUID, 3, 3)
    assert cost["seconds"] > 0


def test_reports_have_their_format_from_the_suffix(detect: Tocsin, home: Path) -> None:
    names = ("a.timeline.csv", "a.timeline.jsonl", "a.ocsf.jsonl", "a.layer.json", "a.md", "a.html", "a.csv")
    code, out, _ = detect(*(word for name in names for word in ("--report", name)))
    assert code == 0
    assert all(name in out for name in names)
    assert (home / "a.timeline.csv").read_text().startswith("time,severity,rule")
    assert len((home / "a.timeline.jsonl").read_text().splitlines()) == 3
    assert json.loads((home / "a.ocsf.jsonl").read_text().splitlines()[0])["class_uid"] == 2004
    assert json.loads((home / "a.layer.json").read_text())["domain"] == "enterprise-attack"


def test_a_rule_that_cannot_be_loaded_is_named_and_makes_the_run_incomplete(detect: Tocsin, home: Path) -> None:
    (home / "rules" / "broken.yml").write_text("title: x\nlogsource: {product: linux}\ndetection: {condition: a}\n")
    code, out, _ = detect()
    assert code == 3
    assert "RULE NOT LOADED" in out
    assert "broken.yml" in out
    assert "INCOMPLETE" in out


def test_a_rule_of_another_source_could_not_fire_and_is_counted(detect: Tocsin, home: Path) -> None:
    other = RULE.format(title="Elsewhere", id="0f9c1c1a-0d5e-4b53-8a39-0d7a3a4c9b12", level="low")
    (home / "rules" / "other.yml").write_text(other.replace("linux", "windows").replace("sshd", "security"))
    code, out, _ = detect()
    assert code == 0
    assert "2 rules, 1 could fire here" in out
    assert "could not fire  1 rule: 1 are for log sources that are not here" in out


def test_the_same_findings_as_scan(tocsin: Tocsin, logs: Path, rules: str) -> None:
    words = (str(logs), "--rules", rules, "--no-store", "--format", "json")
    detected, scanned = (json.loads(tocsin(command, *words)[1]) for command in ("detect", "scan"))
    assert detected["findings"] == [f for f in scanned["findings"] if f["kind"] == "log"]
    assert detected["findings"]


def test_detect_is_kept_and_marks_nothing_of_a_scan_as_gone(tocsin: Tocsin, logs: Path, rules: str) -> None:
    assert tocsin("scan", str(logs), "--rules", rules)[0] == 0
    _, out, _ = tocsin("detect", str(logs), "--rules", rules, "--since", "2026-11-21")
    assert "0 gone" in out
    _, listed, _ = tocsin("finding", "list", "--format", "json")
    kinds = {finding["kind"] for finding in json.loads(listed)["findings"]}
    assert kinds == {"log", "code"}


def test_a_dry_run_says_what_would_be_looked_at(detect: Tocsin) -> None:
    code, out, _ = detect("--dry-run")
    assert code == 0
    assert "would look at" in out
    assert "auth.log" in out
    assert "no log" in out


def test_a_look_with_fewer_rules_marks_nothing_of_the_others_as_gone(tocsin: Tocsin, logs: Path, rules: str) -> None:
    tocsin("detect", str(logs), "--rules", rules)
    _, out, _ = tocsin("detect", str(logs))
    assert "0 gone, 2 not looked for" in out
    _, out, _ = tocsin("detect", str(logs), "--rules", rules)
    assert "0 new" in out
