"""Keys of a document that nothing reads."""

from collections.abc import Callable

from tests.detect.lint.conftest import HEAD, Look, rule

Says = Callable[..., list[str]]


def headed(old: str, new: str) -> str:
    return rule("s:\n    a: x\ncondition: s", head=HEAD.replace(old, new))


def test_a_key_in_capitals_is_made_small(look: Look) -> None:
    found = look("key-case", headed("level: low", "Level: low"))
    assert [one.edit.lines for one in found if one.edit] == [("level: low",)]


def test_a_misspelt_key_is_mended(look: Look) -> None:
    for wrong, right in (("descripton", "description"), ("reference", "references")):
        found = look("key-misspelt", headed("description: It", f"{wrong}: It"))
        assert [one.edit.lines[0].split(":")[0] for one in found if one.edit] == [right]


def test_a_key_of_a_team_is_left_alone_unless_a_convention_forbids_it(says: Says) -> None:
    text = headed("level: low", "level: low\nticket: 17")
    assert says("key-misspelt", text) == []
    assert len(says("key-unknown", text)) == 1


def test_a_misspelt_key_beside_the_right_one_is_left_alone(says: Says) -> None:
    assert says("key-misspelt", headed("level: low", "level: low\nlevle: high")) == []


def test_a_word_of_the_log_source_that_nothing_compares_is_named(look: Look) -> None:
    text = rule("s:\n    a: x\ncondition: s", source="logsource: {product: linux, servise: sshd}\n")
    assert "did you mean 'service'?" in look("logsource-key", text)[0].hint
    assert look("logsource-key", headed("level: low", "level: low")) == []
