"""Trust: code of a workspace runs only after a person pinned its digests.

Pins lie in the user's data folder, never in the workspace: a clone brings none with it.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

import msgspec

from tocsin.model import UserError
from tocsin.runtime.index import Broken, Entry, scan_folder


class Pins(msgspec.Struct, frozen=True):
    """The digests that a person pinned.

    Workspace folder → plug-in path in it → SHA-256.
    """

    workspaces: Mapping[str, Mapping[str, str]] = {}


class Standing(msgspec.Struct, frozen=True, kw_only=True):
    """The plug-ins of a workspace, by whether they may run.

    Those that may, and those that may not with the reason.
    """

    trusted: tuple[Entry, ...] = ()
    refused: tuple[tuple[Entry, str], ...] = ()
    broken: tuple[Broken, ...] = ()


def load(file: Path) -> Pins:
    """Return the pins; none when the file is absent.

    Raises UserError when it is damaged.
    """
    try:
        return msgspec.json.decode(file.read_bytes(), type=Pins)
    except FileNotFoundError:
        return Pins()
    except (OSError, msgspec.MsgspecError) as error:
        raise UserError(f"{file} cannot be read: {error}", where=str(file), hint="remove it and trust again") from error


def _save(file: Path, pins: Pins) -> None:
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        part = file.with_name(f"{file.name}.{os.getpid()}")
        part.write_bytes(msgspec.json.format(msgspec.json.encode(pins), indent=2))
        part.replace(file)
    except OSError as error:
        raise UserError(f"{file} cannot be written: {error.strerror}", where=str(file)) from error


def pin(file: Path, workspace: Path, entries: Iterable[Entry]) -> None:
    """Pin the digests of these plug-ins of a workspace.

    They stand in place of what was pinned for it.
    """
    pins = load(file)
    mine = {_place(workspace, entry): entry.digest for entry in entries}
    _save(file, Pins({**pins.workspaces, str(workspace.resolve()): mine}))


def revoke(file: Path, workspace: Path) -> bool:
    """Forget what was pinned for a workspace; return whether there was anything."""
    pins = load(file)
    left = {folder: digests for folder, digests in pins.workspaces.items() if folder != str(workspace.resolve())}
    if len(left) == len(pins.workspaces):
        return False
    _save(file, Pins(left))
    return True


def standing(file: Path, workspace: Path, cache: Path | None = None) -> Standing:
    """Return which plug-ins of a workspace may run.

    Those whose digest is the pinned one.
    """
    folder = workspace / "plugins"
    if not folder.is_dir():
        return Standing()
    entries, broken = scan_folder(folder, cache)
    mine = load(file).workspaces.get(str(workspace.resolve()), {})
    trusted: list[Entry] = []
    refused: list[tuple[Entry, str]] = []
    for entry in entries:
        pinned = mine.get(_place(workspace, entry))
        if pinned == entry.digest:
            trusted.append(entry)
        else:
            refused.append((entry, "changed since it was trusted" if pinned else "not trusted"))
    return Standing(trusted=tuple(trusted), refused=tuple(refused), broken=tuple(broken))


def _place(workspace: Path, entry: Entry) -> str:
    return Path(entry.path).resolve().relative_to(workspace.resolve()).as_posix()
