"""What a set holds, and what an update changes, told by id."""

import pytest

from tests.detect.made_sets import rule
from tocsin.detect.set_changes import Difference, difference, entries, sort_out

FILTER = b"title: f\nid: f\nlogsource: {product: linux}\nfilter: {rules: any, sel: {user: root}, condition: not sel}\n"
PIPELINE = b"name: p\npriority: 1\ntransformations: [{type: field_name_mapping, mapping: {a: b}}]\n"


def changed(old: bytes, new: bytes) -> tuple[str, ...]:
    found = difference(entries({"a.yml": old}), entries({"moved/a.yml": new}))
    return found.changed[0].what if found.changed else ()


def test_rules_filters_pipelines_and_other_yaml_are_told_apart() -> None:
    found = sort_out({
        "a.yml": rule("a"), "f.yml": FILTER, "p.yml": PIPELINE, "compose.yml": b"services: {x: {image: y}}",
        "list.yml": b"- 1\n- 2\n", "empty.yml": b"", "c.yml": b"title: c\ncorrelation: {type: event_count}\n",
    })  # fmt: skip
    assert set(found.rules) == {"a.yml", "c.yml"}
    assert (found.filters, found.pipelines, found.others) == (("f.yml",), ("p.yml",), 3)


@pytest.mark.parametrize(
    "raw",
    [
        rule("a") + b"  broken: [",
        b"title: a\nlogsource: {product: x}\n",
        (rule("a").decode() + "x: [").encode("utf-16"),
        b"a: &a [1]\ndetection: [" + b"*a," * 200_000 + b"]\n",
    ],
    ids=["broken", "half", "utf-16", "bomb"],
)
def test_what_was_meant_as_a_rule_is_one_though_it_cannot_be_loaded(raw: bytes) -> None:
    assert set(sort_out({"a.yml": raw}).rules) == {"a.yml"}


def test_yaml_that_cannot_be_read_and_speaks_of_no_detection_is_no_rule() -> None:
    assert sort_out({"chart.yml": b"{{ if .Values.x }}\na: [\n"}).others == 1


def test_a_rule_that_only_moved_has_not_changed() -> None:
    assert changed(rule("a"), b"\n\n# words\n" + rule("a")) == ()


@pytest.mark.parametrize(
    ("words", "what"),
    [
        ({"level": "low"}, ("level high -> low",)),
        ({"title": "New"}, ("title Rule a -> New",)),
        ({"condition": "not sel"}, ("condition 'sel' -> 'not sel'",)),
        ({"word": "Accepted"}, ("what it looks for",)),
        ({"level": "low", "word": "x"}, ("level high -> low", "what it looks for")),
    ],
)
def test_what_changed_of_a_rule_is_said_in_words(words: dict[str, str], what: tuple[str, ...]) -> None:
    assert changed(rule("a"), rule("a", **words)) == what


def test_status_source_and_the_rest_are_told_too() -> None:
    assert changed(rule("a"), rule("a").replace(b"status: test", b"status: stable")) == ("status test -> stable",)
    assert changed(rule("a"), rule("a").replace(b"service: sshd", b"service: sudo")) == (
        "source product: linux, service: sshd -> product: linux, service: sudo",
    )
    assert changed(rule("a"), rule("a") + b"description: words\n") == ("description or the like",)


def test_added_and_removed_are_told_the_worst_first_and_counted_by_level() -> None:
    old = {"a.yml": rule("a"), "b.yml": rule("b", level="low")}
    new = {"a.yml": rule("a"), "c.yml": rule("c", level="low"), "d.yml": rule("d", level="critical")}
    found = difference(entries(old), entries(new))
    assert [one.id for one in found.added] == ["d", "c"]
    assert [one.id for one in found.removed] == ["b"]
    assert found.same == 1
    assert found.levels == {"low": (1, 1), "high": (1, 1), "critical": (0, 1)}


def test_nothing_against_nothing_is_no_difference() -> None:
    assert difference([], []) == Difference()
