"""The drawing of a case: a lane per source, a mark where each finding begins, hatched where a source is silent."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tocsin.web.report.axis import Axis, Tick, axis
from tocsin.web.report.material import Material, Record, mapping, records, severity, texts
from tocsin.web.report.show import clock, day, short, stamp, visible, when

WIDTH = 1040
_LEFT, _RIGHT, _TOP = 224, 20, 30
_ROW, _MARK = 34, 20  # height of a lane; what a mark needs
_DEEPEST = 4  # marks one under another in a lane; more are drawn as plain strokes


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Where a finding begins in a source; its number is its step in the story."""

    x: float
    y: float
    severity: str
    number: int
    says: str


@dataclass(frozen=True, kw_only=True)
class Stroke:
    """One more event of a finding that has its mark elsewhere."""

    x: float
    severity: str


@dataclass(frozen=True, kw_only=True)
class Band:
    """From the first to the last event of a finding in a source."""

    x: float
    y: float
    width: float
    severity: str


@dataclass(frozen=True, kw_only=True)
class Gap:
    """A span in which a source says nothing."""

    x: float
    width: float
    says: str


@dataclass(frozen=True, kw_only=True)
class Lane:
    """All of a case that one source saw."""

    label: str
    source: str
    y: float
    height: float
    marks: list[Mark]
    strokes: list[Stroke]
    bands: list[Band]
    gaps: list[Gap]
    is_timeless: bool


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """A case drawn: lanes from top to bottom, and the path of the story across them."""

    width: int
    height: float
    left: float
    lanes: list[Lane]
    ticks: list[Tick]
    path: str
    says: str


@dataclass(frozen=True, kw_only=True)
class _Event:
    at: datetime | None
    severity: str
    finding: str
    says: str


@dataclass(frozen=True, kw_only=True)
class _Story:
    """What all lanes of a case share; a finding gets one mark, in the first lane that tells of it."""

    numbers: dict[str, int]
    scale: Axis | None
    silent: list[Record]
    marked: set[str] = field(default_factory=set)


def draw(material: Material, case: Record, numbers: dict[str, int]) -> Drawing | None:
    """Draw a case; None where none of its findings has a source.

    `numbers` is the step of each finding in the story. The lanes come from `report.lanes`; what is absent there is
    drawn from the first and last times of the findings.
    """
    sources = _sources(material, case)
    moments = [event.at for events in sources.values() for event in events if event.at]
    if not sources:
        return None
    scale = axis(min(moments), max(moments), left=_LEFT, width=WIDTH - _LEFT - _RIGHT) if moments else None
    story = _Story(numbers=numbers, scale=scale, silent=records(material.extra, "silent"))
    lanes: list[Lane] = []
    y = float(_TOP)
    for source, events in _in_story_order(sources, numbers):
        lane = _lane(source, events, y, story)
        lanes.append(lane)
        y += lane.height
    return Drawing(
        width=WIDTH,
        height=y + 6,
        left=_LEFT,
        lanes=lanes,
        ticks=scale.ticks() if scale else [],
        path=_path(lanes),
        says=_says(lanes, moments),
    )


def _sources(material: Material, case: Record) -> dict[str, list[_Event]]:
    given = records(mapping(material.extra, "lanes"), str(case.get("id")))
    sources: dict[str, list[_Event]] = {}
    for lane in given:
        events = [_given(event) for event in records(lane, "events")]
        if events:
            sources.setdefault(str(lane.get("source")), []).extend(events)
    drawn = {event.finding for events in sources.values() for event in events}
    for fingerprint in texts(case, "findings"):
        finding = material.by_fingerprint.get(fingerprint)
        if finding is not None and fingerprint not in drawn:
            for source in _paths(finding):
                sources.setdefault(source, []).extend(_derived(finding))
    return sources


def _given(event: Record) -> _Event:
    return _Event(
        at=when(event.get("at")),
        severity=severity(event),
        finding=str(event.get("finding")),
        says=str(event.get("says") or ""),
    )


def _derived(finding: Record) -> list[_Event]:
    times: list[datetime | None] = []
    times += sorted({moment for key in ("first", "last") if (moment := when(finding.get(key)))})
    return [
        _Event(
            at=at,
            severity=severity(finding),
            finding=str(finding.get("fingerprint")),
            says=str(finding.get("message") or ""),
        )
        for at in (times or [None])
    ]


def _paths(finding: Record) -> list[str]:
    paths = dict.fromkeys(str(where.get("path")) for where in records(finding, "where") if where.get("path"))
    return list(paths) or ["(no source named)"]


def _in_story_order(sources: dict[str, list[_Event]], numbers: dict[str, int]) -> list[tuple[str, list[_Event]]]:
    def first(item: tuple[str, list[_Event]]) -> tuple[int, str]:
        return min((numbers.get(event.finding, 10**6) for event in item[1]), default=10**6), item[0]

    return sorted(sources.items(), key=first)


def _lane(source: str, events: list[_Event], y: float, story: _Story) -> Lane:
    marks, strokes = _marks(events, y, story)
    depth = max((round((mark.y - y - _ROW / 2) / _MARK) for mark in marks), default=0)
    return Lane(
        label=short(visible(source)),
        source=source,
        y=y,
        height=_ROW + depth * _MARK,
        marks=marks,
        strokes=strokes,
        bands=_bands(events, marks, story),
        gaps=_gaps(source, story.scale, story.silent),
        is_timeless=not any(event.at for event in events),
    )


def _marks(events: list[_Event], y: float, story: _Story) -> tuple[list[Mark], list[Stroke]]:
    marks: list[Mark] = []
    strokes: dict[tuple[int, str], Stroke] = {}  # one to a unit of width: more cannot be told apart
    ends = [float("-inf")] * _DEEPEST  # where each level of the lane is taken up to
    for event in sorted(events, key=lambda event: event.at.timestamp() if event.at else 0.0):
        x = story.scale.x(event.at) if story.scale and event.at else _LEFT + 16.0 + 26 * len(marks)
        level = next((i for i, end in enumerate(ends) if x - end >= _MARK + 2), None)
        if event.finding in story.marked or event.finding not in story.numbers or level is None:
            strokes.setdefault((round(x), event.severity), Stroke(x=x, severity=event.severity))
            continue
        story.marked.add(event.finding)
        ends[level] = x
        marks.append(
            Mark(
                x=x,
                y=y + _ROW / 2 + level * _MARK,
                severity=event.severity,
                number=story.numbers[event.finding],
                says=f"{stamp(event.at) or 'no time'}: {event.says}",
            )
        )
    return marks, list(strokes.values())


def _bands(events: list[_Event], marks: list[Mark], story: _Story) -> list[Band]:
    if story.scale is None:
        return []
    bands = []
    for mark in marks:
        xs = [story.scale.x(e.at) for e in events if e.at and story.numbers.get(e.finding) == mark.number]
        if xs and max(xs) > mark.x:
            width = round(max(xs) - mark.x, 1)
            bands.append(Band(x=mark.x, y=mark.y - 2, width=width, severity=mark.severity))
    return bands


def _gaps(source: str, scale: Axis | None, silent: list[Record]) -> list[Gap]:
    if scale is None:
        return []
    gaps = []
    for gap in silent:
        start, end = when(gap.get("from")), when(gap.get("to"))
        if gap.get("source") != source or not start or not end or end <= scale.start or start >= scale.end:
            continue
        left, right = scale.x(start), scale.x(end)
        says = f"silent from {stamp(start)} to {stamp(end)}"
        gaps.append(Gap(x=left, width=round(max(right - left, 1.0), 1), says=says))
    return gaps


def _path(lanes: list[Lane]) -> str:
    marks: list[Any] = sorted(
        (mark for lane in lanes for mark in lane.marks if not lane.is_timeless), key=lambda mark: (mark.x, mark.number)
    )
    return " ".join(f"{'L' if i else 'M'}{mark.x} {mark.y}" for i, mark in enumerate(marks)) if len(marks) > 1 else ""


def _says(lanes: list[Lane], moments: list[datetime]) -> str:
    what = f"{len(lanes)} sources, {sum(len(lane.marks) for lane in lanes)} findings"
    if not moments:
        return f"{what}; none has a time. The steps below list the same."
    first, last = min(moments), max(moments)
    until = clock(last) if first.date() == last.date() else stamp(last)
    return f"{what}, from {day(first)} {clock(first)} to {until} UTC. The steps below list the same."
