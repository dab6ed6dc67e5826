"""Saving what grouping found.

Each group becomes the case that it was before, or a new one.
Which case a group continues is decided by its members, never by the order in which groups come. A case goes to the
group that holds most of its members; a group that takes over several becomes the oldest, and the younger ids its
aliases. Members that no group names stay where they are.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from msgspec.structs import replace
from sqlalchemy import Connection, delete, select

from tocsin.model import Case
from tocsin.store.cases import absorb, combined, get, log, members, put
from tocsin.store.counters import next_id
from tocsin.store.findings import known
from tocsin.store.pins import pins
from tocsin.store.states import CaseState, State
from tocsin.store.tables import CASE, CASE_MEMBER

BY = "tocsin"  # in the history, who did what no person did
_CHUNK = 500


def save(conn: Connection, cases: Iterable[Case], now: datetime) -> list[Case]:
    """Keep groups as cases and return them with their ids.

    They come back in the order they came; ids of the argument do not count.
    """
    given = list(cases)
    order = sorted(range(len(given)), key=lambda at: (_when(given[at]), min(given[at].findings)))
    groups = [given[at] for at in order]
    home = _homes(conn, [name for group in groups for name in group.findings])
    owner = _owners(groups, home)
    apart = _apart(conn)
    _move_out(conn, groups, home, owner)
    ids: dict[int, int] = {}
    for at, group in enumerate(groups):
        owned = sorted(case_id for case_id, who in owner.items() if who == at)
        ids[order[at]] = _continue(conn, group, owned, apart, now) if owned else _make(conn, group, now)
    return [get(conn, str(ids[at])) for at in range(len(given))]


def _when(case: Case) -> tuple[bool, float]:
    return case.first is None, 0.0 if case.first is None else case.first.timestamp()


def _homes(conn: Connection, names: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at in range(0, len(names), _CHUNK):
        query = select(CASE_MEMBER).where(CASE_MEMBER.c.fingerprint.in_(names[at : at + _CHUNK]))
        found.update((row.fingerprint, row.case_id) for row in conn.execute(query))
    return found


def _owners(groups: Sequence[Case], home: Mapping[str, int]) -> dict[int, int]:
    """Return, for each known case, the group that continues it.

    That is the one with most of its members, else the earlier.
    """
    shared: dict[int, Counter[int]] = {}
    for at, group in enumerate(groups):
        for name in group.findings:
            if name in home:
                shared.setdefault(home[name], Counter())[at] += 1
    return {case_id: min(many, key=lambda at: (-many[at], at)) for case_id, many in shared.items()}


def _apart(conn: Connection) -> dict[str, set[str]]:
    beside: dict[str, set[str]] = {}
    for a, b in pins(conn).apart:
        beside.setdefault(a, set()).add(b)
        beside.setdefault(b, set()).add(a)
    return beside


def _move_out(conn: Connection, groups: Sequence[Case], home: Mapping[str, int], owner: Mapping[int, int]) -> None:
    """Take from each case the members that a group takes which does not continue it."""
    moved = [n for at, group in enumerate(groups) for n in group.findings if n in home and owner[home[n]] != at]
    for at in range(0, len(moved), _CHUNK):
        conn.execute(delete(CASE_MEMBER).where(CASE_MEMBER.c.fingerprint.in_(moved[at : at + _CHUNK])))


def _make(conn: Connection, group: Case, now: datetime) -> int:
    case_id = next_id(conn, "case")
    put(conn, case_id, replace(group, state=CaseState.OPEN), made_at=None, now=now)
    log(conn, case_id, "made", f"of {len(group.findings)} findings", by=BY, now=now)
    return case_id


def _continue(conn: Connection, group: Case, owned: Sequence[int], apart: Mapping[str, set[str]], now: datetime) -> int:
    case_id, *others = owned
    foreign: set[str] = set()
    for other in others:
        inside = members(conn, other)
        if _are_apart(members(conn, case_id), inside, apart):
            foreign.update(inside)  # a person parted these two: a group that saw only some of them does not undo it
        else:
            absorb(conn, case_id, other, by=BY, now=now)
    before = get(conn, str(case_id))
    told = _continued(before, replace(group, findings=tuple(n for n in group.findings if n not in foreign)))
    new = [name for name in told.findings if name not in before.findings]
    if before.state == CaseState.CLOSED and (new or _has_open(conn, told.findings)):
        told = replace(told, state=CaseState.OPEN)
        log(conn, case_id, "reopen", "something new happened", by=BY, now=now)
    if new:
        log(conn, case_id, "grew", f"by {len(new)} findings", by=BY, now=now)
    if told != before:
        made = conn.execute(select(CASE.c.made).where(CASE.c.id == case_id)).scalar()
        put(conn, case_id, told, made_at=made, now=now)
    return case_id


def _continued(before: Case, group: Case) -> Case:
    """Return the case as the group tells it.

    Where the group saw only a part, what was known before is added.
    """
    told = replace(group, id=before.id, aliases=before.aliases, state=before.state, assignee=before.assignee)
    if set(before.findings) <= set(group.findings):
        return told
    return replace(combined(before, told), state=before.state)


def _are_apart(some: Sequence[str], others: Sequence[str], apart: Mapping[str, set[str]]) -> bool:
    return any(not apart.get(name, set()).isdisjoint(others) for name in some)


def _has_open(conn: Connection, names: Sequence[str]) -> bool:
    return any(stored.state is State.OPEN for stored in known(conn, names).values())
