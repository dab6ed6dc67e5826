"""What the loader says of a document."""

from collections.abc import Callable

from tests.detect.lint.conftest import Look, rule

Says = Callable[..., list[str]]


def test_what_cannot_be_loaded_is_an_error_with_the_loaders_reason(look: Look) -> None:
    found = look("cannot-load", rule("s:\n    a|contans: x\ncondition: s"))
    assert [(one.state, one.line, one.hint) for one in found] == [("error", 11, "did you mean 'contains'?")]


def test_an_old_aggregation_names_the_correlation_to_write(look: Look) -> None:
    found = look("old-aggregation", rule("s:\n    a: x\ncondition: s | count() by User > 5\ntimeframe: 5m"))
    assert "type: event_count" in found[0].hint
    assert "timespan: 5m" in found[0].hint
    assert look("cannot-load", rule("s:\n    a: x\ncondition: s | count() > 5")) == []


def test_a_placeholder_that_nothing_fills_is_a_warning_and_the_rest_is_looked_at(says: Says) -> None:
    text = rule("s:\n    a|expand: '%admins%'\nt:\n    b: y\ncondition: s")
    assert "%admins%" in says("placeholder-unfilled", text)[0]
    assert len(says("selection-unused", text)) == 1
