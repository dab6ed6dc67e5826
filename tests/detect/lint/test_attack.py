"""Names of ATT&CK tags."""

from tocsin.detect.lint.attack import by_name, heir, newest, tactics_of, wrong


def test_what_is_in_force_is_right() -> None:
    assert [wrong(name) for name in ("t1059", "t1059.001", "execution", "g0016", "ds0017")] == [("", "")] * 5


def test_a_number_above_all_that_is_known_may_be_newer() -> None:
    assert wrong(f"t{newest() + 1}") == ("", "")
    assert wrong("t1000.001")[0]


def test_a_retired_technique_names_the_one_of_its_name() -> None:
    says, near = wrong("t1086")
    assert "was retired" in says
    assert near == "t1059.001"
    assert by_name("T1086") == "T1059.001"


def test_a_sub_technique_that_is_none_is_told_what_its_parent_is() -> None:
    assert "Command and Scripting Interpreter" in wrong("t1059.077")[0]


def test_tactics_are_those_of_techniques_in_force() -> None:
    assert tactics_of("t1059") == ("execution",)
    assert tactics_of("t1086") == ()


def test_the_heir_of_an_old_tactic_is_the_one_that_all_techniques_share() -> None:
    assert heir(["attack.t1036"]) == "stealth"
    assert heir(["attack.t1685"]) == "defense-impairment"
    assert heir(["attack.t1036", "attack.t1685"]) == ""
    assert heir(["attack.t1059"]) == ""
