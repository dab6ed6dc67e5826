"""The Python files of the tree, parsed once."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache, cached_property
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
FOLDERS = ("src", "tests", "tools", "demo", "benchmarks")


@dataclass(frozen=True)
class Source:
    """A Python file: its path from the root of the tree, with `/`, and its text."""

    path: str
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        """Return the syntax tree."""
        return ast.parse(self.text, self.path)

    @property
    def module(self) -> str:
        """Return the dotted name under which it is imported, for a file below src."""
        parts = self.path.removeprefix("src/").removesuffix(".py").split("/")
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    def below(self, *folders: str) -> bool:
        """Tell whether the file lies in one of the package's folders, or is one of its files."""
        return any(self.path == f"src/tocsin/{f}" or self.path.startswith(f"src/tocsin/{f}/") for f in folders)


def tracked() -> Iterator[Path]:
    """Yield the files that git knows or would add, from the root of the tree; without git, those of our folders."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.splitlines()
    except (OSError, subprocess.CalledProcessError):
        listed = [str(path.relative_to(ROOT)) for folder in FOLDERS for path in (ROOT / folder).rglob("*")]
    yield from (Path(path) for path in sorted(listed) if (ROOT / path).is_file())


@cache
def sources(*folders: str) -> tuple[Source, ...]:
    """Return the Python files below some of the tree's folders."""
    wanted = folders or FOLDERS
    return tuple(
        Source(path.as_posix(), (ROOT / path).read_text(encoding="utf-8"))
        for path in tracked()
        if path.suffix == ".py" and path.parts[0] in wanted
    )
