"""A component: a package, script, tool or container."""

import msgspec


class Component(msgspec.Struct, frozen=True, kw_only=True):
    """A package, script, tool or container that is in use."""

    kind: str
    name: str
    path: str
    version: str | None = None
    purl: str | None = None
    digest: str | None = None
    owner: str | None = None
    pinned: bool | None = None
    hashed: bool | None = None
