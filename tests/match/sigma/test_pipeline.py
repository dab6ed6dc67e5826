"""Pipelines: each step and condition, told by which events the changed rule matches."""

from typing import Any

import pytest
import yaml

from tests.match.sigma.test_matcher import ANY, objects
from tocsin.match.sigma.matcher import Matcher
from tocsin.match.sigma.pipeline import Pipeline, apply, pipeline
from tocsin.match.sigma.rule import Rule, draft, nodes
from tocsin.match.sigma.tree import Node, RuleError

RULE = """
title: A rule
id: r
level: high
status: test
tags: [attack.t1059]
fields: [User, Other]
logsource: {product: windows, category: process_creation}
detection:
    image: {Image|endswith: '\\cmd.exe'}
    user: {User: [x, 'y*']}
    word: [needle]
    condition: image or user or word
"""


def made(*steps: dict[str, Any], rule: str = RULE, **more: Any) -> Rule:
    """Return a rule as a pipeline of steps changes it."""
    said, problems = read({"transformations": list(steps), **more})
    assert not problems, [one.says for one in problems]
    return apply([said], draft(one_node(rule), "rule.yml", None), {"known": ["filled"]})


def read(document: dict[str, Any]) -> tuple[Pipeline, list[RuleError]]:
    return pipeline(one_node(yaml.safe_dump(document, sort_keys=False)), "pipeline.yml")


def one_node(text: str) -> Node:
    (node,) = nodes(text.encode())
    assert isinstance(node, Node)
    return node


def hits(rule: Rule, *events: dict[str, Any]) -> list[int]:
    return [row for _, row in Matcher([rule]).run(objects(list(events)))]


def with_detection(detection: str) -> str:
    return f"title: t\nlogsource: {{product: windows}}\ndetection: {{{detection}}}\n"


CMD, USER = {"Image": r"C:\cmd.exe"}, {"User": "x"}
SKIPS = {"skip_special": True}
ONLY_USER = {"field_name_conditions": [{"type": "include_fields", "fields": ["User"]}]}


def test_a_mapping_renames_fields_wherever_a_rule_names_them() -> None:
    rule = made({"type": "field_name_mapping", "mapping": {"User": "who", "Image": ["exe", "image.path"]}})
    assert hits(rule, {"who": "X"}, {"exe": "/cmd.exe"}, {"exe": r"a\cmd.exe"}, {"image.path": r"a\cmd.exe"}) == [
        0,
        2,
        3,
    ]
    assert hits(rule, USER, CMD) == []
    assert rule.about.fields == ("who", "Other")


def test_a_mapping_renames_the_field_of_a_fieldref() -> None:
    rule = made(
        {"type": "field_name_mapping", "mapping": {"b": "c"}}, rule=with_detection("s: {a|fieldref: b}, condition: s")
    )
    assert hits(rule, {"a": "1", "c": "1"}, {"a": "1", "b": "1"}) == [0]


def test_a_mapping_of_nothing_asks_keywords_of_a_field() -> None:
    rule = made({"type": "field_name_mapping", "mapping": {None: "message"}})
    assert hits(rule, {"message": "a Needle!"}, {"other": "needle"}) == [0]


def test_prefixes_are_mapped_the_first_that_fits() -> None:
    step = {"type": "field_name_prefix_mapping", "mapping": {"win.event.": "e.", "win.": ["w.", "v."]}}
    rule = made(step, rule=with_detection("s: {win.event.id: 1, win.x: 2}, condition: s"))
    assert hits(rule, {"e.id": 1, "w.x": 2}, {"e.id": 1, "v.x": 2}, {"win.event.id": 1, "win.x": 2}) == [0, 1]


def test_prefix_and_suffix_are_put_to_names_of_fields_but_not_to_keywords() -> None:
    rule = made({"type": "field_name_prefix", "prefix": "a."}, {"type": "field_name_suffix", "suffix": ".z"})
    assert hits(rule, {"a.User.z": "x"}, {"k": "needle"}, USER) == [0, 1]


@pytest.mark.parametrize(
    ("condition", "rest"),
    [("image and user", [0]), ("image and not user", [0]), ("image or user", [0]), ("not (image or user)", [1, 2]),
     ("2 of them", [0, 2]), ("all of them", [])],
)  # fmt: skip
def test_a_dropped_item_leaves_its_neighbours_to_decide(condition: str, rest: list[int]) -> None:
    rule = RULE.replace("image or user or word", condition).replace("[needle]", "{z: '1'}")
    dropped = made({"type": "drop_detection_item", **ONLY_USER}, rule=rule)
    assert hits(dropped, {**CMD, **({"z": "1"} if condition == "2 of them" else {})}, USER, {"z": "1", **(
        CMD if condition == "2 of them" else {}
    )}) == rest  # fmt: skip


def test_a_rule_of_which_nothing_is_left_is_refused() -> None:
    with pytest.raises(RuleError, match="nothing is left"):
        made({"type": "drop_detection_item"})


def test_an_added_condition_must_hold_as_well() -> None:
    step = {"type": "add_condition", "conditions": {"host": ["a", "b"], "kind": "$category"}, "template": True}
    kind = {"kind": "process_creation"}
    assert hits(made(step), {**CMD, "host": "B", **kind}, {**CMD, "host": "c", **kind}, CMD) == [0]
    negated = made({**step, "negated": True, "template": False})
    assert hits(negated, {**CMD, "host": "a", "kind": "$category"}, CMD) == [1]


def test_later_steps_change_an_added_condition_too() -> None:
    rule = made(
        {"type": "add_condition", "conditions": {"host": "a"}},
        {"type": "field_name_mapping", "mapping": {"host": "host.name"}},
    )
    assert hits(rule, {**CMD, "host.name": "a"}, {**CMD, "host": "b"}) == [0]


def test_a_changed_log_source_decides_which_events_are_looked_at() -> None:
    rule = made({"type": "change_logsource", "product": "windows", "service": "sysmon"})
    assert (rule.source.product, rule.source.category, rule.source.service) == ("windows", "", "sysmon")
    assert ANY.services == {"sysmon"}
    assert hits(rule, CMD) == [0]


@pytest.mark.parametrize(
    ("step", "event", "other"),
    [
        ({"type": "replace_string", "regex": r"^\*\\", "replacement": "/bin/"}, {"Image": "/bin/cmd.exe"}, CMD),
        ({"type": "replace_string", "regex": "(c)md", "replacement": r"\1\1*"}, {"Image": r"a\ccZZ.exe"}, CMD),
        (
            {"type": "replace_string", "regex": "md|\\*", "replacement": "*", **SKIPS},
            {"Image": r"a\c*.exe"},
            {"Image": r"a\cZ.exe"},
        ),
        (
            {
                "type": "replace_string",
                "regex": "md",
                "replacement": "*",
                "skip_special": True,
                "interpret_special": True,
            },
            {"Image": r"a\cZ.exe"},
            {"Image": r"a\d.exe"},
        ),
        ({"type": "map_string", "mapping": {r"*\cmd.exe": ["one", "t?o"]}}, {"Image": "Two"}, CMD),
        ({"type": "set_value", "value": 7}, {"User": "7"}, USER),
        ({"type": "set_value", "value": None, **ONLY_USER}, {"Image": "none"}, {"User": "z"}),
        ({"type": "case", "method": "upper"}, {"Image": r"C:\CMD.EXE"}, {"Image": "cmd"}),
        ({"type": "regex", "method": "plain"}, {"Image": r"C:\cmd.exe"}, {"Image": r"C:\CMD.exe"}),
        ({"type": "regex"}, {"Image": r"C:\CMD.exe"}, {"Image": "cmd"}),
        ({"type": "convert_type", "target_type": "str"}, CMD, {"Image": "cmd"}),
    ],
)
def test_a_step_changes_texts(step: dict[str, Any], event: dict[str, Any], other: dict[str, Any]) -> None:
    assert hits(made(step), event, other) == [0]


def test_what_a_replacement_did_not_touch_stays_what_it_was() -> None:
    rule = with_detection(r"""s: {f|contains: 'C:\\\*x\'}, condition: s""")
    changed = made({"type": "replace_string", "regex": "x", "replacement": "y"}, rule=rule)
    assert hits(changed, {"f": r"aC:\*y\b"}, {"f": r"aC:\zy\b"}, {"f": r"aC:\*y"}) == [0]


def test_hashes_become_fields_of_their_own() -> None:
    rule = with_detection(f"s: {{Hashes|contains: ['MD5={'a' * 32}', 'SHA1={'b' * 40}', {'c' * 64}]}}, condition: s")
    step = {"type": "hashes_fields", "valid_hash_algos": ["MD5", "SHA256"], "field_prefix": "File"}
    changed = made(step, rule=rule)
    assert hits(changed, {"FileMD5": "A" * 32}, {"FileSHA256": "c" * 64}, {"FileSHA1": "b" * 40}) == [0, 1]


def test_placeholders_are_filled_by_vars_then_by_what_the_loader_knows() -> None:
    rule = with_detection("s: {f|expand: ['%a%-%b%', '%known%', '%rest%']}, condition: s")
    steps = [
        {"type": "value_placeholders", "include": ["a"]},
        {"type": "value_placeholders", "exclude": ["a"]},
        {"type": "wildcard_placeholders", "include": ["rest"]},
    ]
    changed = made(*steps, rule=rule, vars={"a": ["1", "2"], "b": "x*"})
    assert hits(changed, {"f": "2-xyz"}) == [0]
    only = made(*steps[:2], rule=rule.replace(", '%rest%'", ""), vars={"a": [1], "b": "x"})
    assert hits(only, {"f": "1-x"}, {"f": "filled"}, {"f": "2-x"}) == [0, 1]
    with pytest.raises(RuleError, match="%rest% is not filled"):
        made(*steps[:2], rule=rule, vars={"a": [1], "b": "x"})


def test_a_failure_refuses_the_rules_that_meet_its_conditions() -> None:
    step = {"type": "detection_item_failure", "message": "User is not logged here", **ONLY_USER}
    with pytest.raises(RuleError, match="User is not logged here"):
        made(step)
    assert hits(made(step, rule=with_detection("s: {f: x}, condition: s")), {"f": "x"}) == [0]
    with pytest.raises(RuleError, match="no"):
        made({"type": "rule_failure", "message": "no"})


def test_a_strict_mapping_names_fields_that_no_step_mapped() -> None:
    with pytest.raises(RuleError, match="no mapping is there for Image"):
        made({"type": "field_name_mapping", "mapping": {"User": "who"}}, {"type": "strict_field_mapping_failure"})


def test_the_list_of_fields_of_a_rule_is_changed() -> None:
    rule = made(
        {"type": "add_field", "field": "new"}, {"type": "remove_field", "field": ["Other", "none"]},
    )  # fmt: skip
    assert rule.about.fields == ("User", "new")
    assert made({"type": "set_field", "fields": ["a"]}).about.fields == ("a",)


NO = {"type": "tag", "tag": "no"}
MARK = {"type": "set_custom_attribute", "attribute": "mark", "value": 5}
MAP = {"type": "field_name_mapping", "mapping": {"User": "who"}}


@pytest.mark.parametrize(
    ("conditions", "applies"),
    [
        ([{"type": "logsource", "product": "windows"}], True),
        ([{"type": "logsource", "product": "windows", "category": "x"}], False),
        ([{"type": "contains_field", "field": "User"}], True),
        ([{"type": "contains_field", "field": "user"}], False),
        ([{"type": "contains_detection_item", "field": "User", "value": "y*"}], True),
        ([{"type": "contains_detection_item", "field": "User", "value": "y"}], False),
        ([{"type": "processing_item_applied", "processing_item_id": "first"}], True),
        ([{"type": "processing_item_applied", "processing_item_id": "second"}], False),
        ([{"type": "processing_state", "key": "k", "val": 3}], True),
        ([{"type": "processing_state", "key": "k", "val": 3, "op": "gt"}], False),
        ([{"type": "processing_state", "key": "other", "val": 3, "op": "ne"}], False),
        ([{"type": "is_sigma_rule"}], True),
        ([{"type": "is_sigma_correlation_rule"}], False),
        ([{"type": "tag", "tag": "attack.t1059"}], True),
        ([{"type": "rule_attribute", "attribute": "level", "value": "medium", "op": "gte"}], True),
        ([{"type": "rule_attribute", "attribute": "status", "value": "stable", "op": "gte"}], False),
        ([{"type": "rule_attribute", "attribute": "title", "value": "A rule"}], True),
        ([{"type": "rule_attribute", "attribute": "tags", "value": "attack.t1059", "op": "in"}], True),
        ([{"type": "rule_attribute", "attribute": "tags", "value": "x", "op": "not_in"}], True),
        ([{"type": "rule_attribute", "attribute": "mark", "value": 4, "op": "gt"}], True),
        ([{"type": "rule_attribute", "attribute": "nothing", "value": 4}], False),
        ([{"type": "is_sigma_rule"}, {"type": "tag", "tag": "x"}], False),
    ],
)
def test_a_step_is_taken_for_rules_that_meet_its_conditions(conditions: list[dict[str, Any]], *, applies: bool) -> None:
    first = [{"id": "first", "type": "set_state", "key": "k", "val": 3}, MARK]
    never = {
        "id": "second",
        "type": "set_state",
        "key": "k",
        "val": 9,
        "rule_conditions": [{"type": "tag", "tag": "no"}],
    }
    rule = made(*first, never, {**MAP, "rule_conditions": conditions})
    assert hits(rule, {"who": "x"}) == ([0] if applies else [])
    contrary = made(*first, {**MAP, "rule_conditions": conditions, "rule_cond_not": True})
    assert hits(contrary, {"who": "x"}) == ([] if applies else [0])


@pytest.mark.parametrize(
    ("more", "applies"),
    [
        ({"rule_cond_op": "or"}, True),
        ({"rule_cond_expr": "a and not b"}, True),
        ({"rule_cond_expr": "not (a or b)"}, False),
    ],
)
def test_conditions_are_joined_as_the_step_says(more: dict[str, Any], *, applies: bool) -> None:
    conditions = {"a": {"type": "is_sigma_rule"}, "b": {"type": "tag", "tag": "x"}}
    assert hits(made({**MAP, "rule_conditions": conditions, **more}), {"who": "x"}) == ([0] if applies else [])


@pytest.mark.parametrize(
    ("condition", "changed"),
    [
        ({"type": "match_string", "cond": "any", "pattern": "y"}, True),
        ({"type": "match_string", "cond": "all", "pattern": "y"}, False),
        ({"type": "match_string", "cond": "any", "pattern": ".*z", "negate": True}, True),
        ({"type": "match_value", "cond": "any", "value": "x"}, True),
        ({"type": "contains_wildcard", "cond": "any"}, True),
        ({"type": "contains_wildcard", "cond": "all"}, False),
        ({"type": "is_null", "cond": "any"}, False),
        ({"type": "processing_item_applied", "processing_item_id": "cased"}, True),
        ({"type": "processing_state", "key": "k", "val": 1}, False),
    ],
)
def test_a_step_is_taken_for_items_that_meet_its_conditions(condition: dict[str, Any], *, changed: bool) -> None:
    first = {"id": "cased", "type": "case", "method": "upper", **ONLY_USER}
    if condition["type"] != "processing_item_applied":
        first["id"] = "other"
        first["method"] = "lower"
    step = {"type": "set_value", "value": "new", "detection_item_conditions": [condition], **ONLY_USER}
    assert hits(made(first, step), {"User": "new"}) == ([0] if changed else [])


@pytest.mark.parametrize(
    ("condition", "names"),
    [
        ({"type": "include_fields", "fields": ["U.*"], "mode": "re"}, {"p.User", "Image"}),
        ({"type": "exclude_fields", "fields": ["User"]}, {"User", "p.Image"}),
        ({"type": "processing_item_applied", "processing_item_id": "map"}, {"p.User", "Image"}),
    ],
)
def test_a_step_is_taken_for_names_that_meet_its_conditions(condition: dict[str, Any], names: set[str]) -> None:
    first = {"id": "map", "type": "field_name_mapping", "mapping": {"User": "User2"}}
    back = {"type": "field_name_mapping", "mapping": {"User2": "User"}}
    step = {"type": "field_name_prefix", "prefix": "p.", "field_name_conditions": [condition]}
    steps = [first, step, back] if condition["type"] == "processing_item_applied" else [step]
    rule = made(*steps, rule=RULE.replace("User: [x, 'y*']", "User: x"))
    found = {
        name
        for name in ("User", "p.User", "p.User2", "Image", "p.Image")
        if hits(rule, {name: "x"}, {name: r"\cmd.exe"})
    }
    assert {name.replace("User2", "User") for name in found} == names


def test_a_step_sees_each_text_that_an_encoding_makes() -> None:
    rule = with_detection("s: {f|base64offset|contains: hello}, condition: s")
    conditions = [{"type": "contains_wildcard", "cond": "all"}]
    step = {"type": "field_name_suffix", "suffix": ".x", "detection_item_conditions": conditions}
    assert hits(made(step, rule=rule), {"f.x": "aGVsbG8g"}, {"f": "aGVsbG8g"}) == [0]


def test_nested_steps_are_taken_where_the_outer_one_is() -> None:
    nest = {"type": "nest", "items": [MAP], "rule_conditions": [{"type": "tag", "tag": "attack.t1059"}]}
    assert hits(made(nest), {"who": "x"}) == [0]
    assert hits(made({**nest, "rule_cond_not": True}), {"who": "x"}) == []


def test_pipelines_are_joined_by_priority_whatever_their_order() -> None:
    def one(priority: int, new: str) -> Pipeline:
        step = {"type": "field_name_mapping", "mapping": {"User": new}}
        return read({"name": new, "priority": priority, "transformations": [step]})[0]

    for order in ([one(20, "late"), one(10, "early")], [one(10, "early"), one(20, "late")]):
        rule = apply(order, draft(one_node(RULE), "r", None), {})
        assert hits(rule, {"early": "x"}, {"late": "x"}) == [0]


@pytest.mark.parametrize(
    ("step", "says"),
    [
        ({"type": "http_placeholders"}, "http_placeholders is not supported: a pipeline asks no server"),
        ({"type": "nonsense"}, "no step is of type 'nonsense'"),
        ({"type": "field_name_mapping"}, "'mapping' is missing"),
        ({"type": "field_name_prefix", "prefix": "a", "sufix": "b"}, "'sufix' is not supported here"),
        ({"type": "replace_string", "regex": "(a", "replacement": ""}, "is wrong"),
        ({"type": "replace_string", "regex": "a", "replacement": r"\1"}, "the replacement"),
        ({"type": "replace_string", "regex": "(a+)+$", "replacement": ""}, "several ways"),
        ({**MAP, "rule_conditions": [{"type": "moon"}]}, "conditions of type 'moon' are not supported"),
        (
            {**MAP, "rule_conditions": [{"type": "rule_attribute", "attribute": "date", "value": "2026-01-01"}]},
            "not kept",
        ),
        ({**MAP, "rule_conditions": {"a": {"type": "is_sigma_rule"}}, "rule_cond_expr": "b"}, "names 'b'"),
    ],
)
def test_a_step_that_is_not_supported_is_named_and_refuses_the_rules_it_is_for(step: dict[str, Any], says: str) -> None:
    said, problems = read({"name": "ours", "transformations": [MAP, step]})
    assert len(problems) == 1
    assert problems[0].says.startswith("pipeline 'ours', step 2: ")
    assert says in problems[0].says
    assert problems[0].line
    with pytest.raises(RuleError, match="its pipeline 'ours', step 2"):
        apply([said], draft(one_node(RULE), "r", None), {})


def test_a_step_that_is_not_supported_leaves_rules_alone_that_it_is_not_for() -> None:
    step = {"type": "nonsense", "rule_conditions": [{"type": "logsource", "product": "linux"}]}
    said, problems = read({"transformations": [step]})
    assert len(problems) == 1
    assert hits(apply([said], draft(one_node(RULE), "r", None), {}), CMD) == [0]
