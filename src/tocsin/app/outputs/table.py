"""CSV of findings, safe to open in a spreadsheet."""

import csv
import io
from collections.abc import Iterable, Iterator

from tocsin.model import Finding
from tocsin.model.text import cell, safe
from tocsin.model.times import iso

COLUMNS = (
    "fingerprint", "case", "severity", "confidence", "kind", "rule", "title", "message", "count", "first", "last",
    "entities", "owner", "path", "line", "record", "tags", "remedy", "suppressed",
)  # fmt: skip


def rows(findings: Iterable[Finding]) -> Iterator[str]:
    """Yield CSV lines, the header first.

    Controls are escaped and no cell is a formula.
    """
    yield line(COLUMNS)
    for f in findings:
        place = f.where[0] if f.where else None
        yield line((
            f.fingerprint, f.case or "", f.severity, f.confidence, f.kind, f.rule, f.title, f.message, str(f.count),
            iso(f.first) if f.first else "", iso(f.last) if f.last else "", " ".join(f.entities), f.owner or "",
            place.path if place else "", str(place.line or "") if place else "",
            str(place.record or "") if place else "", " ".join(f.tags), f.remedy,
            f.suppressed.reason if f.suppressed else "",
        ))  # fmt: skip


def line(values: Iterable[str]) -> str:
    """Return one line of CSV: controls escaped, and no cell a formula."""
    out = io.StringIO()
    csv.writer(out, lineterminator="").writerow([cell(safe(value)) for value in values])
    return out.getvalue()
