"""Days of a rule."""

from collections.abc import Callable

import pytest

from tests.detect.lint.conftest import HEAD, Look, rule

Says = Callable[..., list[str]]


def dated(lines: str) -> str:
    return rule("s:\n    a: x\ncondition: s", head=HEAD.replace("date: 2026-01-02\n", lines))


@pytest.mark.parametrize(
    ("written", "new"), [("2026/01/02", "2026-01-02"), ("2026/1/2", "2026-01-02"), ("'2026.01.02'", "2026-01-02")]
)
def test_a_day_in_another_form_is_rewritten(look: Look, written: str, new: str) -> None:
    found = look("date-form", dated(f"date: {written}\n"))
    assert [one.edit.lines for one in found if one.edit] == [(f"date: {new}",)]


@pytest.mark.parametrize("written", ["2026-02-30", "yesterday", "02.01.2026", "2026/13/01"])
def test_what_is_no_day_is_left_to_a_person(look: Look, written: str) -> None:
    assert [one.fix for one in look("date-form", dated(f"date: {written}\n"))] == [None]


def test_a_day_as_sigma_writes_it_is_fine(says: Says) -> None:
    assert says("date-form", dated("date: 2026-01-02\nmodified: '2026-02-03'\n")) == []


def test_a_rule_modified_before_it_was_written_is_named(says: Says) -> None:
    assert len(says("modified-before-date", dated("date: 2026-01-02\nmodified: 2025-12-31\n"))) == 1
    assert says("modified-before-date", dated("date: 2026-01-02\nmodified: 2026-01-03\n")) == []


def test_modified_without_date_is_named(says: Says) -> None:
    assert len(says("modified-alone", dated("modified: 2025-12-31\n"))) == 1


def test_conventions_on_dates_are_asked_for_by_name(look: Look) -> None:
    assert len(look("date-missing", dated(""))) == 1
    found = look("modified-same", dated("date: 2026-01-02\nmodified: 2026-01-02\n"))
    assert [(one.edit.first, one.edit.lines) for one in found if one.edit] == [(7, ())]
