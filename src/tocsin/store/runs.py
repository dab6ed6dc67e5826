"""Runs of a scan: which paths were looked at, when, and what was found.

So it can be said what is new, known and gone.
A run is written in the transaction that records its findings, so that whoever is killed in the middle leaves no half
run: it is there whole, or not at all.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from hashlib import blake2b
from typing import Any

import msgspec
from sqlalchemy import Connection, Row, delete, func, insert, or_, select, update

from tocsin.model.codec import from_json, to_json
from tocsin.model.times import from_micros, to_micros
from tocsin.store.counters import next_id
from tocsin.store.states import Ended, State
from tocsin.store.tables import FINDING, RUN, RUN_FINDING
from tocsin.store.text import clean

_CHUNK = 500  # values in one IN list; SQLite takes 32,766


class ScanRun(msgspec.Struct, frozen=True, kw_only=True):
    """One look at some paths; `paths` are resolved and sorted, `key` names them."""

    id: int
    command: str
    paths: tuple[str, ...]
    key: bytes
    started: datetime
    by: str = ""
    ended: datetime | None = None
    state: Ended = Ended.RUNNING


class News(msgspec.Struct, frozen=True, kw_only=True):
    """What a run found against the last one over the same paths: fingerprints, sorted.

    `since` is when that one started, None when this is the first look: then all is new and nothing can be gone.
    What an incomplete look did not see may be there still: then `unseen` has it, and not `gone`.
    """

    new: tuple[str, ...]
    known: tuple[str, ...]
    gone: tuple[str, ...]
    since: datetime | None
    unseen: tuple[str, ...] = ()

    def __str__(self) -> str:
        """Return `4 new, 31 known, 2 gone`."""
        unseen = f", {len(self.unseen)} not looked for" if self.unseen else ""
        return f"{len(self.new)} new, {len(self.known)} known, {len(self.gone)} gone{unseen}"


def start(conn: Connection, *, command: str, paths: Iterable[str], now: datetime, by: str = "") -> ScanRun:
    """Return a new run over paths, which the caller has resolved."""
    whole = sorted(set(paths))
    run = ScanRun(
        id=next_id(conn, "run"),
        command=command,
        paths=tuple(map(clean, whole)),
        key=_key(whole),
        started=now,
        by=clean(by),
    )
    conn.execute(
        insert(RUN).values(
            id=run.id,
            command=run.command,
            key=run.key,
            paths=to_json(run.paths).decode(),
            by=run.by,
            started=to_micros(now),
            ended=None,
            state=run.state.value,
        )
    )
    return run


def compare(conn: Connection, run: ScanRun) -> News:
    """Return what is new, known and gone against the last run over the same paths.

    Another command looks at other things: what the last run of each command knew is known, but only the last run of
    the same command says what is gone. Interrupted runs are not compared with.
    """
    before = _before(conn, run)
    now = _fingerprints(conn, [run.id])
    known = _fingerprints(conn, [other.id for other in before])
    same = [other for other in before if other.command == run.command]
    gone = _fingerprints(conn, [other.id for other in same]) - now
    return News(
        new=tuple(sorted(now - known)),
        known=tuple(sorted(now & known)),
        gone=tuple(sorted(gone)),
        since=from_micros(max(other.started for other in before)) if before else None,
    )


def finish(
    conn: Connection,
    run: ScanRun,
    *,
    now: datetime,
    state: Ended,
    sure: Callable[[Sequence[str]], Sequence[str]] | None = None,
) -> News:
    """End a run, mark what is gone, and return the news.

    A finding is gone when a run no longer has it that looked for it, and the last run over no other paths has it
    either. `sure` returns those of some fingerprints that were looked for; without it a complete run looked for all,
    and an incomplete one for none. A run that did not look for all is kept as an incomplete one.
    """
    news = compare(conn, run)
    gone = news.gone if state is Ended.COMPLETE else ()
    if sure is not None and news.gone:
        gone = tuple(sorted(sure(news.gone)))
    if state is Ended.COMPLETE and len(gone) < len(news.gone):
        state = Ended.INCOMPLETE
    conn.execute(update(RUN).where(RUN.c.id == run.id).values(ended=to_micros(now), state=state.value))
    news = msgspec.structs.replace(news, gone=gone, unseen=tuple(n for n in news.gone if n not in set(gone)))
    if news.gone:
        _mark_gone(conn, set(news.gone) - _fingerprints(conn, _latest(conn)))
        _forget_gone(conn, run, news.gone)
    _forget_members(conn, run)
    return news


def latest(conn: Connection, paths: Iterable[str]) -> ScanRun | None:
    """Return the last uninterrupted run over these paths, None without one."""
    key = _key(sorted(set(paths)))
    query = select(RUN).where(RUN.c.key == key, RUN.c.state.in_(_WHOLE)).order_by(RUN.c.id.desc()).limit(1)
    row = conn.execute(query).first()
    return None if row is None else _run(row)


def listed(conn: Connection, limit: int = 50) -> list[ScanRun]:
    """Return the last runs, newest first."""
    return [_run(row) for row in conn.execute(select(RUN).order_by(RUN.c.id.desc()).limit(limit))]


def fingerprints(conn: Connection, run: ScanRun) -> frozenset[str]:
    """Return what a run found.

    That is known for the last two runs of each command over the same paths.
    """
    return frozenset(_fingerprints(conn, [run.id]))


_WHOLE = (Ended.COMPLETE.value, Ended.INCOMPLETE.value)


def _key(paths: Sequence[str]) -> bytes:
    digest = blake2b(digest_size=16)
    for path in paths:
        raw = path.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(4, "big"))
        digest.update(raw)
    return digest.digest()


def _run(row: Row[Any]) -> ScanRun:
    return ScanRun(
        id=row.id,
        command=row.command,
        paths=from_json(row.paths, tuple[str, ...]),
        key=bytes(row.key),
        started=from_micros(row.started),
        by=row.by,
        ended=None if row.ended is None else from_micros(row.ended),
        state=Ended(row.state),
    )


def _before(conn: Connection, run: ScanRun) -> Sequence[Row[Any, Any, Any]]:
    """Return the last run of each command, and the last complete one: what that saw and this could not is known."""
    ids = (
        select(func.max(RUN.c.id))
        .where(RUN.c.key == run.key, RUN.c.id < run.id, RUN.c.state.in_(states))
        .group_by(RUN.c.command)
        for states in (_WHOLE, (Ended.COMPLETE.value,))
    )
    which = or_(*(RUN.c.id.in_(one) for one in ids))
    return conn.execute(select(RUN.c.id, RUN.c.command, RUN.c.started).where(which)).all()


def _latest(conn: Connection) -> list[int]:
    queries = (
        select(func.max(RUN.c.id)).where(RUN.c.state.in_(states)).group_by(RUN.c.key, RUN.c.command)
        for states in (_WHOLE, (Ended.COMPLETE.value,))
    )
    return sorted({number for query in queries for number in conn.execute(query).scalars()})


def _fingerprints(conn: Connection, ids: Sequence[int]) -> set[str]:
    found: set[str] = set()
    for at in range(0, len(ids), _CHUNK):
        query = select(RUN_FINDING.c.fingerprint).where(RUN_FINDING.c.run.in_(ids[at : at + _CHUNK])).distinct()
        found.update(conn.execute(query).scalars())
    return found


def _mark_gone(conn: Connection, gone: Iterable[str]) -> None:
    names = sorted(gone)
    for at in range(0, len(names), _CHUNK):
        which = FINDING.c.fingerprint.in_(names[at : at + _CHUNK])
        conn.execute(update(FINDING).where(which).values(state=State.GONE.value))


def _forget_gone(conn: Connection, run: ScanRun, gone: Sequence[str]) -> None:
    """Take what is gone out of the older runs that later ones are compared with, so that it is gone once."""
    ids = [other.id for other in _before(conn, run) if other.command == run.command]
    for at in range(0, len(gone), _CHUNK):
        names = RUN_FINDING.c.fingerprint.in_(gone[at : at + _CHUNK])
        conn.execute(delete(RUN_FINDING).where(RUN_FINDING.c.run.in_(ids), names))


def _forget_members(conn: Connection, run: ScanRun) -> None:
    """Keep what runs found only for the last two of the same paths and command, and for the last complete one.

    Nothing asks for more.
    """
    kept = select(RUN.c.id).where(RUN.c.key == run.key, RUN.c.command == run.command, RUN.c.id != run.id)
    old = kept.where(RUN.c.id < run.id)
    for states in (_WHOLE, (Ended.COMPLETE.value,)):
        last = conn.execute(kept.where(RUN.c.state.in_(states)).order_by(RUN.c.id.desc()).limit(1)).scalar()
        if last is not None:
            old = old.where(RUN.c.id != last)
    conn.execute(delete(RUN_FINDING).where(RUN_FINDING.c.run.in_(old)))
