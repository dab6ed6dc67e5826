"""Pages of one thing: a finding, a case, all that is known of a value."""

from collections.abc import Iterable, Iterator
from datetime import datetime

from tocsin.app.about import About, Seen
from tocsin.app.queue import CasePage
from tocsin.cli.draw import story_line
from tocsin.cli.paint import Paint
from tocsin.model import Finding
from tocsin.model.text import counted
from tocsin.model.times import iso


def finding_page(
    f: Finding, paint: Paint, *, state: str = "", seen: tuple[datetime, datetime] | None = None
) -> Iterator[str]:
    """Yield the lines of a finding."""
    yield f"{paint.severity(f.severity)} {paint.strong(paint.outside(f.title))}"
    yield f"  {paint.outside(f.message)}"
    yield ""
    rows = {
        "rule": f.rule,
        "fingerprint": f.fingerprint,
        "confidence": f.confidence,
        "state": state,
        "count": f"{f.count:,}",
        "time": f"{iso(f.first)} to {iso(f.last)}" if f.first and f.last else "",
        "seen": f"first {iso(seen[0])[:16]}Z, last {iso(seen[1])[:16]}Z" if seen else "",
        "owner": f.owner or "",
        "case": f.case or "",
        "tags": " ".join(f.tags),
        "suppressed": f"{f.suppressed.reason} ({f.suppressed.owner}, until {f.suppressed.until})"
        if f.suppressed
        else "",
    }
    for name, value in rows.items():
        if value:
            yield f"  {name:<12} {paint.safe(value)}"
    if f.entities:
        yield f"  {'entities':<12} {', '.join(paint.outside(e) for e in f.entities[:40])}"
        if len(f.entities) > 40:
            yield f"  {'':<12} and {len(f.entities) - 40} more"
    yield from _block("Where", (_place(p.path, p.line or p.record) for p in f.where), paint)
    yield from _block("Evidence", f.evidence, paint)
    yield from _block("What to do", [f.remedy] if f.remedy else [], paint)
    yield from _block("See", f.references, Paint(paint.stream, raw=True))


def _place(path: str, number: int | None) -> str:
    return path if number is None else f"{path}:{number}"


def _block(title: str, lines: Iterable[str], paint: Paint) -> Iterator[str]:
    found = list(lines)
    if found:
        yield ""
        yield paint.strong(title)
        for line in found:
            yield f"  {paint.outside(line)}"


def case_page(page: CasePage, paint: Paint) -> Iterator[str]:
    """Yield the lines of a case: story, why, what to do, evidence, notes, history."""
    case = page.case
    head = paint.of(case.severity, f"CASE {case.id}  {case.severity.upper()}")
    yield f"{head}  {paint.strong(paint.outside(case.title))}"
    also = f", also known as {', '.join(case.aliases)}" if case.aliases else ""
    yield f"  {case.state}{', with ' + paint.safe(case.assignee) if case.assignee else ''}{also}"
    if case.why:
        yield paint.dim(f"  Joined by {paint.outside('; '.join(case.why))}")
    day = case.first.date() if case.first else None
    if day:
        yield paint.dim(f"  {day:%d %b %Y}, UTC")
    yield ""
    for f in page.findings:
        yield f"  {f.fingerprint[:8]}  {story_line(f, day, paint)}"
    yield from _block("Do now", (f"{n}. {text}" for n, text in enumerate(case.do_now, 1)), paint)
    for f in page.findings:
        yield from _block(f"Evidence of {paint.safe(f.rule)}", f.evidence, paint)
    yield from _block("Entities", [", ".join(case.entities)] if case.entities else [], paint)
    yield from _block("Notes", (f"{iso(n.at)[:16]}Z {n.by}: {n.says}" for n in page.notes), paint)
    yield from _block("History", (f"{iso(h.at)[:16]}Z {h.by}: {h.did} {h.says}" for h in page.history), paint)


def _sighting(seen: Seen) -> str:
    who = f" with {seen.who}" if seen.who else ""
    when = f"{counted(seen.days, 'day')}, {seen.first} to {seen.last}" if seen.days > 1 else seen.first
    return f"as {seen.type}{who}: {counted(seen.count, 'time')} on {when}"


def about_page(page: About, paint: Paint) -> Iterator[str]:
    """Yield the lines of all that is known of a value."""
    yield paint.strong(paint.outside(page.value))
    if not (page.seen or page.findings or page.cases):
        yield "  the store knows nothing of it: it is in no finding, and was not seen in what was looked at"
        return
    yield from _block("Seen", (_sighting(seen) for seen in page.seen), paint)
    if page.findings:
        yield ""
        yield paint.strong("Findings")
        for stored in sorted(page.findings, key=lambda stored: stored.finding.severity.rank):
            yield f"  {stored.finding.fingerprint[:8]}  {story_line(stored.finding, None, paint)}"
    if page.cases:
        yield ""
        yield paint.strong("Cases")
        for case in page.cases:
            yield f"  {case.id:>4}  {paint.severity(case.severity)} {paint.outside(case.title)}"
