"""Who changed a file last, by git's history.

Git is never run: its objects are read with dulwich, so that nothing of an untrusted tree (hooks, filters, aliases) is
executed.
"""

import struct
import zlib
from pathlib import Path

from dulwich.errors import ChecksumMismatch, FileFormatException, NotGitRepository
from dulwich.objects import Commit
from dulwich.repo import Repo

_COMMITS = 400  # latest commits of which the changed files are read
_BROKEN = (  # what dulwich raises for stores that are broken, or made to break it
    NotGitRepository,
    FileFormatException,
    ChecksumMismatch,
    KeyError,
    IndexError,
    OSError,
    ValueError,
    TypeError,
    AttributeError,
    AssertionError,
    EOFError,
    RecursionError,
    zlib.error,
    struct.error,
)


def last_authors(top: Path) -> dict[str, str]:
    """Return the mail address of each file's last author, by path.

    Nothing where git tells nothing.
    """
    try:
        with Repo(str(top)) as repo:
            return _authors(repo)
    except _BROKEN:
        return {}


def _authors(repo: Repo) -> dict[str, str]:
    authors: dict[str, str] = {}
    for entry in repo.get_walker(max_entries=_COMMITS):
        commit = entry.commit
        for change in entry.changes():
            for one in change if isinstance(change, list) else [change]:  # a merge gives one list per path
                new = one.new if one is not None else None
                if new is not None and new.path is not None:
                    authors.setdefault(new.path.decode("utf-8", "replace"), _mail(commit))
    return authors


def _mail(commit: Commit) -> str:
    author = bytes(commit.author).decode("utf-8", "replace")
    name, _, rest = author.partition("<")
    return rest.rstrip("> ") or name.strip()
