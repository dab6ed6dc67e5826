"""A document as lints see it: lines of keys, entries, and what the loader makes of it."""

import pytest

from tests.detect.lint.conftest import HEAD, rule
from tocsin.detect.lint.document import Document, Text, detection_clause
from tocsin.match.sigma.rule import Chain, Filter, Rule, Source, nodes
from tocsin.match.sigma.tree import Node

TEXT = rule(
    "s:\n    a|contains|all:\n        - x\n        - y\n    'b': z\nwords: [one, two]\n"
    "many:\n    - c: 1\n    - d: 2\ncondition: s"
)


def read(text: str, **fills: tuple[str, ...]) -> Document:
    node = next(nodes(text.encode()))
    assert isinstance(node, Node)
    return Document(Text("folder/a_rule.yml", text), node, fills)


def test_entries_are_those_of_maps_lists_of_maps_and_keywords() -> None:
    document = read(TEXT)
    assert [(one.selection, one.field, one.modifiers, len(one.values)) for one in document.entries] == [
        ("s", "a", ("contains", "all"), 2), ("s", "b", (), 1), ("words", "", (), 2),
        ("many", "c", (), 1), ("many", "d", (), 1),
    ]  # fmt: skip


def test_the_line_of_a_key_is_that_of_its_name_wherever_its_value_begins() -> None:
    document = read(TEXT)
    assert [TEXT.splitlines()[document.line_of(one) - 1].strip() for one in document.entries[:2]] == [
        "a|contains|all:",
        "'b': z",
    ]
    assert document.line("level") == 7
    assert document.line("tags") == document.node.line


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        ("detection: {s: {a: x}, condition: s}\n", Rule),
        ("correlation: {type: event_count, rules: [a], timespan: 1h, condition: {gte: 2}}\n", Chain),
        ("filter: {rules: any, s: {a: x}, condition: not s}\n", Filter),
    ],
)
def test_a_document_is_loaded_as_what_it_is(body: str, kind: type) -> None:
    document = read(f"{HEAD}logsource: {{product: Windows}}\n{body}")
    assert isinstance(document.made, kind)
    assert document.error is None


def test_an_error_is_kept_and_the_tree_is_there_all_the_same() -> None:
    document = read(rule("s:\n    a|nothing: x\ncondition: s"))
    assert document.made is None
    assert document.error is not None
    assert [one.key for one in document.entries] == ["a|nothing"]
    assert detection_clause(document) is None


def test_a_clause_is_read_though_the_head_is_wrong() -> None:
    document = read(rule("s:\n    a: x\ncondition: s", head="id: x\n"))
    assert document.made is None
    assert detection_clause(document) is not None


def test_placeholders_are_filled_or_named() -> None:
    text = rule("s:\n    a|expand: ['%one%', '%two%']\n    n|cidr|expand: '%nets%'\ncondition: s")
    document = read(text, one=("1",))
    assert {name for _, name in document.unfilled} == {"two", "nets"}
    assert isinstance(document.made, Rule)


def test_words_of_the_log_source_are_compared_in_small_letters() -> None:
    assert read(
        rule("s:\n    a: x\ncondition: s", source="logsource: {product: Windows, service: SysMon}\n")
    ).source == Source("windows", "", "sysmon")


def test_a_document_is_called_by_its_id_else_name_else_title() -> None:
    assert read(TEXT).id == "5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a11"
    assert read(TEXT.replace("id: ", "name: n # ")).id == "n"
    assert read(TEXT.replace("id: ", "x: ")).id == "A rule of a test"


def test_lists_that_are_maps_and_texts_that_are_lists_say_nothing() -> None:
    document = read(TEXT.replace("status: test", "status: [a]\ntags: {a: b}"))
    assert document.said("status") == ""
    assert document.listed("tags") == []
