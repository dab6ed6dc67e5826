"""Python scripts and what they say they need.

A file is a script when its first line names a Python, when it is executable, or when it carries the block of PEP 723
(`# /// script`). It becomes one component with its digest; each dependency of the block becomes another, pinned when it
names one version.

Misses: scripts without any of these marks; what a script imports and does not declare (a scanner's business).

See: https://peps.python.org/pep-0723/
"""

import re
import tomllib
from collections.abc import Iterator
from hashlib import sha256
from pathlib import PurePosixPath
from typing import Any

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from tocsin.kit import File, finder
from tocsin.model import Component

_PYTHON = re.compile(r"#!.{0,200}\b(?:python[0-9.]*|uv run)\b")
_BLOCK = re.compile(r"(?m)^# /// script\s*$\n((?:^#(?: .*)?$\n)+?)^# ///$")


@finder(files=("*.py", "*.pyw", "*"), what="Python scripts")
def python_scripts(file: File) -> Iterator[Component]:
    """Yield the script that a file is, and what it says it needs."""
    is_python = file.path.endswith((".py", ".pyw"))
    has_shebang = _PYTHON.match(file.first_line()) is not None
    block = _metadata(file.text()) if is_python or has_shebang else None
    if not (has_shebang or block is not None or (is_python and file.is_executable)):
        return
    name = PurePosixPath(file.path).name
    yield Component(kind="script", name=name, path=file.path, digest=f"sha256:{sha256(file.raw).hexdigest()}")
    needs = (block or {}).get("dependencies", [])
    for line in needs if isinstance(needs, list) else []:
        if isinstance(line, str) and (needed := _package(line, file.path)) is not None:
            yield needed


def _metadata(text: str) -> dict[str, Any] | None:
    """Return what the block of PEP 723 says; None without one, or when it cannot be read."""
    found = _BLOCK.search(text.replace("\r\n", "\n") + "\n")
    if found is None:
        return None
    lines = (line[2:] if line.startswith("# ") else line[1:] for line in found[1].splitlines())
    try:
        return tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError:
        return None


def _package(line: str, path: str) -> Component | None:
    """Return the package that a requirement names; None for what is none."""
    try:
        needed = Requirement(line)
    except InvalidRequirement:
        return None
    name = canonicalize_name(needed.name)
    exact = [
        spec.version for spec in needed.specifier if spec.operator in {"==", "==="} and not spec.version.endswith(".*")
    ]
    version = exact[0] if len(exact) == 1 else None
    return Component(
        kind="package",
        name=name,
        path=path,
        version=version,
        purl=f"pkg:pypi/{name}" + (f"@{version}" if version else ""),
        pinned=version is not None,
    )
