from pathlib import Path

from tests.detect.build import rule_set
from tocsin.detect.outline import Outlines, unnamed
from tocsin.detect.rules import files, load, together
from tocsin.match.sigma.expression import leaves
from tocsin.match.sigma.parts import Kind, leaves_of

RULE = """
title: T
id: one
logsource: {product: linux}
detection:
    a: {f: 1}
    b: {g|contains: [x, y]}
    condition: a and not b
"""
FILTER = """
title: Ours
id: ours
logsource: {product: linux}
filter:
    rules: [one]
    host: {h: 3}
    condition: not host
"""
PIPELINE = """
name: p
transformations:
    - {type: field_name_mapping, mapping: {f: F}}
    - {type: add_condition, conditions: {k: v}}
"""


def test_the_parts_of_every_rule_of_sigmahq_ask_what_its_expression_asks(data: Path) -> None:
    folder = data / "sigma" / "rules"
    rules, outlines = load([folder]).rules, Outlines(list(files(folder)), {})
    assert len(rules) > 3_000
    for rule in rules:
        part = outlines.of(rule)
        assert part.kind is Kind.CLAUSE, rule.about.path
        assert list(leaves_of(part)) == list(leaves(rule.expression)), rule.about.path


def test_a_filter_is_a_part_of_its_own() -> None:
    sources: list[tuple[str, bytes | str]] = [("a.yml", RULE.encode()), ("b.yml", FILTER.encode())]
    part = Outlines(sources, {}).of(together(sources).rules[0])
    assert [one.name for one in part.parts] == ["a and not b", "filter 'Ours'"]
    assert list(leaves_of(part)) == list(leaves(together(sources).rules[0].expression))


def test_what_a_pipeline_changes_and_adds_is_told_as_it_is_asked(tmp_path: Path) -> None:
    (tmp_path / "rule.yml").write_text(RULE)
    (tmp_path / "p.yml").write_text(PIPELINE)
    sources = list(files(tmp_path))
    part = Outlines(sources, {}).of(together(sources).rules[0])
    assert [one.name for one in part.parts] == ["a and not b", "added by a pipeline"]
    assert [leaf.field for leaf in leaves_of(part)] == ["F", "g", "g", "k"]  # type: ignore[union-attr]  # no keyword is there


def test_a_rule_whose_file_is_gone_is_told_without_names() -> None:
    rule = rule_set(RULE).rules[0]
    part = Outlines([], {}).of(rule)
    assert part == unnamed(rule.expression)
    assert list(leaves_of(part)) == list(leaves(rule.expression))
