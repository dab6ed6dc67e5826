"""Records for the tests of the store, each with only what the test is about."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from hashlib import blake2b
from typing import Any

from sqlalchemy import Connection

from tocsin.model import Case, Confidence, Finding, FindingKind, Severity, fingerprint
from tocsin.store import findings, runs
from tocsin.store.runs import News
from tocsin.store.states import Ended

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


def finding(name: str, **fields: Any) -> Finding:
    """Return a finding of a log; its fingerprint is made of `name`."""
    known: dict[str, Any] = {
        "fingerprint": fingerprint("ssh-guessing", name),
        "kind": FindingKind.LOG,
        "rule": "ssh-guessing",
        "title": "Passwords guessed",
        "severity": Severity.HIGH,
        "confidence": Confidence.MEDIUM,
        "message": "many failed logins",
    }
    return Finding(**known | fields)


def digests(*numbers: int) -> list[bytes]:
    """Return one occurrence for each number."""
    return [blake2b(str(number).encode(), digest_size=16).digest() for number in numbers]


def look(
    conn: Connection,
    found: Iterable[Finding],
    occurrences: Mapping[str, Iterable[bytes]] | None = None,
    *,
    now: datetime = NOW,
    paths: Iterable[str] = ("/logs",),
    state: Ended = Ended.COMPLETE,
    command: str = "scan",
) -> News:
    """Record one whole run, and return its news."""
    run = runs.start(conn, command=command, paths=paths, now=now)
    findings.record(conn, run, found, occurrences or {})
    return runs.finish(conn, run, now=now, state=state)


def case(*found: Finding, title: str = "bastion was guessed", **fields: Any) -> Case:
    """Return a group of findings, as grouping gives it: without an id."""
    names = tuple(one.fingerprint for one in found)
    return Case(**{"id": "", "title": title, "severity": Severity.HIGH, "findings": names} | fields)
