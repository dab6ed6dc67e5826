"""Whose an entity is: the many names of one person or host become one, and each gets the strength of its tie.

A strong entity joins two findings by itself; weak ones only in pairs. An address of ours, a host or a name like `root`
is shared by many unrelated events (NAT, shared administrators, busy servers), so it is weak.
"""

from collections.abc import Iterable, Mapping
from enum import IntEnum
from ipaddress import ip_address

from tocsin.model.estate import Estate
from tocsin.model.observable import ObservableType as T
from tocsin.model.observable import split_entity

# Account names that exist on most systems, so that two events of one such name are not one story.
GENERIC_USERS = frozenset(
    "root admin administrator system guest test user nobody daemon www-data apache nginx mysql postgres oracle ubuntu "
    "ec2-user centos debian pi git ftp anonymous localsystem nt-authority\\system awsservice hiddenuser".split()
)
_STRONG = frozenset({T.KEY, T.EMAIL, T.HASH, T.DOMAIN, T.URL})
_WEAK = frozenset({T.HOST, T.SERVICE, T.APP, T.PROCESS})


class Tie(IntEnum):
    """How strongly an entity ties two findings together."""

    NONE = 0
    WEAK = 1
    STRONG = 2


class Names:
    """The canonical names of entities, by the estate."""

    def __init__(self, estate: Estate) -> None:
        self._estate = estate
        self._domains = tuple(domain.name.lower() for domain in estate.domain)
        self._people: Mapping[str, str] = {
            alias.lower(): person.name for person in estate.person for alias in (person.name, *person.aliases)
        }
        self._hosts: Mapping[str, str] = {
            name.lower(): host.name for host in estate.host for name in (host.name, *host.addresses)
        }

    def canonical(self, entity: str) -> str:
        """Return the one name of an entity: `user:finance1` for all of a person's aliases."""
        try:
            kind, value = split_entity(entity)
        except ValueError:
            return entity
        low = value.lower()
        short = self._short(low)
        person = self._people.get(low) or self._people.get(short)
        if kind in (T.USER, T.EMAIL, T.HOST) and person is not None:
            return f"user:{person}"
        if kind in (T.HOST, T.IP):
            host = self._hosts.get(low) or self._hosts.get(short)
            return f"host:{host}" if host is not None else f"{kind}:{short if kind is T.HOST else value}"
        return f"{kind}:{short if kind is T.USER else value}"

    def _short(self, name: str) -> str:
        """Return a name without a domain of ours: `bastion.acme.example` and `deploy@acme.example` lose it."""
        for domain in self._domains:
            for mark in (".", "@"):
                if name.endswith(mark + domain):
                    return name.removesuffix(mark + domain)
        return name

    def tie(self, entity: str) -> Tie:
        """Return how strongly a canonical entity ties findings together."""
        kind, value = split_entity(entity) if ":" in entity else (None, entity)
        if kind in _STRONG:
            return Tie.STRONG
        if kind is T.USER:
            return Tie.WEAK if value.rpartition("\\")[2].lower() in GENERIC_USERS or value.endswith("$") else Tie.STRONG
        if kind is T.IP:
            return Tie.WEAK if self._is_ours(value) else Tie.STRONG
        return Tie.WEAK if kind in _WEAK else Tie.NONE

    def _is_ours(self, address: str) -> bool:
        try:
            ip = ip_address(address)
        except ValueError:
            return True
        # RFC 5737 ranges count as private in Python but stand for the outside in documentation and tests.
        inside = ip.is_private and not any(address.startswith(net) for net in ("192.0.2.", "198.51.100.", "203.0.113."))
        return inside or ip.is_loopback or ip.is_link_local or self._estate.owns(address)


def canonical_all(names: Names, entities: Iterable[str]) -> frozenset[str]:
    """Return the canonical names of entities."""
    return frozenset(names.canonical(entity) for entity in entities)
