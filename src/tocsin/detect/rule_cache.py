"""Rule sets kept on disk, so that unchanged rules are not read and checked again.

A set is kept under the digest of all that it is made of: the files' names and bytes, what fills them, and the code that
reads them. Nothing of any log is kept. What is kept is data of fixed types, never code; a file that is not whole, or
was made by another version, is as good as none.
"""

import secrets
import sys
from collections.abc import Callable, Iterable
from functools import cache
from hashlib import blake2b
from pathlib import Path

import msgspec

from tocsin.detect import rules
from tocsin.detect.pipelines import FileName
from tocsin.detect.rules import RuleSet
from tocsin.match.sigma import tree
from tocsin.match.sigma.placeholder import NO_FILLS, Fills

MAX_KEPT = 16  # sets; the oldest go first
MAX_BYTES = 256 << 20  # of one set's file: of 30,000 rules it has some 60 MB
SUFFIX = ".rules"
_DIGEST = 32
_encode = msgspec.msgpack.Encoder().encode


def key(sources: Iterable[tuple[str, bytes | str]], fills: Fills = NO_FILLS) -> str:
    """Return the digest of all that a rule set is made of."""
    whole = blake2b(digest_size=_DIGEST)
    for part in (_code(), repr(sorted((name, *values) for name, values in fills.items())).encode()):
        whole.update(blake2b(part).digest())
    for path, raw in sources:
        root = path.root if isinstance(path, FileName) else ""
        for text in (path, root, raw):
            part = text if isinstance(text, bytes) else text.encode("utf-8", "surrogateescape")
            whole.update(b"%s%d:" % (b"b" if text is raw and isinstance(raw, bytes) else b"t", len(part)))
            whole.update(part)
    return whole.hexdigest()


def kept(folder: Path, name: str, make: Callable[[], RuleSet]) -> RuleSet:
    """Return the rule set of a key: from the folder, or made and put there."""
    path = folder / f"{name}{SUFFIX}"
    found = _read(path)
    if found is None:
        found = make()
        _write(path, found)
    return found


def _read(path: Path) -> RuleSet | None:
    try:
        if path.stat().st_size > MAX_BYTES:
            return None
        raw = path.read_bytes()
        if blake2b(raw[_DIGEST:], digest_size=_DIGEST).digest() != raw[:_DIGEST]:
            return None
        return msgspec.msgpack.decode(raw[_DIGEST:], type=RuleSet)
    except (OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return None


def _write(path: Path, made: RuleSet) -> None:
    """Put a set in its place whole; where that cannot be, it is made again the next time."""
    part = path.with_name(f"{path.name}.{secrets.token_hex(8)}")
    try:
        raw = _encode(made)
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        try:
            part.write_bytes(blake2b(raw, digest_size=_DIGEST).digest() + raw)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        for old in sorted(path.parent.glob(f"*{SUFFIX}"), key=lambda one: -one.stat().st_mtime)[MAX_KEPT:]:
            old.unlink(missing_ok=True)
    except (OSError, UnicodeEncodeError, RecursionError):
        return


@cache
def _code() -> bytes:
    """Return what tells this version of the loader from others: a change of its code makes another key."""
    folders = {Path(module.__file__ or "").parent for module in (rules, tree)}
    told: list[str] = [sys.version, msgspec.__version__]
    for folder in sorted(folders):
        for file in sorted(folder.glob("*.py")):
            stat = file.stat()
            told.append(f"{file} {stat.st_size} {stat.st_mtime_ns}")
    return "\n".join(told).encode("utf-8", "surrogateescape")
