"""Findings: recorded run by run, listed, found by entity, closed.

Looking at the same input twice doubles nothing: an occurrence is a 16-byte hash, and a count grows only by hashes that
the store does not know yet.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

import msgspec
from msgspec.structs import replace
from sqlalchemy import Connection, Row, Select, delete, func, select, update

from tocsin.model import Finding, FindingKind, Severity, UserError
from tocsin.model.codec import from_json
from tocsin.model.finding import Suppression
from tocsin.model.times import from_micros, to_micros
from tocsin.store import dialect, suppressions
from tocsin.store.merging import next_state, united
from tocsin.store.runs import ScanRun
from tocsin.store.states import State
from tocsin.store.tables import CASE_MEMBER, FINDING, FINDING_ENTITY, OCCURRENCE, RUN_FINDING
from tocsin.store.text import body, search_key

DIGEST = 16  # bytes of an occurrence
_CHUNK = 500  # findings merged at once; also the length of an IN list


class Stored(msgspec.Struct, frozen=True, kw_only=True):
    """A finding as the store knows it.

    `seen_first` and `seen_last` are times of runs, not of events.
    """

    finding: Finding
    state: State
    seen_first: datetime
    seen_last: datetime


class Query(msgspec.Struct, frozen=True, kw_only=True):
    """Which findings to list; what is not set does not limit."""

    states: tuple[State, ...] = ()
    kinds: tuple[FindingKind, ...] = ()
    at_least: Severity = Severity.INFO
    rule: str | None = None
    case: int | None = None
    entity: str | None = None
    seen_since: datetime | None = None
    limit: int | None = None


class Recorded(msgspec.Struct, frozen=True, kw_only=True):
    """What recording changed in the store.

    Findings never seen before, findings that grew, and new occurrences.
    """

    new: int
    grown: int
    occurrences: int


def record(
    conn: Connection, run: ScanRun, findings: Iterable[Finding], occurrences: Mapping[str, Iterable[bytes]]
) -> Recorded:
    """Keep what a run found.

    `occurrences` holds 16-byte hashes by fingerprint; a finding without any counts as it says itself.
    May be called several times in one run. Active suppressions of the store apply where the caller names none.
    """
    active = suppressions.active(conn, run.started)
    totals = [0, 0, 0]
    for chunk in _chunks(_folded(findings)):
        _record_chunk(conn, run, chunk, occurrences, active, totals)
    return Recorded(new=totals[0], grown=totals[1], occurrences=totals[2])


def listed(conn: Connection, query: Query | None = None) -> Iterator[Stored]:
    """Yield findings, the worst first, then the last seen, then by fingerprint.

    They are read at once and decoded as they are asked for.
    """
    chosen = _limited(_select(), query or Query())
    chosen = chosen.order_by(FINDING.c.severity.desc(), FINDING.c.seen_last.desc(), FINDING.c.fingerprint)
    for row in conn.execute(chosen):
        yield _stored(row)


def counts(conn: Connection) -> dict[State, int]:
    """Return how many findings are in each state; a state with none is not listed."""
    query = select(FINDING.c.state, func.count()).group_by(FINDING.c.state)
    return {State(state): many for state, many in conn.execute(query)}


def get(conn: Connection, fingerprint: str) -> Stored:
    """Return the finding of a fingerprint or of its unique beginning.

    Raises UserError when there is not just one.
    """
    begins = FINDING.c.fingerprint.startswith(fingerprint, autoescape=True)
    rows = conn.execute(_select().where(begins).order_by(FINDING.c.fingerprint).limit(3)).all()
    exact = [row for row in rows if row.fingerprint == fingerprint]
    if len(exact or rows) == 1:
        return _stored((exact or rows)[0])
    if rows:
        raise UserError(f"several findings begin with {fingerprint!r}", hint="write more of the fingerprint")
    raise UserError(f"the store has no finding {fingerprint!r}", hint="tocsin finding list shows what is there")


def known(conn: Connection, fingerprints: Iterable[str]) -> dict[str, Stored]:
    """Return what the store knows of these fingerprints."""
    names = sorted(set(fingerprints))
    found: dict[str, Stored] = {}
    for at in range(0, len(names), _CHUNK):
        for row in conn.execute(_select().where(FINDING.c.fingerprint.in_(names[at : at + _CHUNK]))):
            found[row.fingerprint] = _stored(row)
    return found


def close(conn: Connection, fingerprints: Iterable[str], now: datetime) -> int:
    """Close findings that are open; return how many. New occurrences open them again."""
    open_ones = FINDING.c.state == State.OPEN.value
    return _change(conn, fingerprints, open_ones, {"state": State.CLOSED.value, "closed": to_micros(now)})


def reopen(conn: Connection, fingerprints: Iterable[str]) -> int:
    """Open closed findings again; return how many."""
    closed_ones = FINDING.c.state == State.CLOSED.value
    return _change(conn, fingerprints, closed_ones, {"state": State.OPEN.value, "closed": None})


def suppress(conn: Connection, fingerprint: str, by: Suppression, now: datetime) -> Finding:
    """Suppress a finding of the store from now on; return it.

    Raises UserError for an unknown finding or a bad date.
    """
    stored = get(conn, fingerprint)
    suppressions.add(conn, stored.finding.fingerprint, by, now)
    finding = replace(stored.finding, suppressed=by)
    _set_suppressed(conn, finding, State.SUPPRESSED)
    return finding


def mark_suppressed(conn: Connection, fingerprint: str, by: Suppression) -> Finding:
    """Show a finding as suppressed by a word that is kept elsewhere; return it.

    For a workspace's suppressions.toml: the next run that is not given the word opens the finding again.
    Raises UserError for an unknown finding.
    """
    finding = replace(get(conn, fingerprint).finding, suppressed=by)
    _set_suppressed(conn, finding, State.SUPPRESSED)
    return finding


def unsuppress(conn: Connection, fingerprint: str) -> Finding:
    """Take a suppression of the store back; return the finding.

    Raises UserError when there is none.
    """
    stored = get(conn, fingerprint)
    suppressions.remove(conn, stored.finding.fingerprint)
    finding = replace(stored.finding, suppressed=None)
    _set_suppressed(conn, finding, State.OPEN if stored.state is State.SUPPRESSED else stored.state)
    return finding


def _set_suppressed(conn: Connection, finding: Finding, state: State) -> None:
    which = FINDING.c.fingerprint == finding.fingerprint
    conn.execute(update(FINDING).where(which).values(state=state.value, body=body(replace(finding, case=None))))


def _change(conn: Connection, fingerprints: Iterable[str], which: Any, values: Mapping[str, Any]) -> int:
    names = sorted(set(fingerprints))
    changed = 0
    for at in range(0, len(names), _CHUNK):
        named = FINDING.c.fingerprint.in_(names[at : at + _CHUNK])
        changed += conn.execute(update(FINDING).where(named, which).values(**values)).rowcount
    return changed


def _select() -> Select[Any]:
    members = FINDING.outerjoin(CASE_MEMBER, CASE_MEMBER.c.fingerprint == FINDING.c.fingerprint)
    return select(FINDING, CASE_MEMBER.c.case_id).select_from(members)


def _limited(chosen: Select[Any], query: Query) -> Select[Any]:
    if query.states:
        chosen = chosen.where(FINDING.c.state.in_([state.value for state in query.states]))
    if query.kinds:
        chosen = chosen.where(FINDING.c.kind.in_([kind.value for kind in query.kinds]))
    if query.at_least is not Severity.INFO:
        chosen = chosen.where(FINDING.c.severity >= query.at_least.rank)
    if query.rule is not None:
        chosen = chosen.where(FINDING.c.rule == search_key(query.rule))
    if query.case is not None:
        chosen = chosen.where(CASE_MEMBER.c.case_id == query.case)
    if query.entity is not None:
        having = select(FINDING_ENTITY.c.fingerprint).where(FINDING_ENTITY.c.entity == search_key(query.entity))
        chosen = chosen.where(FINDING.c.fingerprint.in_(having))
    if query.seen_since is not None:
        chosen = chosen.where(FINDING.c.seen_last >= to_micros(query.seen_since))
    return chosen if query.limit is None else chosen.limit(query.limit)


def _stored(row: Row[Any]) -> Stored:
    finding = from_json(row.body, Finding)
    state = State(row.state)
    finding = replace(
        finding,
        count=row.times,
        case=None if row.case_id is None else str(row.case_id),
        suppressed=finding.suppressed if state is State.SUPPRESSED else None,
    )
    return Stored(
        finding=finding, state=state, seen_first=from_micros(row.seen_first), seen_last=from_micros(row.seen_last)
    )


def _folded(findings: Iterable[Finding]) -> Iterator[Finding]:
    """Yield each fingerprint once, sorted.

    Those named twice (in two inputs, say) are united.
    """
    by_name: dict[str, Finding] = {}
    for finding in findings:
        before = by_name.get(finding.fingerprint)
        if before is not None:
            finding = replace(united(before, finding), count=before.count + finding.count)
        by_name[finding.fingerprint] = finding
    return (by_name[name] for name in sorted(by_name))


def _chunks(findings: Iterator[Finding]) -> Iterator[list[Finding]]:
    while chunk := list(islice(findings, _CHUNK)):
        yield chunk


def _record_chunk(
    conn: Connection,
    run: ScanRun,
    chunk: list[Finding],
    occurrences: Mapping[str, Iterable[bytes]],
    active: Mapping[str, Suppression],
    totals: list[int],
) -> None:
    names = [finding.fingerprint for finding in chunk]
    old = {row.fingerprint: row for row in conn.execute(select(FINDING).where(FINDING.c.fingerprint.in_(names)))}
    digests = {name: sorted(set(occurrences.get(name, ()))) for name in names}
    before = _occurrences_of(conn, run, list(old))
    dialect.insert_new(conn, OCCURRENCE, _occurrence_rows(run, digests))
    after = _occurrences_of(conn, run, [name for name in names if digests[name]])
    rows: list[tuple[Any, ...]] = []
    entities: list[tuple[str, str]] = []
    for finding in chunk:
        name = finding.fingerprint
        grew = after.get(name, 0) - before.get(name, 0) if digests[name] else 0
        merged, row = _row(run, old.get(name), _with(finding, active), grew, len(digests[name]))
        rows.append(row)
        entities.extend((search_key(entity), name) for entity in merged.entities)
        totals[0] += name not in old
        totals[1] += name in old and grew > 0
        totals[2] += grew
    dialect.upsert(conn, FINDING, rows)
    _replace_entities(conn, [name for name in old if not digests[name]])
    dialect.insert_new(conn, FINDING_ENTITY, sorted(set(entities)))
    dialect.insert_new(conn, RUN_FINDING, [(run.id, name) for name in names])


def _with(finding: Finding, active: Mapping[str, Suppression]) -> Finding:
    if finding.suppressed is None and finding.fingerprint in active:
        return replace(finding, suppressed=active[finding.fingerprint])
    return finding


def _row(
    run: ScanRun, old: Row[Any] | None, finding: Finding, grew: int, hashes: int
) -> tuple[Finding, tuple[Any, ...]]:
    """Return the merged finding, and its row in the order of the table's columns."""
    now = to_micros(run.started)
    count, counted = max(finding.count, hashes), hashes > 0
    if counted and old is not None:
        # One record may stand for several events, and the hashes of a great finding are not all kept: what is new adds
        # its share, and there are never fewer than one look saw.
        count = max(count, old.times + round(count * grew / hashes))
        finding = united(from_json(old.body, Finding), finding)
    state = next_state(
        None if old is None else State(old.state),
        was_closed=old is not None and old.closed is not None,
        suppressed=finding.suppressed is not None,
        grew=grew,
        counted=counted,
    )
    return finding, (
        finding.fingerprint,
        finding.kind.value,
        search_key(finding.rule),
        finding.severity.rank,
        finding.confidence.rank,
        None if finding.first is None else to_micros(finding.first),
        None if finding.last is None else to_micros(finding.last),
        count,
        now if old is None else min(old.seen_first, now),
        now if old is None else max(old.seen_last, now),
        state.value,
        old.closed if old is not None and state is not State.OPEN else None,
        body(replace(finding, case=None)),
    )


def _occurrence_rows(run: ScanRun, digests: Mapping[str, Sequence[bytes]]) -> Iterator[tuple[str, bytes, int]]:
    for name, several in digests.items():
        for digest in several:
            yield name, digest, run.id


def _occurrences_of(conn: Connection, run: ScanRun, names: Sequence[str]) -> dict[str, int]:
    """Return how many occurrences this run brought to each finding so far."""
    if not names:
        return {}
    query = (
        select(OCCURRENCE.c.fingerprint, func.count().label("many"))
        .where(OCCURRENCE.c.fingerprint.in_(names), OCCURRENCE.c.run == run.id)
        .group_by(OCCURRENCE.c.fingerprint)
    )
    return {row.fingerprint: row.many for row in conn.execute(query)}


def _replace_entities(conn: Connection, names: Sequence[str]) -> None:
    if names:
        conn.execute(delete(FINDING_ENTITY).where(FINDING_ENTITY.c.fingerprint.in_(names)))
