"""`rules.lock.toml`: which sets of rules a workspace holds, of which bytes each was made, and when."""

import tomllib
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from secrets import token_hex

import msgspec
import tomlkit

from tocsin.detect.sets import tree_digest
from tocsin.model import UserError

NAME = "rules.lock.toml"
MAX_LOCK = 4 << 20  # bytes
_HEAD = """\
Written by `tocsin rule add`: the sets of rules under rules/, and of which bytes each was made. Keep it in git.
"""


class Locked(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One set of a workspace.

    `digest` is that of the archive, or of the files of a commit; `tree` that of the files as they were written.
    """

    name: str
    version: str
    source: str
    digest: str
    tree: str
    files: int
    rules: int
    added: datetime
    licence: str = ""
    commit: str = ""
    under: tuple[str, ...] = ()
    filters: bool = False


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    set: tuple[Locked, ...] = ()


def read(workspace: Path) -> dict[str, Locked]:
    """Return the sets of a workspace by name; none where there is no lock.

    Raises UserError for a file that is damaged.
    """
    path = workspace / NAME
    try:
        if path.stat().st_size > MAX_LOCK:
            raise UserError(f"{path} is too large", where=str(path))
        found = msgspec.convert(tomllib.loads(path.read_text(encoding="utf-8")), _File)
    except FileNotFoundError:
        return {}
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}", where=str(path)) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, msgspec.ValidationError) as error:
        hint = "take it from git again; `tocsin rule add` writes it"
        raise UserError(f"{path}: {error}", where=str(path), hint=hint) from error
    return {one.name: one for one in found.set}


def write(workspace: Path, sets: Iterable[Locked]) -> None:
    """Write the lock, whole or not at all; raises OSError."""
    document = tomlkit.document()
    for line in _HEAD.splitlines():
        document.add(tomlkit.comment(line))
    tables = tomlkit.aot()
    for one in sorted(sets, key=lambda one: one.name):
        table = tomlkit.table()
        table.update(
            {name: value for name, value in msgspec.structs.asdict(one).items() if value not in ("", (), False)}
        )
        tables.append(table)
    if tables:
        document["set"] = tables
    part = workspace / f".{token_hex(8)}.part"
    try:
        part.write_text(tomlkit.dumps(document), encoding="utf-8")
        part.replace(workspace / NAME)
    finally:
        part.unlink(missing_ok=True)


def files_of(folder: Path) -> dict[str, bytes]:
    """Return what lies in a set's folder now, by path in it; raises OSError."""
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in paths}


def is_as_written(folder: Path, locked: Locked) -> bool:
    """Return whether a set's folder holds just what was written there; raises OSError."""
    return folder.is_dir() and tree_digest(files_of(folder)) == locked.tree
