"""Converting rules: each alone, with what belongs to it, and the reason where it cannot be done."""

import sys
from pathlib import Path

import pytest

from tests.detect.lint.conftest import HEAD, rule
from tocsin.app.rule_convert import rule_convert, shape, usual_pipeline
from tocsin.model import UserError
from tocsin.model.errors import Exit

ONE = rule("s:\n    CommandLine|contains: whoami\n    User: a\ncondition: s")
CHAIN = HEAD.replace("id: 5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a11", "id: too-many") + (
    "correlation: {type: event_count, rules: [part], group-by: [host], timespan: 10m, condition: {gte: 5}}\n"
)
PART = rule(
    "s:\n    action: failed\ncondition: s", head="title: Part\nname: part\n", source="logsource: {product: linux}\n"
)


def write(path: Path, text: str) -> str:
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_a_rule_becomes_a_query_of_each_target(tmp_path: Path) -> None:
    path = write(tmp_path / "one.yml", ONE)
    said = {
        "splunk": 'CommandLine="*whoami*" User="a"', "lucene": "CommandLine:*whoami* AND User:a",
        "kusto": 'CommandLine contains "whoami" and User =~ "a"',
    }  # fmt: skip
    for target, query in said.items():
        assert [one.query for one in rule_convert([path], target).queries] == [query]
    for target in ("esql", "eql"):
        assert "whoami" in rule_convert([path], target).queries[0].query


def test_a_correlation_takes_its_parts_along_and_they_have_no_query_of_their_own(tmp_path: Path) -> None:
    found = rule_convert([write(tmp_path / "chain.yml", f"{CHAIN}---\n{PART}")], "splunk")
    assert [one.id for one in found.queries] == ["too-many"]
    assert 'action="failed"' in found.queries[0].query
    assert "span=10m" in found.queries[0].query
    assert found.serving == ("part",)


def test_ids_that_are_no_uuid_are_taken(tmp_path: Path) -> None:
    text = ONE.replace("5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a11", "a-plain-name")
    found = rule_convert([write(tmp_path / "one.yml", text)], "splunk")
    assert [one.id for one in found.queries] == ["a-plain-name"]


def test_a_filter_is_put_into_the_rule_that_it_names(tmp_path: Path) -> None:
    write(tmp_path / "one.yml", ONE)
    write(
        tmp_path / "two.yml",
        "title: Not ours\nid: not-ours\nlogsource: {product: windows}\n"
        "filter: {rules: [5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a11], svc: {User: svc}, condition: not svc}\n",
    )
    (found,) = rule_convert([str(tmp_path)], "splunk").queries
    assert 'NOT User="svc"' in found.query


def test_what_a_backend_cannot_express_is_named_and_costs_no_other(tmp_path: Path) -> None:
    write(tmp_path / "one.yml", ONE)
    write(tmp_path / "two.yml", rule("s:\n    a|fieldref: [b, c]\ncondition: s").replace("3a11", "3a12"))
    found = rule_convert([str(tmp_path)], "splunk")
    assert len(found.queries) == 1
    assert [Path(one.path).name for one in found.not_converted] == ["two.yml"]
    assert "FieldRef" in found.not_converted[0].why
    assert found.code is Exit.INCOMPLETE


def test_a_rule_that_cannot_be_loaded_is_named_with_our_reason(tmp_path: Path) -> None:
    found = rule_convert([write(tmp_path / "one.yml", ONE.replace("contains", "contans"))], "splunk")
    assert "did you mean 'contains'?" in found.not_converted[0].why


def test_a_part_that_is_not_among_the_rules_is_named(tmp_path: Path) -> None:
    found = rule_convert([write(tmp_path / "chain.yml", CHAIN)], "splunk")
    assert "'part'" in found.not_converted[0].why


def test_pipelines_are_named_or_files(tmp_path: Path) -> None:
    path = write(tmp_path / "one.yml", ONE)
    own = write(
        tmp_path / "own.txt",
        "name: own\npriority: 10\ntransformations:\n    - {id: f, type: field_name_mapping, mapping: {User: who}}\n",
    )
    assert 'who="a"' in rule_convert([path], "splunk", [own]).queries[0].query
    assert "process.command_line" in rule_convert([path], "lucene", [usual_pipeline("lucene")]).queries[0].query


def test_a_pipeline_that_is_none_is_refused_with_the_nearest(tmp_path: Path) -> None:
    path = write(tmp_path / "one.yml", ONE)
    with pytest.raises(UserError) as refused:
        rule_convert([path], "splunk", ["splunk_window"])
    assert "splunk_windows" in refused.value.hint
    with pytest.raises(UserError, match="no pipeline"):
        rule_convert([path], "splunk", [write(tmp_path / "bad.txt", "transformations: [{type: nothing}]\n")])


def test_one_of_our_own_rules_is_named_by_its_id() -> None:
    assert "event_count >= " in rule_convert(["ssh-guessing"], "splunk").queries[0].query
    with pytest.raises(UserError) as refused:
        rule_convert(["ssh-guesing"], "splunk")
    assert "ssh-guessing" in refused.value.hint


def test_placeholders_are_left_to_a_pipeline(tmp_path: Path) -> None:
    text = rule("s:\n    User|expand: '%admins%'\ncondition: s")
    found = rule_convert([write(tmp_path / "one.yml", text)], "splunk")
    assert "placeholder" in found.not_converted[0].why.lower()


def test_without_pysigma_one_sentence_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write(tmp_path / "one.yml", ONE)
    for name in [name for name in sys.modules if name == "sigma" or name.startswith("sigma.")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "sigma", None)
    with pytest.raises(UserError, match="needs pySigma") as refused:
        rule_convert([path], "splunk")
    assert refused.value.hint == "pip install 'tocsin[convert]'"


def test_the_shape_names_queries_and_what_has_none(tmp_path: Path) -> None:
    made = shape(rule_convert([write(tmp_path / "one.yml", ONE)], "splunk"))
    assert set(made) == {"target", "pipelines", "queries", "not_converted", "serving"}
