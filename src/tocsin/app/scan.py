"""The first journey: recognise anything, look at it with what fits, and make findings, cases and one report of it."""

import platform
import time
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

import msgspec

from tocsin import __version__
from tocsin.app.hits import Hits
from tocsin.app.keep import Kept, check, keep
from tocsin.app.plug import plugged
from tocsin.app.rules import digest, rules_of
from tocsin.app.scan_coverage import coverage_of
from tocsin.app.scan_detail import detail_of
from tocsin.app.scan_journey import Journey, Progress, is_log, root_of
from tocsin.app.scan_looked import Looked, Request
from tocsin.app.suppress import suppressed
from tocsin.detect.cost import Cost
from tocsin.detect.gather import Gather
from tocsin.detect.rules import RuleSet
from tocsin.ingest.recognise import LOG, Recognised, Recogniser
from tocsin.ingest.walk import inputs
from tocsin.kit.declare import Kind
from tocsin.match.sigma.placeholder import of_estate
from tocsin.model import Case, Exit, Finding, Severity, TocsinError
from tocsin.model.coverage import Missed, Nothing
from tocsin.model.result import Detail, Result, Says, Verdict
from tocsin.posture.look import look
from tocsin.posture.results import PostureResult


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
    hits: Hits | None = None
    costs: tuple[Cost, ...] = ()
    rules: RuleSet = RuleSet()
    folders: tuple[str, ...] = ()


def scan(request: Request, *, stdin: BinaryIO, progress: Progress, hits: Hits | None = None) -> Scanned:
    """Look at everything, and return what was found.

    `hits` takes every single match besides.

    Raises TocsinError for what the user must mend.
    """
    began, clock = datetime.now(UTC), time.monotonic()
    rules = rules_for(request)
    if request.store_url is not None:
        check(request.store_url)
    with Gather(rules, key_entity, each=hits) as gather:
        looked = Journey(request, _folders(request), gather, hits).run(stdin, progress)
        settled = {state.path: state.settle() for state in looked.inputs}
        found = list(gather.findings(lambda path, clock_, at, record, host: settled[path].at(clock_, at, record, host)))
    posture = _posture(request, looked)
    looked.missed += posture.missed
    looked.nothing += posture.nothing
    findings = [*(f.finding for f in found), *posture.findings]
    shown, hidden = suppressed(findings, request.workspace, began)
    coverage = coverage_of(looked, rules, gather.notes)
    looked.in_force = frozenset(rules.document(number).about.id for number in rules.telling)
    kept = keep(request, looked, found, shown, hidden, began, coverage=coverage)
    code, verdict = _verdict(list(_wanted(kept.findings, kept, request)), request.gate, is_complete=coverage.complete)
    result = Result(
        tocsin=__version__,
        command=request.command,
        started=began,
        seconds=round(time.monotonic() - clock, 3),
        findings=tuple(_wanted(kept.findings, kept, request)),
        cases=tuple(_wanted_cases(kept, request)),
        verdict=verdict,
        coverage=coverage,
    )
    told = _told(request, looked, posture, kept, result, Exit.INTERRUPTED if looked.interrupted else code)
    return msgspec.structs.replace(
        told, hits=hits, costs=tuple(looked.costs), rules=rules, folders=tuple(map(str, request.rules))
    )


def rules_for(request: Request) -> RuleSet:
    """Return the rules that a request is about.

    Raises UserError for a folder that is not there.
    """
    return rules_of(_folders(request), only=request.only_rules, fills=of_estate(request.workspace.estate))


def key_entity(value: str) -> str:
    """Return the entity of a key, which workers have masked already."""
    return f"key:{value}"


def _folders(request: Request) -> tuple[Path, ...]:
    return (*request.rules, *request.workspace.rule_folders)


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
        rules_digest=digest(_folders(request), only=request.only_rules, fills=of_estate(request.workspace.estate)),
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
            if request.command == "detect" and what.family != LOG and not is_log(found, what):
                yield f"nothing to see  {found.path}: no log"
                continue
            how = " ".join([*what.parsers, what.frame]) if what.family == LOG else what.family
            yield f"would look at  {found.path}: {how}"
        else:
            yield f"{'not looked at' if isinstance(what, Missed) else 'nothing to see'}  {what.path}: {what.why}"


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
