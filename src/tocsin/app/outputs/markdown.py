"""Markdown for tickets, chats and pull requests: a case or a whole result."""

import re
from collections.abc import Iterable, Iterator, Mapping

from tocsin.model import Case, Finding
from tocsin.model.result import Result
from tocsin.model.text import defang, safe
from tocsin.model.times import iso

# Everything that Markdown or the HTML in it would act on; text from outside stays text.
_ACTIVE = re.compile(r"([\\`*_{}\[\]<>()#+!|~@$&])")


def plain(text: str) -> str:
    """Return a text from outside that Markdown shows as it is."""
    return _ACTIVE.sub(r"\\\1", defang(safe(text)))


def code(text: str) -> str:
    """Return a text as inline code, whatever backticks are in it."""
    text = safe(text)
    runs = [len(run) for run in re.findall("`+", text)]
    fence = "`" * (max(runs, default=0) + 1)
    pad = " " if text.startswith("`") or text.endswith("`") else ""
    return f"{fence}{pad}{text}{pad}{fence}"


def case_page(case: Case, findings: Mapping[str, Finding]) -> Iterator[str]:
    """Yield the lines of one case.

    What happened, why it is one, what to do now, and the evidence.
    """
    yield f"# Case {case.id}: {plain(case.title)}"
    yield ""
    times = f", {iso(case.first)} to {iso(case.last)}" if case.first and case.last else ""
    yield f"**{case.severity.upper()}**, {case.state}{times}"
    if case.why:
        yield f"Joined by {plain('; '.join(case.why))}."
    if case.do_now:
        yield ""
        yield "## Do now"
        for number, action in enumerate(case.do_now, 1):
            yield f"{number}. {plain(action)}"
    yield ""
    yield "## What happened"
    yield from finding_table([findings[p] for p in case.findings if p in findings])
    yield ""
    yield "## Evidence"
    for print_ in case.findings:
        f = findings.get(print_)
        if f is not None and f.evidence:
            yield ""
            yield f"### {plain(f.rule)}: {plain(f.message)}"
            for line in f.evidence:
                yield f"- {code(line)}"
    yield ""
    yield f"Entities: {', '.join(code(e) for e in case.entities)}"


def finding_table(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield a table of findings."""
    yield "| time | severity | rule | what | count | fingerprint |"
    yield "|---|---|---|---|---|---|"
    for f in findings:
        when = iso(f.first) if f.first else (f"in code, {plain(f.where[0].path)}" if f.where else "in code")
        yield f"| {when} | {f.severity} | {plain(f.rule)} | {plain(f.message)} | {f.count} | {f.fingerprint} |"


def summary(result: Result) -> Iterator[str]:
    """Yield the lines of a whole result.

    Verdict, cases, findings worst first, and what could not be looked at.
    """
    findings = {f.fingerprint: f for f in result.findings}
    state = "complete" if result.coverage.complete else "**incomplete**"
    yield f"# Tocsin: {len(findings)} findings, {len(result.cases)} cases, {state}"
    for case in result.cases:
        yield ""
        yield f"- **Case {case.id}** ({case.severity}): {plain(case.title)}"
        if case.do_now:
            yield f"  Do now: {plain('; '.join(case.do_now))}"
    yield ""
    yield from finding_table(sorted(result.findings, key=lambda f: -f.severity.rank))
    if result.coverage.not_looked_at:
        yield ""
        yield "## Not looked at"
        for missed in result.coverage.not_looked_at:
            yield f"- {plain(missed.path)}: {plain(missed.why)}" + (f" (x{missed.count})" if missed.count > 1 else "")
