"""Who owns a file: CODEOWNERS first, then the last author that git knows.

Both are bounded; a file of which nothing is known has no owner.
"""

from collections.abc import Mapping
from pathlib import Path

from pathspec import GitIgnoreSpec

_PLACES = (".", ".github", ".gitlab", "docs")
_MAX_BYTES = 3 << 20  # GitHub's own bound for a CODEOWNERS file
_UP = 12  # folders above the scanned one in which a repository or CODEOWNERS is looked for


class CodeOwners:
    """The rules of one CODEOWNERS file; the last that fits a path wins."""

    def __init__(self, text: str) -> None:
        self.rules: list[tuple[GitIgnoreSpec, str | None]] = []
        for line in text.splitlines():
            words = line.partition(" #")[0].split()
            if not words or words[0].startswith(("#", "[", "^[")):
                continue
            spec = GitIgnoreSpec.from_lines([words[0]], backend="simple")  # the others take no name that is no UTF-8
            self.rules.append((spec, " ".join(words[1:]) or None))

    def of(self, path: str) -> str | None:
        """Return the owners of a path relative to the folder that the file governs."""
        for spec, owner in reversed(self.rules):
            if spec.match_file(path):
                return owner
        return None


class Owners:
    """Answers for the files under one root; folders and history are read once."""

    def __init__(self, root: Path) -> None:
        self.root = root if root.is_dir() else root.parent
        self._governed: dict[Path, tuple[Path, CodeOwners] | None] = {}
        self._authors: tuple[Path, Mapping[str, str]] | None = None

    def of(self, path: Path) -> str | None:
        """Return the owner of a file: `@team` or the mail address of its last author."""
        governed = self._governing(path.absolute().parent, 0)
        if governed is not None:
            folder, owners = governed
            owner = owners.of(path.absolute().relative_to(folder).as_posix())
            if owner is not None:
                return owner
        if self._authors is None:
            self._authors = _authors(self.root.absolute())
        top, authors = self._authors
        try:
            return authors.get(path.absolute().relative_to(top).as_posix())
        except ValueError:  # outside the repository
            return None

    def _governing(self, folder: Path, up: int) -> tuple[Path, CodeOwners] | None:
        """Return the nearest CODEOWNERS at or above a folder, not beyond the repository that holds it."""
        if folder not in self._governed:
            self._governed[folder] = None
            found = _read(folder)
            if found is not None:
                self._governed[folder] = (folder, found)
            elif folder.parent != folder and up < _UP and not (folder / ".git").exists():
                self._governed[folder] = self._governing(folder.parent, up + 1)
        return self._governed[folder]


def _read(folder: Path) -> CodeOwners | None:
    for place in _PLACES:
        path = folder / place / "CODEOWNERS"
        if not path.is_file():  # a pipe of that name would be waited for
            continue
        try:
            with path.open("rb") as stream:
                raw = stream.read(_MAX_BYTES + 1)
        except OSError:
            continue
        if len(raw) <= _MAX_BYTES:
            return CodeOwners(raw.decode("utf-8", "replace"))
    return None


def _authors(root: Path) -> tuple[Path, Mapping[str, str]]:
    """Return the top folder of a repository, and each file's last author by path; nothing where git tells nothing."""
    top = next((folder for folder in (root, *list(root.parents)[:_UP]) if (folder / ".git").exists()), None)
    if top is None:
        return root, {}
    from tocsin.posture.history import last_authors  # dulwich takes a tenth of a second to import

    return top, last_authors(top)
