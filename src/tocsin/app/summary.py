"""A run of rules over logs, counted: by rule, host, user, address and hour."""

from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import datetime

import msgspec

from tocsin.app.hits import Hits
from tocsin.model import Finding, Severity
from tocsin.model.observable import ObservableType


class RuleRow(msgspec.Struct, frozen=True, kw_only=True):
    """One rule that matched.

    How often, on which hosts (else from which addresses, by which users), and when.
    """

    rule: str
    title: str
    severity: Severity
    hits: int
    findings: int
    who: tuple[str, ...]
    first: datetime | None
    last: datetime | None
    tags: tuple[str, ...]


class EntityRow(msgspec.Struct, frozen=True, kw_only=True):
    """One host, user or address: its findings by severity, how many rules, and when."""

    value: str
    counts: dict[Severity, int]
    rules: int
    hits: int
    first: datetime | None
    last: datetime | None


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """Rows, the worst last; hours in order, each with how many records matched in it."""

    rules: tuple[RuleRow, ...] = ()
    hosts: tuple[EntityRow, ...] = ()
    users: tuple[EntityRow, ...] = ()
    addresses: tuple[EntityRow, ...] = ()
    hours: tuple[tuple[datetime, int], ...] = ()


def summary(findings: Iterable[Finding], hits: Hits | None) -> Summary:
    """Return the summary of a run.

    What is suppressed does not count.
    """
    shown = [f for f in findings if f.suppressed is None]
    return Summary(
        rules=tuple(sorted(_rules(shown), key=lambda row: (row.severity.rank, row.hits, row.rule))),
        hosts=tuple(sorted(_entities(shown, ObservableType.HOST), key=_weight)),
        users=tuple(sorted(_entities(shown, ObservableType.USER), key=_weight)),
        addresses=tuple(sorted(_entities(shown, ObservableType.IP), key=_weight)),
        hours=tuple(hits.by_hour({f.fingerprint for f in shown})) if hits is not None else (),
    )


def _weight(row: EntityRow) -> tuple[list[int], str]:
    return [row.counts.get(severity, 0) for severity in reversed(Severity)], row.value


def _rules(findings: Iterable[Finding]) -> Iterator[RuleRow]:
    by_rule: dict[str, list[Finding]] = {}
    for finding in findings:
        by_rule.setdefault(finding.rule, []).append(finding)
    for rule, its in by_rule.items():
        worst = max(its, key=lambda finding: finding.severity.rank)
        first, last = _span(its)
        yield RuleRow(
            rule=rule,
            title=worst.title,
            severity=worst.severity,
            hits=sum(finding.count for finding in its),
            findings=len(its),
            who=tuple(_who(its)),
            first=first,
            last=last,
            tags=worst.tags,
        )


def _who(findings: Iterable[Finding]) -> list[str]:
    """Return the hosts of findings, the most frequent first; without any the addresses, else the users."""
    findings = list(findings)
    for kind in (ObservableType.HOST, ObservableType.IP, ObservableType.USER):
        mark = f"{kind}:"
        counts: Counter[str] = Counter()
        for finding in findings:
            counts.update(e.removeprefix(mark) for e in finding.entities if e.startswith(mark))
        if counts:
            return [value for value, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]
    return []


def _entities(findings: Iterable[Finding], kind: ObservableType) -> Iterator[EntityRow]:
    mark = f"{kind}:"
    its: dict[str, list[Finding]] = {}
    for finding in findings:
        for name in finding.entities:
            if name.startswith(mark):
                its.setdefault(name.removeprefix(mark), []).append(finding)
    for value, found in its.items():
        first, last = _span(found)
        yield EntityRow(
            value=value,
            counts=dict(Counter(finding.severity for finding in found)),
            rules=len({finding.rule for finding in found}),
            hits=sum(finding.count for finding in found),
            first=first,
            last=last,
        )


def _span(findings: Iterable[Finding]) -> tuple[datetime | None, datetime | None]:
    findings = list(findings)
    return (
        min((f.first for f in findings if f.first), default=None),
        max((f.last for f in findings if f.last), default=None),
    )
