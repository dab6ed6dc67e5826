"""Indicators (values known to be bad) and facts (what an enricher says of a value)."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import msgspec

from tocsin.model.observable import Observable


class Indicator(msgspec.Struct, frozen=True, kw_only=True):
    """A value known to be bad.

    By whom, how sure (0 to 100), until when, and who may see it (TLP).
    """

    about: Observable
    source: str
    confidence: int
    first: datetime | None = None
    last: datetime | None = None
    valid_until: datetime | None = None
    tlp: str = "clear"
    tags: tuple[str, ...] = ()


class Fact(msgspec.Struct, frozen=True, kw_only=True):
    """What one source says of an observable, and when it said so."""

    about: Observable
    source: str
    says: str
    score: int | None = None
    data: Mapping[str, Any] = {}
    at: datetime | None = None
