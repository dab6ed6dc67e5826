"""Every single match of a run: in the order of time, and counted by hour."""

from collections.abc import Callable

from tests.app.made import matched
from tests.detect.build import rule_set
from tocsin.app.hits import Hit, Hits
from tocsin.detect.gather import Gather
from tocsin.ingest.when import Settled, Zones

RULE = """
title: Password guessed
id: guessing
level: high
logsource: {product: linux}
detection: {selection: {a: b}, condition: selection}
tags: [attack.t1110]
tocsin: {by: [host.name]}
"""
HOUR = 3_600_000_000


def taken(*matches: tuple[int, int | None], follow: Callable[[Hit], None] | None = None) -> Hits:
    rules = rule_set(RULE)
    hits = Hits(rules, lambda value: f"key:{value}", follow)
    hits.settled["auth.log"] = Settled([], [], Zones(None, None), "")
    with Gather(rules, lambda value: f"key:{value}", each=hits) as gather:
        gather.add("auth.log", [matched(record, at=at) for record, at in matches])
    return hits


def test_they_come_by_time_and_those_without_a_time_last() -> None:
    hits = taken((0, 3 * HOUR), (1, None), (2, HOUR), (3, HOUR))
    assert [hit.record for hit in hits.by_time()] == [3, 4, 1, 2]
    assert len(hits) == 4


def test_a_hit_says_which_rule_where_when_and_who() -> None:
    (hit,) = taken((6, HOUR)).by_time()
    assert (hit.rule, hit.title, hit.severity, hit.tags) == ("guessing", "Password guessed", "high", ("attack.t1110",))
    assert (hit.path, hit.record) == ("auth.log", 7)
    assert hit.at is not None
    assert hit.at.isoformat() == "1970-01-01T01:00:00+00:00"
    assert hit.entities == ("host:bastion", "ip:192.0.2.7", "user:root")
    assert hit.event["source.ip"] == "192.0.2.7"


def test_hits_name_the_finding_that_they_are_part_of() -> None:
    rules = rule_set(RULE)
    hits = Hits(rules, lambda value: f"key:{value}")
    hits.settled["auth.log"] = Settled([], [], Zones(None, None), "")
    with Gather(rules, lambda value: f"key:{value}", each=hits) as gather:
        gather.add("auth.log", [matched(0, at=HOUR), matched(1, at=HOUR, host="web")])
        found = {f.finding.fingerprint for f in gather.findings(lambda *args: args[2])}
    assert {hit.fingerprint for hit in hits.by_time()} == found
    assert len(found) == 2


def test_hours_count_the_wanted_findings_only() -> None:
    hits = taken((0, HOUR), (1, HOUR + 5), (2, 3 * HOUR), (3, None))
    (print_,) = {hit.fingerprint for hit in hits.by_time()}
    assert [(hour.hour, count) for hour, count in hits.by_hour({print_})] == [(1, 2), (3, 1)]
    assert hits.by_hour(set()) == []


def test_whoever_follows_is_told_at_once() -> None:
    told: list[Hit] = []
    taken((0, HOUR), (1, None), follow=told.append)
    assert [hit.record for hit in told] == [1, 2]


def test_a_copy_is_a_hit_that_counts_nowhere() -> None:
    rules = rule_set(RULE)
    hits = Hits(rules, lambda value: f"key:{value}")
    hits.settled = dict.fromkeys(("a.log", "b.log"), Settled([], [], Zones(None, None), ""))
    with Gather(rules, lambda value: f"key:{value}", each=hits) as gather:
        for path in ("a.log", "b.log"):
            gather.add(path, [matched(0, at=HOUR)])
            gather.close(path)
        (found,) = gather.findings(lambda *args: args[2])
    assert [(hit.path, hit.is_copy) for hit in hits.by_time()] == [("a.log", False), ("b.log", True)]
    assert {hit.fingerprint for hit in hits.by_time()} == {found.finding.fingerprint}
    assert found.finding.count == 1
    assert [count for _, count in hits.by_hour({found.finding.fingerprint})] == [1]
