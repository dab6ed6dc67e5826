"""`tocsin explain`: whatever stands in a finding's column of rules has a page."""

import json
from collections.abc import Callable
from pathlib import Path

from tests.cli.conftest import Result

Tocsin = Callable[..., Result]


def test_code_that_could_not_be_read_has_a_page(tocsin: Tocsin) -> None:
    code, out, _ = tocsin("explain", "code-unparsed")
    assert code == 0
    assert "Python that could not be read" in out
    assert "What to do" in out


LINE = "Nov 24 10:00:01 bastion sshd[811]: Failed password for ann from 192.0.2.9 port 40022 ssh2\n"


def test_why_a_rule_did_not_fire_is_said_in_the_first_line(tocsin: Tocsin, home: Path) -> None:
    (home / "auth.log").write_text(LINE)
    code, out, _ = tocsin("explain", "ssh_accepted", "--event", "auth.log")
    assert code == 0
    assert "NO MATCH  event.outcome must be 'success'; it is \"failure\"" in out
    assert "auth.log, record 1 of 1" in out


def test_a_correlation_is_explained_by_its_parts_and_groups(tocsin: Tocsin, home: Path) -> None:
    (home / "auth.log").write_text(LINE)
    code, out, _ = tocsin("explain", "ssh-guessing", "--event", "auth.log")
    assert code == 0
    assert "it needs at least 6 events within 10 minutes" in out
    assert "source.ip=192.0.2.9: 1 within 10 minutes" in out


def test_json_has_the_whole_tree(tocsin: Tocsin, home: Path) -> None:
    (home / "auth.log").write_text(LINE)
    found = json.loads(tocsin("explain", "ssh_accepted", "--event", "auth.log", "--format", "json")[1])
    assert (found["matched"], found["gate"]["fits"], found["why"]["held"]) == (False, True, False)
    assert found["why"]["parts"][0]["parts"][0]["says"] == "event.outcome is 'success'"


def test_a_rule_is_named_by_its_file(tocsin: Tocsin, home: Path) -> None:
    (home / "r.yml").write_text("title: T\nid: x\nlogsource: {product: a}\ndetection: {s: {f: 1}, condition: s}\n")
    assert "T" in tocsin("explain", "r.yml")[1]
    assert "MATCH  It matches: f is '1'" in tocsin("explain", "r.yml", "--event", '{"f": 1}')[1]


def test_a_record_needs_a_file_that_it_is_of(tocsin: Tocsin) -> None:
    code, _, err = tocsin("explain", "ssh-guessing", "--record", "3")
    assert code == 2
    assert "--event" in err
