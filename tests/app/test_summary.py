"""The summary of a run: by rule, host and user, the worst last."""

from datetime import UTC, datetime, timedelta

import msgspec

from tocsin.app.summary import summary
from tocsin.model import Confidence, Finding, FindingKind, Severity, Suppression

AT = datetime(2026, 11, 22, 2, 11, tzinfo=UTC)


def finding(rule: str, severity: Severity, *entities: str, count: int = 1, hours: int = 0) -> Finding:
    when = AT + timedelta(hours=hours)
    return Finding(
        fingerprint=f"{rule}{entities}", kind=FindingKind.LOG, rule=rule, title=rule.title(), severity=severity,
        confidence=Confidence.HIGH, message="", count=count, first=when, last=when, entities=entities,
    )  # fmt: skip


FINDINGS = (
    finding("guessing", Severity.MEDIUM, "host:bastion", "ip:192.0.2.7", "user:root", count=40),
    finding("guessing", Severity.MEDIUM, "host:web", "ip:192.0.2.7", "user:admin", count=2, hours=3),
    finding("login", Severity.CRITICAL, "host:bastion", "user:root", hours=1),
    finding("sweep", Severity.LOW, "ip:192.0.2.9", count=500),
)


def test_rules_stand_with_the_worst_last_and_their_counts_added() -> None:
    rows = summary(FINDINGS, None).rules
    assert [(row.rule, row.hits, row.findings) for row in rows] == [
        ("sweep", 500, 1), ("guessing", 42, 2), ("login", 1, 1)
    ]  # fmt: skip
    assert rows[1].who == ("bastion", "web")
    assert (rows[1].first, rows[1].last) == (AT, AT + timedelta(hours=3))


def test_a_rule_without_hosts_names_addresses() -> None:
    assert summary(FINDINGS, None).rules[0].who == ("192.0.2.9",)


def test_hosts_and_users_are_counted_by_severity_with_the_worst_last() -> None:
    made = summary(FINDINGS, None)
    assert [(row.value, row.rules, row.hits) for row in made.hosts] == [("web", 1, 2), ("bastion", 2, 41)]
    assert made.hosts[1].counts == {Severity.MEDIUM: 1, Severity.CRITICAL: 1}
    assert [row.value for row in made.users] == ["admin", "root"]
    assert [row.value for row in made.addresses] == ["192.0.2.9", "192.0.2.7"]


def test_what_is_suppressed_does_not_count() -> None:
    words = Suppression(reason="known", owner="@secops", until="2026-12-31")
    hidden = [msgspec.structs.replace(one, suppressed=words) for one in FINDINGS]
    made = summary(hidden, None)
    assert (made.rules, made.hosts, made.users) == ((), (), ())
