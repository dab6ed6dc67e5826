"""Tests that a token's own form allows."""

import base64

import pytest

from tocsin.match.tokens import github, jwt, noise, password


def part(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).rstrip(b"=").decode()


def test_the_checksum_of_a_token_is_that_of_its_maker() -> None:
    published = (
        "ghp_" + "zQWBuTSOoRi4A9spHcVY5ncnsDkxkJ" + "0mLq17"
    )  # from the announcement of the format, long revoked
    assert github(published)
    assert not github(published.replace("A9sp", "B9sp"))


@pytest.mark.parametrize(
    ("header", "is_one"),
    [('{"alg":"RS256"}', True), ('{"alg":"none"}', False), ('{"typ":"x"}', False), ("[]", False), ("{", False)],
)
def test_a_signed_token_names_an_algorithm(header: str, is_one: bool) -> None:  # noqa: FBT001  # a column of a table
    assert jwt(f"{part(header)}.e30.x") == is_one


@pytest.mark.parametrize("value", ["postgres", "Password", "aaaa", "tiger"])
def test_customary_passwords_are_none(value: str) -> None:
    assert not password(value)


def test_noise_is_what_is_not_words() -> None:
    assert noise("kJ9x2LmQ8v")
    assert not noise("mail_password")
