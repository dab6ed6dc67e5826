"""Lists of a rule: what stands twice, what is no list, relations."""

from collections.abc import Callable

import pytest

from tests.detect.lint.conftest import HEAD, Look, rule

Says = Callable[..., list[str]]


def with_(lines: str) -> str:
    return rule("s:\n    a: x\ncondition: s", head=HEAD + lines)


@pytest.mark.parametrize(
    ("lines", "edit"),
    [
        ("tags:\n    - attack.t1059\n    - cve.2021-1\n    - attack.t1059\n", (11, ())),
        ("references:\n- https://a.example/x\n- https://a.example/x\n", (10, ())),
        ("tags: [attack.t1059, cve.2021-1, attack.t1059]\n", (8, ("tags: [attack.t1059, cve.2021-1]",))),
    ],
)
def test_a_member_that_stands_twice_is_taken_out(look: Look, lines: str, edit: tuple[int, tuple[str, ...]]) -> None:
    found = look("listed-twice", with_(lines))
    assert [(one.edit.first, one.edit.lines) for one in found if one.edit] == [edit]


def test_a_member_with_a_comment_of_its_own_is_left_to_a_person(look: Look) -> None:
    found = look("listed-twice", with_("tags:\n    - attack.t1059\n    - attack.t1059 # why\n"))
    assert [one.fix for one in found] == [None]


def test_one_value_where_a_list_belongs_becomes_one(look: Look) -> None:
    found = look("list-needed", with_("falsepositives: Unknown\n"))
    assert [one.edit.lines for one in found if one.edit] == [("falsepositives:", "    - Unknown")]
    assert look("list-needed", with_("falsepositives: [Unknown]\n")) == []


def test_an_entry_that_says_nothing_is_named(says: Says) -> None:
    assert len(says("entry-short", with_("falsepositives: ['-']\nscope: [x]\n"))) == 2


@pytest.mark.parametrize(
    "related",
    [
        "[{id: 5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a12}]", "{id: a, type: derived}",
        "[{id: 5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a12, type: cousin}]", "[{id: short, type: derived}]",
        "[{id: 5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a11, type: derived}]",
    ],
)  # fmt: skip
def test_a_relation_that_other_tools_refuse_is_named(says: Says, related: str) -> None:
    assert len(says("related-form", with_(f"related: {related}\n"))) == 1


def test_a_relation_is_fine(says: Says) -> None:
    assert says("related-form", with_("related: [{id: 5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a12, type: derived}]\n")) == []
