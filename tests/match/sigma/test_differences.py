"""What docs/guide/sigma-differences.md says: a test for each line of it that no other file tests."""

import re
from pathlib import Path

import pytest

from tests.match.sigma.test_matcher import hits, rule
from tocsin.formats.windows_event import flat_flat
from tocsin.formats.windows_tables import kind
from tocsin.match.sigma.rule import Chain, read
from tocsin.match.sigma.tree import RuleError

ROOT = Path(__file__).parents[3]
PAGE = ROOT / "docs" / "guide" / "sigma-differences.md"


def error(text: str) -> RuleError:
    (found,) = read(text.encode(), "rule.yml")
    assert isinstance(found, RuleError), found
    return found


def item_error(item: str) -> RuleError:
    return error(f"title: t\nlogsource: {{product: x}}\ndetection: {{s: {{{item}}}, condition: s}}\n")


def test_each_line_of_the_page_names_a_test_that_is_there() -> None:
    lines = [line for line in PAGE.read_text("utf-8").splitlines() if line.startswith("| ") and "---" not in line]
    rows = [line for line in lines if not line.startswith("| here")]
    named = [re.findall(r"`(test_\w+)`", line) for line in rows]
    assert len(rows) > 20
    assert [row for row, names in zip(rows, named, strict=True) if not names] == []
    source = "\n".join(path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    defined = set(re.findall(r"^def (test_\w+)", source, re.MULTILINE))
    assert {name for names in named for name in names} - defined == set()


def test_every_dash_of_a_windash_value_varies_however_many_there_are() -> None:
    detection = {"s": {"f|windash": "a-b -c -d -e -f"}, "condition": "s"}
    assert hits(detection, {"f": "a/b –c —d ―e -f"}) == [0]


def test_a_regular_expression_with_an_end_is_anchored_there() -> None:
    detection = {"s": {"f|re|startswith": "b|c", "g|re|endswith": "b|c"}, "condition": "s"}
    assert hits(detection, {"f": "c1", "g": "1c"}, {"f": "1c", "g": "1c"}, {"f": "c1", "g": "c1"}) == [0]


def test_a_regular_expression_is_searched_anywhere_in_a_value() -> None:
    assert hits({"s": {"f|re": "b+"}, "condition": "s"}, {"f": "abbc"}, {"f": "ABBC"}, {"f": "c"}) == [0]


def test_a_rule_for_started_programs_sees_sysmon_and_the_audit_log() -> None:
    for channel, number in (("Microsoft-Windows-Sysmon/Operational", 1), ("Security", 4688)):
        assert "process_creation" in kind(channel, number).logsource.categories


def test_a_key_that_is_created_is_no_key_that_is_deleted() -> None:
    deleted, created = (
        kind("Microsoft-Windows-Sysmon/Operational", 12, word).logsource.categories
        for word in ("DeleteKey", "CreateKey")
    )
    assert "registry_delete" in deleted - created
    assert "registry_add" in created - deleted


def test_the_provider_goes_by_the_name_that_an_exporter_gives_it() -> None:
    record = {"SourceName": "Service Control Manager", "EventID": 7045, "Channel": "System"}
    flat = flat_flat(record)
    assert flat is not None
    assert flat["Provider_Name"] == "Service Control Manager"


def test_wide_text_may_hold_any_character() -> None:
    assert hits({"s": {"f|wide|base64": "é€"}, "condition": "s"}, {"f": "6QCsIA=="}) == [0]


def test_a_part_of_a_moment_may_be_compared_and_negated() -> None:
    detection = {"s": {"f|hour|gte": 18, "f|month|neq": 3}, "condition": "s"}
    assert hits(detection, {"f": "2026-04-01T18:00:00"}, {"f": "2026-03-01T18:00:00"}) == [0]


def test_a_field_may_be_less_or_greater_than_another() -> None:
    assert hits({"s": {"f|fieldref|gt": "g"}, "condition": "s"}, {"f": 10, "g": "9"}, {"f": "9", "g": 10}) == [0]


def test_numbers_and_texts_compare_as_they_are_written() -> None:
    assert hits({"s": {"f": 4625, "g": "7"}, "condition": "s"}, {"f": "4625", "g": 7.0}, {"f": "04625", "g": 7}) == [0]


def test_only_true_is_true() -> None:
    assert hits({"s": {"f": True}, "condition": "s"}, {"f": True}, {"f": "TRUE"}, {"f": 1}, {"f": "yes"}) == [0, 1]


def test_a_negated_item_holds_for_a_record_without_the_field() -> None:
    assert hits({"s": {"f|neq": "x"}, "condition": "s"}, {"g": "1"}, {"f": "x"}) == [0]


def test_a_lookaround_is_let_through() -> None:
    assert hits({"s": {"f|re": "^(?!a).*(?<=z)$"}, "condition": "s"}, {"f": "bz"}, {"f": "az"}) == [0]


def test_a_network_may_come_from_a_placeholder() -> None:
    assert hits({"s": {"f|cidr|expand": "%n%"}, "condition": "s"}, {"f": "10.9.9.9"}, {"f": "192.0.2.1"}) == [0]


def test_bounds_may_make_a_range() -> None:
    text = "title: t\ncorrelation: {type: event_count, rules: [a], timespan: 1h, condition: {gt: 2, lte: 4}}"
    found = next(read(text.encode(), "r"))
    assert isinstance(found, Chain)
    assert [n for n in range(7) if found.correlation.holds(n)] == [3, 4]


@pytest.mark.parametrize(("old", "new"), [("equalsfield", ""), ("endswithfield", "endswith")])
def test_modifiers_of_other_engines_are_refused(old: str, new: str) -> None:
    made = item_error(f"f|{old}: g")
    assert f"no modifier is named '{old}'" in made.says
    assert new in made.hint


def test_a_contradiction_between_modifiers_is_refused() -> None:
    assert "contains cannot stand beside gt" in item_error("f|gt|contains: 3").says
    assert "windash cannot stand beside re" in item_error("f|re|windash: a").says


def test_a_filter_says_itself_which_rules_it_is_for() -> None:
    made = error("title: t\nlogsource: {product: x}\nfilter: {s: {f: x}, condition: not s}")
    assert made.hint == "rules: any, or a list of ids and names"


def test_a_rule_without_a_log_source_is_refused() -> None:
    assert "names no logsource" in error("title: t\ndetection: {s: {f: x}, condition: s}").says


def test_the_log_source_decides_which_events_a_rule_sees() -> None:
    detection = {"s": {"f": "x"}, "condition": "s"}
    assert rule(detection, product="linux").source.product == "linux"
    assert hits(detection, {"f": "x"}) == [0]
