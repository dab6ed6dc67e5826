from random import Random
from typing import Any

from tests.detect.build import SOURCE, at, found, key_entity, rule_set, table
from tocsin.detect.gather import Gather
from tocsin.detect.matches import Needs, find
from tocsin.match.sigma.matcher import Matcher
from tocsin.model import Severity

FAILED = """
title: A failed login
name: failed
logsource: {product: linux, service: sshd}
detection: {s: {event.outcome: failure}, condition: s}
"""
WORKED = """
title: A login
name: worked
logsource: {product: linux, service: sshd}
detection: {s: {event.outcome: success}, condition: s}
"""
GUESSING = """
title: Passwords were guessed
id: ssh-guessing
level: high
correlation:
    type: event_count
    rules: [failed]
    group-by: [source.ip]
    timespan: 5m
    condition: {gte: 4}
tocsin:
    says: "{count} failures, {user.name:count} user names, {source.ip}"
    story: "{host.name} was guessed"
    do: ["block {source.ip}"]
"""
GUESSED = """
title: A guessed password worked
id: ssh-guessed
level: critical
correlation:
    type: temporal_ordered
    rules: [guessing_inner, worked]
    group-by: [source.ip]
    timespan: 10m
tocsin:
    says: "login as {user.name} {gap} after the last of {guessing_inner:events} failures"
---
title: inner
name: guessing_inner
correlation:
    type: event_count
    rules: [failed]
    group-by: [source.ip]
    timespan: 5m
    condition: {gte: 4}
"""


def login(
    seconds: float | None, user: str, outcome: str = "failure", ip: str = "203.0.113.66", **more: Any
) -> dict[str, Any]:
    return {"at": seconds, "user.name": user, "source.ip": ip, "host.name": "bastion", "event.outcome": outcome, **more}


def test_failures_from_one_address_are_one_finding_that_names_all_users() -> None:
    rows = [login(n, f"user{n % 3}") for n in range(6)]
    (one,) = found(rule_set(FAILED, GUESSING), [table(rows)])
    assert one.finding.message == "6 failures, 3 user names, 203.0.113.66"
    assert one.finding.severity is Severity.HIGH
    assert one.finding.count == 6
    assert set(one.finding.entities) == {"ip:203.0.113.66", "host:bastion", "user:user0", "user:user1", "user:user2"}
    assert (one.story.story, one.story.do) == ("bastion was guessed", ("block 203.0.113.66",))
    assert len(one.occurrences) == 6


def test_what_only_serves_a_correlation_is_no_finding() -> None:
    assert found(rule_set(FAILED, GUESSING), [table([login(0, "a")])]) == []


def test_generate_makes_the_parts_findings_too() -> None:
    rules = rule_set(FAILED, GUESSING.replace("timespan: 5m", "timespan: 5m\n    generate: true"))
    assert [one.finding.rule for one in found(rules, [table([login(n, "a") for n in range(4)])])] == [
        "failed",
        "ssh-guessing",
    ]


def test_guessing_and_then_success_is_told_with_the_time_between() -> None:
    rows = [*(login(n * 2, "root") for n in range(5)), login(49, "deploy", "success")]
    rules = rule_set(FAILED, WORKED, GUESSED)
    (one,) = found(rules, [table(rows)])
    assert one.finding.rule == "ssh-guessed"
    assert one.finding.message == "login as deploy 41 s after the last of 5 failures"
    assert one.finding.count == 1
    assert "user:deploy" in one.finding.entities
    assert "user:root" not in one.finding.entities
    assert len(one.finding.evidence) == 6


def test_each_failure_of_a_long_guessing_counts_once_however_many_windows_hold_it() -> None:
    rows = [
        *(login(n * 10, f"u{n % 7}") for n in range(80)),
        login(900, "deploy", "success"),
        login(950, "x", "success"),
    ]
    (one,) = found(rule_set(FAILED, WORKED, GUESSED), [table(rows)])
    assert one.finding.message.endswith("of 80 failures")
    assert one.finding.count == 2


def test_two_groups_of_an_inner_correlation_are_told_apart() -> None:
    by_user = GUESSED.replace(
        "group-by: [source.ip]\n    timespan: 5m", "group-by: [source.ip, user.name]\n    timespan: 5m"
    )
    assert by_user != GUESSED
    rows = [login(n, f"u{n % 2}") for n in range(12)]
    (one,) = found(rule_set(FAILED, WORKED, by_user), [table([*rows, login(60, "u0", "success")])])
    assert one.finding.message.endswith("of 12 failures")
    rows = [login(n, f"u{n % 4}") for n in range(12)]
    assert found(rule_set(FAILED, WORKED, by_user), [table([*rows, login(60, "u0", "success")])]) == []


def test_success_before_the_guessing_is_no_success_of_it() -> None:
    rows = [login(0, "deploy", "success"), *(login(9 + n, "root") for n in range(5))]
    assert found(rule_set(FAILED, WORKED, GUESSED), [table(rows)]) == []


def test_success_of_another_address_is_no_success_of_it() -> None:
    rows = [*(login(n, "root") for n in range(5)), login(9, "deploy", "success", "192.0.2.7")]
    assert found(rule_set(FAILED, WORKED, GUESSED), [table(rows)]) == []


def test_the_order_of_records_and_blocks_does_not_matter() -> None:
    rows = [*(login(n * 2, f"u{n}") for n in range(5)), login(49, "deploy", "success")]
    rules = rule_set(FAILED, WORKED, GUESSED, GUESSING)
    straight = [(one.finding.rule, one.finding.message) for one in found(rules, [table(rows)])]
    for seed in range(5):
        shuffled = rows.copy()
        Random(seed).shuffle(shuffled)
        tables = [table(shuffled[:2]), table(shuffled[2:])]
        assert sorted((one.finding.rule, one.finding.message) for one in found(rules, tables)) == sorted(straight)


def test_a_copy_of_an_input_doubles_nothing() -> None:
    rows = [login(n, "a") for n in range(4)]
    once = found(rule_set(FAILED, GUESSING), {"a.log": [table(rows)]})
    twice = found(rule_set(FAILED, GUESSING), {"a.log": [table(rows)], "copy.log": [table(rows)]})
    assert once == twice


def test_equal_records_of_one_input_are_different_events() -> None:
    rows = [login(7, "a")] * 4
    (one,) = found(rule_set(FAILED, GUESSING), [table(rows)])
    assert (one.finding.count, len(one.occurrences)) == (4, 4)


def test_a_grown_file_adds_only_what_is_new() -> None:
    rows = [login(n, "a") for n in range(6)]
    (one,) = found(rule_set(FAILED, GUESSING), {"a.log.1": [table(rows[:4])], "a.log": [table(rows)]})
    assert one.finding.count == 6


def test_events_without_a_time_do_not_correlate_and_are_counted() -> None:
    rules = rule_set(FAILED, GUESSING)
    gather = Gather(rules, key_entity)
    gather.add("a.log", find(table([login(None, "a")] * 5), Matcher(rules.rules), Needs(rules)))
    assert list(gather.findings(at)) == []
    assert gather.notes.untimed == 5


def test_a_record_that_was_repeated_counts_as_often() -> None:
    rows = [login(0, "a"), login(1, "a", **{"event.count": "3"})]
    (one,) = found(rule_set(FAILED, GUESSING), [table(rows)])
    assert one.finding.count == 4


def test_values_of_a_field_are_counted_once_each() -> None:
    spray = GUESSING.replace("event_count", "value_count").replace("{gte: 4}", "{gte: 3, field: user.name}")
    rules = rule_set(FAILED, spray)
    assert found(rules, [table([login(n, f"u{n % 2}") for n in range(9)])]) == []
    assert len(found(rules, [table([login(n, f"U{n % 3}") for n in range(9)])])) == 1


def test_aliases_join_different_fields() -> None:
    pair = """
title: Both
id: both
correlation:
    type: temporal
    rules: [failed, worked]
    group-by: [address]
    timespan: 1m
    aliases: {address: {failed: source.ip, worked: destination.ip}}
"""
    rows = [login(0, "a"), login(5, "b", "success", "192.0.2.1", **{"destination.ip": "203.0.113.66"})]
    rules = rule_set(FAILED, WORKED, pair)
    assert len(found(rules, [table(rows)])) == 1
    assert found(rules, [table([rows[0], {**rows[1], "destination.ip": "192.0.2.9"}])]) == []


def test_the_key_of_a_finding_is_what_the_rule_says() -> None:
    rules = rule_set(FAILED + "tocsin: {by: [source.ip]}\n")
    rows = [login(0, "a"), login(1, "b"), login(2, "a", ip="192.0.2.1")]
    assert sorted(one.finding.count for one in found(rules, [table(rows)])) == [1, 2]


def test_without_a_key_it_is_host_user_and_address() -> None:
    rows = [login(0, "a"), login(1, "b"), login(2, "A")]
    assert sorted(one.finding.count for one in found(rule_set(FAILED), [table(rows)])) == [1, 2]


def test_an_address_of_the_machine_itself_is_no_entity() -> None:
    (one,) = found(rule_set(FAILED), [table([login(0, "a", ip="127.0.0.1")])])
    assert set(one.finding.entities) == {"host:bastion", "user:a"}


def test_a_name_where_an_address_belongs_is_a_host() -> None:
    (one,) = found(rule_set(FAILED), [table([login(0, "a", ip="mail.example.org")])])
    assert "host:mail.example.org" in one.finding.entities


def test_a_key_id_never_stands_whole_in_a_finding() -> None:
    key = "AKIA" + "X" * 12 + "7Q2M"
    rules = rule_set(FAILED + "tocsin: {says: 'used {cloud.access_key}'}\n")
    (one,) = found(rules, [table([login(0, "a", **{"cloud.access_key": key})])])
    assert one.finding.message == "used AKIA...7Q2M"
    assert "key:AKIA...7Q2M(fp 00)" in one.finding.entities
    assert key not in str(one.finding.where)


def test_evidence_is_the_first_and_the_last_lines() -> None:
    rows = [login(n, "a", port=n) for n in range(30)]
    (one,) = found(rule_set(FAILED), [table(rows)])
    assert [text.split("'port': ")[1].rstrip("}") for text in one.finding.evidence] == [
        str(n) for n in (0, 1, 2, 3, 4, 25, 26, 27, 28, 29)
    ]
    assert len(one.finding.where) == 20
    assert one.finding.where[0].record == 1


def test_first_and_last_are_times_of_events() -> None:
    (one,) = found(rule_set(FAILED), [table([login(50, "a"), login(10, "a"), login(30, "a")])])
    assert one.finding.first is not None
    assert one.finding.last is not None
    assert (one.finding.first.timestamp(), one.finding.last.timestamp()) == (10, 50)


def test_entities_past_the_bound_are_counted_and_that_is_said() -> None:
    rows = [login(n, f"user{n}") for n in range(300)]
    (one,) = found(rule_set(FAILED, GUESSING), [table(rows)])
    assert one.finding.message == "300 failures, 300 user names, 203.0.113.66; there are more entities than are listed"
    assert len(one.finding.entities) == 100


def test_past_the_bound_of_memory_a_finding_goes_on_counting(monkeypatch: Any) -> None:
    monkeypatch.setattr("tocsin.detect.gather.MAX_HELD", 3_000)
    rows = [login(n, "a", pad="x" * 500) for n in range(50)]
    (one,) = found(rule_set(FAILED), [table(rows)])
    assert one.finding.count == 50
    assert len(one.finding.evidence) < 8
    assert one.finding.last is not None
    assert one.finding.last.timestamp() == 49


def test_many_keys_of_a_rule_end_in_one_finding_for_the_rest(monkeypatch: Any) -> None:
    monkeypatch.setattr("tocsin.detect.gather.MAX_FINDINGS", 3)
    rows = [login(n, f"user{n}") for n in range(8)]
    made = found(rule_set(FAILED), [table(rows)])
    assert sorted(one.finding.count for one in made) == [1, 1, 1, 5]


def test_groups_past_the_bound_are_counted_as_left_out(monkeypatch: Any) -> None:
    monkeypatch.setattr("tocsin.detect.gather.MAX_FINDINGS", 2)
    rules = rule_set(FAILED, GUESSING)
    gather = Gather(rules, key_entity)
    rows = [login(n, "a", ip=f"192.0.2.{n % 5}") for n in range(20)]
    gather.add("a.log", find(table(rows), Matcher(rules.rules), Needs(rules)))
    made = list(gather.findings(at))
    assert len(made) == 2
    assert gather.notes.dropped == 3


def test_a_rule_for_another_log_source_does_not_fire() -> None:
    assert SOURCE.product == "linux"
    rules = rule_set(FAILED.replace("product: linux", "product: windows"))
    assert found(rules, [table([login(0, "a")])]) == []


def metric(kind: str, condition: str) -> str:
    return GUESSING.replace("event_count", kind).replace("{gte: 4}", condition)


def sent(seconds: float, amount: Any, **more: Any) -> dict[str, Any]:
    return login(seconds, "a", **{"bytes": amount, **more})


def test_a_sum_counts_what_is_written_and_a_repeated_record_as_often() -> None:
    rules = rule_set(FAILED, metric("value_sum", "{field: bytes, gte: 0.6}"))
    assert len(found(rules, [table([sent(n, "0.1", **{"event.count": 2}) for n in range(3)])])) == 1
    assert found(rules, [table([sent(n, "0.1") for n in range(5)])]) == []


def test_records_without_a_number_take_no_part_in_a_mean() -> None:
    rules = rule_set(FAILED, metric("value_avg", "{field: bytes, gte: 10}"))
    assert len(found(rules, [table([sent(0, 10), sent(1, "many"), sent(2, None), sent(3, ["1", "2"])])])) == 1
    assert found(rules, [table([sent(0, "nan"), sent(1, "inf")])]) == []


def test_a_percentile_and_a_median_stand_between_two_numbers_in_proportion() -> None:
    rows = [table([sent(n, n * 10) for n in range(4)])]
    for kind, at_most in (("value_median", "lte: 15"), ("value_percentile", "percentile: 90, gte: 27, lte: 27")):
        rules = rule_set(FAILED, metric(kind, f"{{field: bytes, {at_most}}}"))
        assert len(found(rules, rows)) == 1
    assert found(rule_set(FAILED, metric("value_median", "{field: bytes, gt: 15}")), rows) == []


def test_a_metric_of_an_alias_takes_another_field_of_each_rule() -> None:
    rule = metric("value_sum", "{field: size, gte: 30}").replace("rules: [failed]", "rules: [failed, worked]")
    rule = rule.replace("timespan: 5m", "timespan: 5m\n    aliases: {size: {failed: sent, worked: received}}")
    rows = [login(0, "a", sent=10, received=1), login(1, "a", "success", sent=1, received=20)]
    assert len(found(rule_set(FAILED, WORKED, rule), [table(rows)])) == 1


def test_a_condition_over_rules_may_ask_that_one_did_not_happen() -> None:
    alone = """
title: Failed and never worked
id: alone
correlation: {type: temporal, condition: failed and not worked, timespan: 1m, group-by: [user.name]}
"""
    rules = rule_set(FAILED, WORKED, alone)
    rows = [login(0, "a"), login(100, "b", "success"), login(110, "b"), login(300, "b")]
    assert [one.finding.first and one.finding.first.timestamp() for one in found(rules, [table(rows)])] == [0, 300]


def test_a_metric_over_what_an_inner_correlation_fired_on() -> None:
    outer = """
title: Much was sent by those who guess
id: outer
correlation: {type: value_sum, rules: [guessing_inner], timespan: 1h, group-by: [source.ip],
  condition: {field: bytes, gte: 50}}
"""
    inner = GUESSED.partition("---")[2]
    rows = [sent(n, 10) for n in range(8)]
    (one,) = found(rule_set(FAILED, inner, outer), [table(rows)])
    assert (one.finding.rule, one.finding.count) == ("outer", 8)
    assert found(rule_set(FAILED, inner, outer), [table(rows[:7])]) == []


def test_the_order_of_records_does_not_matter_to_a_metric() -> None:
    rows = [sent(n // 2, n * 0.1) for n in range(20)]
    rules = rule_set(FAILED, metric("value_percentile", "{field: bytes, percentile: 75, gte: 1}"))
    straight = [one.finding.count for one in found(rules, [table(rows)])]
    for seed in range(5):
        shuffled = rows.copy()
        Random(seed).shuffle(shuffled)
        assert [one.finding.count for one in found(rules, [table(shuffled[:7]), table(shuffled[7:])])] == straight
