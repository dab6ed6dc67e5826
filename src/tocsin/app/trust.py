"""Trusting a workspace: what would run, and pinning it."""

from collections.abc import Iterator
from pathlib import Path

from tocsin.model.text import safe
from tocsin.runtime import folders, trust
from tocsin.runtime.index import Entry


def _file() -> Path:
    return folders.data() / "trust.json"


def standing(workspace: Path) -> trust.Standing:
    """Return which plug-ins of a workspace may run and which may not."""
    return trust.standing(_file(), workspace)


def pin(workspace: Path, found: trust.Standing) -> None:
    """Pin all plug-ins that were shown."""
    trust.pin(_file(), workspace, [*found.trusted, *(entry for entry, _ in found.refused)])


def revoke(workspace: Path) -> bool:
    """Forget what was pinned; return whether there was anything."""
    return trust.revoke(_file(), workspace)


def describe(found: trust.Standing, workspace: Path) -> Iterator[str]:
    """Yield a line per plug-in: its state, digest, kind and what it asks for."""
    for entry in found.trusted:
        yield f"trusted      {_line(entry, workspace)}"
    for entry, why in found.refused:
        yield f"{why:<12} {_line(entry, workspace)}"
    for broken in found.broken:
        yield f"broken       {safe(broken.path)}: {safe(broken.why)}"
    if not (found.trusted or found.refused or found.broken):
        yield f"{workspace} has no plug-ins"


def _line(entry: Entry, workspace: Path) -> str:
    about, says = entry.declaration, entry.declaration.says
    asks = [f"{word}={says[word]!r}" for word in ("hosts", "secrets", "runs", "does", "effect") if says.get(word)]
    place = Path(entry.path).resolve().relative_to(workspace.resolve())
    return safe(f"{entry.digest[:12]}  {about.kind:<8} {about.id:<24} {place}  {' '.join(asks)}".rstrip())
