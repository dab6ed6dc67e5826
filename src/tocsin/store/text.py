"""Texts as both databases can hold them.

Postgres refuses NUL in text, both refuse lone surrogates, and a Postgres index refuses entries over 2,704 bytes. So a
NUL becomes U+2400 (the picture of NUL), a lone surrogate becomes its visible escape, and a text that is searched by is
cut where it is very long, its hash kept. A record's own body is JSON, where NUL is an escape: it comes back as it was.
"""

from collections.abc import Mapping
from hashlib import blake2b
from typing import Any

import msgspec

from tocsin.model.codec import to_json

MAX_KEY = 800  # bytes of UTF-8; three such texts fit in one index entry of Postgres (2,704 bytes)


def clean(text: str) -> str:
    """Return the text without NUL and lone surrogates, both made visible."""
    if "\0" in text:
        text = text.replace("\0", "\u2400")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "backslashreplace").decode()
    return text


def search_key(text: str) -> str:
    """Return the text as it stands in a searched column.

    It is clean, and cut with its hash where it is over MAX_KEY bytes.
    """
    text = clean(text)
    raw = text.encode()
    if len(raw) <= MAX_KEY:
        return text
    digest = blake2b(raw, digest_size=16).hexdigest()
    return f"{raw[: MAX_KEY - 40].decode('utf-8', 'ignore')}...{digest}"


def body(record: msgspec.Struct) -> str:
    """Return the record's JSON as text; lone surrogates become their visible escapes."""
    try:
        return to_json(record).decode()
    except UnicodeEncodeError:
        return to_json(_visible(msgspec.to_builtins(record))).decode()


def _visible(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, Mapping):
        return {_visible(name): _visible(part) for name, part in value.items()}
    if isinstance(value, list | tuple):
        return [_visible(part) for part in value]
    return value
