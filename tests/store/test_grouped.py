from itertools import permutations
from typing import Any

import pytest

from tests.store.made import HOUR, NOW, case, digests, finding, look
from tocsin.model import Case, Finding, Severity
from tocsin.store import cases, grouped
from tocsin.store.open import Connection, Store
from tocsin.store.states import CaseState

A, B, C, D = (finding(name) for name in "abcd")
WHO: dict[str, Any] = {"by": "ines", "now": NOW}


def known(conn: Connection, *groups: Case, occurrence: int = 1) -> list[Case]:
    look(conn, [A, B, C, D], {one.fingerprint: digests(occurrence) for one in (A, B, C, D)})
    return grouped.save(conn, groups, NOW)


def names(*some: Finding) -> set[str]:
    return {one.fingerprint for one in some}


def test_ids_are_given_once_and_stay(store: Store) -> None:
    with store.begin() as conn:
        first = known(conn, case(A, B, first=NOW), case(C, D, first=NOW + HOUR))
        again = grouped.save(conn, [case(C, D, first=NOW + HOUR), case(A, B, first=NOW)], NOW + HOUR)
    assert [one.id for one in first] == ["1", "2"]
    assert [one.id for one in again] == ["2", "1"]


@pytest.mark.parametrize("order", list(permutations(range(3))))
def test_ids_do_not_depend_on_the_order_of_groups(store: Store, order: tuple[int, ...]) -> None:
    groups = [case(A, first=NOW), case(B, first=NOW + HOUR), case(C, D)]
    with store.begin() as conn:
        saved = known(conn, *(groups[at] for at in order))
        ids = {one.findings[0]: one.id for one in saved}
    assert ids == {A.fingerprint: "1", B.fingerprint: "2", C.fingerprint: "3"}


def test_a_case_grows_and_keeps_its_id(store: Store) -> None:
    with store.begin() as conn:
        known(conn, case(A, B))
        [grown] = grouped.save(conn, [case(A, B, C)], NOW)
        assert (grown.id, set(grown.findings)) == ("1", names(A, B, C))
        assert [entry.did for entry in cases.history(conn, "1")] == ["made", "grew"]


def test_groups_that_become_one_leave_an_alias(store: Store) -> None:
    with store.begin() as conn:
        known(conn, case(A, B, first=NOW), case(C, D, first=NOW + HOUR))
        cases.note(conn, "2", "kept", **WHO)
        [merged] = grouped.save(conn, [case(A, B, C, D)], NOW)
        assert (merged.id, merged.aliases) == ("1", ("2",))
        assert [note.says for note in cases.notes(conn, "2")] == ["kept"]


def test_a_case_that_falls_apart_goes_with_its_greater_part(store: Store) -> None:
    with store.begin() as conn:
        known(conn, case(A, B, C, D))
        small, great = grouped.save(conn, [case(D, first=NOW), case(A, B, C, first=NOW + HOUR)], NOW)
        assert (great.id, set(great.findings)) == ("1", names(A, B, C))
        assert (small.id, set(small.findings)) == ("2", names(D))


def test_what_a_look_at_a_part_did_not_see_stays(store: Store) -> None:
    with store.begin() as conn:
        known(conn, case(A, B, entities=("user:a",), why=("same user",), severity=Severity.CRITICAL))
        [part] = grouped.save(conn, [case(B, C, title="less", entities=("ip:1",), why=("same address",))], NOW)
    assert set(part.findings) == names(A, B, C)
    assert (part.title, part.severity) == ("bastion was guessed", Severity.CRITICAL)
    assert (part.entities, part.why) == (("user:a", "ip:1"), ("same user", "same address"))


def test_a_look_at_the_whole_says_it_anew(store: Store) -> None:
    fields: dict[str, Any] = {"title": "new", "severity": Severity.LOW, "entities": ("ip:1",), "do_now": ("block",)}
    with store.begin() as conn:
        known(conn, case(A, B, entities=("user:a",)))
        cases.assign(conn, "1", "omar", **WHO)
        [now_is] = grouped.save(conn, [case(B, A, **fields)], NOW)
    assert (now_is.title, now_is.severity, now_is.entities, now_is.do_now) == tuple(fields.values())
    assert now_is.findings == (B.fingerprint, A.fingerprint)
    assert now_is.assignee == "omar"


def test_a_closed_case_stays_closed_when_nothing_is_new(store: Store) -> None:
    with store.begin() as conn:
        known(conn, case(A, B))
        cases.close(conn, "1", **WHO)
        [same] = known(conn, case(A, B))
    assert same.state == CaseState.CLOSED


@pytest.mark.parametrize("how", ["a new finding", "a new occurrence"])
def test_a_closed_case_opens_when_something_new_happens(store: Store, how: str) -> None:
    with store.begin() as conn:
        known(conn, case(A, B))
        cases.close(conn, "1", **WHO)
        [opened] = known(conn, case(A, B, C)) if how == "a new finding" else known(conn, case(A, B), occurrence=2)
        assert opened.state == CaseState.OPEN
        assert cases.history(conn, "1")[2].did == "reopen"


def test_a_person_s_split_outlasts_a_look_that_saw_only_some(store: Store) -> None:
    with store.begin() as conn:
        known(conn, case(A, B, C))
        cases.split(conn, "1", [C.fingerprint], **WHO)
        grouped.save(conn, [case(C, D)], NOW)
        grouped.save(conn, [case(B, D)], NOW)
        assert set(cases.get(conn, "1").findings) == names(A, B)
        assert set(cases.get(conn, "2").findings) == names(C, D)


def test_an_unchanged_group_writes_no_history(store: Store) -> None:
    with store.begin() as conn:
        known(conn, case(A, B))
        known(conn, case(A, B))
        assert [entry.did for entry in cases.history(conn, "1")] == ["made"]


def test_an_id_is_never_another_case_s(store: Store) -> None:
    with store.begin() as conn:
        known(conn, case(A, first=NOW), case(B, first=NOW + HOUR))
        cases.merge(conn, "1", "2", **WHO)
        [new] = grouped.save(conn, [case(C)], NOW)
    assert new.id == "3"


def test_no_groups_make_no_cases(store: Store) -> None:
    with store.begin() as conn:
        assert grouped.save(conn, [], NOW) == []
        assert cases.listed(conn) == []
