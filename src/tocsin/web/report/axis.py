"""A time axis: where a moment lies on a drawing, and which moments are worth a label."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

_STEPS = tuple(
    timedelta(seconds=seconds)
    for seconds in (1, 5, 10, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200)
)
_DAYS = (1, 2, 7, 14, 30, 90, 180, 365, 730, 3650)
_MOST_TICKS = 9
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Tick:
    """A labelled moment on the axis."""

    x: float
    label: str
    opens_day: bool


@dataclass(frozen=True, kw_only=True)
class Axis:
    """A span of time laid over a span of a drawing."""

    start: datetime
    end: datetime
    left: float
    width: float

    def x(self, moment: datetime) -> float:
        """Return where a moment lies; moments outside lie on the edge."""
        share = (moment - self.start) / (self.end - self.start)
        return round(self.left + self.width * min(max(share, 0.0), 1.0), 1)

    def ticks(self) -> list[Tick]:
        """Return round moments, few enough that their labels do not touch."""
        step = _step(self.end - self.start)
        moment = _EPOCH + -((_EPOCH - self.start) // step) * step
        if moment < self.start:
            moment += step
        shown: list[Tick] = []
        while moment <= self.end:
            opens = step < timedelta(days=1) and (moment.hour, moment.minute, moment.second) == (0, 0, 0)
            label = f"{moment.day} {moment:%b}" if opens else _label(moment, step)
            shown.append(Tick(x=self.x(moment), label=label, opens_day=opens))
            moment += step
        return shown


def axis(start: datetime, end: datetime, *, left: float, width: float) -> Axis:
    """Return an axis over a span, widened so that nothing lies on the edge."""
    margin = max((end - start) * 0.03, timedelta(seconds=30))
    return Axis(start=start - margin, end=end + margin, left=left, width=width)


def _step(length: timedelta) -> timedelta:
    for step in (*_STEPS, *(timedelta(days=days) for days in _DAYS)):
        if length / step <= _MOST_TICKS:
            return step
    return length / _MOST_TICKS


def _label(moment: datetime, step: timedelta) -> str:
    if step >= timedelta(days=1):
        return f"{moment.day} {moment:%b}" if step < timedelta(days=300) else f"{moment:%b %Y}"
    if step < timedelta(minutes=1):
        return f"{moment:%H:%M:%S}"
    return f"{moment:%H:%M}"
