"""The two sides of `tocsin rule diff`: commits of a repository, its working tree, or folders."""

import re
import stat
import struct
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePosixPath

import msgspec
from dulwich.errors import ChecksumMismatch, FileFormatException, NotGitRepository, NotTreeError
from dulwich.object_store import BaseObjectStore, iter_tree_contents, tree_lookup_path
from dulwich.objects import Commit, ObjectID, TreeEntry
from dulwich.objectspec import parse_commit
from dulwich.repo import Repo

from tocsin.detect.compare import Source
from tocsin.detect.pipelines import FileName
from tocsin.detect.rules import files
from tocsin.model import UserError

TREE = "working tree"
HEAD = "HEAD"
_STEPS = re.compile(r"(.*?)((?:[~^]\d{0,4})*)", re.DOTALL)
MAX_NAMES = 200_000  # files of a commit
BROKEN = (  # what dulwich raises for what is not there, and for stores that are broken
    KeyError, IndexError, OSError, ValueError, TypeError, AttributeError, AssertionError, EOFError, RecursionError,
    FileFormatException, ChecksumMismatch, NotTreeError, zlib.error, struct.error,
)  # fmt: skip


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One side: its name, and its rule files by path in the folder of rules."""

    name: str
    sources: tuple[Source, ...]


def sides(words: Sequence[str], rules_path: Path | None) -> tuple[Side, Side]:
    """Return the two sides that `A..B`, `A` or `A B` name.

    Raises UserError for what is neither a folder nor a commit.
    """
    folders = _folders(words)
    if folders is not None:
        if rules_path is not None:
            raise UserError(
                "--rules-path says where in a repository the rules lie, and two folders are compared",
                hint="leave it out",
            )
        return _of_path(folders[0]), _of_path(folders[1])
    before, after = _pair(words)
    where = rules_path if rules_path is not None else Path()
    if not where.exists():
        raise UserError(f"{where}: there is no such folder of rules", where=str(where))
    repository = _Repository(where)
    return repository.at(before or HEAD), repository.at(after) if after else repository.tree()


def _folders(words: Sequence[str]) -> tuple[Path, Path] | None:
    """Return two paths that are there, however they were joined: a path may have `..` in it."""
    if len(words) == 2:
        found = [(words[0], words[1])]
    else:
        found = [(words[0][: at.start()], words[0][at.start() + 2 :]) for at in re.finditer(r"(?=\.\.)", words[0])]
    for a, b in found:
        if a and b and Path(a).exists() and Path(b).exists():
            return Path(a), Path(b)
    return None


def _pair(words: Sequence[str]) -> tuple[str, str]:
    if len(words) == 2:
        return words[0], words[1]
    before, mark, after = words[0].partition("..")
    if after.startswith("."):
        raise UserError(f"{words[0]}: three dots ask for a common ancestor, which is not looked for", hint="write A..B")
    return before, after if mark else ""


def _of_path(path: Path) -> Side:
    return Side(name=str(path), sources=tuple(_read(path)))


def _read(path: Path) -> Iterator[Source]:
    """Yield the rule files of a folder by their paths in it; of one file by its name."""
    for name, raw in files(path):
        inside = Path(name).relative_to(path).as_posix() if path.is_dir() else path.name
        if is_rule_file(inside):
            yield FileName(inside, ""), raw


class _Repository:
    """The repository that a folder of rules lies in: its objects are read, and none of its programs runs."""

    def __init__(self, rules: Path) -> None:
        self._rules = rules
        try:
            with Repo.discover(str(rules)) as repo:
                self._top = Path(repo.path)
        except (NotGitRepository, *BROKEN) as error:
            raise UserError(
                f"{rules.resolve()} lies in no git repository",
                where=str(rules),
                hint="name two folders: tocsin rule diff DIR1..DIR2, or --rules-path DIR in a repository",
            ) from error
        self._inside = PurePosixPath(rules.resolve().relative_to(self._top.resolve()).as_posix())

    def at(self, revision: str) -> Side:
        """Return the rules of a commit; raises UserError for one that is not there or cannot be read."""
        try:
            with Repo(str(self._top)) as repo:
                commit = _commit(repo, revision)
                found = tuple(self._committed(repo.object_store, commit))
        except BROKEN as error:
            hint = "a commit, branch or tag; `..` stands between two of them"
            raise UserError(f"{self._top} has no commit {revision!r} with rules", where=revision, hint=hint) from error
        return Side(name=f"{revision} ({commit.id.decode()[:10]})", sources=found)

    def tree(self) -> Side:
        """Return the rules as they lie in the folder now."""
        return Side(name=TREE, sources=tuple(_read(self._rules)))

    def _committed(self, store: BaseObjectStore, commit: Commit) -> Iterator[Source]:
        mode, sha = stat.S_IFDIR, commit.tree
        if self._inside.parts:
            mode, sha = tree_lookup_path(store.__getitem__, commit.tree, str(self._inside).encode())
        entries = [TreeEntry(self._inside.name.encode(), mode, sha)] if stat.S_ISREG(mode) else _walked(store, sha)
        for entry in entries:
            name = bytes(entry.path or b"").decode("utf-8", "surrogateescape")
            if is_rule_file(name) and entry.sha is not None:
                is_file = stat.S_ISREG(entry.mode or 0)
                raw = store[entry.sha].as_raw_string() if is_file else "cannot be read: it is a link, not a file"
                yield FileName(name, ""), raw


def _commit(repo: Repo, revision: str) -> Commit:
    """Return a commit by a name and steps back from it, as git writes them: `v1~2`, `HEAD^`, `HEAD^2`."""
    name, steps = _STEPS.fullmatch(revision).group(1, 2)  # type: ignore[union-attr]  # it fits any text
    found = parse_commit(repo, name or HEAD)
    for mark, digits in re.findall(r"([~^])(\d*)", steps):
        many = int(digits or 1)
        if mark == "^":
            found = parse_commit(repo, found.parents[many - 1].decode()) if many else found
            continue
        for _ in range(many):
            found = parse_commit(repo, found.parents[0].decode())
    return found


def _walked(store: BaseObjectStore, tree: ObjectID) -> Iterator[TreeEntry]:
    for number, entry in enumerate(iter_tree_contents(store, tree)):
        if number >= MAX_NAMES:
            raise UserError(f"the commit has more than {MAX_NAMES:,} files", hint="--rules-path names the folder")
        yield entry


def is_rule_file(name: str) -> bool:
    """Return whether a path is one of a rule file; hidden ones are not."""
    path = PurePosixPath(name)
    return path.suffix in {".yml", ".yaml"} and not any(part.startswith(".") for part in path.parts)
