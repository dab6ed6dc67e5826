"""A timeline of every single match, as CSV for a spreadsheet and as JSON lines."""

from collections.abc import Iterable, Iterator

from tocsin.app.hits import Hit
from tocsin.app.outputs.table import line
from tocsin.model.codec import json_text
from tocsin.model.observable import ObservableType
from tocsin.model.times import iso

COLUMNS = (
    "time", "severity", "rule", "title", "host", "user", "source", "entities", "path", "record", "tags", "details",
    "fingerprint", "copy",
)  # fmt: skip
MAX_DETAILS = 2000  # characters of one cell; a spreadsheet takes 32,767


def rows(hits: Iterable[Hit]) -> Iterator[str]:
    """Yield CSV lines, the header first.

    Controls are escaped and no cell is a formula.
    """
    yield line(COLUMNS)
    for hit in hits:
        details = "; ".join(f"{name}={value}" for name, value in hit.event.items())
        yield line((
            iso(hit.at) if hit.at else "", hit.severity, hit.rule, hit.title, _of(hit, ObservableType.HOST),
            _of(hit, ObservableType.USER), _of(hit, ObservableType.IP), " ".join(hit.entities), hit.path,
            str(hit.record), " ".join(hit.tags), details[:MAX_DETAILS], hit.fingerprint,
            "yes" if hit.is_copy else "",
        ))  # fmt: skip


def lines(hits: Iterable[Hit]) -> Iterator[str]:
    """Yield one JSON object for each match."""
    return map(json_text, hits)


def _of(hit: Hit, kind: ObservableType) -> str:
    mark = f"{kind}:"
    return next((e.removeprefix(mark) for e in hit.entities if e.startswith(mark)), "")
