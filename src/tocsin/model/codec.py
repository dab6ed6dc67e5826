"""The one codec: stable JSON, keys in the order that the record declares, times with `Z`."""

import re
from typing import Any, TypeVar

import msgspec

from tocsin.model.text import UNSAFE as _UNSAFE

T = TypeVar("T")


def to_json(value: Any) -> bytes:
    """Return compact JSON; a record's keys stand in the order of its declaration."""
    return msgspec.json.encode(value, order=None)


def json_text(value: Any) -> str:
    r"""Return JSON to be shown.

    What could steer a terminal or reorder a line stands as `\u009b` or `\u202e`. It is the same
    JSON: such characters stand in its texts only.
    """
    return _UNSAFE.sub(_escaped, to_json(value).decode())


def _escaped(found: re.Match[str]) -> str:
    raw = found[0].encode("utf-16-be")
    return "".join(f"\\u{raw[at : at + 2].hex()}" for at in range(0, len(raw), 2))


def from_json(raw: bytes | str, kind: type[T]) -> T:
    """Return the record; raises msgspec.ValidationError or DecodeError."""
    return msgspec.json.decode(raw, type=kind)


def to_builtins(value: Any) -> Any:
    """Return the record as dicts, lists and texts, just as its JSON would show it."""
    return msgspec.to_builtins(value)
