"""The journey of a comparison: from two versions of rules and a log to hits gained and lost."""

from collections import Counter
from io import BytesIO
from pathlib import Path

import pytest

from tests.app.changes import ID, log, rule, started, write
from tocsin.app.detect import Request, detect
from tocsin.app.rule_diff import Diffed, rule_diff
from tocsin.app.rule_diff_run import Data
from tocsin.app.rule_diff_sides import sides
from tocsin.model import Severity
from tocsin.runtime.workspace import Workspace


@pytest.fixture(autouse=True)
def _home(home: Path) -> None:
    """Give each test folders of its own."""


class Desk:
    """Two folders of rules and a log."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.log = log(folder / "day.jsonl", [
            started(1, "C:\\a\\evil.exe"), started(2, "C:\\b\\evil.exe", "eve"), started(3, "C:\\a\\good.exe"),
            started(4, "C:\\a\\odd.exe", "eve", "LT-2"),
        ])  # fmt: skip

    def diff(self, before: dict[str, str | None], after: dict[str, str | None], limit: int = 3) -> Diffed:
        for name, files in (("before", before), ("after", after)):
            (self.folder / name).mkdir()
            write(self.folder / name, files)
        pair = sides([str(self.folder / "before"), str(self.folder / "after")], None)
        data = Data(paths=(str(self.log),), workspace=Workspace(), workers=1)
        return rule_diff(pair, Workspace(), data, limit=limit, progress=lambda *_: None)


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def test_hits_gained_and_lost_are_told_with_record_and_reason(desk: Desk) -> None:
    found = desk.diff({"a.yml": rule("['\\evil.exe', '\\x.exe']")}, {"a.yml": rule("['\\odd.exe', '\\b\\evil.exe']")})
    effect = found.effects[0]
    assert (effect.before, effect.after, effect.lost.count, effect.gained.count) == (2, 2, 1, 1)
    lost, gained = effect.lost.examples[0], effect.gained.examples[0]
    assert (lost.record, gained.record) == (1, 4)
    assert "C:\\a\\evil.exe" in lost.why
    assert gained.why.startswith("before: ")
    assert effect.gained.by == (("host:lt-2", 1), ("user:eve", 1))


def test_a_new_filter_is_named_as_what_decided(desk: Desk) -> None:
    more = "  filter:\n    User: eve\n"
    found = desk.diff({"a.yml": rule("'\\evil.exe'")}, {"a.yml": rule("'\\evil.exe'", more=more)})
    example = found.effects[0].lost.examples[0]
    assert example.record == 2
    assert "filter" in example.why
    assert "User" in example.why


def test_the_filter_document_that_decided_is_named(desk: Desk) -> None:
    ours = (
        f"title: Ours\nid: ours\nlogsource:\n  product: windows\nfilter:\n  rules: [{ID}]\n  selection:\n"
        "    User: eve\n  condition: not selection\n"
    )
    found = desk.diff({"a.yml": rule("'\\evil.exe'")}, {"a.yml": rule("'\\evil.exe'"), "f.yml": ours})
    assert found.effects[0].lost.examples[0].why.startswith("filter 'Ours': ")


def test_a_rule_of_another_log_source_says_so(desk: Desk) -> None:
    other = rule("'\\evil.exe'").replace("process_creation", "image_load")
    found = desk.diff({"a.yml": rule("'\\evil.exe'")}, {"a.yml": other})
    assert found.effects[0].lost.count == 2
    assert "this rule is for windows image_load" in found.effects[0].lost.examples[0].why
    assert found.effects[0].asleep == "no windows image_load in this data"


def test_a_change_of_level_moves_findings_and_no_hits(desk: Desk) -> None:
    found = desk.diff({"a.yml": rule("'\\evil.exe'")}, {"a.yml": rule("'\\evil.exe'", level="low")})
    assert (found.lost, found.gained) == (0, 0)
    assert found.run is not None
    assert (dict(found.run.findings_before), dict(found.run.findings_after)) == ({Severity.HIGH: 2}, {Severity.LOW: 2})


def test_removed_and_added_rules_lose_and_gain_their_hits(desk: Desk) -> None:
    found = desk.diff({"a.yml": rule("'\\evil.exe'")}, {"b.yml": rule("'\\odd.exe'", "new")})
    by_id = {one.rule: one for one in found.effects}
    assert (by_id[ID].lost.count, by_id["new"].gained.count) == (2, 1)
    assert by_id[ID].lost.examples[0].why.startswith("before: it matches")
    assert by_id["new"].gained.examples[0].why.startswith("it matches")


def test_a_correlation_of_a_changed_rule_is_compared_as_well(desk: Desk) -> None:
    chain = (
        f"title: Twice\nid: twice\ncorrelation:\n  type: event_count\n  rules: [{ID}]\n  group-by: [host.name]\n"
        "  timespan: 5m\n  condition:\n    gte: 2\n"
    )
    found = desk.diff(
        {"a.yml": rule("'\\evil.exe'"), "c.yml": chain}, {"a.yml": rule("'\\b\\evil.exe'"), "c.yml": chain}
    )
    twice = found.effect("twice")
    assert twice is not None
    assert (twice.before, twice.after, twice.lost.count) == (2, 0, 2)
    assert found.effect(ID) is not None


def test_unchanged_rules_are_not_run(desk: Desk) -> None:
    others = {f"r{n}.yml": rule("'\\good.exe'", f"id-{n}", title=f"Rule {n}") for n in range(20)}
    found = desk.diff(
        {"a.yml": rule("'\\evil.exe'"), **others}, {"a.yml": rule("'\\odd.exe'"), **others}
    )  # fmt: skip
    assert found.run is not None
    assert (found.run.before, found.run.after, found.rules_after, found.same) == (1, 1, 21, 20)
    assert [one.rule for one in found.effects] == [ID]


def test_nothing_is_run_where_nothing_that_matters_changed(desk: Desk) -> None:
    found = desk.diff({"a.yml": rule("x")}, {"b.yml": f"{rule('x')}description: words\n"})
    assert (found.run, found.effects) == (None, ())


def test_a_rule_that_stopped_loading_makes_the_comparison_incomplete(desk: Desk) -> None:
    broken = rule("'\\evil.exe'").replace("condition: selection", "condition: nothing")
    found = desk.diff({"a.yml": rule("'\\evil.exe'")}, {"a.yml": broken})
    assert (found.lost, found.complete) == (2, False)


def test_running_what_changed_says_the_same_as_running_all(data: Path, tmp_path: Path) -> None:
    rules = data / "sigma" / "rules" / "windows" / "process_creation"
    for place, path in enumerate(sorted(rules.glob("*.yml"))):
        text = path.read_text(encoding="utf-8")
        write(tmp_path / "before", {path.name: text})
        write(tmp_path / "after", {path.name: text.replace("|endswith:", "|contains:") if place % 9 == 0 else text})
    logs = (str(data / "evtx-attack-samples" / "Execution"), str(data / "evtx-attack-samples" / "Privilege Escalation"))
    pair = sides([str(tmp_path / "before"), str(tmp_path / "after")], None)
    found = rule_diff(
        pair, Workspace(), Data(paths=logs, workspace=Workspace(), workers=1), limit=0, progress=lambda *_: None
    )
    old, new = (_all_hits(tmp_path / name, logs) for name in ("before", "after"))
    assert found.run is not None
    assert found.run.after < 200 < found.rules_after
    assert Counter({one.rule: one.lost.count for one in found.effects}) == Counter(rule for rule, _, _ in old - new)
    assert Counter({one.rule: one.gained.count for one in found.effects}) == Counter(rule for rule, _, _ in new - old)
    assert old - new


def _all_hits(folder: Path, logs: tuple[str, ...]) -> set[tuple[str, str, int]]:
    hits: set[tuple[str, str, int]] = set()
    request = Request(paths=logs, workspace=Workspace(), rules=(folder,), only_rules=True, workers=1)
    detect(
        request, stdin=BytesIO(), progress=lambda *_: None, each=lambda hit: hits.add((hit.rule, hit.path, hit.record))
    )
    return hits
