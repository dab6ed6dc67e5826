"""The drawing of the whole run: findings by hour and severity, hatched where a source is silent."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from math import log1p

from tocsin.web.report.axis import Axis, Tick
from tocsin.web.report.lanes import Gap
from tocsin.web.report.material import Material, mapping, records, severity
from tocsin.web.report.show import SEVERITIES, counted, day, duration, number, stamp, when

WIDTH = 1040
_LEFT, _RIGHT, _TOP, _ROW, _SILENT_ROW = 224, 28, 26, 38, 20
_MOST_BINS = 240  # bars thinner than three units cannot be told apart
_BINS = tuple(timedelta(hours=hours) for hours in (1, 2, 3, 6, 12, 24, 168, 720, 8760, 87600))
_MOST_SILENT = 12
_FEWEST_BINS = 12  # a run of one hour is not one bar as wide as the page
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
Counts = dict[datetime, dict[str, int]]


@dataclass(frozen=True, kw_only=True)
class Bar:
    """The findings of one severity in one span of time."""

    x: float
    y: float
    width: float
    height: float
    says: str


@dataclass(frozen=True, kw_only=True)
class Row:
    """One severity over the whole time."""

    severity: str
    y: float
    total: int
    bars: list[Bar]


@dataclass(frozen=True, kw_only=True)
class Silence:
    """A source and the spans in which it says nothing."""

    source: str
    y: float
    gaps: list[Gap]
    says: str


@dataclass(frozen=True, kw_only=True)
class Timeline:
    """The run drawn, and the same as a table."""

    width: int
    height: float
    left: float
    right: float
    floor: float
    row_height: int
    rows: list[Row]
    silences: list[Silence]
    veils: list[Gap]
    more_silent: int
    ticks: list[Tick]
    says: str
    bin: str
    is_derived: bool
    table: list[tuple[str, dict[str, int]]]


def timeline(material: Material) -> Timeline | None:
    """Draw severity by hour; None where nothing in the result has a time.

    Counts come from `report.timeline`; where that is absent, each finding counts once, at its first time.
    """
    counts, is_derived = _counts(material)
    if not counts:
        return None
    bin_ = _bin(max(counts) - min(counts))
    binned = _binned(counts, bin_)
    start = min(binned)
    end = max(max(binned) + bin_, start + _FEWEST_BINS * bin_)
    scale = Axis(start=start, end=end, left=_LEFT, width=WIDTH - _LEFT - _RIGHT)
    rows = _rows(binned, bin_, scale)
    floor = _TOP + _ROW * len(rows)
    silences, more = _silences(material, scale, floor + 8)
    return Timeline(
        width=WIDTH,
        height=floor + 8 + _SILENT_ROW * len(silences),
        left=_LEFT,
        right=WIDTH - _RIGHT,
        floor=floor,
        row_height=_ROW,
        rows=rows,
        silences=silences,
        veils=_veils(silences),
        more_silent=more,
        ticks=scale.ticks(),
        says=_says(rows, start, end, silences),
        bin=duration(bin_),
        is_derived=is_derived,
        table=[(stamp(moment), binned[moment]) for moment in sorted(binned) if any(binned[moment].values())],
    )


def _counts(material: Material) -> tuple[Counts, bool]:
    counts: Counts = defaultdict(lambda: dict.fromkeys(SEVERITIES, 0))
    given = records(material.extra, "timeline")
    for hour in given:
        moment = when(hour.get("hour"))
        if moment is not None:
            for name, count in mapping(hour, "counts").items():
                if name in SEVERITIES and isinstance(count, int):
                    counts[moment][name] += count
    if given:
        return counts, False
    for finding in material.findings:
        moment = when(finding.get("first"))
        if moment is not None:
            counts[moment][severity(finding)] += 1
    return counts, True


def _bin(length: timedelta) -> timedelta:
    return next((bin_ for bin_ in _BINS if length / bin_ < _MOST_BINS), _BINS[-1])


def _binned(counts: Counts, bin_: timedelta) -> Counts:
    binned: Counts = defaultdict(lambda: dict.fromkeys(SEVERITIES, 0))
    for moment, by_severity in counts.items():
        slot = _EPOCH + (moment - _EPOCH) // bin_ * bin_
        for name, count in by_severity.items():
            binned[slot][name] += count
    return binned


def _rows(binned: Counts, bin_: timedelta, scale: Axis) -> list[Row]:
    top = max((count for counts in binned.values() for count in counts.values()), default=1)
    rows = []
    for i, name in enumerate(SEVERITIES):
        counts = {moment: by[name] for moment, by in sorted(binned.items()) if by[name]}
        floor = _TOP + _ROW * (i + 1)
        bars = []
        for moment, count in counts.items():
            left, right = scale.x(moment), scale.x(moment + bin_)
            # Logarithmic: one critical finding must stay visible beside two thousand low ones.
            height = round(max(8.0, (_ROW - 10) * log1p(count) / log1p(top)), 1)
            width = round(max(right - left - 1, 1.5), 1)
            says = f"{stamp(moment)}: {number(count)} {name}"
            bars.append(Bar(x=left + 0.5, y=floor - height, width=width, height=height, says=says))
        rows.append(Row(severity=name, y=floor, total=sum(counts.values()), bars=bars))
    return rows


def _silences(material: Material, scale: Axis, top: float) -> tuple[list[Silence], int]:
    gaps: dict[str, list[tuple[datetime, datetime]]] = defaultdict(list)
    for gap in records(material.extra, "silent"):
        start, end = when(gap.get("from")), when(gap.get("to"))
        if start and end and start < end and end > scale.start and start < scale.end:
            gaps[str(gap.get("source"))].append((start, end))

    def length(item: tuple[str, list[tuple[datetime, datetime]]]) -> timedelta:
        return sum((end - start for start, end in item[1]), timedelta())

    longest = sorted(gaps.items(), key=lambda item: (-length(item), item[0]))
    shown = [
        Silence(
            source=source,
            y=top + _SILENT_ROW * i,
            gaps=[
                Gap(x=scale.x(a), width=round(max(scale.x(b) - scale.x(a), 1.5), 1), says=f"{stamp(a)} to {stamp(b)}")
                for a, b in spans
            ],
            says=f"silent for {duration(length((source, spans)))} in {counted(len(spans), 'span')}",
        )
        for i, (source, spans) in enumerate(longest[:_MOST_SILENT])
    ]
    return shown, len(longest) - len(shown)


def _veils(silences: list[Silence]) -> list[Gap]:
    """Return where at least one source is silent, spans that touch made one: hatching over hatching is a blur."""
    veils: list[Gap] = []
    for gap in sorted((gap for silence in silences for gap in silence.gaps), key=lambda gap: gap.x):
        end = veils[-1].x + veils[-1].width if veils else -1.0
        if gap.x > end:
            veils.append(Gap(x=gap.x, width=gap.width, says="at least one source is silent"))
        elif gap.x + gap.width > end:
            veils[-1] = Gap(x=veils[-1].x, width=round(gap.x + gap.width - veils[-1].x, 1), says=veils[-1].says)
    return veils


def _says(rows: list[Row], start: datetime, end: datetime, silences: list[Silence]) -> str:
    totals = ", ".join(f"{number(row.total)} {row.severity}" for row in rows)
    silent = f" Silent in part: {', '.join(silence.source for silence in silences)}." if silences else ""
    return f"From {day(start)} to {day(end)}: {totals}.{silent}"
