"""Log sources: unknown ones, ones that nothing feeds, event ids that a category says better."""

from collections.abc import Callable

import pytest

from tests.detect.lint.conftest import Look, rule

Says = Callable[..., list[str]]


def of(source: str, detection: str = "s:\n    a: x\ncondition: s") -> str:
    return rule(detection, source=f"logsource: {source}\n")


@pytest.mark.parametrize("source", ["{product: windos}", "{category: web}", "{product: linux, service: security}"])
def test_a_log_source_of_no_table_is_named(says: Says, source: str) -> None:
    assert len(says("logsource-unknown", of(source))) == 1


@pytest.mark.parametrize(
    "source",
    [
        "{product: windows}", "{category: process_creation}", "{product: linux, service: su}", "{product: Windows}",
        "{product: zeek, service: anything}", "{category: webserver}", "{product: aws, service: cloudtrail}", "{}",
    ],
)  # fmt: skip
def test_a_log_source_of_a_table_is_not(says: Says, source: str) -> None:
    assert says("logsource-unknown", of(source)) == []


def test_the_nearest_word_is_told(look: Look) -> None:
    assert "did you mean 'windows'?" in look("logsource-unknown", of("{product: windos}"))[0].hint


def test_a_log_source_that_no_parser_reads_is_named_with_the_reason(says: Says) -> None:
    assert "no parser of an agent's export" in says("logsource-unfed", of("{product: macos, category: file_event}"))[0]
    assert says("logsource-unfed", of("{product: linux, service: sshd}")) == []


def test_words_in_capitals_are_made_small(look: Look) -> None:
    text = rule("s:\n    a: x\ncondition: s", source="logsource:\n    product: Windows # ours\n")
    found = look("logsource-case", text)
    assert [one.edit.lines for one in found if one.edit] == [("    product: windows # ours",)]


def test_a_rule_for_every_log_is_named(says: Says) -> None:
    assert len(says("logsource-wide", of("{definition: all}"))) == 1
    assert says("logsource-wide", of("{product: linux}")) == []


def test_an_event_id_that_a_category_means_is_named(says: Says) -> None:
    sysmon = "{product: windows, service: sysmon}"
    assert (
        "is the category process_creation"
        in says("event-id-for-category", of(sysmon, "s:\n    EventID: 1\ncondition: s"))[0]
    )
    assert says("event-id-for-category", of(sysmon, "s:\n    EventID: [1, 3]\ncondition: s")) == []
    security = "{product: windows, service: security}"
    assert says("event-id-for-category", of(security, "s:\n    EventID: 4624\ncondition: s")) == []


def test_all_of_sysmon_is_named_by_convention(says: Says) -> None:
    assert len(says("sysmon-all", of("{product: windows, service: sysmon}"))) == 1
    assert says("sysmon-all", of("{product: windows, service: sysmon}", "s:\n    EventID: 1\ncondition: s")) == []
