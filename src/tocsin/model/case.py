"""A case: findings that belong together, why, and what to do now."""

from datetime import datetime

import msgspec

from tocsin.model.severity import Severity


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """Findings that belong together.

    `id` is assigned once; when cases merge, the younger id becomes an alias of the older. `findings` are fingerprints
    in the order of the story; `why` says in words what joined them; `do_now` is ordered, most urgent first.
    """

    id: str
    title: str
    severity: Severity
    findings: tuple[str, ...]
    entities: tuple[str, ...] = ()
    why: tuple[str, ...] = ()
    first: datetime | None = None
    last: datetime | None = None
    do_now: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    state: str = "open"
    assignee: str | None = None
