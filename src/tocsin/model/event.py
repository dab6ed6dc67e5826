"""An event: one thing that happened, with its own fields and the normalised ones."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that happened.

    `fields` holds the source's own names and the normalised ones (ECS, see model/fields.py). `record` counts from 1
    within `path`. `parsed` is False when no parser knew the record and only `message` is set.
    """

    path: str
    record: int
    what: str
    at: datetime | None
    fields: Mapping[str, Any]
    raw: str
    parsed: bool = True
