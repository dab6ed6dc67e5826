"""What each rule costs over a sample."""

from tests.detect.build import rule_set, table
from tocsin.detect.cost import costs

RULES = rule_set(
    "title: A\nid: a\nlogsource: {product: linux}\ndetection: {s: {name: x}, condition: s}",
    "title: B\nid: b\nlogsource: {product: windows}\ndetection: {s: {name: x}, condition: s}",
)


def test_each_rule_is_measured_alone_over_the_events_of_its_source() -> None:
    rows = table([{"name": "x"}, {"name": "y"}, {"name": "x"}])
    made = {RULES.rules[cost.rule].about.id: cost for cost in costs(list(enumerate(RULES.rules)), [rows])}
    assert (made["a"].events, made["a"].hits) == (3, 2)
    assert (made["b"].events, made["b"].hits) == (0, 0)
    assert made["a"].nanos > 0
