"""Cases: read, noted on, assigned, closed, merged and split by a person.

Saving what grouping found is in grouped.py.
An id is assigned once in a store and is never another case's: when cases merge, the younger id becomes an alias of the
older, and asking for either finds the survivor. What a person splits or merges is pinned (pins.py).
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, Row, delete, insert, select, update

from tocsin.model import Case, Severity, UserError
from tocsin.model.codec import from_json
from tocsin.model.text import counted
from tocsin.model.times import from_micros, to_micros
from tocsin.store import dialect, findings, pins
from tocsin.store.counters import next_id
from tocsin.store.states import CaseState
from tocsin.store.tables import CASE, CASE_ALIAS, CASE_HISTORY, CASE_MEMBER, CASE_NOTE
from tocsin.store.text import body, clean


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a case's history, or a note (`did` is then `note`): who did what when."""

    at: datetime
    by: str
    did: str
    says: str


def listed(conn: Connection, states: Sequence[CaseState] = ()) -> list[Case]:
    """Return cases, the worst first, then the latest; all states when none is named."""
    query = select(CASE).order_by(CASE.c.severity.desc(), CASE.c.last.desc().nulls_last(), CASE.c.id)
    if states:
        query = query.where(CASE.c.state.in_([state.value for state in states]))
    return _cases(conn, conn.execute(query).all())


def get(conn: Connection, case: str) -> Case:
    """Return a case by its id or an alias; raises UserError when there is none."""
    row = conn.execute(select(CASE).where(CASE.c.id == number(conn, case))).one()
    return _cases(conn, [row])[0]


def number(conn: Connection, case: str) -> int:
    """Return the number of the case that an id or alias leads to.

    Raises UserError when there is none.
    """
    text = case.strip()
    # 18 digits fit in a BIGINT; isdecimal alone would let other scripts' digits through
    asked = int(text) if text.isascii() and text.isdecimal() and len(text) <= 18 else 0
    survivor = conn.execute(select(CASE_ALIAS.c.case_id).where(CASE_ALIAS.c.alias == asked)).scalar()
    found = conn.execute(select(CASE.c.id).where(CASE.c.id == (survivor or asked))).scalar()
    if not isinstance(found, int):
        raise UserError(f"the store has no case {text!r}", hint="tocsin case list shows what is there")
    return found


def note(conn: Connection, case: str, text: str, *, by: str, now: datetime) -> None:
    """Add a note to a case."""
    case_id = number(conn, case)
    if not text.strip():
        raise UserError("a note needs a text")
    row = {
        "id": next_id(conn, "case_note"),
        "case_id": case_id,
        "at": to_micros(now),
        "by": clean(by),
        "says": clean(text),
    }
    conn.execute(insert(CASE_NOTE).values(**row))


def notes(conn: Connection, case: str) -> list[Entry]:
    """Return the notes of a case, oldest first, those of merged cases among them."""
    query = select(CASE_NOTE).where(CASE_NOTE.c.case_id == number(conn, case)).order_by(CASE_NOTE.c.at, CASE_NOTE.c.id)
    return [Entry(at=from_micros(row.at), by=row.by, did="note", says=row.says) for row in conn.execute(query)]


def history(conn: Connection, case: str) -> list[Entry]:
    """Return who did what to a case, oldest first."""
    which = CASE_HISTORY.c.case_id == number(conn, case)
    query = select(CASE_HISTORY).where(which).order_by(CASE_HISTORY.c.at, CASE_HISTORY.c.id)
    return [Entry(at=from_micros(row.at), by=row.by, did=row.did, says=row.says) for row in conn.execute(query)]


def assign(conn: Connection, case: str, to: str | None, *, by: str, now: datetime) -> None:
    """Give a case to a person, or to nobody."""
    case_id = number(conn, case)
    who = None if to is None else clean(to)
    conn.execute(update(CASE).where(CASE.c.id == case_id).values(assignee=who, changed=to_micros(now)))
    log(conn, case_id, "assign", f"to {who}" if who else "to nobody", by=by, now=now)


def close(conn: Connection, case: str, *, by: str, now: datetime, why: str = "") -> None:
    """Close a case and its open findings.

    New occurrences or a new finding open it again.
    """
    case_id = number(conn, case)
    conn.execute(update(CASE).where(CASE.c.id == case_id).values(state=CaseState.CLOSED.value, changed=to_micros(now)))
    findings.close(conn, members(conn, case_id), now)
    log(conn, case_id, "close", clean(why), by=by, now=now)


def reopen(conn: Connection, case: str, *, by: str, now: datetime, why: str = "") -> None:
    """Open a closed case and its closed findings again."""
    case_id = number(conn, case)
    conn.execute(update(CASE).where(CASE.c.id == case_id).values(state=CaseState.OPEN.value, changed=to_micros(now)))
    findings.reopen(conn, members(conn, case_id))
    log(conn, case_id, "reopen", clean(why), by=by, now=now)


def merge(conn: Connection, one: str, other: str, *, by: str, now: datetime) -> Case:
    """Merge two cases and return the survivor, the older of the two.

    The merge is pinned: grouping will not part them again.
    """
    first, second = sorted((number(conn, one), number(conn, other)))
    if first == second:
        raise UserError(f"{one} and {other} are the same case")
    pins.join(conn, [*members(conn, first), *members(conn, second)], by=by, now=now)
    absorb(conn, first, second, by=by, now=now)
    return get(conn, str(first))


def split(conn: Connection, case: str, fingerprints: Iterable[str], *, by: str, now: datetime) -> Case:
    """Take findings out of a case into a new one, and return that.

    The split is pinned: grouping will not join them again.
    """
    case_id = number(conn, case)
    whole = get(conn, case)
    asked = {findings.get(conn, name).finding.fingerprint for name in fingerprints}
    out = [name for name in whole.findings if name in asked]
    rest = [name for name in whole.findings if name not in asked]
    if not out or not rest:
        raise UserError(f"a split of case {case_id} must take some of its findings, not none and not all")
    pins.part(conn, out, rest, by=by, now=now)
    taken = [stored.finding for stored in findings.known(conn, out).values()]
    worst = max(taken, key=lambda finding: finding.severity.rank)
    made = Case(
        id="",
        title=worst.title,
        severity=worst.severity,
        findings=tuple(out),
        entities=tuple(dict.fromkeys(entity for finding in taken for entity in finding.entities)),
        why=(f"split from case {case_id} by {clean(by)}",),
        first=min((finding.first for finding in taken if finding.first is not None), default=None),
        last=max((finding.last for finding in taken if finding.last is not None), default=None),
        assignee=whole.assignee,
    )
    new = put(conn, next_id(conn, "case"), made, made_at=None, now=now)
    left = replace(whole, findings=tuple(rest), severity=_worst(conn, rest))
    put(conn, case_id, left, made_at=_made(conn, case_id), now=now)
    log(conn, case_id, "split", f"{counted(len(out), 'finding')} went to case {new.id}", by=by, now=now)
    log(conn, int(new.id), "split", f"made of {counted(len(out), 'finding')} of case {case_id}", by=by, now=now)
    return new


def members(conn: Connection, case_id: int) -> list[str]:
    """Return the fingerprints of a case in the order of its story."""
    query = select(CASE_MEMBER.c.fingerprint).where(CASE_MEMBER.c.case_id == case_id)
    return list(conn.execute(query.order_by(CASE_MEMBER.c.place, CASE_MEMBER.c.fingerprint)).scalars())


def log(conn: Connection, case_id: int, did: str, says: str, *, by: str, now: datetime) -> None:
    """Add a line to a case's history."""
    row = {"id": next_id(conn, "case_history"), "case_id": case_id, "at": to_micros(now), "by": clean(by)}
    conn.execute(insert(CASE_HISTORY).values(did=did, says=says, **row))


def absorb(conn: Connection, survivor: int, other: int, *, by: str, now: datetime) -> None:
    """Move all of a case into an older one and leave its id as an alias."""
    kept, gone = get(conn, str(survivor)), get(conn, str(other))
    for table in (CASE_NOTE, CASE_HISTORY, CASE_ALIAS):
        conn.execute(update(table).where(table.c.case_id == other).values(case_id=survivor))
    conn.execute(insert(CASE_ALIAS).values(alias=other, case_id=survivor))
    conn.execute(delete(CASE_MEMBER).where(CASE_MEMBER.c.case_id == other))
    conn.execute(delete(CASE).where(CASE.c.id == other))
    put(conn, survivor, combined(kept, gone), made_at=_made(conn, survivor), now=now)
    log(conn, survivor, "merge", f"took in case {other}", by=by, now=now)


def combined(one: Case, other: Case) -> Case:
    """Return the first case with what the other adds; the title and id stay."""
    return replace(
        one,
        severity=max(one.severity, other.severity, key=lambda severity: severity.rank),
        findings=_union(one.findings, other.findings),
        entities=_union(one.entities, other.entities),
        why=_union(one.why, other.why),
        do_now=_union(one.do_now, other.do_now),
        first=min((at for at in (one.first, other.first) if at is not None), default=None),
        last=max((at for at in (one.last, other.last) if at is not None), default=None),
        state=CaseState.OPEN if CaseState.OPEN in {one.state, other.state} else one.state,
        assignee=one.assignee or other.assignee,
    )


def put(conn: Connection, case_id: int, case: Case, *, made_at: int | None, now: datetime) -> Case:
    """Write a case under a number, with its members; return it as it is now."""
    kept = replace(case, id=str(case_id), aliases=(), findings=(), state=CaseState.OPEN, assignee=None)
    at = to_micros(now)
    row = (
        case_id,
        case.severity.rank,
        None if case.first is None else to_micros(case.first),
        None if case.last is None else to_micros(case.last),
        CaseState(case.state).value,
        case.assignee,
        at if made_at is None else made_at,
        at,
        body(kept),
    )
    dialect.upsert(conn, CASE, [row])
    conn.execute(delete(CASE_MEMBER).where(CASE_MEMBER.c.case_id == case_id))
    dialect.upsert(conn, CASE_MEMBER, [(name, case_id, place) for place, name in enumerate(case.findings)])
    return get(conn, str(case_id))


def _made(conn: Connection, case_id: int) -> int | None:
    return conn.execute(select(CASE.c.made).where(CASE.c.id == case_id)).scalar()


def _worst(conn: Connection, names: Sequence[str]) -> Severity:
    severities = [stored.finding.severity for stored in findings.known(conn, names).values()]
    return max(severities, key=lambda severity: severity.rank)


def _union(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*one, *other)))


def _cases(conn: Connection, rows: Sequence[Row[Any]]) -> list[Case]:
    ids = [row.id for row in rows]
    named: dict[int, list[str]] = {case_id: [] for case_id in ids}
    aliases: dict[int, list[str]] = {case_id: [] for case_id in ids}
    for at in range(0, len(ids), 500):
        chunk = ids[at : at + 500]
        query = select(CASE_MEMBER).where(CASE_MEMBER.c.case_id.in_(chunk))
        for row in conn.execute(query.order_by(CASE_MEMBER.c.place, CASE_MEMBER.c.fingerprint)):
            named[row.case_id].append(row.fingerprint)
        others = select(CASE_ALIAS).where(CASE_ALIAS.c.case_id.in_(chunk)).order_by(CASE_ALIAS.c.alias)
        for row in conn.execute(others):
            aliases[row.case_id].append(str(row.alias))
    return [
        replace(
            from_json(row.body, Case),
            findings=tuple(named[row.id]),
            aliases=tuple(aliases[row.id]),
            state=row.state,
            assignee=row.assignee,
        )
        for row in rows
    ]
