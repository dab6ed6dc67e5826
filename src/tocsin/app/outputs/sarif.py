"""A result as SARIF 2.1.0.

See: https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html
Kept within GitHub's limits (https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning):
5,000 results shown of 25,000 taken, 20 tags a rule; the worst come first, and what is left out is said.
"""

from collections.abc import Iterable, Mapping
from typing import Any

from tocsin.model import Finding, Place, Severity
from tocsin.model.result import Result

MAX_RESULTS = 25_000
MAX_TAGS = 20
MAX_PLACES = 10  # GitHub takes 1,000 locations and shows the first; ten tell the story
LEVELS: Mapping[Severity, str] = {
    Severity.CRITICAL: "error",
    Severity.HIGH: "error",
    Severity.MEDIUM: "warning",
    Severity.LOW: "note",
    Severity.INFO: "note",
}
# GitHub reads security-severity as a CVSS-like score: over 9.0 critical, 7.0 high, 4.0 medium.
SCORES: Mapping[Severity, str] = {
    Severity.CRITICAL: "9.5",
    Severity.HIGH: "8.0",
    Severity.MEDIUM: "5.5",
    Severity.LOW: "3.0",
    Severity.INFO: "1.0",
}


def sarif(result: Result) -> dict[str, Any]:
    """Return the run as a SARIF log of plain dicts and lists."""
    findings = sorted(result.findings, key=lambda f: (-f.severity.rank, f.rule, f.fingerprint))
    kept = findings[:MAX_RESULTS]
    rules = _rules(kept)
    places = {rule["id"]: number for number, rule in enumerate(rules)}
    return {
        "$schema": "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "Tocsin",
                        "semanticVersion": result.tocsin,
                        "rules": rules,
                        "informationUri": "https://github.com/tocsin/tocsin",
                    }
                },
                "results": [_result(f, places[f.rule]) for f in kept],
                "invocations": [_invocation(result, len(findings) - len(kept))],
                "columnKind": "unicodeCodePoints",
            }
        ],
    }


def _rules(findings: Iterable[Finding]) -> list[dict[str, Any]]:
    seen: dict[str, dict[str, Any]] = {}
    for f in findings:
        if f.rule in seen:
            continue
        rule: dict[str, Any] = {
            "id": f.rule,
            "shortDescription": {"text": f.title},
            "defaultConfiguration": {"level": LEVELS[f.severity]},
            "properties": {
                "tags": ["security", *f.tags][:MAX_TAGS],
                "security-severity": SCORES[f.severity],
                "precision": {"low": "low", "medium": "medium", "high": "high"}[f.confidence],
            },
        }
        if f.remedy:
            rule["help"] = {"text": f.remedy}
        if f.references:
            rule["helpUri"] = f.references[0]
        seen[f.rule] = rule
    return list(seen.values())


def _result(f: Finding, rule: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": f.rule,
        "ruleIndex": rule,
        "level": LEVELS[f.severity],
        "message": {"text": f.message},
        "locations": [_location(place) for place in f.where[:MAX_PLACES]],
        "partialFingerprints": {"tocsin/v1": f.fingerprint},
        "occurrenceCount": max(1, f.count),
        "properties": {
            "kind": f.kind,
            "confidence": f.confidence,
            "entities": list(f.entities),
            "case": f.case,
            "owner": f.owner,
        },
    }
    if f.suppressed is not None:
        result["suppressions"] = [
            {
                "kind": "external",
                "status": "accepted",
                "justification": f"{f.suppressed.reason} (owner {f.suppressed.owner}, until {f.suppressed.until})",
            }
        ]
    return result


def _location(place: Place) -> dict[str, Any]:
    from urllib.parse import quote

    physical: dict[str, Any] = {"artifactLocation": {"uri": quote(place.path.replace("\\", "/"), safe="/!:")}}
    line = place.line or place.record
    if line:
        region: dict[str, Any] = {"startLine": line}
        if place.column:
            region["startColumn"] = place.column
        if place.end_line and place.end_line >= line:
            region["endLine"] = place.end_line
        physical["region"] = region
    return {"physicalLocation": physical}


def _invocation(result: Result, left_out: int) -> dict[str, Any]:
    notes = [f"{m.path}: {m.why}" for m in result.coverage.not_looked_at]
    notes += [f"rule {r.path}: {r.why}" for r in result.coverage.rules.unloaded]
    if left_out:
        notes.insert(0, f"{left_out} findings of the lowest severity are left out: {MAX_RESULTS} is the limit")
    return {
        "executionSuccessful": result.coverage.complete,
        "startTimeUtc": result.started.isoformat().replace("+00:00", "Z"),
        "toolExecutionNotifications": [{"level": "warning", "message": {"text": note}} for note in notes[:1000]],
    }
