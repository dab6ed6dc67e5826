"""Values that were seen: which, with which host or user, on which day, how often.

An input counts once. Its `source` names it: whoever calls takes a hash that the same input has again when it was
copied, compressed or has grown. Of one source the greatest count of a day stands, so that looking twice, at the whole
or at a part, doubles nothing.
"""

from collections.abc import Iterable
from datetime import date, datetime

import msgspec
from sqlalchemy import Connection, func, insert, select

from tocsin.model import Observable, ObservableType
from tocsin.model.times import EPOCH, to_micros
from tocsin.store import dialect
from tocsin.store.counters import next_id
from tocsin.store.tables import SEEN, SEEN_SOURCE
from tocsin.store.text import search_key


class Sighting(msgspec.Struct, frozen=True, kw_only=True):
    """A value on one day, and how often.

    `who` is the entity that it was seen with (`host:web1`, `user:root`), empty for none.
    """

    seen: Observable
    who: str
    day: date
    count: int


class Summary(msgspec.Struct, frozen=True, kw_only=True):
    """All that is known of a value with one host or user."""

    who: str
    first: date
    last: date
    days: int
    count: int


def record(conn: Connection, source: bytes, sightings: Iterable[Sighting], now: datetime) -> None:
    """Keep all that one input shows; the same source again doubles nothing.

    One call takes the whole of an input.
    """
    number = _source(conn, source, now)
    sums: dict[tuple[str, str, str, int], int] = {}
    for one in sightings:
        key = (one.seen.type.value, search_key(one.seen.value), search_key(one.who), _day(one.day))
        sums[key] = sums.get(key, 0) + one.count
    rows = ((*key, number, count) for key, count in sorted(sums.items()))
    dialect.upsert_greater(conn, SEEN, rows, "times")


def lookup(conn: Connection, kind: ObservableType, value: str) -> list[Summary]:
    """Return where a value was seen, the latest first."""
    last = func.max(SEEN.c.day)
    query = (
        select(
            SEEN.c.who,
            func.min(SEEN.c.day).label("first"),
            last.label("last"),
            func.count(SEEN.c.day.distinct()).label("days"),
            func.sum(SEEN.c.times).label("total"),
        )
        .where(SEEN.c.type == kind.value, SEEN.c.value == search_key(value))
        .group_by(SEEN.c.who)
        .order_by(last.desc(), SEEN.c.who)
    )
    return [
        Summary(who=row.who, first=_date(row.first), last=_date(row.last), days=row.days, count=int(row.total))
        for row in conn.execute(query)
    ]


def first_and_last(conn: Connection, kind: ObservableType, value: str) -> tuple[date, date] | None:
    """Return the first and the last day of a value, None when it was never seen."""
    query = select(func.min(SEEN.c.day), func.max(SEEN.c.day))
    first, last = conn.execute(query.where(SEEN.c.type == kind.value, SEEN.c.value == search_key(value))).one()
    return None if first is None else (_date(first), _date(last))


_FIRST_DAY = EPOCH.date().toordinal()


def _day(day: date) -> int:
    return day.toordinal() - _FIRST_DAY


def _date(number: int) -> date:
    return date.fromordinal(number + _FIRST_DAY)


def _source(conn: Connection, digest: bytes, now: datetime) -> int:
    found = conn.execute(select(SEEN_SOURCE.c.id).where(SEEN_SOURCE.c.digest == digest)).scalar()
    if isinstance(found, int):
        return found
    number = next_id(conn, "seen_source")
    conn.execute(insert(SEEN_SOURCE).values(id=number, digest=digest, at=to_micros(now)))
    return number
