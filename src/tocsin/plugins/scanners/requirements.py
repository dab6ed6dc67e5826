"""Packages without version or hash.

**Sees** `requirements*.txt` and `constraints*.txt`, with `-r` and `-c`, continued lines, markers, extras, hashes,
addresses and version control. One finding per file and rule, with the packages and their count:

- `dep-unpinned`: no single version (`==`) and no digest: the next install may bring other code;
- `dep-unhashed`: one version but no hash, in a file that has hashes for others: pip refuses the whole file, and until
  someone notices, what is installed is what the index sends.

Without a lock beside it, `pyproject.toml` is no finding: its packages are said to be not audited.

**Misses** packages that a script installs itself, and conda.

See: https://pip.pypa.io/en/stable/topics/secure-installs/
"""

import re
import tomllib
from collections.abc import Iterator
from typing import NamedTuple

from tocsin.kit import scanner
from tocsin.kit.project import Project, Rule
from tocsin.model import Confidence, Finding, Severity

_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "pipfile.lock", "pylock*.toml", "conda-lock.yml")
_FILES = ("requirements*.txt", "requirements*.in", "constraints*.txt", "*-requirements.txt")
_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9._-]*)\s*(\[[^\]]*\])?\s*(.*)")
_ONE = re.compile(r"===?\s*[^\s,*;]+\s*(?:;.*)?$")
_SEES = ("https://pip.pypa.io/en/stable/topics/secure-installs/",)
_UNPINNED = Rule(
    id="dep-unpinned", title="Packages without version or hash", severity=Severity.LOW, confidence=Confidence.HIGH,
    remedy="Lock them: uv pip compile --generate-hashes, or pip-compile --generate-hashes.", tags=("cwe-1357",),
    references=_SEES,
)
_UNHASHED = Rule(
    id="dep-unhashed", title="Packages without hash among hashed ones", severity=Severity.LOW,
    confidence=Confidence.HIGH, remedy="Generate the hashes of all: pip-compile --generate-hashes.", tags=("cwe-494",),
    references=_SEES,
)


class Wanted(NamedTuple):
    """One package that a file asks for."""

    name: str
    line: int
    is_pinned: bool
    is_hashed: bool


@scanner(
    title="Packages without version or hash", rules=("dep-unpinned", "dep-unhashed"),
    files=("requirements*.txt", "requirements*.in", "constraints*.txt", "*-requirements.txt", "pyproject.toml",
           "*.lock", "pylock*.toml", "conda-lock.yml"),
)
def requirements(project: Project) -> Iterator[Finding]:
    """Yield at most two findings for each file of requirements."""
    for path in project.named(*_FILES):
        text = project.text(path)
        if text is None:
            continue
        wanted = list(_wanted(text))
        loose = [one for one in wanted if not one.is_pinned]
        bare = [one for one in wanted if one.is_pinned and not one.is_hashed]
        is_source = path.endswith(".in") or any(project.beside(path, *_LOCKS))
        if is_source or not wanted:
            continue
        if loose:
            yield _found(project, _UNPINNED, path, loose, "without version or hash")
            project.miss(path, f"no lock: {_packages(len(wanted))} not audited", len(wanted))
        if bare and "--hash" in text:
            yield _found(project, _UNHASHED, path, bare, "without hash")
    for path in project.named("pyproject.toml"):
        _audit(project, path)


def _found(project: Project, rule: Rule, path: str, wanted: list[Wanted], what: str) -> Finding:
    names = sorted({one.name for one in wanted})
    listed = ", ".join(names[:12]) + (f" and {len(names) - 12} more" if len(names) > 12 else "")
    message = f"{_packages(len(wanted))} {what}: {listed}"
    file = path.rpartition("/")[2]
    return project.finding(rule, path, message, lines=[one.line for one in wanted], key=(file, *names))


def _packages(count: int) -> str:
    return "1 package" if count == 1 else f"{count} packages"


def _wanted(text: str) -> Iterator[Wanted]:
    """Yield what a file of requirements asks for."""
    for number, line in _logical(text):
        bare = re.sub(r"(?:^|\s)#.*", "", line).strip()
        hashed = "--hash" in bare
        asked = re.split(r"\s--?(?=[A-Za-z])", bare)[0].strip()
        if re.match(r"-e\b|--editable\b", asked) or re.match(r"(?:git|hg|svn|bzr)\+", asked) or " @ " in asked:
            address = asked.partition(" @ ")[2] or asked.split()[-1]
            name = asked.partition(" @ ")[0] if " @ " in asked else _egg(bare, address)
            is_fixed = _is_fixed(address) or hashed
            yield Wanted(name.split("[")[0].strip(), number, is_fixed, is_fixed)
        elif not asked or asked.startswith(("-", ".", "/")):
            continue  # options, other files, folders of the project
        elif "://" in asked or asked.endswith((".whl", ".tar.gz", ".zip")):
            yield Wanted(asked.rpartition("/")[2].partition("#")[0], number, _is_fixed(asked) or hashed, hashed)
        elif (match := _NAME.match(asked)) is not None:
            yield Wanted(match[1], number, bool(_ONE.match(match[3].strip("() "))), hashed)


def _logical(text: str) -> Iterator[tuple[int, str]]:
    """Yield lines with their continuations joined, and the number of the first."""
    held, first = "", 0
    for number, line in enumerate(text.splitlines(), 1):
        first = first if held else number
        if line.rstrip().endswith("\\") and not line.lstrip().startswith("#"):
            held += line.rstrip()[:-1] + " "
            continue
        yield first, held + line
        held = ""
    if held:
        yield first, held


def _egg(line: str, address: str) -> str:
    named = re.search(r"#egg=([\w.-]+)", line)
    return named[1] if named else address.rstrip("/").rpartition("/")[2].partition("@")[0].removesuffix(".git")


def _is_fixed(address: str) -> bool:
    """Return whether an address names one content: a commit, or a digest in its fragment."""
    return bool(re.search(r"@[0-9a-f]{40}(?:[#\s]|$)|#(?:.*&)?sha(?:256|384|512)=[0-9a-f]+", address))


def _audit(project: Project, path: str) -> None:
    """Say how many packages of a project are not audited because no lock names their versions."""
    text = project.text(path)
    if text is None or any(project.beside(path, *_LOCKS)):
        return
    try:
        table = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError):
        project.miss(path, "not TOML")
        return
    named = table.get("project", {})
    listed = named.get("dependencies", []) if isinstance(named, dict) else []
    if isinstance(listed, list) and listed:
        project.miss(path, f"no lock: {_packages(len(listed))} not audited", len(listed))
