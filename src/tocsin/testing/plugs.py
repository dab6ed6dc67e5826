"""The plug-ins that samples are run with: the built-in ones, and those of an author's workspace."""

from collections.abc import Callable, Iterable
from functools import cached_property
from pathlib import Path
from typing import Any

from tocsin.kit.declare import Declaration, Kind
from tocsin.model import PluginError, UserError
from tocsin.runtime import index
from tocsin.runtime.index import Entry

Loaded = tuple[Declaration, Callable[..., Any]]


class Plugs:
    """Plug-ins by kind and name; each is imported when it is first asked for.

    The plug-ins of the workspace run without a pin: whoever runs the tests of a folder runs its code anyhow.
    """

    def __init__(self, workspace: Path | None = None) -> None:
        self.workspace = workspace
        self._loaded: dict[tuple[Kind, str], Loaded] = {}

    @cached_property
    def entries(self) -> list[Entry]:
        """Return what the index knows; raises PluginError for a file that is no plug-in."""
        found = list(index.builtins())
        if self.workspace is not None and (self.workspace / "plugins").is_dir():
            own, broken = index.scan_folder(self.workspace / "plugins", None)
            if broken:
                raise PluginError(f"{broken[0].path}: {broken[0].why}")
            found += own
        return found

    def one(self, kind: Kind, name: str) -> Loaded:
        """Return a plug-in by its name; raises UserError when there is none."""
        key = (kind, name)
        if key not in self._loaded:
            entry = next((e for e in self._of(kind) if e.declaration.name == name), None)
            if entry is None:
                raise UserError(f"no {kind} is named {name}", hint="the sample folder bears the plug-in's name")
            self._loaded[key] = index.load(entry)
        return self._loaded[key]

    def all(self, kind: Kind) -> list[Loaded]:
        """Return the plug-ins of a kind."""
        return [self.one(kind, e.declaration.name) for e in self._of(kind)]

    def declarations(self, kind: Kind) -> list[Declaration]:
        """Return the declarations of a kind."""
        return [entry.declaration for entry in self._of(kind)]

    def _of(self, kind: Kind) -> Iterable[Entry]:
        return index.of_kind(self.entries, kind)
