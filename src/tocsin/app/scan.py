"""The first journey: recognise anything, look at it with what fits, and make findings, cases and one report of it."""

import os
import platform
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from tocsin import __version__
from tocsin.app import scan_work
from tocsin.app.interrupt import Interrupt
from tocsin.app.keep import Kept, check, keep
from tocsin.app.plug import plugged
from tocsin.app.rules import digest, rules_of
from tocsin.app.scan_coverage import coverage_of
from tocsin.app.scan_detail import detail_of
from tocsin.app.scan_inputs import InputState
from tocsin.app.scan_looked import Looked, Request
from tocsin.app.scan_work import Answer, Cut, FileAnswer, FileJob, LogAnswer, LogJob, OwnAnswer, OwnJob, ScanJob, Setup
from tocsin.app.suppress import suppressed
from tocsin.app.zones import zones_of
from tocsin.detect.gather import Gather
from tocsin.ingest.frame import blocks
from tocsin.ingest.recognise import LOG, TEXT, Recognised, Recogniser
from tocsin.ingest.walk import Input, inputs, shown
from tocsin.kit.declare import Kind
from tocsin.match.sigma.placeholder import of_estate
from tocsin.model import Case, Exit, Finding, Severity, TocsinError
from tocsin.model.coverage import Missed, Nothing
from tocsin.model.result import Detail, Result, Says, Verdict
from tocsin.posture.look import MAX_BYTES, look, wanted
from tocsin.posture.results import File, PostureResult
from tocsin.runtime import folders
from tocsin.runtime.call import Pool

Progress = Callable[[str, int, int], None]
LOG_NAMES = (".log", ".out", ".err", ".syslog")
MAX_DECLARED = 64 << 20  # bytes of the files that scanners ask for; a lock file of a large project has 2 MiB
SMALL = 1 << 20  # bytes; a text beyond it is data, and read record by record


class Scanned(msgspec.Struct, frozen=True, kw_only=True):
    """What a scan gives.

    The result, what only the report shows, the exit code and what led to it.
    """

    result: Result
    detail: Detail
    code: int
    gate: Severity | None
    kept: str
    news: str
    own: frozenset[str]
    trouble: TocsinError | None = None


def scan(request: Request, *, stdin: BinaryIO, progress: Progress) -> Scanned:
    """Look at everything, and return what was found.

    Raises TocsinError for what the user must mend.
    """
    began, clock = datetime.now(UTC), time.monotonic()
    rule_folders = (*request.rules, *request.workspace.rule_folders)
    rules = rules_of(rule_folders, only=request.only_rules, fills=of_estate(request.workspace.estate))
    if request.store_url is not None:
        check(request.store_url)
    with Gather(rules, lambda value: f"key:{value}") as gather:
        looked = _Journey(request, rule_folders, gather).run(stdin, progress)
        settled = {state.path: state.settle() for state in looked.inputs}
        found = list(gather.findings(lambda path, clock_, at, record, host: settled[path].at(clock_, at, record, host)))
    posture = _posture(request, looked)
    looked.missed += posture.missed
    looked.nothing += posture.nothing
    findings = [*(f.finding for f in found), *posture.findings]
    shown, hidden = suppressed(findings, request.workspace, began)
    coverage = coverage_of(looked, rules, gather.notes)
    kept = keep(request, looked, found, shown, hidden, began, coverage=coverage)
    code, verdict = _verdict(list(_wanted(kept.findings, kept, request)), request.gate, is_complete=coverage.complete)
    result = Result(
        tocsin=__version__,
        command="scan",
        started=began,
        seconds=round(time.monotonic() - clock, 3),
        findings=tuple(_wanted(kept.findings, kept, request)),
        cases=tuple(_wanted_cases(kept, request)),
        verdict=verdict,
        coverage=coverage,
    )
    return _told(request, looked, posture, kept, result, Exit.INTERRUPTED if looked.interrupted else code)


def _wanted(findings: Iterable[Finding], kept: Kept, request: Request) -> Iterator[Finding]:
    return (f for f in findings if not request.only_new or f.fingerprint in kept.new)


def _wanted_cases(kept: Kept, request: Request) -> Iterator[Case]:
    """Yield the cases to show: under `--new` those that something new is part of."""
    return (case for case in kept.cases if not request.only_new or not kept.new.isdisjoint(case.findings))


def _told(request: Request, looked: Looked, posture: PostureResult, kept: Kept, result: Result, code: int) -> Scanned:
    """Return the result with what only the report shows, and with what is suppressed, which no format keeps back."""
    hidden = [*kept.hidden, *posture.suppressed]
    detail = detail_of(
        result,
        looked,
        posture,
        request=request,
        hidden=hidden,
        versions={"tocsin": __version__, "python": platform.python_version(), "platform": platform.platform()},
        rules_digest=digest(
            (*request.rules, *request.workspace.rule_folders),
            only=request.only_rules,
            fills=of_estate(request.workspace.estate),
        ),
    )
    return Scanned(
        result=msgspec.structs.replace(result, findings=(*result.findings, *_wanted(hidden, kept, request))),
        detail=detail,
        code=code,
        gate=request.gate,
        kept=kept.where,
        news=kept.news,
        own=frozenset(domain.name.lower() for domain in request.workspace.estate.domain),
        trouble=kept.trouble,
    )


def dry_run(request: Request, stdin: BinaryIO) -> Iterator[str]:
    """Yield what would be looked at, one line an input.

    Only the first bytes of each are read.
    """
    recognise = Recogniser([entry.declaration for entry in plugged(request.workspace).of_kind(Kind.PARSER)])
    for found in inputs(request.paths, stdin=stdin):
        if isinstance(found, Missed | Nothing):
            yield f"{'not looked at' if isinstance(found, Missed) else 'nothing to see'}  {found.path}: {found.why}"
            continue
        what = recognise(found)
        if isinstance(what, Recognised):
            how = " ".join([*what.parsers, what.frame]) if what.family == LOG else what.family
            yield f"would look at  {found.path}: {how}"
        else:
            yield f"{'not looked at' if isinstance(what, Missed) else 'nothing to see'}  {what.path}: {what.why}"


class _Journey:
    """One pass over all inputs: jobs go to the workers as inputs are read, answers come back in the same order."""

    def __init__(self, request: Request, rule_folders: Sequence[Path], gather: Gather) -> None:
        self._request = request
        self._gather = gather
        self._plugs = plugged(request.workspace)
        parsers = tuple(self._plugs.of_kind(Kind.PARSER))
        self._scanners = self._plugs.of_kind(Kind.SCANNER)
        self._key = folders.installation_key(folders.data())
        self._recognise = Recogniser([entry.declaration for entry in parsers])
        self._setup = msgspec.msgpack.encode(
            Setup(
                parsers=parsers,
                checks=tuple(self._plugs.of_kind(Kind.CHECK)),
                scanners=tuple(self._scanners),
                key=self._key,
                rules=tuple(str(path) for path in rule_folders),
                only_rules=request.only_rules,
                fills=of_estate(request.workspace.estate),
            )
        )
        self._zones = zones_of(request.workspace.estate, request.tz or request.workspace.settings.scan.tz)
        self._looked = Looked()
        self._looked.missed += self._plugs.refused
        if request.workspace.ignored:
            self._looked.nothing.append(Nothing(path=".", why=request.workspace.ignored))
        self._owners: deque[InputState | File | str] = deque()

    def run(self, stdin: BinaryIO, progress: Progress) -> Looked:
        """Look at all inputs."""
        scan_work.prepare(self._setup)
        size = self._request.workers or self._request.workspace.settings.scan.workers or os.cpu_count() or 1
        limits = self._request.limits
        with (
            Pool(
                "tocsin.app.scan_work:work",
                self._setup,
                size=size,
                halving=Cut(self._key),
                limit=limits.job,
                least=limits.record,
            ) as pool,
            Interrupt() as interrupt,
        ):
            try:
                self._collect(pool.run(interrupt.jobs(self._jobs(stdin))), progress)
                if not interrupt.asked:
                    self._ask(pool)
                    self._own(pool)
            except KeyboardInterrupt:
                interrupt.asked = True
            if interrupt.asked:
                self._looked.interrupted = True
                self._looked.missed.append(Missed(path="*", why="interrupted; what comes after was not looked at"))
        for state in self._looked.inputs:  # those that an interruption broke off
            state.end(self._looked.sightings)
        return self._looked

    def _collect(self, answered: Iterator[list[bytes]], progress: Progress) -> None:
        for answers in answered:
            owner = self._owners.popleft()
            for raw in answers:
                self._take(owner, msgspec.msgpack.decode(raw, type=Answer))
            if isinstance(owner, InputState):
                self._ended(owner)
            progress(owner.path if isinstance(owner, InputState | File) else owner, self._looked.bytes, 0)

    def _ask(self, pool: Pool) -> None:
        """Ask the scanners about the files that they declare."""
        files = self._looked.declared
        jobs: list[bytes] = []
        for entry in self._scanners:
            names = wanted(files, [entry.declaration])
            if names:
                asked = {name: files[name] for name in sorted(names)}
                jobs.append(msgspec.msgpack.encode(ScanJob(entry.declaration.name, asked)))
        for answers in pool.run(jobs):
            for raw in answers:
                answer = msgspec.msgpack.decode(raw, type=Answer)
                if isinstance(answer, FileAnswer):
                    self._looked.asked.append(answer.result)

    def _own(self, pool: Pool) -> None:
        """Ask who owns the files of which there is something to say: of CODEOWNERS and git, which strangers made."""
        found = {place.path for result in self._looked.asked for f in result.findings for place in f.where}
        files = [
            Path(file.at)
            for file, result in self._looked.files
            if file is not None and (result.python or result.findings or file.path in found)
        ]
        root = root_of(self._request.paths)
        jobs = [OwnJob(os.fsencode(root), tuple(map(os.fsencode, files)))] if files else []
        for answers in pool.run(map(msgspec.msgpack.encode, jobs)):
            for raw in answers:
                answer = msgspec.msgpack.decode(raw, type=Answer)
                if isinstance(answer, OwnAnswer) and answer.why:
                    self._looked.nothing.append(Nothing(path=shown(str(root)), why=f"owners not known: {answer.why}"))
                elif isinstance(answer, OwnAnswer):
                    self._looked.owners = dict(zip(files, answer.owners, strict=True))

    def _declared(self, path: str, raw: bytes) -> None:
        """Keep a file that scanners declare, until all are read."""
        if not wanted([path], [entry.declaration for entry in self._scanners]):
            return
        if sum(map(len, self._looked.declared.values())) + len(raw) > MAX_DECLARED:
            why = f"scanners are asked about {MAX_DECLARED >> 20} MiB of files; those before it fill them"
            self._looked.missed.append(Missed(path=path, why=why))
        else:
            self._looked.declared[path] = raw

    def _jobs(self, stdin: BinaryIO) -> Iterator[bytes]:
        for found in inputs(self._request.paths, stdin=stdin):
            if isinstance(found, Missed):
                self._looked.missed.append(found)
            elif isinstance(found, Nothing):
                self._looked.nothing.append(found)
            else:
                yield from self._input(found)

    def _input(self, found: Input) -> Iterator[bytes]:
        what = self._recognise(found)
        if isinstance(what, Missed):
            self._looked.missed.append(what)
        elif isinstance(what, Nothing):
            self._looked.nothing.append(what)
        elif is_log(found, what):
            yield from self._log(found, what)
        else:
            yield from self._file(found)

    def _log(self, found: Input, what: Recognised) -> Iterator[bytes]:
        state = InputState(found, self._zones)
        self._looked.inputs.append(state)
        for block in blocks(found.open(), found.path, what):
            state.pending += 1
            self._owners.append(state)
            self._looked.bytes += len(block.raw)
            yield msgspec.msgpack.encode(LogJob(block))
        state.is_read = True
        self._ended(state)

    def _file(self, found: Input) -> Iterator[bytes]:
        raw = found.open().take(MAX_BYTES + 1)
        if found.trouble:
            self._looked.missed.append(Missed(path=found.path, why=found.trouble))
            return
        self._looked.bytes += len(raw)
        self._declared(found.path, raw)
        self._owners.append(File(path=found.path, at=str(found.file)) if found.file is not None else found.path)
        yield msgspec.msgpack.encode(FileJob(found.path, raw))

    def _take(self, owner: InputState | File | str, answer: Answer) -> None:
        if isinstance(answer, LogAnswer) and isinstance(owner, InputState):
            first = owner.take(answer)
            self._gather.add(owner.path, answer.matches, first)
            for kind in answer.kinds:
                self._looked.seen.setdefault(kind.logsource, set()).update(kind.fields)
            self._looked.unruled.update(answer.unruled)
        elif isinstance(answer, FileAnswer):
            self._looked.files.append((owner if isinstance(owner, File) else None, answer.result))

    def _ended(self, state: InputState) -> None:
        if state.is_read and not any(owner is state for owner in self._owners):
            self._gather.close(state.path)
            state.end(self._looked.sightings)


def is_log(found: Input, what: Recognised) -> bool:
    """Return whether an input is read record by record.

    Other texts are files of a project.
    """
    name = found.path.lower()
    if what.family == LOG:
        return not name.endswith(".ipynb")
    return what.family == TEXT and (
        found.path == "-" or any(end in name for end in LOG_NAMES) or (found.size or 0) > SMALL
    )


def root_of(paths: Iterable[str]) -> Path:
    """Return the folder that all paths lie in, or the one path."""
    roots = [Path(path) for path in paths if path != "-"]
    if len(roots) == 1:
        return roots[0]
    return Path(os.path.commonpath([str(path.resolve()) for path in roots])) if roots else Path()


def _posture(request: Request, looked: Looked) -> PostureResult:
    """Return what is wrong with the files of projects, which were looked at, and whose owners were asked for."""
    files = [file for file, _ in looked.files if file is not None]
    results = [result for _, result in looked.files]
    each, asked, owner_of = (lambda _: iter(results)), looked.asked, looked.owners.get
    return look(root_of(request.paths), files, None, each=each, asked=asked, owner_of=owner_of)  # type: ignore[arg-type]  # no kit: files were looked at


def _verdict(findings: Sequence[Finding], gate: Severity | None, *, is_complete: bool) -> tuple[int, Verdict]:
    over = [f for f in findings if gate is not None and f.severity.rank >= gate.rank]
    if over:
        return Exit.GATE, Verdict(says=Says.DENY, why=(f"{len(over)} findings at or above {gate}",))
    if not is_complete:
        return Exit.INCOMPLETE, Verdict(says=Says.UNDECIDED, why=("not everything could be looked at",))
    why = f"nothing at or above {gate}" if gate else "no gate is set"
    return Exit.DONE, Verdict(says=Says.ALLOW, why=(why,))
