"""Rules on files that are no code: samples, paths, the list of skips."""

import getpass
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

QUIET_KINDS = frozenset({"rule", "check", "secret"})
SAMPLE_KINDS = frozenset(
    {
        "parser",
        "check",
        "finder",
        "scanner",
        "feed",
        "enricher",
        "source",
        "sink",
        "action",
        "playbook",
        "rule",
        "secret",
    }
)
MAX_FILE = 1 << 20  # bytes; what is bigger is data, and has a generator or a place outside


def machine_paths(path: str, text: str, root: str, user: str | None = None) -> Iterator[str]:
    """Name a line with a path that exists only where it was written."""
    user = user if user is not None else getpass.getuser()
    marks = [re.escape(root.rstrip("/")) + r"\b"] if root.count("/") > 1 else []
    if user not in {"root", ""}:
        marks.append(rf"/(?:home|Users)/{re.escape(user)}\b")
    marks.append(r"/root/\.(?:pyenv|cache|local|venv)\b")
    pattern = re.compile("|".join(marks))
    for number, line in enumerate(text.splitlines(), 1):
        if found := pattern.search(line):
            yield f"{path}:{number}: {found[0]} exists only on the machine where this was written"


def sampleless(kind: str, names: Iterable[str], samples: Path) -> Iterator[str]:
    """Name a plug-in without a sample folder; a rule, check or secret kind also needs a quiet and a telling case."""
    for name in names:
        folder = samples / kind / name
        cases = [case.name for case in folder.iterdir() if case.is_dir()] if folder.is_dir() else []
        if not cases:
            yield f"{kind} {name} has no samples in samples/{kind}/{name}"
        elif kind in QUIET_KINDS:
            quiet = [case for case in cases if case.startswith("quiet")]
            if not quiet:
                yield f"{kind} {name} has no quiet twin (a case named quiet_...) in samples/{kind}/{name}"
            if len(quiet) == len(cases):
                yield f"{kind} {name} has only quiet cases: nothing shows that it can fire"


def orphans(kind: str, names: Iterable[str], samples: Path) -> Iterator[str]:
    """Name a sample folder that belongs to nothing."""
    folder = samples / kind
    known = set(names)
    for entry in sorted(folder.iterdir()) if folder.is_dir() else []:
        if entry.is_dir() and entry.name not in known:
            yield f"samples/{kind}/{entry.name} belongs to no {kind}"


def unknown_kinds(samples: Path) -> Iterator[str]:
    """Name a folder of samples that is no kind."""
    for entry in sorted(samples.iterdir()) if samples.is_dir() else []:
        if entry.is_dir() and entry.name not in SAMPLE_KINDS:
            yield f"samples/{entry.name} is no kind of plug-in"


def heavy(path: Path, size: int) -> Iterator[str]:
    """Name a file that is too big for the repository."""
    if size > MAX_FILE and path.name != "uv.lock":
        yield f"{path}: {size} bytes, {MAX_FILE} are allowed"


def dead_links(page: Path, text: str) -> Iterator[str]:
    """Name a relative link of a Markdown page whose target is not there; code is not looked at."""
    prose = re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", prose):
        path = target.partition("#")[0]
        if path and "://" not in target and not target.startswith("mailto:") and not (page.parent / path).exists():
            yield f"{page.name}: the link to {target} leads nowhere"
