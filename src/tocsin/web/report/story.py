"""The head of the report: three sentences, what to do now, and each case as a story."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from tocsin.web.report.lanes import Drawing, draw
from tocsin.web.report.material import Material, Record, amount, is_flow, main_place, mapping, records, severity, texts
from tocsin.web.report.rows import lines
from tocsin.web.report.show import (
    SEVERITIES,
    clock,
    counted,
    day,
    duration,
    listed,
    number,
    place,
    span,
    visible,
    when,
)

_GRAVE = ("critical", "high")
_MOST_GAPS = 4
_MOST_ACTIONS = 12  # of findings outside cases; the rest are in the findings' own remedies


@dataclass(frozen=True, kw_only=True)
class Action:
    """One thing to do, and what it is for."""

    says: str
    severity: str
    link: str
    about: str


@dataclass(frozen=True, kw_only=True)
class Step:
    """One finding of a case, as a step of its story."""

    number: int
    time: str
    day: str
    severity: str
    rule: str
    message: str
    count: int
    sources: list[str]
    fingerprint: str
    line: str
    techniques: list[str]


@dataclass(frozen=True, kw_only=True)
class Told:
    """A case as the report tells it."""

    id: str
    title: str
    severity: str
    state: str
    span: str
    length: str
    why: list[str]
    entities: list[str]
    do_now: list[str]
    would_settle: list[str]
    steps: list[Step]
    absent: int
    drawing: Drawing | None


def sentences(material: Material) -> list[tuple[str, str]]:
    """Return what happened, how sure we are, and whether the look was complete."""
    return [
        ("What happened", _happened(material)),
        ("How sure", _sure(material)),
        ("Complete", _complete(material)),
    ]


def _happened(material: Material) -> str:
    if not material.findings:
        return f"Nothing was found in {_looked(material)}."
    found = f"{counted(len(material.findings), 'finding')} in {_looked(material)}"
    if not material.cases:
        gravest = material.findings[0]
        return f"{found}; none of them belong together. The gravest: {gravest.get('message') or gravest.get('title')}."
    case = material.cases[0]
    outside = sum(1 for finding in material.findings if not finding.get("case"))
    first, last = when(case.get("first")), when(case.get("last"))
    ran = f", {span(first, last)} UTC" if first else ""
    length = f" ({duration(last - first)})" if first and last and last > first else ""
    return (
        f"{found}: {number(len(material.findings) - outside)} of them make {counted(len(material.cases), 'case')}, "
        f"{number(outside)} stand alone. The gravest, case {case.get('id')} ({severity(case)}){ran}{length}, "
        f"joins {counted(len(texts(case, 'findings')), 'finding')}."
    )


def _looked(material: Material) -> str:
    looked = mapping(material.coverage, "looked_at")
    return f"{counted(amount(looked, 'records'), 'record')} of {counted(amount(looked, 'files'), 'file')}"


def _sure(material: Material) -> str:
    rules = mapping(material.coverage, "rules")
    if not material.findings:
        return (
            f"{number(amount(rules, 'active'))} of {counted(amount(rules, 'loaded'), 'rule')} could fire on this data; "
            "what no rule looks for is not found."
        )
    grave = [finding for finding in material.findings if severity(finding) in _GRAVE]
    asked = grave or material.findings
    what = "critical or high finding" if grave else "finding"
    levels = [(sum(1 for f in asked if f.get("confidence") == name), name) for name in ("high", "medium", "low")]
    shares = [f"{number(count)} of {name}" for count, name in levels if count]
    if len(asked) == 1:
        return f"The one {what} is of {listed([name for count, name in levels if count], 1) or 'unstated'} confidence."
    if len(shares) == 1:
        return f"All {counted(len(asked), what)} are of {shares[0].split(' of ')[1]} confidence."
    return f"Of {counted(len(asked), what)}, {listed(shares, 3) or 'none'} confidence."


def _complete(material: Material) -> str:
    if material.is_complete:
        return "Yes. Every input could be read, every rule loaded, and no source failed."
    missed = records(material.coverage, "not_looked_at")
    unloaded = records(mapping(material.coverage, "rules"), "unloaded")
    stale = [item for item in records(material.coverage, "data") if item.get("stale")]
    files = len({str(item.get("path")) for item in missed if item.get("record") is None})
    lost = sum(max(amount(item), 1) for item in missed if item.get("record") is not None)
    gaps = [
        f"{counted(files, 'input')} {'was' if files == 1 else 'were'} not looked at" if files else "",
        f"{counted(lost, 'record')} could not be read" if lost else "",
        f"{counted(len(unloaded), 'rule')} could not be loaded" if unloaded else "",
        f"{counted(len(stale), 'data set')} {'is' if len(stale) == 1 else 'are'} stale" if stale else "",
    ]
    return f"No: {listed([gap for gap in gaps if gap], 4) or 'the result does not say what is missing'}."


def shortfalls(material: Material) -> list[str]:
    """Return in words what could not be looked at, the worst first."""
    says = [_missed(item) for item in records(material.coverage, "not_looked_at")]
    unloaded = records(mapping(material.coverage, "rules"), "unloaded")
    if unloaded:
        says.append(f"{counted(len(unloaded), 'rule')} could not be loaded")
    stale = [visible(item.get("name")) for item in records(material.coverage, "data") if item.get("stale")]
    if stale:
        says.append(f"stale data: {listed(stale, 3)}")
    return says


def _missed(item: Record) -> str:
    # Without a record the count is of something else, as packages, and the reason says of what.
    lost = f"{counted(max(amount(item), 1), 'record')} of " if item.get("record") is not None else ""
    what = f"{lost}{item.get('path')}"
    return visible(f"{what} ({item.get('why')})")


def actions(material: Material) -> tuple[list[Action], list[Action]]:
    """Return what to do now for cases, then for grave findings outside them."""
    now = [
        Action(says=says, severity=severity(case), link=f"case={case.get('id')}", about=f"case {case.get('id')}")
        for case in material.cases
        for says in texts(case, "do_now")
    ]
    later: dict[tuple[str, str], Action] = {}
    for finding in material.findings:
        if finding.get("case") or severity(finding) not in _GRAVE or not finding.get("remedy"):
            continue
        about = place(main_place(finding)) or str(finding.get("rule"))
        action = Action(
            says=str(finding["remedy"]), severity=severity(finding), link=f"f={finding.get('fingerprint')}", about=about
        )
        later.setdefault((action.says, action.about), action)
    return now, list(later.values())[:_MOST_ACTIONS]


def told(material: Material, case: Record) -> Told:
    """Return a case as a story: its steps, drawn, and why they are one."""
    known = [material.by_fingerprint[f] for f in texts(case, "findings") if f in material.by_fingerprint]
    ordered = sorted(known, key=_story_order)
    numbers = {str(finding.get("fingerprint")): i for i, finding in enumerate(ordered, 1)}
    first, last = when(case.get("first")), when(case.get("last"))
    drawing = draw(material, case, numbers)
    return Told(
        id=str(case.get("id")),
        title=str(case.get("title") or ""),
        severity=severity(case),
        state=str(case.get("state") or ""),
        span=span(first, last),
        length=duration(last - first) if first and last and last - first > timedelta(minutes=1) else "",
        why=texts(case, "why"),
        entities=texts(case, "entities"),
        do_now=texts(case, "do_now"),
        would_settle=_would_settle(material, case, {lane.source for lane in drawing.lanes} if drawing else set()),
        steps=_steps(material, ordered),
        absent=len(texts(case, "findings")) - len(known),
        drawing=drawing,
    )


def _story_order(finding: Record) -> tuple[Any, ...]:
    first = when(finding.get("first"))
    # What has no time (code, packages) comes last: the log tells the story, the code explains it.
    return first is None, first.isoformat() if first else "", SEVERITIES.index(severity(finding))


def _steps(material: Material, findings: list[Record]) -> list[Step]:
    steps: list[Step] = []
    shown_day = ""
    for i, finding in enumerate(findings, 1):
        moment = when(finding.get("first"))
        today = day(moment) if moment else ""
        first, _ = lines(material, finding)
        steps.append(
            Step(
                number=i,
                time=clock(moment) if moment else "in code",
                day=today if today != shown_day else "",
                severity=severity(finding),
                rule=str(finding.get("rule")),
                message=str(finding.get("message") or finding.get("title") or ""),
                count=amount(finding),
                sources=_sources(finding),
                fingerprint=str(finding.get("fingerprint")),
                line=first[0] if first else "",
                techniques=[
                    tag.removeprefix("attack.").upper() if tag.startswith("attack.t") else tag.upper()
                    for tag in texts(finding, "tags")
                    if tag.startswith(("attack.t1", "cwe-"))
                ],
            )
        )
        shown_day = today or shown_day
    return steps


def _sources(finding: Record) -> list[str]:
    places = [main_place(finding)] if is_flow(finding) else records(finding, "where")[:3]
    return list(dict.fromkeys(place(where) for where in places))


def _would_settle(material: Material, case: Record, sources: set[str]) -> list[str]:
    """Say which logs are missing just where this case needs them, its own sources first."""
    first, last = when(case.get("first")), when(case.get("last"))
    gaps = []
    for gap in records(material.extra, "silent"):
        start, end = when(gap.get("from")), when(gap.get("to"))
        if first and last and start and end and start <= last and end >= first:
            source = str(gap.get("source"))
            gaps.append((source not in sources, source, f"{source} is silent {span(start, end)}"))
    unread = [
        f"{item.get('path')} was not looked at: {item.get('why')}"
        for item in records(material.coverage, "not_looked_at")
        if item.get("record") is None
    ]
    return [*texts(case, "would_settle"), *(says for _, _, says in sorted(gaps)), *unread][:_MOST_GAPS]
