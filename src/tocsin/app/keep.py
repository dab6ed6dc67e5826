"""Findings made into cases and kept: ids, what is new since the last look, what was seen."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

import msgspec

from tocsin.app.config import without_password
from tocsin.app.scan_looked import Looked, Request
from tocsin.app.suppress import with_end
from tocsin.cases.group import group
from tocsin.cases.tell import Words, tell
from tocsin.detect.gather import Found
from tocsin.model import Case, Finding, FindingKind, Suppression, TocsinError
from tocsin.model.coverage import Coverage
from tocsin.store.states import Ended

Pair = tuple[str, str]


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """Findings with their cases.

    `new` are the fingerprints that the last look did not have.
    """

    findings: list[Finding]
    hidden: list[Finding]
    cases: list[Case]
    new: frozenset[str]
    news: str = ""
    where: str = ""
    trouble: TocsinError | None = None


def keep(
    request: Request,
    looked: Looked,
    found: Sequence[Found],
    shown: list[Finding],
    hidden: list[Finding],
    now: datetime,
    *,
    coverage: Coverage,
) -> Kept:
    """Group what is shown into cases, and say what is new.

    All of it is kept in the store, if there is one. A store that fails loses nothing of what was found: that is shown,
    and `trouble` says what became of the store.
    """
    if request.store_url is None:
        return _unkept(request, found, shown, hidden)
    try:
        return _kept(request, looked, found, shown, hidden, now, coverage=coverage)
    except TocsinError as error:
        return msgspec.structs.replace(_unkept(request, found, shown, hidden), trouble=error)


def check(url: str) -> None:
    """Open the store and close it again.

    Raises UserError, before anything is read, for one that cannot be used.
    """
    from tocsin.store.open import open_store

    open_store(url).close()


def _unkept(request: Request, found: Sequence[Found], shown: list[Finding], hidden: list[Finding]) -> Kept:
    cases = _numbered(_cases(request, shown, _words(found)))
    new = frozenset(f.fingerprint for f in (*shown, *hidden))
    return Kept(findings=_with_cases(shown, cases), hidden=hidden, cases=cases, new=new)


def _words(found: Sequence[Found]) -> Mapping[str, Words]:
    return {f.finding.fingerprint: Words(story=f.story.story, do=f.story.do) for f in found}


def _kept(
    request: Request,
    looked: Looked,
    found: Sequence[Found],
    shown: list[Finding],
    hidden: list[Finding],
    now: datetime,
    *,
    coverage: Coverage,
) -> Kept:
    url = str(request.store_url)
    from tocsin.store import cases as case_store
    from tocsin.store import findings as finding_store
    from tocsin.store import grouped, pins, runs, seen, suppressions
    from tocsin.store.open import open_store

    occurrences: Mapping[str, frozenset[bytes]] = {f.finding.fingerprint: f.occurrences for f in found if f.occurrences}
    with open_store(url, patience=request.limits.store) as store:
        with store.begin() as conn:
            run = runs.start(conn, command=request.command, paths=_resolved(request.paths), now=now)
            finding_store.record(conn, run, [*shown, *hidden], occurrences)
            shown, hidden = _parted(shown, hidden, suppressions.active(conn, now))
            shown = _ended(shown, suppressions.expired(conn, now))
            word = pins.pins(conn)
            made = grouped.save(
                conn, _cases(request, shown, _words(found), together=word.together, apart=word.apart), now
            )
            for source, rows in looked.sightings:
                sightings = (seen.Sighting(seen=o, who=who, day=day, count=n) for o, who, day, n in rows)
                seen.record(conn, source, sightings, now)

            def sure(names: Sequence[str]) -> list[str]:
                known = [stored.finding for stored in finding_store.known(conn, names).values()]
                return _looked_for(known, request, looked, coverage)

            news = runs.finish(conn, run, now=now, state=_state(request, looked, coverage), sure=sure)
        with store.read() as conn:
            cases = [case_store.get(conn, case.id) for case in made]
    mine = {f.fingerprint for f in shown}
    cases = [msgspec.structs.replace(case, findings=tuple(p for p in case.findings if p in mine)) for case in cases]
    return Kept(
        findings=_with_cases(shown, cases),
        hidden=hidden,
        cases=cases,
        new=frozenset(news.new),
        news=str(news) if news.since is not None else "",
        where=_place(url),
    )


def _parted(
    shown: list[Finding], hidden: list[Finding], aside: Mapping[str, Suppression]
) -> tuple[list[Finding], list[Finding]]:
    """Return the findings to show and those that are not, by what the store suppresses too."""
    more = [msgspec.structs.replace(f, suppressed=aside[f.fingerprint]) for f in shown if f.fingerprint in aside]
    return [f for f in shown if f.fingerprint not in aside], [*hidden, *more]


def _ended(shown: list[Finding], ended: Mapping[str, Suppression]) -> list[Finding]:
    """Return findings of which those whose suppression in the store has ended say so."""
    words = ((f, ended.get(f.fingerprint)) for f in shown)
    return [f if w is None else with_end(f, w.until, w.owner, w.reason) for f, w in words]


def _state(request: Request, looked: Looked, coverage: Coverage) -> Ended:
    if looked.interrupted:
        return Ended.INTERRUPTED
    return Ended.COMPLETE if coverage.complete and request.window.is_open else Ended.INCOMPLETE


def _looked_for(findings: Iterable[Finding], request: Request, looked: Looked, coverage: Coverage) -> list[str]:
    """Return the findings that a look would have seen: their rule and all their inputs were there."""
    if not request.window.is_open:  # what lies outside of it may be there still
        return []
    findings = [f for f in findings if f.kind is not FindingKind.LOG or f.rule in looked.in_force]
    if coverage.complete:
        return [f.fingerprint for f in findings]
    missed = {missed.path for missed in coverage.not_looked_at}
    if "*" in missed or coverage.rules.unloaded:
        return []
    return [f.fingerprint for f in findings if not any(_is_in(place.path, missed) for place in f.where)]


def _is_in(path: str, missed: Iterable[str]) -> bool:
    """Return whether a path is, or lies in, one that was missed, however either was named."""
    tail = Path(path).name
    return any(path == one or path.startswith((f"{one}/", f"{one}!")) or Path(one).name == tail for one in missed)


def _place(url: str) -> str:
    if not url.startswith("sqlite:///"):
        return without_password(url)
    path = Path(url.removeprefix("sqlite:///"))
    try:
        return str(path.relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _resolved(paths: Sequence[str]) -> Iterator[str]:
    return (path if path == "-" else str(Path(path).resolve()) for path in paths)


def _cases(
    request: Request,
    findings: Sequence[Finding],
    words: Mapping[str, Words],
    *,
    together: frozenset[Pair] = frozenset(),
    apart: frozenset[Pair] = frozenset(),
) -> list[Case]:
    join, estate = request.workspace.settings.cases, request.workspace.estate
    clusters = group(
        findings,
        estate,
        gap=timedelta(hours=join.gap_hours),
        common_share=join.common_share,
        together=together,
        apart=apart,
    )
    return [tell(cluster, words, estate) for cluster in clusters]


def _numbered(cases: Sequence[Case]) -> list[Case]:
    """Return cases with ids for one showing: by time, as the store would give them."""
    ordered = sorted(cases, key=lambda c: (c.first is None, c.first.timestamp() if c.first else 0.0, c.findings))
    return [msgspec.structs.replace(case, id=str(number)) for number, case in enumerate(ordered, 1)]


def _with_cases(findings: Sequence[Finding], cases: Sequence[Case]) -> list[Finding]:
    home = {print_: case.id for case in cases for print_ in case.findings}
    return [msgspec.structs.replace(f, case=home.get(f.fingerprint)) for f in findings]
