"""The estate: what is ours."""

import msgspec
import pytest

from tocsin.model.estate import Estate, Network


def test_an_address_of_a_network_of_ours_is_ours() -> None:
    estate = Estate(network=(Network(cidr="198.51.100.0/24"), Network(cidr="2001:db8:7::/48")))
    assert [estate.owns(a) for a in ("198.51.100.9", "198.51.101.9", "2001:db8:7::1", "bastion", "")] == [
        True, False, True, False, False,
    ]  # fmt: skip


def test_a_range_that_is_none_is_named_when_the_file_is_read() -> None:
    with pytest.raises(msgspec.ValidationError, match=r"'198\.51' does not appear to be .* at `\$\.network\[0\]`"):
        msgspec.convert({"network": [{"cidr": "198.51"}]}, Estate)


def test_a_range_with_host_bits_is_the_network_around_it() -> None:
    assert Estate(network=(Network(cidr="198.51.100.7/24"),)).owns("198.51.100.200")
