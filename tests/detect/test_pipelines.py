import pickle
from pathlib import Path

from tests.detect.build import table
from tocsin.detect.matches import Needs, find
from tocsin.detect.rules import RuleSet, load, together
from tocsin.match.sigma.matcher import Matcher

PIPELINE = """
name: ours
transformations:
    - type: field_name_mapping
      mapping: {who: user.name, where: source.ip}
      rule_conditions: [{type: logsource, product: linux}]
"""
RULE = """
title: A rule
id: {0}
logsource: {{product: linux}}
detection: {{s: {{who|expand: '%name%'}}, condition: s}}
"""
CHAIN = """
title: Twice
id: c
correlation: {type: event_count, rules: [a], group-by: [where], timespan: 1m, condition: {gte: 2}}
"""
FILTER = """
title: Not from here
logsource: {product: linux}
filter: {rules: any, s: {where: 192.0.2.1}, condition: not s}
"""
FILLS = {"name": ["eve"]}


def hits(rules: RuleSet) -> list[tuple[str, int]]:
    rows = [{"user.name": "eve", "source.ip": "203.0.113.1"}, {"user.name": "eve", "source.ip": "192.0.2.1"}]
    found = find(table(rows), Matcher(rules.rules), Needs(rules))
    return sorted((rules.rules[one.rule].about.id, one.record) for one in found)


def write(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / f"{name}.yml").write_text(text)


def test_a_pipeline_is_for_the_rules_of_its_folder_and_those_below(tmp_path: Path) -> None:
    write(tmp_path / "team", zz_pipeline=PIPELINE, a=RULE.format("a"))
    write(tmp_path / "team" / "inner", b=RULE.format("b"))
    write(tmp_path / "teams", c=RULE.format("c"))
    rules = load([tmp_path], FILLS)
    assert not rules.problems
    assert hits(rules) == [("a", 0), ("a", 1), ("b", 0), ("b", 1)]


def test_a_pipeline_that_is_named_by_itself_is_for_all_rules_that_are_named(tmp_path: Path) -> None:
    write(tmp_path / "p", pipeline=PIPELINE)
    write(tmp_path / "r", a=RULE.format("a"))
    assert hits(load([tmp_path / "p" / "pipeline.yml", tmp_path / "r"], FILLS)) == [("a", 0), ("a", 1)]


def test_rules_that_are_no_files_are_not_changed_by_a_folder_of_the_same_name(tmp_path: Path) -> None:
    write(tmp_path / "linux", pipeline=PIPELINE, a=RULE.format("a"))
    named = [(name, raw) for name, raw in load_sources(tmp_path / "linux")]
    rules = together([(f"{tmp_path}/linux/own.yml", RULE.format("own").encode()), *named], FILLS)
    assert hits(rules) == [("a", 0), ("a", 1)]


def load_sources(folder: Path) -> list[tuple[str, bytes | str]]:
    from tocsin.detect.rules import files

    return list(files(folder))


def test_a_pipeline_changes_the_filters_and_correlations_of_its_rules_too() -> None:
    texts = [FILTER, CHAIN, RULE.format("a"), PIPELINE]
    rules = together(((f"{n}.yml", text.encode()) for n, text in enumerate(texts)), FILLS)
    assert not rules.problems
    assert hits(rules) == [("a", 0)]
    assert rules.chains[0].correlation.group_by == ("source.ip",)
    assert rules.rules[0].filters == ("Not from here",)


def test_a_pipeline_whose_step_is_not_supported_is_a_problem_and_so_is_each_rule_it_is_for() -> None:
    wrong = PIPELINE + "    - {type: http_placeholders, rule_conditions: [{type: contains_field, field: user.name}]}\n"
    other = RULE.format("b").replace("who|expand", "f|expand")
    texts = [wrong, RULE.format("a"), other]
    rules = together(((f"{n}.yml", text.encode()) for n, text in enumerate(texts)), FILLS)
    assert [(one.path, one.says.partition(":")[0]) for one in rules.problems] == [
        ("0.yml", "pipeline 'ours', step 2"),
        ("1.yml", "its pipeline 'ours', step 2"),
    ]
    assert [rule.about.id for rule in rules.rules] == ["b"]


def test_what_a_pipeline_does_to_queries_is_left_out_and_named() -> None:
    rules = together([("p.yml", (PIPELINE + "postprocessing: [{type: embed, prefix: x}]\n").encode())])
    assert not rules.problems
    assert [one.says for one in rules.left_out] == ["postprocessing changes a query's text, and there is no query here"]


def test_a_set_that_pipelines_changed_can_be_pickled(tmp_path: Path) -> None:
    write(tmp_path, p=PIPELINE + "finalizers: []\n", a=RULE.format("a"), b="title: [")
    rules = load([tmp_path], FILLS)
    assert pickle.loads(pickle.dumps(rules.problems)) == rules.problems  # noqa: S301  # our own bytes, made just now
    assert {type(one.path) for one in (*rules.problems, *rules.left_out)} == {str}
    assert {type(rule.about.path) for rule in rules.rules} == {str}
