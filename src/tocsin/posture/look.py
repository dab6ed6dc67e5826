"""Look at files of a project: code checks, secrets, scanners, owners.

The work on one file is `look_at`, a function of its bytes alone, so that it may run in another process that can be
ended. `look` puts the results of many files together.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeAlias

import msgspec

from tocsin.formats.notebook import cells
from tocsin.formats.python_source import Gap, Unparsed, parse
from tocsin.kit.code import Module
from tocsin.kit.declare import Declaration
from tocsin.kit.project import Project
from tocsin.match.placeholders import is_test_path
from tocsin.match.redact import Redactor
from tocsin.model import Confidence, Finding, FindingKind, Place, Severity, fingerprint
from tocsin.model.coverage import Missed, Nothing
from tocsin.posture.checks import Checks
from tocsin.posture.merge import merged
from tocsin.posture.owners import Owners
from tocsin.posture.python_files import about, is_python
from tocsin.posture.results import File, FileResult, PostureResult, PythonFile
from tocsin.posture.secrets import secrets_in

MAX_BYTES = 32 << 20  # a text over this is data; its secrets are not looked for, and that is said
_CREDENTIALS = {"cwe-798", "cwe-259"}

Scanner: TypeAlias = tuple[Declaration, Callable[[Project], Iterable[Finding]]]
Each: TypeAlias = Callable[[Iterable[File]], Iterator[FileResult]]


class Kit:
    """What a file is looked at with."""

    def __init__(self, checks: Checks, redactor: Redactor, installation_key: bytes) -> None:
        self.checks = checks
        self.redactor = redactor
        self.installation_key = installation_key


def look(
    root: Path,
    files: Iterable[File],
    kit: Kit,
    *,
    each: Each | None = None,
    scanners: Sequence[Scanner] = (),
    asked: Iterable[FileResult] = (),
    owner_of: Callable[[Path], str | None] | None = None,
) -> PostureResult:
    """Return what is wrong with the files of a project.

    `each` turns files into results in whatever process; left out, it is done here. A file that it could not look at
    comes back as a result with a word under `missed`. `scanners` are asked about the files that they declare; `asked`
    is what scanners said that were asked elsewhere, and `owner_of` knows the owners where those were.
    """
    files = list(files)
    places = {file.path: Path(file.at) for file in files}
    owner_of = owner_of or Owners(root).of
    findings: list[Finding] = []
    suppressed: list[Finding] = []
    python: list[PythonFile] = []
    missed: list[Missed] = []
    nothing: list[Nothing] = []
    size = 0
    for result in each(files) if each is not None else (look_in(file, kit) for file in files):
        at = places.get(result.path)
        owner = owner_of(at) if at is not None and (result.python or result.findings) else None
        findings.extend(_owned(result.findings, owner))
        suppressed.extend(_owned(result.suppressed, owner))
        if result.python is not None:
            python.append(msgspec.structs.replace(result.python, owner=owner))
        missed.extend(result.missed)
        nothing.extend(result.nothing)
        size += result.bytes
    told = list(asked)
    missed.extend(one for result in told for one in result.missed)
    for finding in (*_scanned(files, scanners, missed), *(f for result in told for f in result.findings)):
        at = places.get(finding.where[0].path)
        findings.extend(_owned([finding], owner_of(at) if at is not None else None))
    return PostureResult(
        findings=tuple(merged(findings)),
        suppressed=tuple(merged(suppressed)),
        python_files=tuple(sorted(python, key=lambda one: one.path)),
        missed=tuple(missed),
        nothing=tuple(nothing),
        files=len(files),
        bytes=size,
    )


def look_in(file: File, kit: Kit) -> FileResult:
    """Return what is in one file on disk, read within bounds."""
    try:
        with Path(file.at).open("rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except OSError as error:
        return FileResult(path=file.path, missed=(Missed(path=file.path, why=error.strerror or "cannot be read"),))
    return look_at(file.path, raw, kit)


def look_at(path: str, raw: bytes, kit: Kit) -> FileResult:
    """Return what is wrong with one file: its code, if Python, and its secrets."""
    if len(raw) > MAX_BYTES:
        return FileResult(
            path=path, bytes=len(raw), missed=(Missed(path=path, why=f"text over the bound of {MAX_BYTES >> 20} MiB"),)
        )
    if not raw:
        return FileResult(path=path, nothing=(Nothing(path=path, why="empty"),))
    python = is_python(path, raw[:8192])
    if not python and b"\0" in raw[:8192] and not raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return FileResult(path=path, bytes=len(raw), nothing=(Nothing(path=path, why="binary"),))
    secrets = secrets_in(path, _as_utf8(raw), kit.redactor, kit.installation_key)
    if path.lower().endswith(".ipynb"):
        source = cells(raw)
        code = _code(path, source, kit) if isinstance(source, bytes) else _not_parsed(path, source, None)
    elif python:
        code = _code(path, raw, kit)
    else:
        return FileResult(path=path, bytes=len(raw), findings=tuple(secrets))
    lines = {place.line for finding in secrets for place in finding.where}
    ours = [finding for finding in code.findings if not _is_said(finding, lines)]
    about_file = code.python or PythonFile(path=path, lines=len(raw.splitlines()))
    about_file = msgspec.structs.replace(
        about_file, secrets=sum(finding.count for finding in secrets), findings=len(ours) + len(secrets)
    )
    shown = [_redacted(finding, kit.redactor) for finding in ours]
    aside = [_redacted(finding, kit.redactor) for finding in code.suppressed]
    return msgspec.structs.replace(
        code, bytes=len(raw), findings=(*shown, *secrets), suppressed=tuple(aside), python=about_file
    )


def _code(path: str, raw: bytes, kit: Kit) -> FileResult:
    """Return what the checks say of Python source."""
    parsed = parse(raw)
    if isinstance(parsed, Unparsed):
        return _not_parsed(path, parsed.why, parsed.line)
    module = Module(path, parsed.text, parsed.tree)
    found, aside, failed = kit.checks.look(module)
    if is_test_path(path):  # what stands in tests seldom runs where it could do harm
        found = [msgspec.structs.replace(finding, confidence=Confidence.LOW) for finding in found]
    missed = [_gap(path, gap, parsed.refused) for gap in parsed.gaps]
    missed += [Missed(path=path, why=why) for why in failed]
    if parsed.gaps:
        found.append(unparsed(path, f"{_lines(parsed.gaps)}: {parsed.refused}", parsed.gaps[0].first))
    return FileResult(
        path=path, findings=tuple(found), suppressed=tuple(aside), python=about(module), missed=tuple(missed)
    )


def _not_parsed(path: str, why: str, line: int | None) -> FileResult:
    finding = unparsed(path, why, line)
    return FileResult(path=path, findings=(finding,), missed=(Missed(path=path, why=why),))


def _gap(path: str, gap: Gap, refused: str) -> Missed:
    count = gap.last - gap.first + 1
    where = f"line {gap.first}" if count == 1 else f"lines {gap.first} to {gap.last}"
    return Missed(path=path, why=f"{where}: no parser reads it: {refused}", count=count)


def _lines(gaps: Sequence[Gap]) -> str:
    count = sum(gap.last - gap.first + 1 for gap in gaps)
    return f"{count} lines that no parser reads" if count > 1 else "1 line that no parser reads"


def unparsed(path: str, why: str, line: int | None = None) -> Finding:
    """Return the finding that says that code could not be read.

    What is not read is not known to be harmless.
    """
    name = path.replace("\\", "/").rpartition("/")[2]
    return Finding(
        fingerprint=fingerprint("code-unparsed", name),
        kind=FindingKind.CODE,
        rule="code-unparsed",
        title="Python that could not be read",
        severity=Severity.LOW,
        confidence=Confidence.HIGH,
        message=why,
        where=(Place(path=path, line=line),),
        tags=("cwe-1120",),
        remedy="Make it valid Python, or keep it out of the folder; what cannot be read cannot be checked.",
    )


def _is_said(finding: Finding, lines: set[int | None]) -> bool:
    """Return whether a secret on the same line says the same already."""
    return not _CREDENTIALS.isdisjoint(finding.tags) and all(place.line in lines for place in finding.where)


def _redacted(finding: Finding, redactor: Redactor) -> Finding:
    return msgspec.structs.replace(
        finding, message=redactor.text(finding.message), evidence=tuple(map(redactor.text, finding.evidence))
    )


def _as_utf8(raw: bytes) -> bytes:
    """Return UTF-16 as UTF-8, so that one kernel reads both; other bytes as they are."""
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16", "replace").encode("utf-8", "replace")
    return raw


def _owned(findings: Iterable[Finding], owner: str | None) -> Iterator[Finding]:
    for finding in findings:
        yield msgspec.structs.replace(finding, owner=owner) if owner is not None else finding


def wanted(paths: Iterable[str], declarations: Iterable[Declaration]) -> set[str]:
    """Return the paths of the files that scanners declare."""
    patterns = [pattern for declaration in declarations for pattern in declaration.says.get("files", ())]
    return set(Project(dict.fromkeys(paths, b"")).named(*patterns)) if patterns else set()


def ask(files: Mapping[str, bytes], scanners: Iterable[Scanner], redactor: Redactor) -> FileResult:
    """Return what scanners say of files, secrets masked."""
    project = Project(files)
    findings: list[Finding] = []
    for declaration, function in scanners:
        project.asking = declaration
        findings.extend(_redacted(finding, redactor) for finding in function(project))
    return FileResult(path="*", findings=tuple(findings), missed=tuple(project.missed))


def _scanned(files: Sequence[File], scanners: Sequence[Scanner], missed: list[Missed]) -> Iterator[Finding]:
    """Yield what the scanners find in the files that they declare."""
    names = wanted((file.path for file in files), (declaration for declaration, _ in scanners))
    project = Project({file.path: _read(file, missed) for file in files if file.path in names})
    for declaration, function in scanners:
        project.asking = declaration
        yield from function(project)
    missed.extend(project.missed)


def _read(file: File, missed: list[Missed]) -> bytes:
    try:
        with Path(file.at).open("rb") as stream:
            return stream.read(MAX_BYTES + 1)
    except OSError as error:
        missed.append(Missed(path=file.path, why=error.strerror or "cannot be read"))
        return b""
