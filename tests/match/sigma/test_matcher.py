import json
from typing import Any

import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.match.sigma import naive
from tests.match.sigma.generate import CONDITIONS, EVENTS, PLAIN, SELECTIONS
from tocsin.kit import Columns, LogSource, Table
from tocsin.match.sigma.matcher import Matcher, wanted
from tocsin.match.sigma.rule import Rule, read

ANY = LogSource("windows", frozenset({"process_creation"}), frozenset({"sysmon"}))


FILLS = {"x": ["a", "B", "10"], "y": ["b", "*"], "n": ["10.0.0.0/8", "2001:db8::/32"]}


def rule(detection: dict[str, Any], **logsource: str) -> Rule:
    document = {"title": "t", "logsource": logsource or {"product": "windows"}, "detection": detection}
    found = list(read(yaml.safe_dump(document, sort_keys=False, allow_unicode=True).encode(), "rule.yml", FILLS))
    assert len(found) == 1
    assert isinstance(found[0], Rule), found[0]
    return found[0]


def columns(events: list[dict[str, Any]], raws: list[str] | None = None) -> Table:
    names = dict.fromkeys(name for event in events for name in event)
    return Table(
        what="x",
        logsource=ANY,
        numbers=range(len(events)),
        texts=raws or [json.dumps(e) for e in events],
        columns={name: [event.get(name) for event in events] for name in names},
    )


def objects(events: list[dict[str, Any]], raws: list[str] | None = None) -> Table:
    return Table(
        what="x",
        logsource=ANY,
        numbers=range(len(events)),
        texts=raws or [json.dumps(e) for e in events],
        columns=Columns(events),
    )


def hits(detection: dict[str, Any], *events: dict[str, Any]) -> list[int]:
    return [row for _, row in Matcher([rule(detection)]).run(columns(list(events)))]


@pytest.mark.parametrize(
    ("key", "value", "seen", "held"),
    [
        ("f", "abc", "ABC", True),
        ("f", "abc", "abcd", False),
        ("f|cased", "abc", "ABC", False),
        ("f", "a*c", "axxC", True),
        ("f", "a?c", "ac", False),
        ("f", r"a\*c", "axc", False),
        ("f", r"a\*c", "a*c", True),
        ("f", r"a\\*c", r"a\xc", True),
        ("f", r"a\\\*c", r"a\*c", True),
        ("f", r"\\\\server", r"\\server", True),
        ("f", r"C:\Windows", r"c:\windows", True),
        ("f", r"C:\\Windows", r"c:\windows", True),
        ("f", "", "", True),
        ("f", "", None, False),
        ("f", None, None, True),
        ("f", None, "", False),
        ("f", "*", "", True),
        ("f", "*", None, False),
        ("f", 4625, "4625", True),
        ("f", "4625", 4625, True),
        ("f", True, "True", True),
        ("f", 1, True, False),
        ("f|contains", "b", "abc", True),
        ("f|startswith", "b", "abc", False),
        ("f|endswith", r"\cmd.exe", r"C:\CMD.EXE", True),
        ("f|contains|all", ["a", "c"], "abc", True),
        ("f|contains|all", ["a", "d"], "abc", False),
        ("f|re", "a.c", "xabcx", True),
        ("f|re", "A.C", "abc", False),
        ("f|re|i", "A.C", "abc", True),
        ("f|re", "^b", "a\nb", False),
        ("f|re|m", "^b", "a\nb", True),
        ("f|re", "a.b", "a\nb", False),
        ("f|re|s", "a.b", "a\nb", True),
        ("f|cidr", "10.0.0.0/8", "10.200.3.4", True),
        ("f|cidr", "10.0.0.0/8", "11.0.0.1", False),
        ("f|cidr", "10.0.0.0/8", "::ffff:10.1.1.1", True),
        ("f|cidr", "2001:db8::/32", "2001:DB8:1::5", True),
        ("f|cidr", "2001:db8::/32", "10.0.0.1", False),
        ("f|cidr", "10.0.0.0/8", "no address", False),
        ("f|lt", 5, "4", True),
        ("f|lte", 5, 5, True),
        ("f|gt", 5, 5, False),
        ("f|gte", 5, "5.0", True),
        ("f|gt", 5, "many", False),
        ("f|neq", "abc", "ABC", False),
        ("f|neq", "abc", "x", True),
        ("f|neq", ["a", "b"], "b", False),
        ("f|neq", "abc", None, True),
        ("f|exists", True, "", True),
        ("f|exists", False, "", False),
        ("f|exists", False, None, True),
        ("f|windash|contains", " -enc ", "x /ENC y", True),
        ("f|windash|contains", " -enc ", "x \u2015enc y", True),
        ("f|windash|contains", " -a -b ", "x /a \u2013b y", True),
        ("f|contains", " -enc ", "x /enc y", False),
        ("f|base64", "foo", "Zm9v", True),
        ("f|base64offset|contains", "secret word", "xxIHNlY3JldCB3b3JkIA", True),
        ("f|wide|base64offset|contains", "ping", "AAcABpAG4AZwAA", True),
        ("f|utf16le|base64", "cmd", "YwBtAGQA", True),
        ("f|utf16be|base64", "cmd", "AGMAbQBk", True),
        ("f|utf16|base64", "cmd", "//5jAG0AZAA=", True),
        ("f|fieldref", "g", "Same", True),
        ("f|fieldref|cased", "g", "Same", False),
        ("f|fieldref|neq", "g", "other", True),
        ("f|fieldref|startswith", "g", "same and more", True),
        ("f|fieldref|gt", "n", "10", True),
        ("f|fieldref|gt", "n", "7", False),
        ("f|fieldref|lte", "n", 7.0, True),
        ("f|fieldref|gt", "g", "10", False),
        ("f|fieldref|neq|contains", "g", "the same", False),
        ("f|hour", 22, "2026-03-01T22:15:00+02:00", True),
        ("f|hour", 20, "2026-03-01T22:15:00+02:00", False),
        ("f|hour", [1, 22], "2026-03-01 22:15:00", True),
        ("f|hour|gte", 18, "2026-03-01T22:15:00Z", True),
        ("f|hour|gte", 18, "2026-03-01T08:15:00Z", False),
        ("f|hour|neq", 22, "2026-03-01T08:15:00Z", True),
        ("f|minute", 15, "01/Mar/2026:22:15:00 +0000", True),
        ("f|day", 1, "Mar  1 22:15:00", True),
        ("f|year", 2026, "Mar  1 22:15:00", False),
        ("f|week", 53, "2027-01-01", True),
        ("f|month", 3, "Sun, 01 Mar 2026 22:15:00 GMT", True),
        ("f|year", 2026, 1772403300, True),
        ("f|hour", 22, 1772403300000, True),
        ("f|hour", 22, "not a time", False),
        ("f|expand", "%x%", "b", True),
        ("f|expand|contains", "%x%-%y%", "zA-b", True),
        ("f|contains|expand", "%x%-%y%", "a-anything", True),
        ("f|expand", "%x%", "%x%", False),
        ("f", "%x%", "%x%", True),
        ("f|expand", r"\%x%", "%x%", True),
        ("f|re|expand", "^%x%+$", "aa", True),
        ("f|cidr|expand", "%n%", "10.1.2.3", True),
        ("f|expand|base64", "%x%", "QUI=", False),
        ("f|expand|base64", "%x%", "Qg==", True),
        ("f|exists|neq", True, "x", False),
        ("f|re|ignorecase", "A.C", "abc", True),
        ("f|re|startswith", "b|c", "ab", False),
        ("f|re|endswith", "b|c", "ab", True),
    ],
)
def test_a_modifier_means_what_the_specification_says(key: str, value: Any, seen: Any, *, held: bool) -> None:
    event = {"g": "same", "n": 7} if seen is None else {"f": seen, "g": "same", "n": 7}
    assert hits({"s": {key: value}, "condition": "s"}, event) == ([0] if held else [])


def test_a_field_that_no_record_has_is_still_asked() -> None:
    detection = {"s": {"f": "x"}, "n": {"g": None}, "condition": "s and n"}
    assert hits(detection, {"f": "x"}, {"f": "y"}) == [0]


def test_a_list_satisfies_what_one_of_its_members_satisfies() -> None:
    assert hits({"s": {"f": "b"}, "condition": "s"}, {"f": ["a", "B"]}, {"f": ["a"]}, {"f": []}) == [0]


def test_an_object_is_compared_as_its_json() -> None:
    table = objects([{"f": {"a": [{"b": "0.0.0.0/0"}]}}, {"f": {"a": []}}])
    assert [r for _, r in Matcher([rule({"s": {"f|contains": "0.0.0.0/0"}, "condition": "s"})]).run(table)] == [0]


def test_a_dotted_name_walks_into_objects() -> None:
    table = objects([{"f": {"a": {"b": "X"}}}, {"f": {"a": 1}}, {"f.a.b": "x"}])
    assert [r for _, r in Matcher([rule({"s": {"f.a.b": "x"}, "condition": "s"})]).run(table)] == [0, 2]


def test_a_null_that_is_written_exists() -> None:
    table = objects([{"f": None}, {"g": 1}])
    assert [r for _, r in Matcher([rule({"s": {"f|exists": True}, "condition": "s"})]).run(table)] == [0]


def test_a_rule_may_use_any_name_of_the_vocabulary() -> None:
    table = columns([{"source.ip": "192.0.2.1"}])
    assert [r for _, r in Matcher([rule({"s": {"IpAddress": "192.0.2.1"}, "condition": "s"})]).run(table)] == [0]


def test_keywords_are_searched_in_the_raw_record() -> None:
    detection = {"k": ["Segfault at", "10*"], "condition": "k"}
    table = columns([{}, {}, {}], ["a SEGFAULT AT 10", "nothing", "x 1000"])
    assert [r for _, r in Matcher([rule(detection)]).run(table)] == [0, 2]


def test_keywords_joined_by_all_must_all_be_there() -> None:
    detection = {"k": {"|all": ["one", "two"]}, "condition": "k"}
    assert [r for _, r in Matcher([rule(detection)]).run(columns([{}, {}], ["Two one", "one"]))] == [0]


def test_a_keyword_finds_a_value_that_the_raw_record_writes_with_escapes() -> None:
    table = objects([{"path": "C:\\Temp\\x"}, {"path": "D:\\"}])
    assert [r for _, r in Matcher([rule({"k": ["c:\\temp\\x"], "condition": "k"})]).run(table)] == [0]


def test_a_value_that_all_rows_share_is_asked_once_for_all() -> None:
    table = Table(what="x", logsource=ANY, numbers=[0, 1], texts=["", ""], same={"f": "x"})
    assert list(Matcher([rule({"s": {"f": "X"}, "condition": "s"})]).run(table)) == [(0, 0), (0, 1)]


@pytest.mark.parametrize(
    ("logsource", "fits"),
    [
        ({"product": "windows"}, True),
        ({"product": "linux"}, False),
        ({"category": "process_creation"}, True),
        ({"category": "process_creation", "product": "linux"}, False),
        ({"product": "windows", "service": "security"}, False),
        ({"product": "windows", "service": "sysmon"}, True),
        ({"definition": "anything"}, True),
    ],
)
def test_a_rule_looks_only_at_its_log_source(logsource: dict[str, str], *, fits: bool) -> None:
    matcher = Matcher([rule({"s": {"f": "x"}, "condition": "s"}, **logsource)])
    assert bool(list(matcher.run(columns([{"f": "x"}])))) == fits


def test_true_and_one_are_different_values() -> None:
    matcher = Matcher([rule({"s": {"f": 1}, "condition": "s"})])
    assert [list(matcher.run(columns([{"f": value}]))) for value in (True, 1, True, "1")] == [
        [],
        [(0, 0)],
        [],
        [(0, 0)],
    ]


def test_a_memo_that_is_full_starts_anew() -> None:
    matcher = Matcher([rule({"s": {"f|endswith": "7"}, "condition": "s"})])
    table = columns([{"f": f"value {number}"} for number in range(40_000)])
    assert sum(1 for _ in matcher.run(table)) == 4_000


def test_wanted_names_each_field_with_its_other_names() -> None:
    assert {"IpAddress", "source.ip", "f"} <= wanted([rule({"s": {"IpAddress": "x", "f": None}, "condition": "s"})])


def test_fields_that_some_row_has_are_remembered_per_log_source() -> None:
    matcher = Matcher([rule({"s": {"f": "x", "g": "y"}, "condition": "s"})])
    list(matcher.run(columns([{"f": "z"}])))
    assert matcher.seen[ANY] == {"f"}


@settings(max_examples=600, deadline=None)
@given(
    a=SELECTIONS,
    b=SELECTIONS,
    c=SELECTIONS,
    condition=CONDITIONS,
    events=EVENTS,
    raws=st.lists(PLAIN, min_size=4, max_size=4),
)
def test_it_agrees_with_the_naive_evaluator(
    a: Any, b: Any, c: Any, condition: str, events: list[dict[str, Any]], raws: list[str]
) -> None:
    detection = {"sel_a": a, "sel_b": b, "_sel_c": c, "condition": condition}
    events = [{name: value for name, value in event.items() if value is not None} for event in events]
    raws = raws[: len(events)]
    expected = [row for row, event in enumerate(events) if naive.matches(detection, event, raws[row], FILLS)]
    one = rule(detection)
    assert [row for _, row in Matcher([one]).run(columns(events, raws))] == expected


@settings(max_examples=200, deadline=None)
@given(detections=st.lists(st.tuples(SELECTIONS, SELECTIONS, CONDITIONS), min_size=2, max_size=6), events=EVENTS)
def test_many_rules_in_one_plan_match_as_each_alone(detections: Any, events: list[dict[str, Any]]) -> None:
    rules = [rule({"sel_a": a, "sel_b": b, "_sel_c": b, "condition": c}) for a, b, c in detections]
    table = objects(events)
    alone = {(i, row) for i, one in enumerate(rules) for _, row in Matcher([one]).run(table)}
    together = Matcher(rules)
    assert set(together.run(table)) == alone
    assert set(together.run(table)) == alone


def test_fields_that_a_log_source_has_are_told_once() -> None:
    matcher = Matcher([rule({"s": {"Image": "a", "User": "b"}, "condition": "s"})])
    source = LogSource("windows")
    list(matcher.run(Table(what="x", logsource=source, numbers=[0], texts=[""], columns={"Image": ["x"]})))
    assert [matcher.news(source), matcher.news(source)] == [frozenset({"Image"}), frozenset()]
    assert "User" in matcher.unseen(source)
