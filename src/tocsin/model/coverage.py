"""Coverage: what was looked at, what had nothing to look for, and what could not be looked at and why."""

import msgspec


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """How much was looked at.

    `events` of `records` could be read, `parsed_share` of those by a parser.
    """

    files: int = 0
    bytes: int = 0
    records: int = 0
    events: int = 0
    parsed_share: float = 1.0


class Nothing(msgspec.Struct, frozen=True, kw_only=True):
    """An input in which there is nothing to look for."""

    path: str
    why: str


class Missed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Something that could not be looked at; makes the run incomplete."""

    path: str
    why: str
    record: int | None = None
    count: int = 1


class Unruled(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of event that no rule looks at."""

    what: str
    count: int


class Unloaded(msgspec.Struct, frozen=True, kw_only=True):
    """A rule that could not be loaded; makes the run incomplete."""

    path: str
    why: str


class Rules(msgspec.Struct, frozen=True, kw_only=True):
    """How many rules were loaded, and how many could fire on this data.

    `idle` names those that could not, and why.
    """

    loaded: int = 0
    active: int = 0
    unloaded: tuple[Unloaded, ...] = ()
    idle: tuple[Nothing, ...] = ()


class Dataset(msgspec.Struct, frozen=True, kw_only=True):
    """The age of data that a result stands on."""

    name: str
    as_of: str
    stale: bool


class Coverage(msgspec.Struct, frozen=True, kw_only=True):
    """The whole account of a run: what it saw and what it did not."""

    complete: bool
    looked_at: Looked
    nothing_to_look_for: tuple[Nothing, ...] = ()
    not_looked_at: tuple[Missed, ...] = ()
    unruled: tuple[Unruled, ...] = ()
    rules: Rules = Rules()
    data: tuple[Dataset, ...] = ()
