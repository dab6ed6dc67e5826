"""Checking an installation: each check says what it saw and what to do."""

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib import metadata
from pathlib import Path

import msgspec

from tocsin.app.config import without_password
from tocsin.model import TocsinError
from tocsin.model.text import counted, safe
from tocsin.runtime import folders, index
from tocsin.runtime.call import Pool
from tocsin.runtime.workspace import Workspace

LOW_DISK = 200 * 1024 * 1024  # bytes; a store of 50,000 findings takes about 100 MB


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that was checked: ok, warn or fail, in words, with what to do."""

    name: str
    state: str
    says: str
    hint: str = ""


def checks(workspace: Workspace, store_url: str | None) -> Iterator[Check]:
    """Yield the checks, each after those that it builds on.

    None of them raises.
    """
    yield _python()
    yield _packages()
    for name, look in (
        ("data folder", lambda: _folder(folders.data())),
        ("cache folder", lambda: _folder(folders.cache())),
        ("installation key", _key),
        ("plug-ins", _plugins),
        ("rules", _rules),
        ("worker processes", _workers),
        ("workspace", lambda: _workspace(workspace)),
        ("store", lambda: _store(store_url or workspace.store_url)),
    ):
        yield _guarded(name, look)


def _guarded(name: str, look: Callable[[], Check]) -> Check:
    try:
        return look()
    except TocsinError as error:
        return Check(name=name, state="fail", says=safe(error.says), hint=safe(error.hint))
    except OSError as error:
        return Check(name=name, state="fail", says=safe(str(error)))


def _python() -> Check:
    version = ".".join(str(part) for part in sys.version_info[:3])
    good = sys.version_info >= (3, 11)
    return Check(
        name="Python",
        state="ok" if good else "fail",
        says=f"{version} on {sys.platform}",
        hint="" if good else "Tocsin needs Python 3.11 or later",
    )


def _packages() -> Check:
    absent: list[str] = []
    for text in metadata.requires("tocsin") or ():
        if "extra ==" in text or "sys_platform" in text:
            continue
        name = text.split(">")[0].split("=")[0].split(";")[0].strip()
        try:
            metadata.version(name)
        except metadata.PackageNotFoundError:
            absent.append(name)
    if absent:
        return Check(name="packages", state="fail", says=f"missing: {', '.join(absent)}", hint="install tocsin again")
    return Check(name="packages", state="ok", says=f"tocsin {metadata.version('tocsin')} with all that it needs")


def _folder(folder: Path) -> Check:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder):
        pass
    free = shutil.disk_usage(folder).free
    name = "cache folder" if folder == folders.cache() else "data folder"
    if free < LOW_DISK:
        return Check(name=name, state="warn", says=f"{folder}: only {free // 1_000_000} MB are free", hint="make room")
    return Check(name=name, state="ok", says=str(folder))


def _key() -> Check:
    folders.installation_key(folders.data())
    return Check(name="installation key", state="ok", says="fingerprints of secrets are keyed to this installation")


def _plugins() -> Check:
    found = index.builtins(folders.cache())
    kinds: dict[str, int] = {}
    for entry in found:
        kinds[entry.declaration.kind] = kinds.get(entry.declaration.kind, 0) + 1
        index.load(entry)
    return Check(
        name="plug-ins", state="ok", says=", ".join(counted(count, kind) for kind, count in sorted(kinds.items()))
    )


def _rules() -> Check:
    from tocsin.app.rules import builtin_rules

    found = builtin_rules()
    if found.problems:
        return Check(
            name="rules",
            state="fail",
            says=f"{len(found.problems)} of our own cannot be loaded",
            hint="install tocsin again",
        )
    return Check(name="rules", state="ok", says=f"{len(found.telling)} of our own")


class _Echo:
    """Halving of jobs that are never cut."""

    def halves(self, job: bytes) -> list[bytes]:  # noqa: ARG002  # the name is the protocol's
        """Return nothing: an echo has no parts."""
        return []

    def set_aside(self, job: bytes, why: str) -> bytes:  # noqa: ARG002  # the name is the protocol's
        """Return the reason as the answer."""
        return b"failed: " + why.encode()


def echo(setup: bytes) -> Callable[[bytes], bytes]:  # noqa: ARG001  # every work is given one
    """Return the work of a worker that only answers what it was asked."""
    return lambda job: job


def _workers() -> Check:
    with Pool("tocsin.app.doctor:echo", b"", size=1, halving=_Echo(), limit=10.0) as pool:
        answers = list(pool.run([b"ping"]))
    if answers != [[b"ping"]]:
        return Check(
            name="worker processes",
            state="fail",
            says=safe(repr(answers)),
            hint="is /dev/shm or the process limit in the way?",
        )
    return Check(name="worker processes", state="ok", says="start, answer and end")


def _workspace(workspace: Workspace) -> Check:
    if workspace.ignored:
        return Check(name="workspace", state="warn", says=safe(workspace.ignored))
    return Check(name="workspace", state="ok", says=safe(str(workspace.folder or "none: settings are the defaults")))


def _store(url: str) -> Check:
    from tocsin.store import upkeep
    from tocsin.store.open import open_existing

    place = safe(without_password(url))
    if url.startswith("sqlite:///") and not Path(url.removeprefix("sqlite:///")).exists():
        return Check(name="store", state="ok", says=f"none yet; the first scan makes {place}")
    with open_existing(url) as store:
        wrong = upkeep.problems(store)
    if wrong:
        return Check(
            name="store", state="fail", says=f"{place}: {safe(wrong[0])}", hint="restore a backup: tocsin store restore"
        )
    return Check(name="store", state="ok", says=f"{place}, whole")
