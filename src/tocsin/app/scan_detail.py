"""What only the report shows: lanes of cases, the timeline, entities by input, Python files by owner, raw lines."""

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from pathlib import Path, PurePath

from tocsin.app.scan_looked import Looked, Request
from tocsin.app.suppress import ended
from tocsin.cases.names import Names
from tocsin.model import Finding, Severity
from tocsin.model.estate import Estate
from tocsin.model.result import (
    Detail,
    EntityDetail,
    EvidenceLines,
    Hour,
    InputDetail,
    Lane,
    LaneEvent,
    PythonDetail,
    Result,
)
from tocsin.posture.results import PostureResult

MAX_HOURS = 2000  # of the timeline; beyond it whole days are shown
MAX_ENTITIES = 2000


def detail_of(
    result: Result,
    looked: Looked,
    posture: PostureResult,
    *,
    request: Request,
    hidden: Sequence[Finding],
    versions: Mapping[str, str],
    rules_digest: str,
) -> Detail:
    """Return what the report shows besides the result."""
    root = _only_folder(request.paths)
    return Detail(
        argv=request.argv,
        root=root,
        unopened=_unopened(result, looked),
        inputs=(*(state.detail() for state in looked.inputs), *_projects(looked, posture, root)),
        kinds=tuple(looked.kinds.details()),
        lanes={case.id: tuple(_lanes([f for f in result.findings if f.case == case.id])) for case in result.cases},
        timeline=tuple(_timeline(result.findings)),
        entities=tuple(_entities(result.findings, request.workspace.estate)),
        python=tuple(_python(result.findings, posture)),
        suppressed=tuple(hidden),
        ended=tuple(f.fingerprint for f in ended(result.findings, request.workspace, result.started)),
        versions=dict(versions),
        rules_digest=rules_digest,
        evidence_lines={f.fingerprint: _evidence(f) for f in result.findings if f.evidence},
    )


def _only_folder(paths: Sequence[str]) -> str:
    return paths[0] if len(paths) == 1 and Path(paths[0]).is_dir() else ""


def _unopened(result: Result, looked: Looked) -> int:
    opened = {state.path for state in looked.inputs} | {answer.path for _, answer in looked.files}
    return len({missed.path for missed in result.coverage.not_looked_at if missed.path != "*"} - opened)


def _projects(looked: Looked, posture: PostureResult, root: str) -> Iterable[InputDetail]:
    """Yield a line for the files that are no logs, all together: where they lie, how many of what."""
    paths = [answer.path for _, answer in looked.files]
    if not paths:
        return
    python = {file.path for file in posture.python_files}
    scripts = sum(path in python for path in paths)
    requirements = sum(PurePath(path).name.startswith("requirements") for path in paths)
    counts = (
        (scripts, "Python file"),
        (requirements, "requirements file"),
        (len(paths) - scripts - requirements, "other text"),
    )
    folders = {PurePath(path).parent.as_posix() for path in paths if path in python} or {
        PurePath(path).parent.as_posix() for path in paths
    }
    where = os.path.commonpath(folders) if len({PurePath(f).is_absolute() for f in folders}) == 1 else root
    yield InputDetail(
        path=where or ".",
        what=", ".join(f"{n:,} {name}{'s' * (n != 1)}" for n, name in counts if n),
        bytes=sum(answer.bytes for _, answer in looked.files),
    )


def _lanes(findings: Sequence[Finding]) -> Iterable[Lane]:
    lanes: dict[str, list[LaneEvent]] = defaultdict(list)
    for f in findings:
        if f.first is None:
            continue
        for path in dict.fromkeys(place.path for place in f.where):
            for at in dict.fromkeys((f.first, f.last or f.first)):
                lanes[path].append(LaneEvent(at=at, severity=f.severity, finding=f.fingerprint, says=f.message))
    return (
        Lane(source=path, events=tuple(sorted(events, key=lambda e: e.at))) for path, events in sorted(lanes.items())
    )


def _timeline(findings: Sequence[Finding]) -> Iterable[Hour]:
    hours: dict[datetime, dict[str, int]] = {}
    for f in findings:
        if f.first is None:
            continue
        hour = f.first.replace(minute=0, second=0, microsecond=0)
        counts = hours.setdefault(hour, {severity.value: 0 for severity in Severity})
        counts[f.severity] += 1
    if len(hours) > MAX_HOURS:
        days: dict[datetime, dict[str, int]] = {}
        for hour, counts in hours.items():
            day = days.setdefault(hour.replace(hour=0), {severity.value: 0 for severity in Severity})
            for severity, count in counts.items():
                day[severity] += count
        hours = days
    return (Hour(hour=hour, counts=counts) for hour, counts in sorted(hours.items()))


def _entities(findings: Sequence[Finding], estate: Estate) -> Iterable[EntityDetail]:
    names = Names(estate)
    critical = {f"host:{host.name}" for host in estate.host if host.critical}
    inputs: dict[str, dict[str, None]] = defaultdict(dict)
    prints: dict[str, dict[str, None]] = defaultdict(dict)
    for f in findings:
        for entity in f.entities:
            prints[entity][f.fingerprint] = None
            inputs[entity].update(dict.fromkeys(place.path for place in f.where))
    ordered = sorted(prints, key=lambda e: (-len(inputs[e]), -len(prints[e]), e))
    for entity in ordered[:MAX_ENTITIES]:
        yield EntityDetail(
            entity=entity,
            inputs=tuple(inputs[entity]),
            findings=tuple(prints[entity]),
            critical=names.canonical(entity) in critical,
        )


def _python(findings: Sequence[Finding], posture: PostureResult) -> Iterable[PythonDetail]:
    of_path: dict[str, dict[str, None]] = defaultdict(dict)
    for f in findings:
        if f.first is None:
            for place in f.where:
                of_path[place.path][f.fingerprint] = None
    for file in posture.python_files:
        yield PythonDetail(
            path=file.path,
            owner=file.owner,
            lines=file.lines,
            findings=tuple(of_path.get(file.path, ())),
            hosts=file.hosts,
            packages=file.packages,
            secrets=file.secrets,
        )


def _evidence(f: Finding) -> EvidenceLines:
    return EvidenceLines(first=f.evidence[:5], last=f.evidence[5:])
