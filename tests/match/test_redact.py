"""Secrets are masked in whatever is shown."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.match.redact import Redactor
from tocsin.match.secrets import builtin_kinds

REDACTOR = Redactor(builtin_kinds(), bytes(32))
ID = "AKIA" + "QX4ZTRB5WLSN7Q2M"


@pytest.mark.parametrize(
    ("before", "secret", "after"),
    [
        ("key ", ID, " used"),
        ("GET /x?token=", "abcdef12345", "&a=1 HTTP/1.1"),
        ("Authorization: Bearer ", "abcdefghijklmnop", ""),
        ("authorization: Basic ", "dXNlcjpwYXNzd29yZA==", " next"),
        ("postgres://user:", "hunter22x", "@db.example.org/x"),
        ("mysql -u root --password=", "s3cret!pw", " db"),
        ('{"api_key": "', "0a1b2c3d4e5f", '"}'),
        ("PASSWORD: ", "zwölf-Ähren", ""),
        ("é ü ", ID, " é"),
    ],
)
def test_a_secret_is_masked_and_its_surroundings_stay(before: str, secret: str, after: str) -> None:
    shown = REDACTOR.text(f"{before}{secret}{after}")
    assert secret not in shown
    assert shown.startswith(before)
    assert shown.endswith(after)
    assert "chars, fp " in shown


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Failed password for root from 192.0.2.1 port 22 ssh2",
        "Accepted publickey for deploy: RSA SHA256:abc",
        "token expired",
        "password: none",
        "https://example.org/a:b",
        "basic auth failed",
        "key=value",
        "x = password_of(user)",
    ],
)
def test_a_text_without_a_secret_comes_back_as_it_is(text: str) -> None:
    assert REDACTOR.text(text) == text


def test_what_is_masked_once_stays_as_it_is() -> None:
    once = REDACTOR.text(f"aws_secret token={ID} password=abcdef123")
    assert REDACTOR.text(once) == once


def test_equal_secrets_look_equal() -> None:
    one, other = REDACTOR.text("password=abcdef123"), REDACTOR.text("token=abcdef123")
    assert one.partition("fp ")[2] == other.partition("fp ")[2]


@settings(max_examples=200, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_no_text_makes_it_fail_and_a_key_never_survives(before: str, after: str) -> None:
    assert ID not in REDACTOR.text(f"{before} {ID} {after}")
