"""The examples of the Sigma specification, and the page that tells which test proves which statement."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.match.sigma.test_matcher import FILLS, columns, hits, objects
from tocsin.match.sigma.matcher import Matcher
from tocsin.match.sigma.rule import Chain, Filter, Rule, read
from tocsin.match.sigma.tree import RuleError

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "guide" / "sigma-spec.md"
RULE = "title: t\nlogsource: {product: windows}\ndetection: {s: {f: a}, condition: s}\n"


def one(text: str) -> Any:
    (found,) = read(text.encode(), "rule.yml", FILLS)
    return found


def test_each_statement_names_a_test_that_is_there() -> None:
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ")]
    rows = [line for line in lines if "---" not in line and not line.startswith("| statement")]
    named = [re.findall(r"`(test_\w+)`", line.rpartition(" | ")[2]) for line in rows]
    assert len(rows) > 50
    assert [row for row, names in zip(rows, named, strict=True) if not names] == []
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    defined = set(re.findall(r"^def (test_\w+)", source, re.MULTILINE))
    assert {name for names in named for name in names} - defined == set()


def test_keys_that_say_nothing_of_matching_change_nothing() -> None:
    more = "related: [{id: x, type: derived}]\nlicense: MIT\ndate: 2024-08-08\nmodified: 2024-08-09\nscope: [server]\n"
    plain, with_more = one(RULE), one(RULE + more + "status: unsupported\nauthor: a, b\ncustom: {any: 1}\n")
    assert isinstance(plain, Rule)
    assert with_more.expression == plain.expression
    assert with_more.about.status == "unsupported"


def test_a_rule_without_title_log_source_detection_or_condition_is_refused() -> None:
    for key in (
        "title: t\n",
        "logsource: {product: windows}\n",
        "detection: {s: {f: a}, condition: s}\n",
        ", condition: s",
    ):
        assert isinstance(one(RULE.replace(key, "")), RuleError), key


def test_the_words_of_a_log_source_may_stand_alone_and_in_any_case() -> None:
    made = one(RULE.replace("product: windows", "product: Windows, service: 'onelogin.events', definition: any"))
    assert (made.source.product, made.source.category, made.source.service) == ("windows", "", "onelogin.events")


@pytest.mark.parametrize(
    ("written", "seen", "held"),
    [
        ("prog?.exe", "progA.exe", True),
        ("prog?.exe", "prog.exe", False),
        ("antivirus_V*.exe", "antivirus_V21.2.1.exe", True),
        (r"a\b", r"a\b", True),
        (r"a\\b", r"a\b", True),
        (r"a\*b", "a*b", True),
        (r"a\*b", "axb", False),
        (r"a\?b", "a?b", True),
        (r"a\\*", r"a\xyz", True),
        (r"a\\*", "a*", False),
        (r"a\\\*", r"a\*", True),
        (r"a\\\*", r"a\x", False),
        ("a" + "\\" * 3 + "b", r"a\\b", True),
        ("a" + "\\" * 4 + "b", r"a\\b", True),
        ("a" + "\\" * 4 + "b", r"a\b", False),
        ("ABC", "abc", True),
    ],
)
def test_wildcards_and_escapes_are_read_as_the_specification_says(written: str, seen: str, *, held: bool) -> None:
    assert hits({"s": {"f": written}, "condition": "s"}, {"f": seen}) == ([0] if held else [])


def test_a_list_of_texts_is_searched_in_the_whole_message_and_joined_by_or() -> None:
    table = columns([{}, {}, {}], ["the EvilService", "svchost.exe -N evil", "svchost.exe"])
    rule = one(
        "title: t\nlogsource: {product: windows}\ndetection: {k: [EVILSERVICE, svchost.exe -n evil], condition: k}"
    )
    assert [row for _, row in Matcher([rule]).run(table)] == [0, 1]


def test_maps_join_by_and_lists_of_values_and_of_maps_by_or() -> None:
    events = [{"EventLog": "Security", "EventID": n} for n in (517, 1102, 1)] + [{"EventLog": "System", "EventID": 517}]
    assert hits({"selection": {"EventLog": "Security", "EventID": [517, 1102]}, "condition": "selection"}, *events) == [
        0,
        1,
    ]
    maps = [{"Image|endswith": "\\\\example.exe"}, {"Description|contains": "Test executable"}]
    events = [{"Image": r"C:\example.exe"}, {"Description": "a test executable"}, {"Image": r"C:\x.exe"}]
    assert hits({"selection": maps, "condition": "selection"}, *events) == [0, 1]


def test_null_is_the_field_that_is_not_there_and_an_empty_text_is_one_that_is() -> None:
    chosen = {
        "selection": {"EventID": 4738},
        "filter": {"PasswordLastSet": None},
        "condition": "selection and not filter",
    }
    assert hits(chosen, {"EventID": 4738, "PasswordLastSet": "x"}, {"EventID": 4738}) == [0]
    both = {"m": {"a": "b"}, "empty1": {"f": ""}, "empty2": {"f": None}, "condition": "m and 1 of empty*"}
    assert hits(both, {"a": "b", "f": ""}, {"a": "b"}, {"a": "b", "f": "c"}) == [0, 1]


def test_a_null_among_other_values_is_one_more_of_them() -> None:
    assert hits({"s": {"f": ["x", None]}, "condition": "s"}, {"f": "x"}, {"g": "1"}, {"f": "y"}) == [0, 1]


def test_exists_asks_for_a_field_whatever_it_says() -> None:
    rule = one(RULE.replace("f: a", "f|exists: true"))
    assert [row for _, row in Matcher([rule]).run(objects([{"f": ""}, {"f": None}, {"g": 1}, {"f": []}]))] == [0, 1, 3]


def test_modifiers_are_applied_in_the_order_in_which_they_stand() -> None:
    assert hits({"s": {"f|utf16le|base64": "cmd"}, "condition": "s"}, {"f": "YwBtAGQA"}) == [0]
    assert hits({"s": {"f|base64|utf16le": "cmd"}, "condition": "s"}, {"f": "Y\x002\x001\x00k\x00"}) == [0]
    assert isinstance(one(RULE.replace("f: a", "f|contains|base64: a")), RuleError)


@pytest.mark.parametrize(
    ("key", "value", "seen"),
    [("f", "%x%", "%x%"), ("f|expand", "%x%", "B-"), ("f|expand", r"\%plain%x%", "%plainA")],
)
def test_a_placeholder_is_one_only_under_expand_and_without_a_backslash(key: str, value: str, seen: str) -> None:
    fills = {"x": ["a", "B-"]}
    detection = f"{{s: {{'{key}': '{value}'}}, condition: s}}"
    text = f"title: t\nlogsource: {{product: windows}}\ndetection: {detection}\n"
    (rule,) = read(text.encode(), "rule.yml", fills)
    assert isinstance(rule, Rule)
    assert [row for _, row in Matcher([rule]).run(columns([{"f": seen}, {"f": "c"}]))] == [0]


def test_a_rule_whose_placeholder_nothing_fills_is_rejected() -> None:
    assert "is not filled" in one(RULE.replace("f: a", "f|expand: '%Servers%'")).says


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        ("a or b and not c", [2, 4, 5, 6, 7]),
        ("not a and b", [2, 3]),
        ("not 1 of a* and c", [1, 3]),
        ("(a or b) and c", [3, 5, 7]),
        (["a and b", "c"], [1, 3, 5, 6, 7]),
    ],
)
def test_the_operators_bind_as_the_specification_orders_them(condition: str | list[str], expected: list[int]) -> None:
    selections = {"a": {"f": "1"}, "b": {"g": "1"}, "c": {"h": "1"}}
    events = [dict(zip("fgh", f"{number:03b}", strict=True)) for number in range(8)]
    assert hits({**selections, "condition": condition}, *events) == expected


def test_a_pattern_of_selections_has_wildcards_anywhere_and_passes_over_underscores() -> None:
    selections = {"sel_x_1": {"f": "a"}, "sel_y_1": {"f": "b"}, "_sel_x_2": {"f": "c"}}
    events = [{"f": "a"}, {"f": "b"}, {"f": "c"}]
    assert hits({**selections, "condition": "1 of *_x_*"}, *events) == [0]
    assert hits({**selections, "condition": "1 of them"}, *events) == [0, 1]
    assert hits({**selections, "condition": "all of sel*"}, {"f": ["a", "b"]}, *events) == [0]


def test_a_correlation_reads_as_the_example_with_aliases() -> None:
    made = one(
        "title: t\ncorrelation:\n  type: temporal\n  rules: [internal_error, new_network_connection]\n"
        "  group-by: [internal_ip, remote_ip]\n  timespan: 10s\n  aliases:\n"
        "    internal_ip: {internal_error: destination.ip, new_network_connection: source.ip}\n"
        "    remote_ip: {internal_error: source.ip, new_network_connection: destination.ip}\n"
    )
    assert isinstance(made, Chain)
    said = made.correlation
    assert (said.span, said.group_by, said.generate) == (10_000_000, ("internal_ip", "remote_ip"), False)
    assert said.field_in("remote_ip", "internal_error") == "source.ip"
    assert said.field_in("remote_ip", "new_network_connection") == "destination.ip"


@pytest.mark.parametrize(("span", "seconds"), [("15s", 15), ("90m", 5_400), ("1h", 3_600), ("2d", 172_800)])
def test_a_timespan_is_a_number_and_a_letter(span: str, seconds: int) -> None:
    text = "title: t\ncorrelation: {type: event_count, rules: [a], group-by: [x], timespan: SPAN, condition: {gte: 2}}"
    assert one(text.replace("SPAN", span)).correlation.span == seconds * 1_000_000
    assert isinstance(one(text.replace("SPAN", span.upper())), RuleError)


def test_a_filter_reads_as_the_example() -> None:
    made = one(
        "title: Filter Administrator account\nlogsource: {category: process_creation, product: windows}\n"
        "filter:\n  rules: [6f3e2987-db24-4c78-a860-b4f4095a7095]\n"
        "  selection: {User|startswith: adm_}\n  condition: selection\n"
    )
    assert isinstance(made, Filter)
    assert made.rules == ("6f3e2987-db24-4c78-a860-b4f4095a7095",)
