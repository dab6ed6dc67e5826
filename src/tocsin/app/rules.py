"""The rules in force: our own, and those of folders that were named."""

import zipfile
from collections.abc import Iterable, Iterator
from functools import lru_cache
from hashlib import sha256
from importlib.resources import files
from pathlib import Path

from tocsin.detect import rule_cache
from tocsin.detect.rules import RuleSet, together
from tocsin.detect.rules import files as rule_files
from tocsin.match.sigma.placeholder import NO_FILLS, Fills
from tocsin.model import UserError
from tocsin.runtime.folders import cache

PACKED = "rules.zip"  # in the wheel: virus scanners take plain Sigma rules for what they describe
FOLDER = "rules"
CACHED = "rules"  # in the user's cache folder


def builtin_sources() -> Iterator[tuple[str, bytes]]:
    """Yield our own rules: the path of each below the rules' folder, and its bytes."""
    content = files("tocsin.content")
    packed = content / PACKED
    if packed.is_file():
        with packed.open("rb") as stream, zipfile.ZipFile(stream) as archive:
            for name in sorted(archive.namelist()):
                if name.endswith(".yml"):
                    yield name, archive.read(name)
        return
    folder = Path(str(content / FOLDER))
    for path in sorted(folder.rglob("*.yml")):
        yield path.relative_to(folder).as_posix(), path.read_bytes()


@lru_cache(maxsize=1)
def builtin_rules() -> RuleSet:
    """Return our own rules."""
    return together(builtin_sources())


@lru_cache(maxsize=4)
def _rules_of(folders: tuple[Path, ...], only: str, fills: tuple[tuple[str, tuple[str, ...]], ...]) -> RuleSet:
    sources = list(_sources(folders, only))
    name = rule_cache.key(sources, dict(fills))
    return rule_cache.kept(cache() / CACHED, name, lambda: together(sources, dict(fills)))


def rules_of(folders: Iterable[Path], *, only: bool, fills: Fills = NO_FILLS) -> RuleSet:
    """Return the rules in force, loaded once in each process.

    `fills` are the values of placeholders by name. Raises UserError for a folder that is not there.
    """
    frozen = tuple(sorted((name, tuple(values)) for name, values in fills.items()))
    return _rules_of(tuple(folders), "only" if only else "", frozen)


def _sources(folders: Iterable[Path], only: str) -> Iterator[tuple[str, bytes | str]]:
    if not only:
        yield from builtin_sources()
    for folder in folders:
        if not folder.exists():
            raise UserError(f"{folder}: there is no such file or folder of rules", where=str(folder))
        yield from rule_files(folder)


def digest(folders: Iterable[Path], *, only: bool, fills: Fills = NO_FILLS) -> str:
    """Return the SHA-256 of the rules in force and of what fills them, for the report."""
    whole = sha256(repr(sorted((name, *values) for name, values in fills.items())).encode() if fills else b"")
    for path, raw in _sources(folders, "only" if only else ""):
        whole.update(path.encode("utf-8", "surrogateescape"))
        whole.update(raw if isinstance(raw, bytes) else raw.encode())
    return whole.hexdigest()
