"""Upkeep of the store: backup, restore, purge."""

from datetime import timedelta
from pathlib import Path

import msgspec

from tocsin.app.queue import now, opened
from tocsin.store import upkeep
from tocsin.store.open import open_store


def backup(url: str, target: Path) -> None:
    """Write a backup of the store."""
    with opened(url) as store:
        upkeep.backup(store, target)


def restore(url: str, source: Path) -> dict[str, int]:
    """Fill an empty store and return how many rows each table got."""
    with open_store(url) as store:
        return upkeep.restore(store, source)


def purge(url: str, age: timedelta) -> dict[str, int]:
    """Delete what is older than an age and return how many of what."""
    with opened(url) as store:
        return msgspec.structs.asdict(upkeep.purge(store, now() - age))
