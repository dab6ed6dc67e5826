"""Sets of rules read from where others keep them: archives, and git folders at a commit.

A name in an archive is only a name, and the author of one may be hostile: what would lie outside the set's folder, or
would deceive a reader, refuses the whole archive. Links are never followed. Of a git folder only objects are read:
neither its working tree nor its settings count, and the program git is not run (docs/decisions/dulwich.md).
"""

import io
import os
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from hashlib import sha256
from pathlib import PurePosixPath

import msgspec

from tocsin.formats.archive import Unread, archive, members
from tocsin.formats.compress import Broken, Decompressed, Readable, compression
from tocsin.model import UserError
from tocsin.model.text import UNSAFE, safe

MAX_ARCHIVE = 64 << 20  # bytes; the archive of SigmaHQ's whole repository has 20 MB
MAX_FILE = 1 << 20  # bytes of one rule file, as match/sigma/tree.py
MAX_RULES = 256 << 20  # bytes of all rule files; SigmaHQ's have 15 MB
MAX_FILES = 50_000  # rule files of a set; SigmaHQ has 4,000
MAX_MEMBERS = 200_000  # names in an archive or a tree
MAX_STREAM = 1 << 30  # bytes that may come out of a compressed tar
MAX_RATIO = 200  # unpacked to packed bytes; rules as zip have 4
MAX_NAME = 400  # characters of a path in a set
MAX_DEPTH = 32  # folders in one another
SPOOL = 1 << 28  # bytes of a zip in a compressed stream, which nobody makes
RULE_SUFFIXES = (".yml", ".yaml")
_NOT_PORTABLE = str.maketrans(dict.fromkeys('<>:"|?*', "_"))  # Windows takes none of these in a file's name
_LICENCES = ("licen", "copying")

Opened = Callable[[], Readable]


class Taken(msgspec.Struct, frozen=True, kw_only=True):
    """The YAML files of a source, by path in the set, and what was left.

    `digest` is that of the archive, or of the files of a commit. `left` counts by reason what is no rule file,
    `refused` names rule files that were not taken, each with why. `licence` is the first line of the file of that name.
    """

    files: Mapping[str, bytes]
    digest: str
    left: Mapping[str, int] = {}
    refused: Mapping[str, str] = {}
    licence: str = ""
    commit: str = ""
    moves: bool = False


def tree_digest(files: Mapping[str, bytes]) -> str:
    """Return the SHA-256 of files and their paths, whatever order they come in."""
    whole = sha256()
    for name in sorted(files):
        whole.update(f"{sha256(files[name]).hexdigest()}  {name}\n".encode())
    return f"sha256:{whole.hexdigest()}"


def of_archive(raw: bytes, where: str, under: Sequence[str] = ()) -> Taken:
    """Return the YAML files of an archive: all, or those under some folders of it.

    Raises UserError for what is no archive, is damaged, too large or hostile.
    """
    taking = Taking(where, under)
    try:
        kind, source = _opened(raw)
        if not kind:
            raise UserError(f"{where} is no archive", where=where, hint=".zip, .tar.gz, .tar.zst and the like are")
        for member in members(kind, source, ratio=MAX_RATIO, free=MAX_FILE, spool=SPOOL):
            if isinstance(member, Unread):
                taking.unread(member.name, member.why)
            else:
                taking.take(member.name, member.size, member.open)
    except Broken as error:
        raise UserError(f"{where} cannot be read: {error}", where=where) from error
    return taking.taken(digest=f"sha256:{sha256(raw).hexdigest()}")


def _opened(raw: bytes) -> tuple[str, Readable]:
    packed = compression(raw[:16])
    if not packed:
        return archive(raw[:1024]), io.BytesIO(raw)
    plain = _Bounded(Decompressed(io.BytesIO(raw), packed, ratio=MAX_RATIO, free=MAX_RULES))
    head = plain.head(1024)
    return archive(head), plain


class _Bounded:
    """A stream that breaks off past MAX_STREAM, and whose beginning can be looked at."""

    def __init__(self, source: Readable) -> None:
        self._source = source
        self._ready = b""
        self._given = 0

    def head(self, size: int) -> bytes:
        while len(self._ready) < size and (piece := self._source.read(size - len(self._ready))):
            self._ready += piece
        return self._ready

    def read(self, size: int = -1, /) -> bytes:
        size = 1 << 16 if size < 0 else size
        piece, self._ready = (self._ready[:size], self._ready[size:]) if self._ready else (self._source.read(size), b"")
        self._given += len(piece)
        if self._given > MAX_STREAM:
            raise Broken(f"more than {MAX_STREAM:,} bytes come out of it")
        return piece


class Taking:
    """Files in the making of a set: each name checked, each size bounded."""

    def __init__(self, where: str, under: Sequence[str] = ()) -> None:
        self._where = where
        self._under = [PurePosixPath(one).parts for one in under]
        self._files: dict[str, bytes] = {}
        self._folded: set[str] = set()
        self._left: Counter[str] = Counter()
        self._refused: dict[str, str] = {}
        self._licence: tuple[int, str] | None = None
        self._bytes = 0
        self._members = 0

    def unread(self, name: str, why: str) -> None:
        """Note a member that cannot be read: a link, something encrypted or swollen."""
        path = self._path(name)
        if path is not None and _is_rule(path) and self._is_wanted(path):
            self._refused[str(path)] = why
        else:
            self._left["links and what cannot be read" if path is not None else "hidden files"] += 1

    def take(self, name: str, size: int, opened: Opened) -> None:
        """Take a member if it is a rule file."""
        path = self._path(name)
        if path is None:
            self._left["hidden files"] += 1
        elif not self._is_wanted(path):
            self._left["files outside the folders that were asked for"] += 1
        elif _is_rule(path):
            self._rule(path, size, opened)
        else:
            self._left["files that are no YAML"] += 1
            self._look_for_licence(path, size, opened)

    def _rule(self, path: PurePosixPath, size: int, opened: Opened) -> None:
        name = str(path.with_suffix(path.suffix.lower())).translate(_NOT_PORTABLE)
        if size > MAX_FILE:
            self._refused[name] = _too_long(size)
            return
        if name.casefold() in self._folded:
            raise self._hostile(f"holds two files called {name!r}, large and small letters apart")
        raw = _whole(opened(), MAX_FILE + 1)
        if len(raw) > MAX_FILE:
            self._refused[name] = _too_long(len(raw))
            return
        self._bytes += len(raw)
        if self._bytes > MAX_RULES or len(self._files) >= MAX_FILES:
            raise self._hostile(f"holds more than {MAX_FILES:,} rule files or {MAX_RULES:,} bytes of them")
        self._folded.add(name.casefold())
        self._files[name] = raw

    def count(self) -> None:
        """Count a name; raises UserError for one too many."""
        self._members += 1
        if self._members > MAX_MEMBERS:
            raise self._hostile(f"holds more than {MAX_MEMBERS:,} names")

    def _is_wanted(self, path: PurePosixPath) -> bool:
        """Return whether a path lies under what was asked for, perhaps below one folder that holds all."""
        parts = path.parts
        return not self._under or any(one in (parts[: len(one)], parts[1 : len(one) + 1]) for one in self._under)

    def _path(self, name: str) -> PurePosixPath | None:
        """Return the path of a member, None for a hidden one; raises UserError for one that is hostile."""
        self.count()
        if UNSAFE.search(name) or "\t" in name:
            raise self._hostile(f"holds a name with control characters, {safe(name)[:80]!r}")
        plain = name.replace("\\", "/")
        parts = [part for part in plain.split("/") if part not in {"", "."}]
        if ".." in parts or plain.startswith("/") or (parts and len(parts[0]) == 2 and parts[0][1] == ":"):
            raise self._hostile(f"holds a name that leads out of it, {plain[:80]!r}")
        if not parts or len(plain) > MAX_NAME or len(parts) > MAX_DEPTH:
            raise self._hostile(f"holds a name that is too long or empty, {plain[:80]!r}")
        return None if any(part.startswith(".") for part in parts) else PurePosixPath(*parts)

    def _look_for_licence(self, path: PurePosixPath, size: int, opened: Opened) -> None:
        depth = len(path.parts)
        if path.name.lower().startswith(_LICENCES) and size <= MAX_FILE and (self._licence or (99, ""))[0] > depth:
            lines = _whole(opened(), 4096).decode("utf-8", "replace").splitlines()
            first = next((line.strip("# \t") for line in lines if line.strip("# \t")), "")
            self._licence = (depth, safe(first)[:80])

    def _hostile(self, says: str) -> UserError:
        return UserError(f"{safe(self._where)} {says}: nothing of it is taken", where=safe(self._where))

    def taken(self, *, digest: str = "", commit: str = "", moves: bool = False) -> Taken:
        """Return what was taken, without the folders that all files have in common."""
        files = _without_common(self._files)
        return Taken(
            files=files,
            digest=digest or tree_digest(files),
            left=dict(sorted(self._left.items())),
            refused=self._refused,
            licence=self._licence[1] if self._licence else "",
            commit=commit,
            moves=moves,
        )


def _is_rule(path: PurePosixPath) -> bool:
    return path.suffix.lower() in RULE_SUFFIXES


def _too_long(size: int) -> str:
    return f"it has {size:,} bytes or more; a rule file has at most {MAX_FILE:,}"


def _whole(source: Readable, most: int) -> bytes:
    parts: list[bytes] = []
    while most > 0 and (piece := source.read(most)):
        parts.append(piece)
        most -= len(piece)
    return b"".join(parts)


def _without_common(files: Mapping[str, bytes]) -> dict[str, bytes]:
    """Return files without the folders that all their paths begin with: archives differ in them from time to time."""
    if not files:
        return {}
    common = os.path.commonpath([name.rpartition("/")[0] for name in files])
    cut = len(common) + 1 if common else 0
    return {name[cut:]: files[name] for name in sorted(files)}
