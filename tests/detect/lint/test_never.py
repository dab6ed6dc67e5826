"""Rules that never fire, always fire, or have parts that change nothing."""

from collections.abc import Callable

import pytest

from tests.detect.lint.conftest import HEAD, rule

Says = Callable[..., list[str]]

NEVER = {
    "two whole values": "s:\n    CommandLine: whoami\n    CommandLine|re: '^net '\ncondition: s",
    "a value and not it": "s:\n    Image|endswith: \\cmd.exe\nf:\n    Image|endswith: '.exe'\ncondition: s and not f",
    "two ends": "s:\n    Image|endswith: \\cmd.exe\nt:\n    Image|endswith: \\sh.exe\ncondition: s and t",
    "two heads": "s:\n    Image|startswith: C:\\\nt:\n    Image|startswith: D:\\\ncondition: s and t",
    "numbers out of range": "s:\n    LogonId|gt: 5\nt:\n    LogonId|lt: 5\ncondition: s and t",
    "null and a value": "s:\n    Image: null\nt:\n    Image|contains: a\ncondition: s and t",
    "absent and a value": "s:\n    Image|exists: false\nt:\n    Image|contains: a\ncondition: s and t",
    "networks apart": "s:\n    Ip|cidr: 192.0.2.0/24\nt:\n    Ip|cidr: 198.51.100.0/24\ncondition: s and t",
    "an address outside": "s:\n    Ip: 203.0.113.9\nt:\n    Ip|cidr: 198.51.100.0/24\ncondition: s and t",
    "a selection and not it": "s:\n    Image: a\ncondition: s and not s",
    "another event id": "s:\n    EventID: 4624\n    Image: a\ncondition: s",
    "more than there are": "s_a:\n    Image: a\ns_b:\n    User: b\ncondition: 3 of s_*",
}
MAY = {
    "contains": "s:\n    CommandLine|contains: a\nt:\n    CommandLine|contains: b\ncondition: s and t",
    "alternatives": "s:\n    Image: a\nt:\n    Image: b\ncondition: s or t",
    "one way out": "s:\n    Image: [a, b]\nt:\n    Image: [b, c]\ncondition: s and t",
    "a narrower exception": "s:\n    Image|endswith: '.exe'\nf:\n    Image|endswith: \\cmd.exe\ncondition: s and not f",
    "cased": "s:\n    Image|cased: ABC\nf:\n    Image|cased: abc\ncondition: s and not f",
    "its own event id": "s:\n    EventID: [1, 4688]\n    Image: a\ncondition: s",
    "a head and an end": "s:\n    Image|startswith: C:\\\nt:\n    Image|endswith: .exe\ncondition: s and t",
    "two keywords": "s: [one]\nt: [two]\ncondition: s and t",
    "a regular expression that fits": "s:\n    Image: CMD\nt:\n    Image|re: '^cmd$'\ncondition: s and t",
}


@pytest.mark.parametrize("detection", NEVER.values(), ids=NEVER)
def test_a_condition_that_excludes_itself_is_an_error(says: Says, detection: str) -> None:
    assert len(says("never-fires", rule(detection))) == 1


@pytest.mark.parametrize("detection", MAY.values(), ids=MAY)
def test_a_condition_that_may_hold_is_none(says: Says, detection: str) -> None:
    assert says("never-fires", rule(detection)) == []


def test_the_values_that_exclude_each_other_are_named(says: Says) -> None:
    said = says("never-fires", rule(NEVER["two ends"]))
    assert r"Image cannot be '*\cmd.exe' and '*\sh.exe' at once" in said[0]


def test_events_of_a_cloud_may_hold_lists_so_that_two_values_are_only_a_warning(says: Says) -> None:
    text = rule("s:\n    a: x\nt:\n    a: y\ncondition: s and t", source="logsource: {product: aws}\n")
    assert says("never-fires", text) == []
    assert len(says("needs-list", text)) == 1


def test_a_condition_that_holds_with_its_contrary_always_holds(says: Says) -> None:
    assert len(says("always-fires", rule("s:\n    Image|contains: a\ncondition: s or not s"))) == 1
    covered = "s:\n    Image|contains: a\nt:\n    Image|contains: ab\ncondition: s or not t"
    assert len(says("always-fires", rule(covered))) == 1
    assert says("always-fires", rule(covered.replace("s or not t", "t or not s"))) == []


def test_a_rule_that_only_denies_is_named(says: Says) -> None:
    assert len(says("only-denies", rule("s:\n    Image|contains: a\ncondition: not s"))) == 1
    assert says("only-denies", rule("s:\n    Image|contains: a\nt:\n    User: b\ncondition: s and not t")) == []


def test_a_rule_that_denies_null_too_asks_for_something(says: Says) -> None:
    text = "a:\n    Image|contains: \\\nn:\n    Image: null\ncondition: not a and not n"
    assert says("only-denies", rule(text)) == []


def test_an_exception_that_excludes_nothing_is_named(says: Says) -> None:
    text = "s:\n    Image|endswith: \\cmd.exe\nf:\n    Image|endswith: \\sh.exe\ncondition: s and not f"
    assert "excludes nothing" in says("selection-idle", rule(text))[0]


def test_an_exception_that_another_one_covers_is_named(says: Says) -> None:
    text = (
        "s:\n    User: a\nf_1:\n    Image|startswith: C:\\Windows\\\nf_2:\n    Image|startswith: C:\\\n"
        "condition: s and not 1 of f_*"
    )
    said = says("selection-idle", rule(text))
    assert len(said) == 1
    assert "'f_1'" in said[0]
    assert "another part excludes already" in said[0]


def test_an_alternative_that_never_holds_with_the_rest_is_named(says: Says) -> None:
    text = (
        "img:\n    Image|endswith: \\cmd.exe\nalt_1:\n    Image|endswith: \\sh.exe\nalt_2:\n    User: b\n"
        "condition: img and 1 of alt_*"
    )
    said = says("selection-idle", rule(text))
    assert len(said) == 1
    assert "'alt_1' never holds" in said[0]


def test_exceptions_that_matter_are_not_named(says: Says) -> None:
    text = "s:\n    Image|endswith: .exe\nf:\n    Image|endswith: \\sh.exe\ncondition: s and not f"
    assert says("selection-idle", rule(text)) == []


def test_a_rule_of_correlations_is_left_alone(says: Says) -> None:
    text = f"{HEAD}correlation: {{type: event_count, rules: [a], timespan: 1h, condition: {{gte: 2}}}}\n"
    assert says("never-fires", text) == []
