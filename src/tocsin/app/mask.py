"""Secrets masked in everything that is shown or kept: one redactor, keyed to the installation."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any

import msgspec

from tocsin.match.redact import Redactor
from tocsin.match.secrets import builtin_kinds
from tocsin.model import Event
from tocsin.runtime import folders


@lru_cache(maxsize=2)
def redactor(key: bytes) -> Redactor:
    """Return the redactor of an installation's key, made once in each process."""
    return Redactor(builtin_kinds(), key)


def masker() -> Callable[[Iterable[Event]], Iterator[Event]]:
    """Return a function that masks the secrets in events."""
    mask = redactor(folders.installation_key(folders.data()))

    def masked(events: Iterable[Event]) -> Iterator[Event]:
        for event in events:
            yield msgspec.structs.replace(event, raw=mask.text(event.raw), fields=masked_value(mask, event.fields))

    return masked


def masked_value(mask: Redactor, value: Any) -> Any:
    """Return a value of an event with the secrets in all its texts masked."""
    if isinstance(value, str):
        return mask.text(value)
    if isinstance(value, Mapping):
        return {name: masked_value(mask, item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [masked_value(mask, item) for item in value]
    return value
