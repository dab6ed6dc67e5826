"""Text from outside, made safe to show."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.model.text import cell, defang, safe


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text, ümläut, 日本\tand a tab", "plain text, ümläut, 日本\tand a tab"),
        ("\x1b[31mred\x1b]0;title\x07", "\\x1b[31mred\\x1b]0;title\\x07"),
        ("a\r\nb\x00c\x7f\x9b", "a\\x0d\\x0ab\\x00c\\x7f\\x9b"),
        ("user\u202etxt.exe\u2066\u200b", "user\\u202etxt.exe\\u2066\\u200b"),
        ("lone \ud800 and tag \U000e0041", "lone \\ud800 and tag \\U000e0041"),
        ("soft\u00adhyphen \ufeff", "soft\\xadhyphen \\ufeff"),
    ],
)
def test_what_moves_hides_or_reorders_is_written_out(text: str, shown: str) -> None:
    assert safe(text) == shown


@given(st.text())
def test_safe_text_stays_as_it_is_and_can_be_written_anywhere(text: str) -> None:
    once = safe(text)
    assert safe(once) == once
    assert "\n" not in once
    assert "\x1b" not in once
    once.encode("utf-8")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("see https://evil.example.net/a?b=1", "see hxxps://evil.example[.]net/a?b=1"),
        ("HTTP://EVIL.EXAMPLE.COM", "HxxP://EVIL.EXAMPLE[.]COM"),
        ("mail bob@evil.example.org now", "mail bob@evil.example[.]org now"),
        ("from 192.0.2.7 to 2001:db8::7", "from 192.0.2.7 to 2001:db8::7"),
        ("report.py and notes.txt", "report.py and notes.txt"),
        ("already evil[.]example", "already evil[.]example"),
    ],
)
def test_what_could_be_clicked_is_defanged(text: str, shown: str) -> None:
    assert defang(text) == shown


def test_our_own_domains_stay_as_they_are() -> None:
    own = frozenset({"acme.example"})
    assert defang("www.acme.example evilacme.example", own) == "www.acme.example evilacme[.]example"


@given(st.text(alphabet="htps:/.@[]x\u202e ", max_size=200))
def test_defanging_never_fails_and_leaves_no_scheme(text: str) -> None:
    assert "http://" not in defang(text)


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1"])
def test_a_formula_becomes_text(text: str) -> None:
    assert cell(text) == "'" + text


def test_plain_cells_stay() -> None:
    assert [cell(text) for text in ("", "a=1", "192.0.2.7")] == ["", "a=1", "192.0.2.7"]
