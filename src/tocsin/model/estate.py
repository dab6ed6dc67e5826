"""The estate: what is ours. Networks, hosts, people with their aliases, and domains."""

from ipaddress import ip_address, ip_network

import msgspec


class Network(msgspec.Struct, frozen=True, kw_only=True):
    """An address range of ours.

    `timezone` is that of logs without a zone from hosts in it.
    """

    cidr: str
    name: str = ""
    timezone: str = ""

    def __post_init__(self) -> None:
        """Raise ValueError for what is no range of addresses; msgspec names the place in the file."""
        ip_network(self.cidr, strict=False)


class Host(msgspec.Struct, frozen=True, kw_only=True):
    """A host of ours; `protected` means that no action may touch it."""

    name: str
    addresses: tuple[str, ...] = ()
    critical: bool = False
    protected: bool = False


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """A person and the names that are the same person in logs."""

    name: str
    aliases: tuple[str, ...] = ()
    team: str = ""


class Domain(msgspec.Struct, frozen=True, kw_only=True):
    """A domain of ours."""

    name: str


class Estate(msgspec.Struct, frozen=True, kw_only=True):
    """What is ours; empty when no estate file is there.

    `placeholder` names values for placeholders of Sigma rules that no other fact fills.
    """

    network: tuple[Network, ...] = ()
    host: tuple[Host, ...] = ()
    person: tuple[Person, ...] = ()
    domain: tuple[Domain, ...] = ()
    placeholder: dict[str, tuple[str, ...]] = {}

    def owns(self, address: str) -> bool:
        """Return whether an address lies in a network of ours.

        False for a text that is no address.
        """
        try:
            ip = ip_address(address)
        except ValueError:
            return False
        return any(ip in ip_network(n.cidr, strict=False) for n in self.network)
