"""Ids as people read them."""

import pytest

from tocsin.cli.short import short_rule


@pytest.mark.parametrize(
    ("id_", "shown"),
    [
        ("d99b79d2-0a6f-4f46-ad8b-260b6e17f982", "d99b79d2"),
        ("D99B79D2-0A6F-4F46-AD8B-260B6E17F982", "D99B79D2"),
        ("ssh-guessing", "ssh-guessing"),
        ("d99b79d2-0a6f", "d99b79d2-0a6f"),
    ],
)
def test_only_a_uuid_is_shown_by_its_first_digits(id_: str, shown: str) -> None:
    assert short_rule(id_) == shown
