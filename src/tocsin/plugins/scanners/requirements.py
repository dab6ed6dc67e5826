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

import tomllib
from collections.abc import Iterator

from tocsin.formats.requirements import Wanted, wanted_in
from tocsin.kit import scanner
from tocsin.kit.project import Project, Rule
from tocsin.model import Confidence, Finding, Severity

_LOCKS = ("uv.lock", "poetry.lock", "pdm.lock", "pipfile.lock", "pylock*.toml", "conda-lock.yml")
_FILES = ("requirements*.txt", "requirements*.in", "constraints*.txt", "*-requirements.txt")
_SEES = ("https://pip.pypa.io/en/stable/topics/secure-installs/",)
_UNPINNED = Rule(
    id="dep-unpinned",
    title="Packages without version or hash",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    remedy="Lock them: uv pip compile --generate-hashes, or pip-compile --generate-hashes.",
    tags=("cwe-1357",),
    references=_SEES,
)
_UNHASHED = Rule(
    id="dep-unhashed",
    title="Packages without hash among hashed ones",
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    remedy="Generate the hashes of all: pip-compile --generate-hashes.",
    tags=("cwe-494",),
    references=_SEES,
)


@scanner(
    title="Packages without version or hash",
    rules=("dep-unpinned", "dep-unhashed"),
    files=(
        "requirements*.txt",
        "requirements*.in",
        "constraints*.txt",
        "*-requirements.txt",
        "pyproject.toml",
        "*.lock",
        "pylock*.toml",
        "conda-lock.yml",
    ),
)
def requirements(project: Project) -> Iterator[Finding]:
    """Yield at most two findings for each file of requirements."""
    for path in project.named(*_FILES):
        text = project.text(path)
        if text is None:
            continue
        wanted = list(wanted_in(text))
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
