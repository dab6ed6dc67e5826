"""The plug-ins that a journey uses: found by the index, allowed by trust, loaded in the worker."""

from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import msgspec

from tocsin.kit.declare import Declaration, Kind
from tocsin.model.coverage import Missed
from tocsin.runtime import folders, index, trust
from tocsin.runtime.index import Entry
from tocsin.runtime.workspace import Workspace

Loaded = tuple[Declaration, Callable[..., Any]]


class Plugged(msgspec.Struct, frozen=True, kw_only=True):
    """The plug-ins that may run, and why others of the workspace may not."""

    entries: tuple[Entry, ...]
    refused: tuple[Missed, ...] = ()

    def of_kind(self, kind: Kind) -> list[Entry]:
        """Return the entries of one kind."""
        return index.of_kind(self.entries, kind)


def plugged(workspace: Workspace) -> Plugged:
    """Return the built-in plug-ins and those of the workspace that are trusted."""
    entries = list(index.builtins(folders.cache()))
    refused: list[Missed] = []
    if workspace.folder is not None:
        found = trust.standing(folders.data() / "trust.json", workspace.folder)
        entries += found.trusted
        refused += [
            Missed(path=entry.path, why=f"plug-in not run: {why} (tocsin trust)") for entry, why in found.refused
        ]
        refused += [Missed(path=broken.path, why=f"plug-in not run: {broken.why}") for broken in found.broken]
    return Plugged(entries=tuple(entries), refused=tuple(refused))


@lru_cache(maxsize=4)
def _loaded(frozen: bytes) -> tuple[Loaded, ...]:
    return tuple(index.load(entry) for entry in msgspec.msgpack.decode(frozen, type=list[Entry]))


def loaded(entries: Iterable[Entry]) -> tuple[Loaded, ...]:
    """Return the functions of plug-ins, imported once in each process."""
    return _loaded(msgspec.msgpack.encode(list(entries)))
