"""Field items: how the values of one entry are joined."""

import base64

from tests.detect.build import rule_set, table
from tocsin.match.sigma.matcher import Matcher


def test_one_of_the_three_offsets_of_each_value_is_enough_where_all_values_must_hold() -> None:
    coded = base64.b64encode(b"aaa foobar and barbaz end").decode()
    rules = rule_set(
        "title: A\nid: a\nlogsource: {product: linux}\n"
        "detection: {s: {name|base64offset|contains|all: [foobar, barbaz]}, condition: s}",
        "title: B\nid: b\nlogsource: {product: linux}\n"
        "detection: {s: {name|base64offset|contains|all: [foobar, nothere]}, condition: s}",
    )
    (hit,) = Matcher(rules.rules).run(table([{"name": coded}]))
    assert rules.rules[hit[0]].about.id == "a"
