"""What a report is made of: the result's envelope, put in order once and read by every section."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from tocsin.web.report.show import SEVERITIES, when

Record = dict[str, Any]
_CONFIDENCES = ("high", "medium", "low")


@dataclass(frozen=True, kw_only=True)
class Material:
    """One result: findings and cases worst first, coverage, and what is for here."""

    envelope: Mapping[str, Any]
    findings: list[Record]
    suppressed: list[Record]
    cases: list[Record]
    coverage: Record
    extra: Record
    by_fingerprint: dict[str, Record]

    @property
    def counts(self) -> dict[str, int]:
        """Return how many findings there are of each severity, worst first."""
        seen = Counter(severity(finding) for finding in self.findings)
        return {name: seen.get(name, 0) for name in SEVERITIES}

    @property
    def is_complete(self) -> bool:
        """Return whether the result says that everything could be looked at."""
        return self.coverage.get("complete") is True

    @property
    def inputs(self) -> list[Record]:
        """Return the inputs, in the order in which they were given."""
        return records(self.extra, "inputs")


def gather(envelope: Mapping[str, Any]) -> Material:
    """Put a result in the order in which the report tells it."""
    extra = mapping(envelope, "report")
    everything = records(envelope, "findings")
    findings = sorted((f for f in everything if not f.get("suppressed")), key=gravity)
    suppressed = {
        str(f.get("fingerprint")): f for f in (*records(extra, "suppressed"), *everything) if f.get("suppressed")
    }
    return Material(
        envelope=envelope,
        findings=findings,
        suppressed=sorted(suppressed.values(), key=gravity),
        cases=sorted(records(envelope, "cases"), key=_case_order),
        coverage=mapping(envelope, "coverage"),
        extra=extra,
        by_fingerprint={str(f.get("fingerprint")): f for f in everything},
    )


def records(owner: Mapping[str, Any], key: str) -> list[Record]:
    """Return the records under a key; none where there is something else."""
    value = owner.get(key)
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list | tuple) else []


def mapping(owner: Mapping[str, Any], key: str) -> Record:
    """Return the record under a key, an empty one where it is absent."""
    value = owner.get(key)
    return value if isinstance(value, dict) else {}


def texts(owner: Mapping[str, Any], key: str) -> list[str]:
    """Return the list of texts under a key; a single text is a list of one."""
    value = owner.get(key)
    if isinstance(value, str):
        return [value] if value else []
    return [str(item) for item in value] if isinstance(value, list | tuple) else []


def severity(owner: Mapping[str, Any]) -> str:
    """Return the severity of a finding or case, `info` where it names none."""
    value = owner.get("severity")
    return value if value in SEVERITIES else "info"


def worst(owners: Iterable[Mapping[str, Any]]) -> str:
    """Return the gravest severity among findings, `info` where there are none."""
    return min((severity(owner) for owner in owners), key=SEVERITIES.index, default="info")


def amount(owner: Mapping[str, Any], key: str = "count") -> int:
    """Return a count, 0 where there is none."""
    value = owner.get(key)
    return value if isinstance(value, int) else 0


def is_flow(finding: Record) -> bool:
    """Return whether the places of a finding are one way, from source to sink."""
    return finding.get("kind") == "code" and amount(finding) <= 1 and len(records(finding, "where")) > 1


def main_place(finding: Record) -> Record:
    """Return the place that stands for a finding: of a flow, where it ends."""
    where = records(finding, "where")
    return where[-1 if is_flow(finding) else 0] if where else {}


def gravity(finding: Record) -> tuple[int, int, int, str, str]:
    """Return the key that sorts the gravest, surest, most frequent first."""
    confidence = finding.get("confidence")
    return (
        SEVERITIES.index(severity(finding)),
        _CONFIDENCES.index(confidence) if confidence in _CONFIDENCES else len(_CONFIDENCES),
        -amount(finding),
        str(finding.get("first") or ""),
        str(finding.get("fingerprint")),
    )


def _case_order(case: Record) -> tuple[int, str, str]:
    first = when(case.get("first"))
    return SEVERITIES.index(severity(case)), first.isoformat() if first else "", str(case.get("id"))
