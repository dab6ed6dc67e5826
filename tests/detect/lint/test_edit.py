"""Edits of single tokens: just what was meant, or nothing."""

import pytest

from tocsin.detect.lint.document import Text
from tocsin.detect.lint.edit import applied, item_cut, key_renamed, line_cut, listed, quoted, swapped, value_set
from tocsin.detect.lint.remark import Edit


def lines(*given: str) -> Text:
    return Text("x.yml", "\n".join(given))


def new(edit: Edit | None) -> tuple[str, ...] | None:
    return None if edit is None else edit.lines


def test_a_token_is_swapped_where_it_stands_once() -> None:
    assert new(swapped(lines("  - a.b # a.c"), 1, "a.b", "x")) == ("  - x # a.c",)
    assert swapped(lines("- a a"), 1, "a", "x") is None
    assert swapped(lines("- b"), 1, "a", "x") is None


@pytest.mark.parametrize(
    ("line", "key", "old", "made"),
    [
        ("level: hihg", "level", "hihg", "level: high"), ("level: 'hihg' # why", "level", "", "level: high # why"),
        ('  - level:  "x"', "level", "", "  - level:  high"), ("level: |", "level", "", None),
        ("level: [a]", "level", "", None), ("level: {a: b}", "level", "", None), ("other: x", "level", "", None),
        ("level: &a x", "level", "", None), ("level:", "level", "", None),
    ],
)  # fmt: skip
def test_a_plain_value_is_set_and_nothing_else(line: str, key: str, old: str, made: str | None) -> None:
    assert new(value_set(lines(line), 1, key, "high")) == (None if made is None else (made,))


def test_a_key_is_renamed_with_its_quotes() -> None:
    assert new(key_renamed(lines("    - 'a|b': x"), 1, "a|b", "a")) == ("    - 'a': x",)
    assert key_renamed(lines("a: b"), 1, "b", "c") is None


@pytest.mark.parametrize(
    ("given", "is_cut"),
    [
        (["- a", "- b"], True), (["- a # why", "- b"], False), (["key: |", "  a"], False),
        (["- a", "  goes on"], False),
        (["key: a", "# of the next", "b: c"], True), (["- a"], True), (["", "a: b"], False),
    ],
)  # fmt: skip
def test_a_line_is_cut_only_where_its_value_ends_with_it(given: list[str], *, is_cut: bool) -> None:
    assert (line_cut(lines(*given), 1) is not None) is is_cut


def test_an_item_is_cut_out_of_a_block_or_a_flow() -> None:
    assert new(item_cut(lines("  - 'a'"), 1, "a")) == ()
    assert new(item_cut(lines("x: [a, b, 'a']"), 1, "a")) == ("x: [a, b]",)
    assert new(item_cut(lines("x: [a, b, a, c]"), 1, "a")) == ("x: [a, b, c]",)
    assert item_cut(lines("x: [ab, b]"), 1, "a") is None
    assert item_cut(lines("- b"), 1, "a") is None


def test_one_value_becomes_a_list_of_one() -> None:
    assert new(listed(lines("tags: a b"), 1, "tags")) == ("tags:", "    - a b")
    assert listed(lines("tags: [a]"), 1, "tags") is None
    assert listed(lines("tags: >"), 1, "tags") is None


def test_quotes_are_doubled() -> None:
    assert quoted("it's") == "'it''s'"


def test_edits_are_applied_from_below_and_the_first_of_two_on_one_line_counts() -> None:
    text, taken = applied("a\nb\nc\n", [Edit(1, 1, ("x", "y")), Edit(3, 3), Edit(1, 1, ("z",)), Edit(9, 9)])
    assert text == "x\ny\nb\n"
    assert taken == [Edit(1, 1, ("x", "y")), Edit(3, 3)]


def test_the_ends_of_lines_stay_as_they_are() -> None:
    assert applied("a\r\nb\r\n", [Edit(1, 1, ("x",))])[0] == "x\r\nb\r\n"
    assert applied("a\nb", [Edit(2, 2, ("x",))])[0] == "a\nx"
