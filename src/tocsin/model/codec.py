"""The one codec: stable JSON, keys in the order that the record declares, times with `Z`."""

from typing import Any, TypeVar

import msgspec

T = TypeVar("T")


def to_json(value: Any) -> bytes:
    """Return compact JSON; a record's keys stand in the order of its declaration."""
    return msgspec.json.encode(value, order=None)


def from_json(raw: bytes | str, kind: type[T]) -> T:
    """Return the record; raises msgspec.ValidationError or DecodeError."""
    return msgspec.json.decode(raw, type=kind)


def to_builtins(value: Any) -> Any:
    """Return the record as dicts, lists and texts, just as its JSON would show it."""
    return msgspec.to_builtins(value)
