from typing import Any

import pytest

from tests.store.made import HOUR, NOW, case, digests, finding, look
from tocsin.model import Severity, UserError
from tocsin.store import cases, findings, grouped, pins
from tocsin.store.findings import Query
from tocsin.store.open import Connection, Store
from tocsin.store.states import CaseState, State

A, B, C, D = (finding(name, entities=(f"user:{name}",), first=NOW, last=NOW + HOUR) for name in "abcd")
WHO: dict[str, Any] = {"by": "ines", "now": NOW}


def two_cases(conn: Connection) -> None:
    look(conn, [A, B, C, D], {one.fingerprint: digests(1) for one in (A, B, C, D)})
    grouped.save(conn, [case(A, B, first=NOW), case(C, D, title="mailbox forwards", first=NOW + HOUR)], NOW)


def test_a_finding_knows_its_case(store: Store) -> None:
    with store.begin() as conn:
        two_cases(conn)
        assert findings.get(conn, C.fingerprint).finding.case == "2"
        assert {stored.finding.fingerprint for stored in findings.listed(conn, Query(case=2))} == {
            C.fingerprint,
            D.fingerprint,
        }


@pytest.mark.parametrize("asked", ["3", "0", "-1", "", "one", "1.0", "\u0661", "9" * 40])
def test_a_case_that_is_not_there_is_refused(store: Store, asked: str) -> None:
    with store.begin() as conn:
        two_cases(conn)
        with pytest.raises(UserError, match="no case"):
            cases.get(conn, asked)


def test_a_note_is_kept_with_who_and_when(store: Store) -> None:
    with store.begin() as conn:
        two_cases(conn)
        cases.note(conn, "1", "asked the owner", by="ines", now=NOW)
        cases.note(conn, "1", "he knows nothing\0", by="omar", now=NOW + HOUR)
        assert [(note.by, note.says, note.at) for note in cases.notes(conn, "1")] == [
            ("ines", "asked the owner", NOW),
            ("omar", "he knows nothing\u2400", NOW + HOUR),
        ]
        with pytest.raises(UserError, match="text"):
            cases.note(conn, "1", " \n", **WHO)


def test_a_case_is_assigned_and_given_back(store: Store) -> None:
    with store.begin() as conn:
        two_cases(conn)
        cases.assign(conn, "1", "omar", **WHO)
        assert cases.get(conn, "1").assignee == "omar"
        cases.assign(conn, "1", None, **WHO)
        assert cases.get(conn, "1").assignee is None
        assert [entry.says for entry in cases.history(conn, "1") if entry.did == "assign"] == ["to omar", "to nobody"]


def test_closing_a_case_closes_its_findings(store: Store) -> None:
    with store.begin() as conn:
        two_cases(conn)
        cases.close(conn, "1", why="exercise of the red team", **WHO)
        assert cases.get(conn, "1").state == CaseState.CLOSED
        assert findings.get(conn, A.fingerprint).state is State.CLOSED
        assert findings.get(conn, C.fingerprint).state is State.OPEN
        assert [one.id for one in cases.listed(conn, [CaseState.OPEN])] == ["2"]
        cases.reopen(conn, "1", **WHO)
        assert findings.get(conn, A.fingerprint).state is State.OPEN


def test_the_history_says_who_did_what_in_order(store: Store) -> None:
    with store.begin() as conn:
        two_cases(conn)
        cases.assign(conn, "1", "omar", **WHO)
        cases.close(conn, "1", why="done", **WHO)
        assert [(entry.by, entry.did) for entry in cases.history(conn, "1")] == [
            ("tocsin", "made"),
            ("ines", "assign"),
            ("ines", "close"),
        ]


def test_a_merge_keeps_the_older_id_and_the_younger_leads_there(store: Store) -> None:
    with store.begin() as conn:
        two_cases(conn)
        cases.note(conn, "2", "from two", **WHO)
        merged = cases.merge(conn, "2", "1", **WHO)
        assert merged.id == "1"
        assert merged.aliases == ("2",)
        assert merged.findings == (A.fingerprint, B.fingerprint, C.fingerprint, D.fingerprint)
        assert cases.get(conn, "2") == merged
        assert [note.says for note in cases.notes(conn, "2")] == ["from two"]
        assert len(cases.listed(conn)) == 1


def test_an_alias_of_an_alias_leads_to_the_survivor(store: Store) -> None:
    with store.begin() as conn:
        look(conn, [A, B, C])
        grouped.save(conn, [case(A), case(B), case(C)], NOW)
        cases.merge(conn, "2", "3", **WHO)
        cases.merge(conn, "1", "2", **WHO)
        assert cases.get(conn, "3").id == "1"
        assert cases.get(conn, "3").aliases == ("2", "3")


def test_a_case_does_not_merge_with_itself(store: Store) -> None:
    with store.begin() as conn:
        two_cases(conn)
        cases.merge(conn, "1", "2", **WHO)
        with pytest.raises(UserError, match="same case"):
            cases.merge(conn, "1", "2", **WHO)


def test_a_split_makes_a_case_of_its_own_findings(store: Store) -> None:
    with store.begin() as conn:
        two_cases(conn)
        look(conn, [finding("a", severity=Severity.CRITICAL, entities=("user:a",))])
        new = cases.split(conn, "1", [A.fingerprint[:10]], **WHO)
        assert (new.id, new.findings, new.severity) == ("3", (A.fingerprint,), Severity.CRITICAL)
        assert new.entities == ("user:a",)
        assert cases.get(conn, "1").findings == (B.fingerprint,)


def test_a_split_of_nothing_or_all_is_refused(store: Store) -> None:
    with store.begin() as conn:
        two_cases(conn)
        for names in ([], [A.fingerprint, B.fingerprint], [C.fingerprint]):
            with pytest.raises(UserError, match="not none and not all"):
                cases.split(conn, "1", names, **WHO)


def test_a_merge_is_pinned_and_a_split_takes_its_pin_back(store: Store) -> None:
    with store.begin() as conn:
        two_cases(conn)
        cases.merge(conn, "1", "2", **WHO)
        assert len(pins.pins(conn).together) == 3
        assert not pins.pins(conn).apart
        cases.split(conn, "1", [D.fingerprint], **WHO)
        told = pins.pins(conn)
    assert {name for pair in told.together for name in pair} == {A.fingerprint, B.fingerprint, C.fingerprint}
    assert {frozenset(pair) for pair in told.apart} == {
        frozenset({D.fingerprint, other.fingerprint}) for other in (A, B, C)
    }


def test_cases_are_listed_the_worst_first_then_the_latest(store: Store) -> None:
    with store.begin() as conn:
        look(conn, [A, B, C, D])
        grouped.save(
            conn,
            [
                case(A, severity=Severity.LOW, last=NOW),
                case(B, severity=Severity.HIGH, last=NOW),
                case(C, severity=Severity.HIGH, last=NOW + HOUR),
                case(D, severity=Severity.HIGH),
            ],
            NOW,
        )
        assert [one.findings[0] for one in cases.listed(conn)] == [one.fingerprint for one in (C, B, D, A)]
