"""Tests that a token's own form allows: checksums and fixed parts. A token that fails is none, or a mistyped one."""

import base64
import binascii
import json
import re
import zlib
from collections.abc import Callable

from tocsin.match.placeholders import is_wordy

_BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _base62(number: int, width: int) -> str:
    digits = ""
    while number:
        number, rest = divmod(number, 62)
        digits = _BASE62[rest] + digits
    return digits.rjust(width, "0")


def github(value: str) -> bool:
    """Return whether the last six characters are the checksum of the others.

    See: https://github.blog/engineering/platform-security/behind-githubs-new-authentication-token-formats/
    Fine-grained tokens (`github_pat_`) publish no checksum and pass by their form.
    """
    if value.startswith("github_pat_"):
        return True
    body = value.partition("_")[2]
    return _base62(zlib.crc32(body[:-6].encode("ascii", "replace")), 6) == body[-6:]


def jwt(value: str) -> bool:
    """Return whether the first part is a JWT header that names an algorithm."""
    first = value.partition(".")[0]
    try:
        header = json.loads(base64.urlsafe_b64decode(first + "=" * (-len(first) % 4)))
    except (ValueError, binascii.Error, RecursionError):
        return False
    return isinstance(header, dict) and str(header.get("alg", "none")).lower() != "none"


def password(value: str) -> bool:
    """Return whether a password is more than the customary one of a local server."""
    return (
        not value.lower().startswith("tiger") and value.lower() not in _CUSTOMARY and not re.fullmatch(r"(.)\1*", value)
    )


_CUSTOMARY = {
    "password",
    "passwd",
    "pass",
    "secret",
    "postgres",
    "mysql",
    "root",
    "admin",
    "user",
    "guest",
    "test",
    "tiger",
    "pwd",
    "pw",
    "redis",
    "mongo",
    "dbpass",
    "dbpassword",
    "db_password",
    "mypassword",
    "username",
    "p",
    "localhost",
}


def noise(value: str) -> bool:
    """Return whether a value is random rather than words, a name or a path."""
    return not is_wordy(value)


CHECKS: dict[str, Callable[[str], bool]] = {"github": github, "jwt": jwt, "password": password, "noise": noise}
