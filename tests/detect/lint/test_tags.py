"""Tags: their form, and what their namespaces hold."""

from collections.abc import Callable

import pytest

from tests.detect.lint.conftest import HEAD, Look, rule

Says = Callable[..., list[str]]


def tagged(*tags: str) -> str:
    lines = "".join(f"    - {tag}\n" for tag in tags)
    return rule("s:\n    a: x\ncondition: s", head=f"{HEAD}tags:\n{lines}")


FINE = (
    "attack.t1059.001", "attack.execution", "attack.g0016", "attack.s0002", "cve.2021-44228", "tlp.clear", "stp.2a",
    "car.2013-05-001", "detection.dfir", "d3fend.d3-fa", "attack.stealth", "attack.t9999",
)  # fmt: skip
BAD = {
    "tag-form": ["Attack.T1059", "execution", "attack.initial access"],
    "tag-namespace": ["mitre.t1059"],
    "tag-name": ["cve.2021", "tlp.pink", "stp.9", "car.1", "detection.soon"],
    "tag-attack": [
        "attack.t1059.099",
        "attack.t1600.9",
        "attack.defense_evasion",
        "attack.defense-evasion",
        "attack.t1562.001",
        "attack.t0001",
    ],
}


@pytest.mark.parametrize("lint", BAD)
@pytest.mark.parametrize("tag", FINE)
def test_a_tag_that_exists_is_fine(says: Says, lint: str, tag: str) -> None:
    assert says(lint, tagged(tag)) == []


@pytest.mark.parametrize(("lint", "tag"), [(lint, one) for lint, many in BAD.items() for one in many])
def test_a_tag_is_named(says: Says, lint: str, tag: str) -> None:
    assert len(says(lint, tagged(tag))) == 1


@pytest.mark.parametrize(
    ("lint", "tags", "new"),
    [
        ("tag-form", ["Attack.T1059"], "attack.t1059"),
        ("tag-name", ["cve.2021.44228"], "cve.2021-44228"),
        ("tag-attack", ["attack.privilege_escalation"], "attack.privilege-escalation"),
        ("tag-attack", ["attack.t1059_001"], "attack.t1059.001"),
        ("tag-attack", ["attack.exection"], "attack.execution"),
        ("tag-attack", ["attack.defense-evasion", "attack.t1036"], "attack.stealth"),
    ],
)
def test_a_tag_is_mended_where_it_is_clear_what_was_meant(look: Look, lint: str, tags: list[str], new: str) -> None:
    found = look(lint, tagged(*tags))
    assert [one.edit.lines for one in found if one.edit] == [(f"    - {new}",)]


def test_an_old_tactic_is_left_to_a_person_where_techniques_do_not_tell_which_heir_it_has(look: Look) -> None:
    assert [one.fix for one in look("tag-attack", tagged("attack.defense-evasion"))] == [None]


def test_two_traffic_lights_are_one_too_many(says: Says) -> None:
    assert len(says("tag-two", tagged("tlp.clear", "tlp.red"))) == 1
    assert says("tag-two", tagged("tlp.clear", "cve.2021-44228")) == []
