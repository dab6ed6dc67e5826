"""Where Tocsin keeps what is the user's own: settings of the installation, cache, state."""

import os
import secrets
from pathlib import Path

import platformdirs

from tocsin.model import UserError

KEY_BYTES = 32


def data() -> Path:
    """Return the user's data folder (on Linux `$XDG_DATA_HOME/tocsin`)."""
    return Path(platformdirs.user_data_dir("tocsin", appauthor=False))


def cache() -> Path:
    """Return the user's cache folder (on Linux `$XDG_CACHE_HOME/tocsin`)."""
    return Path(platformdirs.user_cache_dir("tocsin", appauthor=False))


def installation_key(folder: Path) -> bytes:
    """Return the key of this installation, made at first use.

    Fingerprints of secrets are keyed to it.
    Raises UserError when it can be neither read nor made.
    """
    path = folder / "installation.key"
    try:
        key = path.read_bytes()
        if len(key) == KEY_BYTES:
            return key
        raise UserError(f"{path} is damaged: {len(key)} bytes instead of {KEY_BYTES}", hint="remove it")
    except FileNotFoundError:
        pass
    except OSError as error:
        raise UserError(f"{path} cannot be read: {error.strerror}") from error
    return _make_key(path)


def _make_key(path: Path) -> bytes:
    """Write a new key beside its place and link it there whole: another process sees all of it or nothing."""
    key = secrets.token_bytes(KEY_BYTES)
    part = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(key)
        try:
            os.link(part, path)
        finally:
            part.unlink()
    except FileExistsError:
        return installation_key(path.parent)  # another process made it first
    except OSError as error:
        raise UserError(f"{path} cannot be made: {error.strerror}", hint="set XDG_DATA_HOME") from error
    return key
