from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.store.made import DAY, HOUR, NOW, digests, finding, look
from tocsin.model import Finding, FindingKind, Severity, UserError
from tocsin.model.finding import Place, Suppression
from tocsin.store import findings, runs, suppressions
from tocsin.store.findings import Query
from tocsin.store.open import Store
from tocsin.store.states import State

CODE = {"kind": FindingKind.CODE, "rule": "code-shell"}


def full() -> Finding:
    return finding(
        "all",
        count=2,
        first=NOW,
        last=NOW + timedelta(microseconds=1),
        entities=("user:root", "ip:192.0.2.1"),
        owner="@secops",
        where=(Place(path="/logs/auth.log", record=7, event={"user.name": "root", "n": 3, "deep": {"a": [1, None]}}),),
        evidence=("Failed password for root from 192.0.2.1",),
        remedy="Block the address.",
        tags=("attack.t1110.001",),
        references=("https://attack.mitre.org/techniques/T1110/001/",),
    )


def test_every_field_of_a_finding_comes_back(store: Store) -> None:
    with store.begin() as conn:
        look(conn, [full()], {full().fingerprint: digests(1, 2)})
    with store.read() as conn:
        assert findings.get(conn, full().fingerprint).finding == full()


def test_the_same_input_twice_counts_once(store: Store) -> None:
    one = finding("a", count=3)
    with store.begin() as conn:
        look(conn, [one], {one.fingerprint: digests(1, 2, 3)})
        look(conn, [one], {one.fingerprint: digests(1, 2, 3)}, now=NOW + HOUR)
        assert findings.get(conn, one.fingerprint).finding.count == 3


def test_a_grown_input_adds_only_what_is_new(store: Store) -> None:
    one = finding("a")
    with store.begin() as conn:
        look(conn, [one], {one.fingerprint: digests(1, 2, 3)})
        run = runs.start(conn, command="scan", paths=["/logs"], now=NOW + HOUR)
        recorded = findings.record(conn, run, [one], {one.fingerprint: digests(2, 3, 4, 5)})
        assert findings.get(conn, one.fingerprint).finding.count == 5
    assert (recorded.new, recorded.grown, recorded.occurrences) == (0, 1, 2)


def test_a_count_beyond_the_hashes_that_are_kept_is_the_count(store: Store) -> None:
    def count_after(many: int, *numbers: int) -> int:
        one = finding("a", count=many)
        with store.begin() as conn:
            look(conn, [one], {one.fingerprint: digests(*numbers)})
            return findings.get(conn, one.fingerprint).finding.count

    assert count_after(10, 1, 2) == 10  # two records of five events each
    assert count_after(10, 1, 2) == 10
    assert count_after(10, 2, 3) == 15
    assert count_after(30, 2, 3) == 30  # it grew past what is kept by hash


def test_one_run_may_record_in_parts(store: Store) -> None:
    one = finding("a")
    with store.begin() as conn:
        run = runs.start(conn, command="scan", paths=["/logs"], now=NOW)
        findings.record(conn, run, [one], {one.fingerprint: digests(1, 2)})
        findings.record(conn, run, [one], {one.fingerprint: digests(2, 3)})
        assert findings.get(conn, one.fingerprint).finding.count == 3


def test_the_same_occurrence_counts_for_each_finding(store: Store) -> None:
    one, other = finding("a"), finding("b")
    with store.begin() as conn:
        look(conn, [one, other], {one.fingerprint: digests(1), other.fingerprint: digests(1)})
        assert [stored.finding.count for stored in findings.listed(conn)] == [1, 1]


def test_an_occurrence_named_twice_in_one_look_counts_once(store: Store) -> None:
    one = finding("a")
    with store.begin() as conn:
        look(conn, [one], {one.fingerprint: digests(1, 1)})
        assert findings.get(conn, one.fingerprint).finding.count == 1


def test_code_counts_as_it_was_last_seen(store: Store) -> None:
    with store.begin() as conn:
        look(conn, [finding("a", count=4, where=(Place(path="x.py", line=1),), **CODE)])
        look(conn, [finding("a", count=2, where=(Place(path="x.py", line=9),), **CODE)], now=NOW + HOUR)
        [stored] = findings.listed(conn)
    assert stored.finding.count == 2
    assert stored.finding.where == (Place(path="x.py", line=9),)


def test_first_and_last_seen_are_kept_for_events_and_for_runs(store: Store) -> None:
    late = finding("a", first=NOW - HOUR, last=NOW - HOUR)
    early = finding("a", first=NOW - DAY, last=NOW - DAY)
    with store.begin() as conn:
        look(conn, [late], {late.fingerprint: digests(1)}, now=NOW)
        look(conn, [early], {early.fingerprint: digests(2)}, now=NOW + HOUR)
        [stored] = findings.listed(conn)
    assert (stored.finding.first, stored.finding.last) == (NOW - DAY, NOW - HOUR)
    assert (stored.seen_first, stored.seen_last) == (NOW, NOW + HOUR)


def test_two_logs_findings_of_one_fingerprint_become_one(store: Store) -> None:
    one = finding("a", where=(Place(path="1.log", record=1),), entities=("user:root",))
    other = finding("a", where=(Place(path="2.log", record=2),), entities=("host:web",))
    with store.begin() as conn:
        look(conn, [one, other], {one.fingerprint: digests(1, 2)})
        [stored] = findings.listed(conn)
    assert [place.path for place in stored.finding.where] == ["1.log", "2.log"]
    assert stored.finding.entities == ("user:root", "host:web")
    assert stored.finding.count == 2


def test_the_worst_are_listed_first(store: Store) -> None:
    with store.begin() as conn:
        look(conn, [finding("a", severity=Severity.LOW), finding("b", severity=Severity.CRITICAL), finding("c")])
        severities = [stored.finding.severity for stored in findings.listed(conn)]
    assert severities == [Severity.CRITICAL, Severity.HIGH, Severity.LOW]


@pytest.mark.parametrize(
    ("query", "names"),
    [
        (Query(at_least=Severity.HIGH), {"a"}),
        (Query(kinds=(FindingKind.CODE,)), {"b"}),
        (Query(rule="code-shell"), {"b"}),
        (Query(entity="user:root"), {"a"}),
        (Query(states=(State.CLOSED,)), set()),
        (Query(seen_since=NOW + HOUR), set()),
        (Query(seen_since=NOW), {"a", "b"}),
        (Query(limit=1), {"a"}),
        (Query(case=7), set()),
    ],
)
def test_a_query_limits_the_list(store: Store, query: Query, names: set[str]) -> None:
    with store.begin() as conn:
        look(conn, [finding("a", entities=("user:root",)), finding("b", severity=Severity.LOW, **CODE)])
        found = {stored.finding.fingerprint for stored in findings.listed(conn, query)}
    assert found == {finding(name).fingerprint for name in names}


def test_entities_of_code_follow_the_code(store: Store) -> None:
    with store.begin() as conn:
        look(conn, [finding("a", entities=("key:AKIA...1(fp 1)",), **CODE)])
        look(conn, [finding("a", entities=("key:AKIA...2(fp 2)",), **CODE)])
        assert not list(findings.listed(conn, Query(entity="key:AKIA...1(fp 1)")))
        assert len(list(findings.listed(conn, Query(entity="key:AKIA...2(fp 2)")))) == 1


def test_a_very_long_entity_is_found_again(store: Store) -> None:
    url = "url:https://example.org/" + "ä" * 5000
    with store.begin() as conn:
        look(conn, [finding("a", entities=(url,)), finding("b", entities=(url + "x",))])
        [stored] = findings.listed(conn, Query(entity=url))
    assert stored.finding.entities == (url,)


def test_a_finding_is_found_by_the_beginning_of_its_fingerprint(store: Store) -> None:
    with store.begin() as conn:
        look(conn, [finding("a"), finding("b")])
        assert findings.get(conn, finding("a").fingerprint[:6]).finding.fingerprint == finding("a").fingerprint


@pytest.mark.parametrize(("asked", "says"), [("", "several"), ("%", "no finding"), ("_", "no finding"), ("zz", "no")])
def test_a_beginning_of_none_or_many_is_refused(store: Store, asked: str, says: str) -> None:
    with store.begin() as conn:
        look(conn, [finding("a"), finding("b")])
        with pytest.raises(UserError, match=says):
            findings.get(conn, asked)


def test_closed_stays_closed_until_something_new_happens(store: Store) -> None:
    one = finding("a")
    with store.begin() as conn:
        look(conn, [one], {one.fingerprint: digests(1)})
        assert findings.close(conn, [one.fingerprint], NOW) == 1
        look(conn, [one], {one.fingerprint: digests(1)}, now=NOW + HOUR)
        assert findings.get(conn, one.fingerprint).state is State.CLOSED
        look(conn, [one], {one.fingerprint: digests(1, 2)}, now=NOW + 2 * HOUR)
        assert findings.get(conn, one.fingerprint).state is State.OPEN


def test_closed_code_that_was_gone_and_came_back_is_open(store: Store) -> None:
    one = finding("a", **CODE)
    with store.begin() as conn:
        look(conn, [one])
        findings.close(conn, [one.fingerprint], NOW)
        look(conn, [one])
        assert findings.get(conn, one.fingerprint).state is State.CLOSED
        look(conn, [])
        assert findings.get(conn, one.fingerprint).state is State.GONE
        look(conn, [one])
        assert findings.get(conn, one.fingerprint).state is State.OPEN


def test_a_closed_log_that_was_rotated_away_and_back_stays_closed(store: Store) -> None:
    one = finding("a")
    with store.begin() as conn:
        look(conn, [one], {one.fingerprint: digests(1)})
        findings.close(conn, [one.fingerprint], NOW)
        look(conn, [])
        look(conn, [one], {one.fingerprint: digests(1)})
        assert findings.get(conn, one.fingerprint).state is State.CLOSED


def test_only_open_findings_are_closed_and_only_closed_ones_opened(store: Store) -> None:
    with store.begin() as conn:
        look(conn, [finding("a")])
        assert findings.reopen(conn, [finding("a").fingerprint]) == 0
        assert findings.close(conn, [finding("a").fingerprint], NOW) == 1
        assert findings.close(conn, [finding("a").fingerprint], NOW) == 0
        assert findings.reopen(conn, [finding("a").fingerprint]) == 1
        assert findings.counts(conn) == {State.OPEN: 1}


def test_a_suppressed_finding_says_by_whom_and_why(store: Store) -> None:
    word = Suppression(reason="our own scanner", owner="@secops", until="2026-12-31")
    one = finding("a")
    with store.begin() as conn:
        look(conn, [one])
        findings.suppress(conn, one.fingerprint[:8], word, NOW)
        look(conn, [one])
        stored = findings.get(conn, one.fingerprint)
    assert stored.state is State.SUPPRESSED
    assert stored.finding.suppressed == word


def test_a_suppression_that_ended_suppresses_no_more(store: Store) -> None:
    one = finding("a")
    with store.begin() as conn:
        look(conn, [one])
        findings.suppress(conn, one.fingerprint, Suppression(reason="r", owner="o", until="2026-11-22"), NOW)
        look(conn, [one], now=NOW + DAY)
        stored = findings.get(conn, one.fingerprint)
    assert stored.state is State.OPEN
    assert stored.finding.suppressed is None


def test_a_suppression_taken_back_opens_the_finding(store: Store) -> None:
    one = finding("a")
    with store.begin() as conn:
        look(conn, [one])
        findings.suppress(conn, one.fingerprint, Suppression(reason="r", owner="o", until="2026-12-31"), NOW)
        findings.unsuppress(conn, one.fingerprint)
        assert findings.get(conn, one.fingerprint).state is State.OPEN
        look(conn, [one])
        assert findings.get(conn, one.fingerprint).state is State.OPEN


def test_a_word_kept_elsewhere_suppresses_until_a_run_comes_without_it(store: Store) -> None:
    word = Suppression(reason="r", owner="o", until="2026-12-31")
    with store.begin() as conn:
        look(conn, [finding("a")])
        findings.mark_suppressed(conn, finding("a").fingerprint, word)
        assert findings.get(conn, finding("a").fingerprint).finding.suppressed == word
        assert suppressions.listed(conn) == []
        look(conn, [finding("a")])
        assert findings.get(conn, finding("a").fingerprint).state is State.OPEN


def test_a_suppression_that_the_caller_gives_counts(store: Store) -> None:
    word = Suppression(reason="r", owner="o", until="2026-12-31")
    with store.begin() as conn:
        look(conn, [finding("a", suppressed=word)])
        assert findings.get(conn, finding("a").fingerprint).state is State.SUPPRESSED
        look(conn, [finding("a")])
        assert findings.get(conn, finding("a").fingerprint).state is State.OPEN


def test_more_findings_than_one_statement_takes_are_all_kept(store: Store) -> None:
    many = [finding(str(number)) for number in range(1234)]
    with store.begin() as conn:
        look(conn, many, {one.fingerprint: digests(number) for number, one in enumerate(many)})
        assert len(findings.known(conn, [one.fingerprint for one in many])) == 1234


ANY = st.text(st.characters(exclude_categories=()), max_size=40)  # surrogates and NUL included


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.tuples(ANY, ANY, ANY, ANY, ANY, ANY))
def test_any_unicode_is_kept(store: Store, texts: tuple[str, ...]) -> None:
    message, path, key, line, entity, rule = texts
    place = Place(path=path, event={key: line})
    one = finding(
        repr(texts), message=message, rule=rule, evidence=(line,), entities=(f"path:{entity}",), where=(place,)
    )
    with store.begin() as conn:
        look(conn, [one], {one.fingerprint: digests(1)}, paths=[path])
        back = findings.get(conn, one.fingerprint).finding
        found = list(findings.listed(conn, Query(entity=f"path:{entity}")))
    assert back.message == visible(message)
    assert back.rule == visible(rule)
    assert back.evidence == (visible(line),)
    assert back.where == (Place(path=visible(path), event={visible(key): visible(line)}),)
    assert one.fingerprint in {stored.finding.fingerprint for stored in found}


def visible(text: str) -> str:
    """Lone surrogates are no text that either database or UTF-8 can hold; all else comes back as it was."""
    return "".join(f"\\u{ord(c):04x}" if 0xD800 <= ord(c) <= 0xDFFF else c for c in text)
