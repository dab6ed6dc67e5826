"""From the paths that were named to the inputs below them: files, folders, standard input, members of archives.

Compression and archives are known by content and read in place. Whatever is not read is named with its reason. Links
inside a folder are never followed: where they lead is looked at under its own name, or lies outside what was named.
"""

import os
import stat
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import BinaryIO

from tocsin.formats.archive import Member, archive, members
from tocsin.formats.compress import Broken, Decompressed, Readable, compression
from tocsin.ingest.stream import HEAD, Bounds, Stream, because
from tocsin.ingest.within import Metered, Within
from tocsin.model import UserError
from tocsin.model.coverage import Missed, Nothing

STDIN = "-"
DEFAULT = Bounds()
LOADED = {
    ".git": "version control data",
    ".hg": "version control data",
    ".svn": "version control data",
    ".tocsin": "Tocsin's own state",
    "__pycache__": "compiled Python",
    "node_modules": "installed packages",
    ".venv": "installed packages",
    ".tox": "installed packages",
    ".nox": "installed packages",
    ".mypy_cache": "a tool's cache",
    ".ruff_cache": "a tool's cache",
    ".pytest_cache": "a tool's cache",
}
_ODD = (
    (stat.S_ISFIFO, "a named pipe; give it on standard input, with -"),
    (stat.S_ISSOCK, "a socket"),
    (stat.S_ISCHR, "a device"),
    (stat.S_ISBLK, "a device"),
)

Walked = "Input | Missed | Nothing"


class Input:
    """One input: what people call it, size, time, and the stream of decoded bytes.

    `modified` is in microseconds since 1970. `file` is the plain file on disk that the bytes are, if they are. The
    stream can be read once, and before the next input is asked for.
    """

    def __init__(self, path: str, size: int | None, modified: int, stream: Stream, file: Path | None = None) -> None:
        self.path = path
        self.size = size
        self.modified = modified
        self.file = file
        self._stream = stream

    def open(self) -> Stream:
        """Return the stream of decoded bytes; each call returns the same."""
        return self._stream

    @property
    def digest(self) -> str:
        """Return the SHA-256 of the decoded bytes that were read."""
        return self._stream.digest

    @property
    def trouble(self) -> str:
        """Return why reading ended early; empty when it did not."""
        return self._stream.trouble


def inputs(
    paths: Iterable[str], bounds: Bounds = DEFAULT, *, stdin: BinaryIO | None = None, now: int | None = None
) -> "Iterator[Input | Missed | Nothing]":
    """Yield what lies under the named paths, sorted.

    Raises UserError at once for a path that is not there.
    """
    named = list(paths)
    for path in named:
        if path != STDIN and not os.path.lexists(path):
            raise UserError(f"{path}: there is no such file or folder")
    return _Walk(bounds, [os.path.realpath(p) for p in named if p != STDIN]).all(named, stdin, now)


class _Walk:
    """One walk: its bounds, and the real paths that were named."""

    def __init__(self, bounds: Bounds, roots: list[str]) -> None:
        self.bounds = bounds
        self.roots = roots

    def all(self, named: list[str], stdin: BinaryIO | None, now: int | None) -> "Iterator[Input | Missed | Nothing]":
        seen: set[str] = set()
        for path in named:
            if path == STDIN:
                if stdin is not None:
                    moment = now if now is not None else time.time_ns() // 1000
                    yield from self.unwrap(STDIN, None, moment, lambda: stdin, None)
                continue
            real = os.path.realpath(path)
            if real in seen or any(real != other and _is_reached(real, other) for other in self.roots):
                yield Nothing(path=shown(path), why="looked at elsewhere: it lies in another path that was named")
                continue
            seen.add(real)
            yield from self.path(path)

    def path(self, path: str) -> "Iterator[Input | Missed | Nothing]":
        """Yield what a named path holds; a link that was named is followed."""
        try:
            found = Path(path).stat()
        except OSError as error:
            yield Missed(path=shown(path), why=because(error))
            return
        if stat.S_ISDIR(found.st_mode):
            yield from self.folder(path)
        else:
            yield from self.file(path, found)

    def folder(self, path: str) -> "Iterator[Input | Missed | Nothing]":
        waiting = [path]
        while waiting:
            folder = waiting.pop()
            try:
                with os.scandir(folder) as entries:
                    found = sorted(entries, key=lambda e: e.name)
            except OSError as error:
                yield Missed(path=shown(folder), why=because(error))
                continue
            below: list[str] = []
            for entry in found:
                if entry.is_symlink():
                    yield self.link(entry.path)
                elif _is_folder(entry):
                    if entry.name in LOADED:
                        yield Nothing(path=shown(entry.path), why=LOADED[entry.name])
                    else:
                        below.append(entry.path)
                else:
                    yield from self.entry(entry)
            waiting.extend(reversed(below))

    def entry(self, entry: "os.DirEntry[str]") -> "Iterator[Input | Missed | Nothing]":
        try:
            found = entry.stat(follow_symlinks=False)
        except OSError as error:
            yield Missed(path=shown(entry.path), why=because(error))
            return
        yield from self.file(entry.path, found)

    def link(self, path: str) -> Missed | Nothing:
        target = os.path.realpath(path)
        if not Path(target).exists():
            return Nothing(path=shown(path), why="a link that leads nowhere")
        if any(_is_reached(target, root) for root in self.roots):
            return Nothing(path=shown(path), why="a link; what it leads to is looked at under its own name")
        return Missed(path=shown(path), why="a link that leads out of what was named; name its target to look there")

    def file(self, path: str, found: os.stat_result) -> "Iterator[Input | Missed | Nothing]":
        for is_odd, what in _ODD:
            if is_odd(found.st_mode):
                yield Missed(path=shown(path), why=what)
                return
        file = Path(path)
        opened = partial(_opened, path, found)
        yield from self.unwrap(shown(path), found.st_size, found.st_mtime_ns // 1000, opened, file)

    def unwrap(
        self,
        path: str,
        size: int | None,
        modified: int,
        opened: Callable[[], Readable],
        file: Path | None,
        within: Within | None = None,
    ) -> "Iterator[Input | Missed | Nothing]":
        """Yield the input, or what is compressed or packed in it."""
        stream = Stream(opened if within is None else partial(Metered, opened, within), limit=self.bounds.bytes)
        within = Within(stream, self.bounds) if within is None else within.deeper()
        try:
            head = stream.peek(HEAD)
            packed, kind = compression(head), archive(head)
            if packed or kind:
                if within.depth > self.bounds.depth:
                    yield Missed(path=path, why=f"packed more than {self.bounds.depth} times")
                elif packed:
                    inner = Decompressed(stream, packed, ratio=self.bounds.ratio, free=self.bounds.free)
                    yield from self.unwrap(path, None, modified, lambda: _Inside(inner, stream), None, within)
                else:
                    yield from self.members(path, kind, modified, stream, within)
            elif stream.trouble and not head:
                yield Missed(path=path, why=stream.trouble)
            else:
                yield Input(path, size, modified, stream, file)
        finally:
            stream.close()

    def members(
        self, path: str, kind: str, modified: int, stream: Stream, within: Within
    ) -> "Iterator[Input | Missed | Nothing]":
        bounds = self.bounds
        found = members(kind, _Inside(stream, stream), ratio=bounds.ratio, free=bounds.free, spool=bounds.spool)
        names: Counter[str] = Counter()
        try:
            for count, member in enumerate(found, 1):
                if count > bounds.members:
                    yield Missed(path=path, why=f"it has more than {bounds.members:,} members; the rest was not read")
                    return
                if within.is_over:
                    raise Broken(f"{within.why}; the members that follow were not read")
                name = f"{path}!/{member.name.encode('utf-8', 'backslashreplace').decode()}"
                names[name] += 1
                if names[name] > 1:  # an archive may hold one name twice, and a name stands for one input
                    name = f"{name} ({names[name]})"
                if isinstance(member, Member):
                    time = modified if member.modified is None else member.modified
                    yield from self.unwrap(name, member.size, time, member.open, None, within)
                else:
                    yield Missed(path=name, why=member.why)
        except (Broken, OSError) as error:
            yield Missed(path=path, why=because(error))


class _Inside:
    """What is read out of a stream; trouble of the stream itself is raised, so that it is named."""

    def __init__(self, source: Readable, under: Stream) -> None:
        self._source, self._under = source, under

    def read(self, size: int = -1, /) -> bytes:
        try:
            piece = self._source.read(size)
        except Broken as error:
            raise Broken(self._under.trouble or str(error)) from error
        if not piece and self._under.trouble:
            raise Broken(self._under.trouble)
        return piece


def _opened(path: str, found: os.stat_result) -> BinaryIO:
    """Open the file that was seen; raises Broken when another stands there now: a pipe would never end."""
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0) | getattr(os, "O_NOCTTY", 0)
    file = os.fdopen(os.open(path, flags), "rb")
    now = os.fstat(file.fileno())
    if not stat.S_ISREG(now.st_mode) or (found.st_ino and (now.st_dev, now.st_ino) != (found.st_dev, found.st_ino)):
        file.close()
        raise Broken("another file took its place while it was looked at")
    return file


def shown(path: str) -> str:
    r"""Return a path as text that can be written anywhere.

    Bytes that are no UTF-8 appear as `\xff`.
    """
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    try:
        return entry.is_dir(follow_symlinks=False)
    except OSError:
        return False


def _is_reached(path: str, root: str) -> bool:
    """Return whether walking a root comes by a path: it lies there, in no folder that is passed over."""
    if path == root:
        return True
    below, above = Path(path), Path(root)
    return below.is_relative_to(above) and LOADED.keys().isdisjoint(below.relative_to(above).parts)
