"""Findings as OCSF Detection Findings (class 2004), one JSON object each.

See: https://schema.ocsf.io/1.6.0/classes/detection_finding
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any

from tocsin.model import Confidence, Finding, Severity
from tocsin.model.observable import ObservableType as T
from tocsin.model.observable import split_entity
from tocsin.model.result import Result

VERSION = "1.6.0"
CATEGORY = 2  # Findings
CLASS = 2004  # Detection Finding
CREATE = 1  # the activity
RULE = 1  # the type of the analytic
NEW, SUPPRESSED = 1, 3  # the status
SEVERITIES: Mapping[Severity, int] = {
    Severity.INFO: 1, Severity.LOW: 2, Severity.MEDIUM: 3, Severity.HIGH: 4, Severity.CRITICAL: 5,
}  # fmt: skip
CONFIDENCES: Mapping[Confidence, int] = {Confidence.LOW: 1, Confidence.MEDIUM: 2, Confidence.HIGH: 3}
# What an observable is to OCSF, and its name there; what has no number of its own is Other.
OBSERVABLES: Mapping[T, tuple[int, str]] = {
    T.IP: (2, "IP Address"),
    T.DOMAIN: (1, "Hostname"),
    T.HOST: (1, "Hostname"),
    T.URL: (6, "URL String"),
    T.EMAIL: (5, "Email Address"),
    T.HASH: (8, "Hash"),
    T.USER: (4, "User Name"),
    T.PROCESS: (9, "Process Name"),
    T.PATH: (45, "File Path"),
    T.KEY: (19, "User Credential ID"),
    T.ACCOUNT: (34, "Account Object: name"),
    T.REGISTRY: (46, "Registry Key Path"),
    T.CVE: (18, "CVE Object: uid"),
}
OTHER = (99, "Other")
_TECHNIQUE = re.compile(r"attack\.(t\d{4}(?:\.\d{3})?)", re.IGNORECASE)
_TACTIC = re.compile(r"attack\.([a-z][a-z-]+)", re.IGNORECASE)


def findings(result: Result) -> Iterator[dict[str, Any]]:
    """Yield each finding of a run as an OCSF event."""
    for finding in result.findings:
        yield event(finding, result)


def event(finding: Finding, result: Result) -> dict[str, Any]:
    """Return one finding as an OCSF event."""
    made: dict[str, Any] = {
        "activity_id": CREATE,
        "category_uid": CATEGORY,
        "class_uid": CLASS,
        "type_uid": CLASS * 100 + CREATE,
        "time": _millis(finding.last or finding.first or result.started),
        "severity_id": SEVERITIES[finding.severity],
        "severity": finding.severity.capitalize(),
        "confidence_id": CONFIDENCES[finding.confidence],
        "status_id": SUPPRESSED if finding.suppressed else NEW,
        "message": finding.message,
        "count": finding.count,
        "is_alert": finding.severity.rank >= Severity.HIGH.rank,
        "finding_info": _info(finding),
        "metadata": {
            "version": VERSION,
            "product": {"name": "Tocsin", "vendor_name": "Tocsin", "version": result.tocsin},
            "uid": finding.fingerprint,
            "logged_time": _millis(result.started),
        },
        "observables": list(_observables(finding.entities)),
        "evidences": list(_evidences(finding)),
    }
    if finding.suppressed:
        made["comment"] = finding.suppressed.reason
    if finding.first:
        made["start_time"] = _millis(finding.first)
    if finding.last:
        made["end_time"] = _millis(finding.last)
    if finding.remedy:
        made["remediation"] = {"desc": finding.remedy}
    hosts = [value for kind, value in map(split_entity, finding.entities) if kind is T.HOST]
    if hosts:
        made["resources"] = [{"name": host, "type": "host"} for host in hosts]
    return {name: value for name, value in made.items() if value not in ([], {})}


def _info(finding: Finding) -> dict[str, Any]:
    info: dict[str, Any] = {
        "uid": finding.fingerprint,
        "title": finding.title,
        "desc": finding.message,
        "analytic": {"type_id": RULE, "type": "Rule", "uid": finding.rule, "name": finding.title},
        "attacks": list(_attacks(finding.tags)),
        "data_sources": list(dict.fromkeys(place.path for place in finding.where)),
    }
    if finding.first:
        info["first_seen_time"] = _millis(finding.first)
    if finding.last:
        info["last_seen_time"] = _millis(finding.last)
    if finding.references:
        info["src_url"] = finding.references[0]
    return {name: value for name, value in info.items() if value != []}


def _attacks(tags: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Yield the techniques that tags name; tactics only where no technique is named."""
    tags = list(tags)
    techniques = [match[1].upper() for tag in tags if (match := _TECHNIQUE.fullmatch(tag))]
    for technique in techniques:
        name, _, sub = technique.partition(".")
        made: dict[str, Any] = {"technique": {"uid": name}}
        if sub:
            made["sub_technique"] = {"uid": technique}
        yield made
    if not techniques:
        for tag in tags:
            if match := _TACTIC.fullmatch(tag):
                yield {"tactic": {"name": match[1].replace("-", " ").title()}}


def _observables(entities: Iterable[str]) -> Iterator[dict[str, Any]]:
    for text in entities:
        kind, value = split_entity(text)
        number, name = OBSERVABLES.get(kind, OTHER)
        yield {"name": f"{kind}", "type_id": number, "type": name, "value": value}


def _evidences(finding: Finding) -> Iterator[dict[str, Any]]:
    for place in finding.where:
        data: dict[str, Any] = {"path": place.path}
        named = (("record", place.record), ("line", place.line), ("component", place.component), ("event", place.event))
        yield {"data": {**data, **{name: value for name, value in named if value is not None}}}
    for text in finding.evidence:
        yield {"data": {"text": text}}


def _millis(when: datetime) -> int:
    return int(when.timestamp() * 1000)
