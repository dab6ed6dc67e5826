"""Fingerprints: what makes two findings the same one."""

from hypothesis import given
from hypothesis import strategies as st

from tocsin.model import fingerprint

PARTS = st.lists(st.text(), max_size=4)


def test_a_fingerprint_is_twenty_hex_digits_and_the_same_everywhere() -> None:
    # computed apart with hashlib: blake2b, 10 bytes, of each part after its length in four bytes
    assert fingerprint("ssh-guessing", "192.0.2.7") == "128c69c9cd9fc107ef70"


@given(PARTS, PARTS)
def test_other_keys_make_other_fingerprints(one: list[str], other: list[str]) -> None:
    assert (fingerprint("rule", *one) == fingerprint("rule", *other)) == (one == other)


def test_where_a_key_is_split_makes_a_difference() -> None:
    assert fingerprint("r", "ab", "c") != fingerprint("r", "a", "bc") != fingerprint("r", "abc")


def test_a_lone_surrogate_has_a_fingerprint() -> None:
    assert len(fingerprint("r", "\ud800")) == 20
