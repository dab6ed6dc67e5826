"""Filters with keys that they have not, and filters that keep what they should leave out."""

from collections.abc import Callable

from tests.detect.lint.conftest import Look

Says = Callable[..., list[str]]


def made(condition: str, more: str = "") -> str:
    return (
        f"title: An exception\nid: 5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a11\n{more}logsource: {{product: windows}}\n"
        f"filter:\n    rules: any\n    s:\n        User: svc\n    condition: {condition}\n"
    )


def test_a_level_and_a_status_are_taken_out(look: Look) -> None:
    found = look("filter-key", made("not s", "level: low\nstatus: test\n"))
    assert [(one.edit.first, one.edit.lines) for one in found if one.edit] == [(3, ()), (4, ())]


def test_a_filter_without_not_is_named(says: Says) -> None:
    assert len(says("filter-keeps", made("s"))) == 1
    assert says("filter-keeps", made("not s")) == []
