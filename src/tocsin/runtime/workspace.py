"""A workspace: a folder with `tocsin.toml`, kept in git by its team.

A scanned path never configures its own scan: a workspace found by standing in it counts only when it lies outside every
scanned path, and one that is scanned counts only when it was named with `--workspace`.
"""

import tomllib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from tocsin.model import UserError
from tocsin.model.estate import Estate
from tocsin.runtime import folders, suppressions
from tocsin.runtime.suppressions import Suppress

RULES = "rules"  # the folder of a team's own Sigma rules
NAME = "tocsin.toml"
_TOML = "it must be TOML in UTF-8"
MAX_FILE = 4 * 1024 * 1024  # bytes of a settings file


class Scan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The words of `[scan]`.

    The time zone of logs without one, the gate, worker processes, folders of rules.
    """

    tz: str = "UTC"
    fail_on: str = ""
    workers: int = 0
    rules: tuple[str, ...] = (RULES,)


class Join(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The words of `[cases]`.

    Hours that a chain may be silent, and the share of findings above which an entity joins nothing.
    """

    gap_hours: float = 24.0
    common_share: float = 0.3


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What `tocsin.toml` may say.

    A word that is not here is an error, so that no typing mistake goes unseen.
    """

    scan: Scan = Scan()
    cases: Join = Join()
    store: str = ""


class Workspace(msgspec.Struct, frozen=True, kw_only=True):
    """The workspace in force; `folder` is None where there is none.

    `ignored` says why one that is there is not used.
    """

    folder: Path | None = None
    settings: Settings = Settings()
    estate: Estate = Estate()
    suppressions: tuple[Suppress, ...] = ()
    ignored: str = ""

    @property
    def state(self) -> Path:
        """Return the folder of its state: `.tocsin` in it, or the user's data folder."""
        return self.folder / ".tocsin" if self.folder else folders.data()

    @property
    def rule_folders(self) -> list[Path]:
        """Return the folders of its Sigma rules.

        `rules` need not be there, one that settings name must.
        """
        if self.folder is None:
            return []
        named = [self.folder / name for name in self.settings.scan.rules]
        return [path for path in named if path.name != RULES or path.exists()]

    @property
    def store_url(self) -> str:
        """Return where findings are kept unless the caller says otherwise."""
        return self.settings.store or f"sqlite:///{self.state / 'store.db'}"


def find(named: Path | None, here: Path, scanned: Sequence[Path]) -> Workspace:
    """Return the workspace that counts.

    Raises UserError for one that was named and is not good.
    """
    if named is not None:
        if not (named / NAME).is_file():
            raise UserError(f"{named} is no workspace: it has no {NAME}", hint=f"tocsin init {named}")
        return read(named.resolve())
    if not (here / NAME).is_file():
        return Workspace()
    home = here.resolve()
    for path in scanned:
        if home.is_relative_to(path.resolve()):
            return Workspace(
                ignored=f"{here / NAME} and what lies beside it were not used: a scanned path never configures its own "
                "scan (name it with --workspace to use it)"
            )
    return read(home)


def read(folder: Path) -> Workspace:
    """Return the workspace in a folder.

    Raises UserError with file and place of what is wrong.
    """
    return Workspace(
        folder=folder,
        settings=_convert(folder / NAME, Settings),
        estate=_convert(folder / "estate.toml", Estate),
        suppressions=_suppressions(folder / suppressions.NAME),
    )


def _suppressions(path: Path) -> tuple[Suppress, ...]:
    text = _text(path)
    return suppressions.read(path, _parsed(path, text), text)


def _convert(path: Path, kind: type[Any]) -> Any:
    try:
        return msgspec.convert(_load(path), kind)
    except msgspec.ValidationError as error:
        raise UserError(
            f"{path}: {error}", where=str(path), hint="docs/guide/workspace.md lists what it may say"
        ) from error


def _load(path: Path) -> Mapping[str, Any]:
    return _parsed(path, _text(path))


def _text(path: Path) -> str:
    """Return the text of a file of settings; nothing where there is none."""
    if path.exists() and not path.is_file():  # a pipe would never end
        raise UserError(f"{path} cannot be read: it is no file", where=str(path))
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return ""
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}", where=str(path)) from error
    if len(raw) > MAX_FILE:
        raise UserError(f"{path} is too large: {len(raw)} bytes", where=str(path))
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise UserError(f"{path}: {error}", where=str(path), hint=_TOML) from error


def _parsed(path: Path, text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise UserError(f"{path}: {error}", where=str(path), hint=_TOML) from error
