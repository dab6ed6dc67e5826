"""Pairs and CEF."""

from hypothesis import given
from hypothesis import strategies as st

from tocsin.formats.keyvalue import cef, extension, pairs


def test_values_stand_bare_or_in_quotes() -> None:
    assert pairs(r'a=1 b="two words" c="say \"x\"" d= e=/p?q=r') == {
        "a": "1", "b": "two words", "c": 'say "x"', "d": "", "e": "/p?q=r",
    }  # fmt: skip


def test_a_key_that_stands_twice_keeps_its_first_value() -> None:
    assert pairs("action=deny action=accept") == {"action": "deny"}


def test_cefs_escapes_are_undone_in_header_and_extension() -> None:
    found = cef(r"CEF:0|Acme|Fire\|Wall\\|1.0|100|odd name|5|msg=a \= b\nnext act=blocked \\ kept")

    assert found is not None
    assert found["cef.product"] == "Fire|Wall\\"
    assert found["msg"] == "a = b\nnext"
    assert found["act"] == "blocked \\ kept"


def test_a_cef_value_reaches_to_the_next_key() -> None:
    assert extension("fname=a file with spaces.txt request=https://example.org/?a=b src=192.0.2.1") == [
        ("fname", "a file with spaces.txt"), ("request", "https://example.org/?a=b"), ("src", "192.0.2.1"),
    ]  # fmt: skip


def test_a_cut_header_is_no_cef() -> None:
    assert cef("CEF:0|Acme|Firewall|1.0|100") is None


@given(st.text())
def test_no_text_makes_them_raise(text: str) -> None:
    pairs(text)
    cef(f"CEF:0|{text}")
