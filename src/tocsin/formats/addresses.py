"""Addresses as logs write them: bare, with a port, in brackets, mapped into IPv6, or a word where one is missing."""

import re
from functools import lru_cache
from ipaddress import IPv6Address, ip_address

_WITH_PORT = re.compile(
    r"(?:\[(?P<v6>[0-9A-Fa-f:.]{2,45})(?:%\w{1,16})?\]|(?P<v4>\d{1,3}(?:\.\d{1,3}){3}))(?::(?P<port>\d{1,5}))?\Z",
    re.ASCII,
)


@lru_cache(4096)
def address_and_port(text: str) -> tuple[str | None, int | None]:
    """Return the address and the port that a text names, None for what is not there.

    Forms: `192.0.2.1`, `192.0.2.1:443`, `2001:db8::1`, `[2001:db8::1]:443`. An IPv4 address mapped into IPv6 is
    given as IPv4. A name (`cloudtrail.amazonaws.com`) or a word (`<null>`) is no address.
    """
    text = text.strip()
    found = _WITH_PORT.match(text)
    port = int(found["port"]) if found and found["port"] and int(found["port"]) < 65536 else None
    try:
        address = ip_address((found["v6"] or found["v4"]) if found else text)
    except ValueError:
        return None, None
    if isinstance(address, IPv6Address) and address.ipv4_mapped is not None:
        return str(address.ipv4_mapped), port
    return str(address), port


def address(value: object) -> str | None:
    """Return the address that a value names, None for none."""
    return address_and_port(value)[0] if isinstance(value, str) and value else None


def port(value: object) -> int | None:
    """Return the port that a value names beside its address, None for none."""
    return address_and_port(value)[1] if isinstance(value, str) and value else None
