"""Observables and entities: one closed table of types.

An entity is written `type:value`. A key is never written whole: its value is `AKIA...7Q2M(fp 9c1f8e2a)`, where fp is a
keyed hash, so that equal keys join and the key cannot be read back.
"""

from enum import StrEnum

import msgspec


class ObservableType(StrEnum):
    """What a seen value is; finer names (ipv4, sha256) are its `form`."""

    IP = "ip"
    DOMAIN = "domain"
    URL = "url"
    EMAIL = "email"
    HASH = "hash"
    USER = "user"
    HOST = "host"
    PROCESS = "process"
    PATH = "path"
    KEY = "key"
    ACCOUNT = "account"
    APP = "app"
    SERVICE = "service"
    COUNTRY = "country"
    PACKAGE = "package"
    REGISTRY = "registry"
    CVE = "cve"


class Observable(msgspec.Struct, frozen=True, kw_only=True, order=True):
    """A value that was seen."""

    type: ObservableType
    value: str
    form: str = ""

    def __str__(self) -> str:
        """Return `type:value`."""
        return f"{self.type}:{self.value}"


def entity(kind: ObservableType, value: str) -> str:
    """Return the entity `type:value`.

    Hosts, domains and mail addresses fold to lower case.
    """
    if kind in _FOLDED:
        value = value.lower()
    return f"{kind}:{value}"


def split_entity(text: str) -> tuple[ObservableType, str]:
    """Return type and value of `type:value`; raises ValueError for an unknown type."""
    kind, _, value = text.partition(":")
    return ObservableType(kind), value


_FOLDED = frozenset({ObservableType.HOST, ObservableType.DOMAIN, ObservableType.EMAIL, ObservableType.USER})
