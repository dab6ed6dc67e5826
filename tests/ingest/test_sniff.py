"""Signs in the first bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.ingest.sniff import is_csv, is_json, is_requirements, mark, text_of


@pytest.mark.parametrize("text", ['{"a": 1}', "[]", '[ {"a": 1}, ', '{\n "a b": [', "{}"])
def test_json_is_seen(text: str) -> None:
    assert is_json(text)


@pytest.mark.parametrize(
    "text", ["[Sun Dec 04 04:47:44 2005] [notice]", "{not json}", "[1, 2]", "[10.30 16:49:06] x", ""]
)
def test_brackets_alone_are_no_json(text: str) -> None:
    assert not is_json(text)


def test_a_header_makes_a_table_and_a_row_of_values_does_not() -> None:
    assert is_csv(["Time,User,App", "1,2,3"])
    assert is_csv(["Time;User;App", "1;2;3"])
    assert is_csv(["#TYPE Selected.System.Object", "Time;User;App", "1;2;3"])
    assert is_csv(["\ufeffsep=;", "Time;User;App", "1;2;3"])
    assert not is_csv(["sep=;", "#TYPE x"])
    assert not is_csv(["1,2020/12/04 16:00:02,0164", "1,2,3"])
    assert not is_csv(["Hello, my dear, friend", "no commas here"])


def test_a_sentence_is_no_requirement() -> None:
    assert is_requirements(["flask==3.0", "# why", "-r base.txt"], "x")
    assert not is_requirements(["This is a letter."], "requirements.txt")
    assert not is_requirements(["flask", "django"], "words.txt")


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(head: bytes) -> None:
    mark(head)
    text = text_of(head)
    if text is not None:
        text.later()
        if text.lines():
            text.continues()
        text.frame_and_family("x", 0.0, first_is_known=False)
