"""A filter learnt from records of logs, and proven by the matcher."""

from pathlib import Path

import pytest

from tests.app.changes import ID, log, rule, started, write
from tocsin.app.rule_tune import Tuned, ranges, tune
from tocsin.detect.rules import load
from tocsin.model import UserError
from tocsin.runtime.workspace import Workspace


@pytest.fixture(autouse=True)
def _home(home: Path) -> None:
    """Give each test folders of its own."""


AGENT = "C:\\Program Files\\Backup\\agent.exe"


class Desk:
    """A rule, and logs of false and of real hits."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        write(folder, {"rules/a.yml": rule("'\\tool.exe'")})

    def log(self, name: str, *events: dict[str, object]) -> str:
        return str(log(self.folder / name, list(events)))

    def tune(self, bad: list[str], good: list[str]) -> Tuned:
        return tune(ID, bad, good, Workspace(), [self.folder / "rules"])


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def by(record: int, parent: str, image: str = "C:\\x\\tool.exe", **more: object) -> dict[str, object]:
    return {**started(record, image), "ParentImage": parent, **more}


def test_a_filter_is_found_and_proven(desk: Desk) -> None:
    bad = desk.log("bad.jsonl", by(1, AGENT), by(2, AGENT), by(3, AGENT, "C:\\other.exe"))
    good = desk.log("good.jsonl", by(4, "C:\\Windows\\explorer.exe"), by(5, AGENT, "C:\\other.exe"))
    found = desk.tune([bad], [good])
    assert "ParentImage: 'C:\\Program Files\\Backup\\agent.exe'" in found.yaml
    assert found.proof is not None
    assert (found.proof.removed, found.proof.kept, found.proof.others) == (2, 1, 1)
    assert (found.bad.hits, found.bad.records, found.bad.unmatched) == (2, 3, (f"{bad}#3",))
    assert found.choice is not None
    assert found.choice.risk == "low"


def test_the_filter_works_when_it_is_put_among_the_rules(desk: Desk) -> None:
    bad, good = desk.log("bad.jsonl", by(1, AGENT)), desk.log("good.jsonl", by(2, "C:\\Windows\\explorer.exe"))
    write(desk.folder, {"rules/ours.yml": desk.tune([bad], [good]).yaml})
    found = load([desk.folder / "rules"])
    assert (found.problems, len(found.rules[0].filters)) == ((), 1)


def test_records_that_cannot_be_told_apart_are_named(desk: Desk) -> None:
    both = desk.log("both.jsonl", by(1, AGENT), by(2, AGENT, CommandLine="C:\\Windows\\explorer.exe /x"))
    good = desk.log("good.jsonl", by(3, AGENT))
    found = desk.tune([f"{both}#1"], [good])
    assert (found.yaml, found.proof) == ("", None)
    assert [(one.bad, one.good) for one in found.alike] == [(f"{both}#1", f"{good}#1")]
    assert set(found.alike[0].differ) <= {"ProcessId", "UtcTime", "TimeCreated", "EventRecordID", "@timestamp"}


def test_one_record_of_a_file_can_be_named(desk: Desk) -> None:
    both = desk.log("both.jsonl", by(1, AGENT), by(2, "C:\\Windows\\explorer.exe"))
    found = desk.tune([f"{both}#1"], [f"{both}#2"])
    assert found.proof is not None
    assert (found.proof.removed, found.proof.kept) == (1, 1)


def test_without_good_records_the_rule_is_not_silenced_as_a_whole(desk: Desk) -> None:
    found = desk.tune([desk.log("bad.jsonl", by(1, AGENT))], [])
    assert found.good.records == 0
    assert "Image|" not in found.yaml.replace("ParentImage", "")
    assert "ParentImage" in found.yaml


def test_a_rule_that_matches_nothing_of_it_is_an_error_with_the_way_to_find_out_why(desk: Desk) -> None:
    bad = desk.log("bad.jsonl", by(1, AGENT, "C:\\other.exe"))
    with pytest.raises(UserError, match="matches none of the 1 bad records") as caught:
        desk.tune([bad], [])
    assert "tocsin explain" in caught.value.hint


def test_a_correlation_is_refused_and_its_rules_are_named() -> None:
    with pytest.raises(UserError, match="is a correlation") as caught:
        tune("ssh-guessing", ["x"], [], Workspace())
    assert "ssh_failed" in caught.value.hint


def test_a_file_that_is_not_there_is_said(desk: Desk) -> None:
    with pytest.raises(UserError, match="there is no such file"):
        desk.tune([str(desk.folder / "none.jsonl")], [])


def test_a_rule_over_lines_of_text_is_tuned_by_the_names_of_its_parser(desk: Desk) -> None:
    line = "Nov 22 02:11:{:02d} bastion sshd[{}]: Failed password for {} from {} port {} ssh2\n"
    ours = "".join(line.format(n, 900 + n, "probe", "192.0.2.7", 41000 + n) for n in range(3))
    theirs = "".join(line.format(n, 950 + n, "root", "203.0.113.9", 42000 + n) for n in range(3))
    write(desk.folder, {"bad.log": ours, "good.log": theirs})
    found = tune("ssh_failed", [str(desk.folder / "bad.log")], [str(desk.folder / "good.log")], Workspace())
    assert found.proof is not None
    assert (found.proof.removed, found.proof.kept) == (3, 3)
    assert "source.ip" in found.yaml or "user.name" in found.yaml


def test_numbers_are_told_as_ranges() -> None:
    assert ranges([1, 2, 3, 5, 7, 8]) == "1-3, 5, 7-8"


def test_on_real_hits_rule_and_filter_do_what_was_asked(data: Path) -> None:
    folder = data / "evtx-attack-samples"
    rules = [data / "sigma" / "rules" / "windows" / "builtin" / "security"]
    bad, good = folder / "Lateral Movement" / "LM_renamed_psexecsvc_5145.evtx", folder / "Privilege Escalation"
    found = tune("52d8b0c6-53d6-439a-9e41-52ad442ad9ad", [str(bad)], [str(good)], Workspace(), rules)
    assert found.proof is not None
    assert (found.proof.removed, found.proof.kept) == (4, 1)
