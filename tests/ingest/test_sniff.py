"""Signs in the first bytes."""

import time

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
    assert is_requirements(
        ["flask[async] >=3.0, <4 ; python_version < '3.13' # web", "x==1 \\", "y @ https://example.org/y.whl"], "x"
    )
    assert not is_requirements(["This is a letter."], "requirements.txt")
    assert not is_requirements(["flask", "django"], "words.txt")


@pytest.mark.parametrize(
    "text",
    [
        "Key: value\r\n" * 4000 + "no header\r\n",
        "Key: value\n" + " more\r\n" * 6000 + "\x00",
        "a" + " " * 60_000 + "!",
        "a==1" + " " * 60_000 + "!",
        "a" + "==1 ," * 12_000 + "!",
        "a[" + "b, " * 20_000 + "!",
        "#!" * 30_000,
    ],
)
def test_long_texts_that_nearly_are_something_are_told_at_once(text: str) -> None:
    began = time.process_time()
    found = text_of(text.encode())
    assert found is not None
    found.later()
    found.frame_and_family("x", 0.0, first_is_known=False)
    # a pattern that backtracks takes hours; no machine takes seconds where each is linear
    assert time.process_time() - began < 5


def test_a_mail_is_seen_with_either_line_end() -> None:
    for end in ("\n", "\r\n"):
        head = end.join(("Received: by mx", " for <a@example.org>", "From: b@example.org", "To: c", "", ""))
        found = text_of(head.encode())
        assert found is not None
        assert found.later() == "this version has no mail reader"


@given(st.binary(max_size=300))
def test_no_bytes_make_it_raise(head: bytes) -> None:
    mark(head)
    text = text_of(head)
    if text is not None:
        text.later()
        if text.lines():
            text.continues()
        text.frame_and_family("x", 0.0, first_is_known=False)
