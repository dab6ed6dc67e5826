"""`explain RULE --event`: which record is told of, and what is said of it."""

import json
from io import BytesIO
from pathlib import Path

import pytest

from tocsin.app.explain_event import Told, explain_event, place_of
from tocsin.app.rule_named import named
from tocsin.match.sigma.rule import Rule
from tocsin.model import UserError
from tocsin.runtime import workspace

RULE = """
title: Root failed
id: root-failed
logsource: {product: linux, service: sshd}
detection:
    failed: {event.outcome: failure}
    root: {user.name: root}
    condition: failed and root
"""
LINE = "Nov 24 10:00:0{} bastion sshd[811]: {} for {} from 192.0.2.9 port 40022 ssh2\n"
LOG = (
    LINE.format(0, "Accepted password", "ann")
    + LINE.format(1, "Failed password", "ann")
    + LINE.format(2, "Accepted password", "bob")
)


@pytest.fixture
def rule(home: Path) -> Path:
    path = home / "rule.yml"
    path.write_text(RULE)
    return path


def told(rule: Path, event: str, record: int | None = None, stdin: bytes = b"") -> Told:
    space = workspace.find(None, Path.cwd(), [])
    found = named(str(rule), space)
    assert isinstance(found.document, Rule)
    return explain_event(found.document, found.outlines, event, record, space, BytesIO(stdin))


def log(home: Path, text: str = LOG) -> str:
    path = home / "auth.log"
    path.write_text(text)
    return str(path)


def test_without_a_number_it_is_the_record_that_comes_nearest(home: Path, rule: Path) -> None:
    found = told(rule, log(home))
    assert (found.event.record, found.event.records, found.matched) == (2, 3, False)
    assert found.says == "1 of 2 parts did not hold (root): user.name must be 'root'; it is \"ann\""


def test_a_record_that_matches_comes_before_others(home: Path, rule: Path) -> None:
    found = told(rule, log(home, LOG + LINE.format(3, "Failed password", "root")))
    assert (found.event.record, found.matched) == (4, True)
    assert found.says == "It matches: event.outcome is 'failure'; user.name is 'root'"


def test_a_record_is_named_by_its_number(home: Path, rule: Path) -> None:
    assert told(rule, log(home), 3).event.record == 3
    assert told(rule, f"{log(home)}#1").event.record == 1


def test_standard_input_is_read(home: Path, rule: Path) -> None:
    assert home.is_dir()
    assert told(rule, "-", None, LOG.encode()).event.record == 2


def test_json_is_an_event_of_the_rules_own_log_source(home: Path, rule: Path) -> None:
    assert home.is_dir()
    found = told(rule, json.dumps({"event.outcome": "failure", "user.name": "ROOT"}))
    assert (found.matched, found.event.path, found.gate.fits) == (True, "inline", True)


def test_a_list_of_json_is_as_many_events(home: Path, rule: Path) -> None:
    assert home.is_dir()
    found = told(rule, json.dumps([{"user.name": "ann"}, {"event.outcome": "failure", "user.name": "ann"}]))
    assert (found.event.record, found.event.records, found.event.path) == (2, 2, "inline")


def test_a_record_of_another_log_source_is_told_to_be_one(home: Path, rule: Path) -> None:
    path = home / "access.log"
    path.write_text('192.0.2.1 - - [24/Nov/2026:10:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl"\n')
    found = told(rule, str(path))
    assert (found.matched, found.gate.fits) == (False, False)
    assert found.says.startswith("this rule is for linux sshd, and the record is")
    assert "its condition does not hold either: " in found.says


def test_the_fields_of_the_rule_are_told_as_the_record_has_them(home: Path, rule: Path) -> None:
    assert [(seen.field, seen.state, seen.texts) for seen in told(rule, log(home)).fields] == [
        ("event.outcome", "value", ("failure",)), ("user.name", "value", ("ann",)),
    ]  # fmt: skip


def test_a_secret_of_the_record_is_masked(home: Path, rule: Path) -> None:
    key = "AKIA" + "Z3MSJ7QK4VTX7Q2M"
    assert home.is_dir()
    found = told(rule, json.dumps({"event.outcome": "failure", "user.name": key}))
    assert key not in repr(found)
    assert "AKIA" in repr(found)


@pytest.mark.parametrize(
    ("event", "record", "says"),
    [
        ("{log}", 4, "has 3 records and no record 4"),
        ("{log}", 0, "counted from 1"),
        ("nothing.log", None, "no such file"),
        ("{home}/empty.log", None, "no record"),
    ],
)
def test_what_is_not_there_is_an_error(home: Path, rule: Path, event: str, record: int | None, says: str) -> None:
    (home / "empty.log").write_text("")
    with pytest.raises(UserError, match=says):
        told(rule, event.format(log=log(home), home=home), record)


def test_a_file_whose_name_holds_a_number_sign_is_a_file(home: Path) -> None:
    (home / "a#1").write_text("x")
    assert place_of("a#1", None) == ("a#1", None)
    assert place_of("b#1", None) == ("b", 1)
    assert place_of("b#1", 2) == ("b#1", 2)


def test_of_records_that_match_alike_it_is_the_first(home: Path) -> None:
    (home / "any.yml").write_text(
        "title: T\nid: t\nlogsource: {product: linux}\ndetection: {k: [bastion], condition: k}\n"
    )
    cron = "Nov 24 10:00:05 bastion CRON[7]: (root) CMD (true)\n"
    for text in (LOG + cron, cron + LOG, LINE.format(0, "Nothing known", "ann") + LOG):
        assert told(home / "any.yml", log(home, text)).event.record == 1


def test_a_record_of_a_folder_is_told_with_its_file(home: Path, rule: Path) -> None:
    log(home, LOG)
    (home / "logs").mkdir()
    (home / "logs" / "a.log").write_text(LOG)
    (home / "logs" / "b.log").write_text(LINE.format(0, "Failed password", "root"))
    found = told(rule, str(home / "logs"))
    assert (Path(found.event.path).name, found.event.record, found.matched) == ("b.log", 1, True)
