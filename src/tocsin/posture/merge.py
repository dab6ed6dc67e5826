"""Findings with the same fingerprint are one finding: counted, with the places of all."""

from collections.abc import Iterable

import msgspec

from tocsin.model import Finding
from tocsin.model.finding import MAX_PLACES

_EVIDENCE = 10


def merged(findings: Iterable[Finding]) -> list[Finding]:
    """Return the findings by path and line, equal ones merged; the gravest wins."""
    together: dict[str, list[Finding]] = {}
    for finding in findings:
        together.setdefault(finding.fingerprint, []).append(finding)
    made = [_one(same) if len(same) > 1 else same[0] for same in together.values()]
    return sorted(made, key=_place)


def _one(same: list[Finding]) -> Finding:
    same.sort(key=_place)
    worst = max(same, key=lambda finding: (finding.severity.rank, finding.confidence.rank))
    return msgspec.structs.replace(
        worst,
        count=sum(finding.count for finding in same),
        where=tuple(dict.fromkeys(place for finding in same for place in finding.where))[:MAX_PLACES],
        entities=tuple(dict.fromkeys(entity for finding in same for entity in finding.entities)),
        evidence=tuple(dict.fromkeys(line for finding in same for line in finding.evidence))[:_EVIDENCE],
        owner=next((finding.owner for finding in same if finding.owner), None),
    )


def _place(finding: Finding) -> tuple[str, int, int, str]:
    last = finding.where[-1] if finding.where else None  # the sink: a flow lists source to sink
    if last is None:
        return "", 0, 0, finding.rule
    return last.path, last.line or 0, last.column or 0, finding.rule
