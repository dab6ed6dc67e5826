"""Addresses as logs write them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.formats.addresses import address, address_and_port, port


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("192.0.2.1", ("192.0.2.1", None)), ("192.0.2.1:50112", ("192.0.2.1", 50112)),
        ("[2001:db8::1]:443", ("2001:db8::1", 443)), ("[2001:db8::1]", ("2001:db8::1", None)),
        ("2001:DB8::1", ("2001:db8::1", None)), ("::ffff:192.0.2.1", ("192.0.2.1", None)),
        ("[::ffff:192.0.2.1]:80", ("192.0.2.1", 80)), (" 192.0.2.1 ", ("192.0.2.1", None)),
        ("192.0.2.1:99999", ("192.0.2.1", None)), ("192.0.2.999", (None, None)), ("010.0.0.1", (None, None)),
        ("<null>", (None, None)), ("-", (None, None)), ("ec2.amazonaws.com", (None, None)), ("", (None, None)),
    ],
)  # fmt: skip
def test_an_address_is_told_from_its_port_and_from_words(text: str, wanted: tuple[str | None, int | None]) -> None:
    assert address_and_port(text) == wanted


@given(st.one_of(st.text(), st.integers(), st.none(), st.lists(st.text())))
def test_any_value_has_an_address_or_none(value: object) -> None:
    assert address(value) is None or isinstance(address(value), str)
    assert port(value) is None or isinstance(port(value), int)
