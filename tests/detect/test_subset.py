from tests.detect.build import rule_set
from tocsin.detect.subset import number_of, subset, whole_id

BASE = "title: {0}\nname: {0}\nlogsource: {{product: linux}}\ndetection: {{s: {{f: {0}}}, condition: s}}\n"
CHAIN = """
title: C
name: c
correlation: {type: event_count, rules: [b], group-by: [h], timespan: 1m, condition: {gte: 2}}
"""
OVER = """
title: O
name: o
correlation: {type: temporal_ordered, rules: [c, d], group-by: [h], timespan: 1m}
"""
SET = (*(BASE.format(name) for name in "abd"), CHAIN, OVER)


def test_a_rule_comes_with_the_parts_that_it_is_made_of_and_no_others() -> None:
    whole = rule_set(*SET)
    number = number_of(whole, "o")
    assert number is not None
    some = subset(whole, [number])
    assert [rule.about.name for rule in some.rules] == ["b", "d"]
    assert [chain.about.name for chain in some.chains] == ["c", "o"]
    assert [some.document(number).about.name for parts in some.parts for number in parts] == ["b", "c", "d"]
    assert [some.document(number).about.name for number in some.telling] == ["o"]


def test_a_rule_that_is_only_a_part_tells_when_it_is_asked_for() -> None:
    whole = rule_set(*SET)
    some = subset(whole, [number_of(whole, "b") or 0])
    assert [some.document(number).about.name for number in some.telling] == ["b"]


def test_no_rule_has_a_name_that_is_none() -> None:
    assert number_of(rule_set(*SET), "nothing") is None


def test_the_first_digits_of_a_uuid_name_it_while_no_other_begins_so() -> None:
    ids = ["d99b79d2-0a6f-4f46-ad8b-260b6e17f982", "d99b79d3-0a6f-4f46-ad8b-260b6e17f982", "ssh-guessing"]
    assert whole_id("d99b79d2", ids) == ids[0]
    assert whole_id("D99B79D2-0A6F", ids) == ids[0]
    assert whole_id("d99b79d", ids) == "d99b79d"  # fewer than are shown
    assert whole_id("ssh-guessing", ids) == "ssh-guessing"
    assert whole_id("d99b79d2", [*ids, "d99b79d2-ffff-4f46-ad8b-260b6e17f982"]) == "d99b79d2"
