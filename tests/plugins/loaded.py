"""The built-in checks and scanners, imported, and a kit of all of them."""

import importlib
import pkgutil
from collections.abc import Callable
from typing import Any

import tocsin.plugins.checks
import tocsin.plugins.scanners
from tocsin.kit.declare import Declaration, declared
from tocsin.match.redact import Redactor
from tocsin.match.secrets import builtin_kinds
from tocsin.posture.checks import Checks
from tocsin.posture.look import Kit

KEY = bytes(range(32))  # of an installation that only tests know


def plugins(package: Any) -> list[tuple[Declaration, Callable[..., Any]]]:
    """Return the plug-ins of a package: one function in each file, of the file's name."""
    made = []
    for found in pkgutil.iter_modules(package.__path__):
        function = getattr(importlib.import_module(f"{package.__name__}.{found.name}"), found.name)
        made.append((declared(function), function))
    return made


CHECKS = plugins(tocsin.plugins.checks)
SCANNERS = plugins(tocsin.plugins.scanners)
REDACTOR = Redactor(builtin_kinds(), KEY)


def kit() -> Kit:
    """Return what a file is looked at with: all checks, all kinds of secret."""
    return Kit(Checks(CHECKS), REDACTOR, KEY)
