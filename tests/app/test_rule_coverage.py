"""What rules in force cover, and what of it could fire on data."""

from pathlib import Path

import pytest

from tests.app.changes import log, rule, started, write
from tests.app.outputs.layer_spec import wrong
from tocsin.app.rule_coverage import COULD, COULD_NOT, Covering, as_json, coverage, coverage_layer
from tocsin.model.codec import json_text
from tocsin.runtime.workspace import Workspace


@pytest.fixture(autouse=True)
def _home(home: Path) -> None:
    """Give each test folders of its own."""


def tagged(id_: str, *tags: str, level: str = "high", category: str = "process_creation") -> str:
    text = rule("'\\evil.exe'", id_, title=f"Rule {id_}", level=level).replace("process_creation", category)
    return text + "tags:\n" + "".join(f"  - {tag}\n" for tag in tags) if tags else text


def covering(tmp_path: Path, *texts: str, events: list[dict[str, object]] | None = None) -> Covering:
    write(tmp_path / "rules", {f"{n}.yml": text for n, text in enumerate(texts)})
    data = [str(log(tmp_path / "day.jsonl", events))] if events is not None else []
    return coverage([tmp_path / "rules"], Workspace(), data, lambda *_: None, only=True)


def test_rules_are_counted_by_technique_and_level(tmp_path: Path) -> None:
    found = covering(tmp_path, tagged("a", "attack.t1059.001"), tagged("b", "attack.t1059.001", level="low"))
    assert [(one.id, dict(one.levels)) for one in found.techniques] == [("T1059.001", {"high": 1, "low": 1})]
    assert (found.covered, found.untagged) == (1, 0)


def test_a_rule_without_a_technique_is_counted_apart(tmp_path: Path) -> None:
    found = covering(tmp_path, tagged("a"), tagged("b", "attack.execution"))
    assert (found.rules, found.untagged, found.techniques) == (2, 2, ())


def test_a_tactic_counts_its_techniques_and_each_rule_once(tmp_path: Path) -> None:
    found = covering(tmp_path, tagged("a", "attack.t1059.001", "attack.t1059.003"))
    execution = next(one for one in found.tactics if one.name == "execution")
    assert (execution.covered, execution.rules) == (2, 1)
    assert execution.techniques > 40


def test_a_retired_technique_covers_nothing_and_is_told(tmp_path: Path) -> None:
    found = covering(tmp_path, tagged("a", "attack.t1562.001"))
    assert found.covered == 0
    assert [(one.id, one.retired) for one in found.techniques] == [("T1562.001", True)]


def test_an_id_that_attack_never_had_is_kept_without_a_name(tmp_path: Path) -> None:
    found = covering(tmp_path, tagged("a", "attack.t9999"))
    assert [(one.id, one.name, one.retired) for one in found.techniques] == [("T9999", "", True)]


def test_on_data_it_is_told_what_could_fire_and_which_source_is_missing(tmp_path: Path) -> None:
    found = covering(
        tmp_path, tagged("a", "attack.t1059.001"), tagged("b", "attack.t1105", category="dns_query"),
        events=[started(1, "C:\\evil.exe")],
    )  # fmt: skip
    by_id = {one.id: one for one in found.techniques}
    assert (by_id["T1059.001"].could_fire, by_id["T1105"].could_fire, found.could_fire) == (True, False, 1)
    assert by_id["T1059.001"].rules[0].findings == 1
    assert [(one.source, one.rules, one.only) for one in found.missing] == [("windows dns_query", 1, ("T1105",))]


def test_a_source_of_a_product_that_is_there_comes_before_others(tmp_path: Path) -> None:
    linux = tagged("b", "attack.t1105").replace("product: windows", "product: linux")
    more = linux.replace("id: b", "id: c").replace("Rule b", "Rule c")
    dns = tagged("d", "attack.t1105", category="dns_query")
    found = covering(tmp_path, tagged("a"), linux, more, dns, events=[started(1, "C:\\x.exe")])
    assert [one.source for one in found.missing] == ["windows dns_query", "linux process_creation"]


def test_the_layer_is_of_the_format_and_coloured_by_what_could_fire(tmp_path: Path) -> None:
    found = coverage_layer(
        covering(
            tmp_path, tagged("a", "attack.t1059.001"), tagged("b", "attack.t1105", category="dns_query"),
            events=[started(1, "C:\\evil.exe")],
        )
    )  # fmt: skip
    colours = {one["techniqueID"]: one.get("color") for one in found["techniques"]}
    assert (colours["T1059.001"], colours["T1105"]) == (COULD, COULD_NOT)
    assert wrong(found) == []


def test_without_data_the_score_alone_colours(tmp_path: Path) -> None:
    found = coverage_layer(covering(tmp_path, tagged("a", "attack.t1105"), tagged("b", "attack.t1105")))
    assert [(one["score"], "color" in one) for one in found["techniques"]] == [(2, False)]
    assert wrong(found) == []


def test_json_has_techniques_tactics_and_on_data_the_rest(tmp_path: Path) -> None:
    said = as_json(covering(tmp_path, tagged("a", "attack.t1105"), events=[started(1, "C:\\x.exe")]))
    assert said["techniques"][0]["rules"][0]["could_fire"] is True
    assert (said["techniques_covered"], said["missing_log_sources"]) == (1, ())
    assert json_text(said)
