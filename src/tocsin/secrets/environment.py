"""Secrets from the environment: `abuseipdb` is `TOCSIN_SECRET_ABUSEIPDB`."""

import re
from collections.abc import Mapping

from tocsin.model import Refused, UserError

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,99}")


def variable(name: str) -> str:
    """Return the environment variable of a secret.

    Raises UserError for what is no name of one.
    """
    if not _NAME.fullmatch(name):
        raise UserError(f"{name!r} cannot name a secret", hint="letters, digits, `_`, `-` and `.`")
    return "TOCSIN_SECRET_" + re.sub(r"[.-]", "_", name).upper()


def secret(name: str, environment: Mapping[str, str]) -> str:
    """Return the value of a secret.

    Raises Refused when it is not set, UserError for one that cannot be sent.
    """
    where = variable(name)
    value = environment.get(where, "").strip("\r\n")
    if not value:
        raise Refused(f"the secret {name} is not set", hint=f"set {where}")
    if not value.isprintable():
        raise UserError(f"the secret {name} holds control characters", hint=f"set {where} to one line of text")
    return value
