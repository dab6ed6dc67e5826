"""Correlations whose bounds or rules say nothing."""

from collections.abc import Callable

import pytest

from tests.detect.lint.conftest import HEAD

Says = Callable[..., list[str]]


def chain(body: str) -> str:
    return f"{HEAD}correlation: {{{body}, timespan: 1h}}\n"


COUNT = "type: event_count, rules: [a], group-by: [u]"
BAD = {
    "correlation-never": [
        f"{COUNT}, condition: {{gt: 5, lt: 6}}",
        "type: temporal, rules: [a, b], condition: {gte: 3}, group-by: [u]",
        "type: value_avg, rules: [a], condition: {gt: 5, lt: 4, field: x}",
    ],
    "correlation-each": [f"{COUNT}, condition: {{gte: 1}}"],
    "correlation-one-rule": ["type: temporal, rules: [a], group-by: [u]"],
    "correlation-no-group": ["type: event_count, rules: [a], condition: {gte: 5}"],
    "correlation-few": [f"{COUNT}, condition: {{lt: 5}}"],
}
GOOD = {
    "correlation-never": [
        f"{COUNT}, condition: {{gte: 5, lte: 5}}",
        "type: temporal, rules: [a, b], condition: {gte: 2}, group-by: [u]",
        "type: value_avg, rules: [a], condition: {gt: 4, lt: 4.5, field: x}",
    ],
    "correlation-each": [f"{COUNT}, condition: {{gte: 2}}", "type: event_count, rules: [a, b], condition: {gte: 1}"],
    "correlation-one-rule": ["type: temporal, rules: [a, b], group-by: [u]"],
    "correlation-no-group": [f"{COUNT}, condition: {{gte: 5}}"],
    "correlation-few": [f"{COUNT}, condition: {{gte: 1, lt: 5}}"],
}


@pytest.mark.parametrize(("lint", "body"), [(lint, one) for lint, many in BAD.items() for one in many])
def test_a_correlation_is_named(says: Says, lint: str, body: str) -> None:
    assert len(says(lint, chain(body))) == 1


@pytest.mark.parametrize(("lint", "body"), [(lint, one) for lint, many in GOOD.items() for one in many])
def test_a_correlation_is_not_named(says: Says, lint: str, body: str) -> None:
    assert says(lint, chain(body)) == []
