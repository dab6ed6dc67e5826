"""Cursors: where a feed or source stopped."""

import pytest

from tocsin.kit.cursor import Cursor, from_text
from tocsin.model import UserError


def test_the_empty_cursor_is_the_beginning() -> None:
    assert Cursor().is_start
    assert from_text("").is_start
    assert not Cursor({"page": 1}).is_start


def test_equal_cursors_are_equal_texts_and_come_back() -> None:
    one, other = Cursor({"b": [1, "x"], "a": None}), Cursor({"a": None, "b": [1, "x"]})
    assert one.to_text() == other.to_text() == '{"a":null,"b":[1,"x"]}'
    assert from_text(one.to_text()) == one
    assert (one.get("b"), one.get("c", 7)) == ([1, "x"], 7)


@pytest.mark.parametrize("text", ["{", "[]", "7", '{"a": }', "x" * 70_000])
def test_a_damaged_cursor_is_said(text: str) -> None:
    with pytest.raises(UserError):
        from_text(text)
