"""Sets of rules in a git folder, at a commit: its objects are read, never its working tree or its settings."""

import io
import stat
import struct
import zlib
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from pathlib import Path

from dulwich.errors import ChecksumMismatch, FileFormatException, NotGitRepository
from dulwich.object_store import BaseObjectStore
from dulwich.objects import Blob, Commit, ObjectID, Tree
from dulwich.objectspec import parse_commit
from dulwich.repo import Repo

from tocsin.detect.sets import MAX_DEPTH, Taken, Taking
from tocsin.model import UserError
from tocsin.model.text import safe

_BROKEN = (  # what dulwich raises for stores that are broken, or made to break it
    NotGitRepository, FileFormatException, ChecksumMismatch,
    KeyError, IndexError, OSError, ValueError, TypeError, AttributeError, AssertionError, EOFError, RecursionError,
    zlib.error, struct.error,
)  # fmt: skip


def is_git(folder: Path) -> bool:
    """Return whether a folder is a repository: one with a `.git`, or a bare one."""
    return (folder / ".git").exists() or ((folder / "objects").is_dir() and (folder / "HEAD").is_file())


def of_git(folder: Path, revision: str, under: Sequence[str] = ()) -> Taken:
    """Return the YAML files of a commit.

    It is named by a tag, a branch, `HEAD`, or the beginning of its id.
    Raises UserError for a revision that is not there, a folder that cannot be read, or a tree that is hostile.
    """
    where = f"{folder}@{revision}"
    taking = Taking(where, under)
    try:
        with Repo(str(folder)) as repo:
            commit = _commit(repo, revision, where)
            store = repo.object_store
            for name, mode, sha in _walk(store, commit.tree, taking.count):
                if stat.S_ISREG(mode):
                    taking.take(name, 0, partial(_blob, store, sha))
                else:
                    taking.unread(name, "it is a link, not a file")
            moves = revision == "HEAD" or b"refs/heads/" + revision.encode() in repo.refs.allkeys()
            return taking.taken(commit=commit.id.decode("ascii"), moves=moves)
    except UserError:
        raise
    except _BROKEN as error:
        raise UserError(f"{where} cannot be read as git: {safe(str(error))[:120]}", where=str(folder)) from error


def _commit(repo: Repo, revision: str, where: str) -> Commit:
    try:
        return parse_commit(repo, revision)
    except (KeyError, ValueError) as error:
        known = sorted(name.removeprefix(b"refs/tags/").decode("utf-8", "replace") for name in repo.refs.allkeys()
                       if name.startswith(b"refs/tags/"))  # fmt: skip
        hint = f"the last tags are {', '.join(map(safe, known[-5:]))}" if known else "it has no tags; name a commit"
        raise UserError(f"{where} is no commit of that repository", where=str(repo.path), hint=hint) from error


def _walk(
    store: BaseObjectStore, tree: ObjectID, count: Callable[[], None], under: str = "", depth: int = 0
) -> Iterator[tuple[str, int, ObjectID]]:
    """Yield path, mode and id of all that a tree holds, folders entered, in git's order."""
    found = store[tree]
    if not isinstance(found, Tree) or depth > MAX_DEPTH:
        raise ValueError("a tree is no tree, or lies too deep")
    for entry in found.iteritems():
        name = under + bytes(entry.path).decode("utf-8", "surrogateescape")
        if stat.S_ISDIR(entry.mode):
            count()  # a tree of trees may hold nothing, a million times
            yield from _walk(store, entry.sha, count, f"{name}/", depth + 1)
        else:
            yield name, entry.mode, entry.sha


def _blob(store: BaseObjectStore, sha: ObjectID) -> io.BytesIO:
    found = store[sha]
    if not isinstance(found, Blob):
        raise ValueError("a file is no blob")  # noqa: TRY004  # of a repository, not of a caller
    return io.BytesIO(found.data)
