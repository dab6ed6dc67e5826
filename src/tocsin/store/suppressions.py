"""Suppressions made without a workspace.

Those of a workspace stand in its suppressions.toml.
A suppression ends with the day (or at the time) that it names; what ended is kept, so that a person can see it and
renew it.
"""

import re
from datetime import UTC, date, datetime, timedelta

import msgspec
from sqlalchemy import Connection, delete, select

from tocsin.model import UserError
from tocsin.model.finding import Suppression
from tocsin.model.times import to_micros
from tocsin.store import dialect
from tocsin.store.tables import SUPPRESSION
from tocsin.store.text import clean

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)


class Suppressed(msgspec.Struct, frozen=True, kw_only=True):
    """A suppression and the finding that it is for."""

    fingerprint: str
    suppression: Suppression


def add(conn: Connection, fingerprint: str, suppression: Suppression, now: datetime) -> None:
    """Keep a suppression, in place of an earlier one of the same finding.

    Raises UserError for a bad date.
    """
    row = (
        fingerprint,
        clean(suppression.reason),
        clean(suppression.owner),
        suppression.until,
        to_micros(end_of(suppression.until)),
        to_micros(now),
    )
    dialect.upsert(conn, SUPPRESSION, [row])


def remove(conn: Connection, fingerprint: str) -> None:
    """Take a suppression back; raises UserError when there is none."""
    if not conn.execute(delete(SUPPRESSION).where(SUPPRESSION.c.fingerprint == fingerprint)).rowcount:
        raise UserError(
            f"the store has no suppression of {fingerprint}",
            hint="one that stands in suppressions.toml is taken out there",
        )


def listed(conn: Connection) -> list[Suppressed]:
    """Return all suppressions, those that end first before the others."""
    rows = conn.execute(select(SUPPRESSION).order_by(SUPPRESSION.c.ends, SUPPRESSION.c.fingerprint))
    return [
        Suppressed(
            fingerprint=row.fingerprint, suppression=Suppression(reason=row.reason, owner=row.owner, until=row.until)
        )
        for row in rows
    ]


def active(conn: Connection, now: datetime) -> dict[str, Suppression]:
    """Return the suppressions that hold now, by fingerprint."""
    return {one.fingerprint: one.suppression for one in listed(conn) if end_of(one.suppression.until) > now}


def expired(conn: Connection, now: datetime) -> dict[str, Suppression]:
    """Return the suppressions that have ended, by fingerprint."""
    return {one.fingerprint: one.suppression for one in listed(conn) if end_of(one.suppression.until) <= now}


def end_of(until: str) -> datetime:
    """Return when `2026-12-31` (that day included, UTC) or an ISO time ends.

    Raises UserError for another text.
    """
    try:
        if _DAY.fullmatch(until):  # date.fromisoformat would let `20261231zz` through
            day = date.fromisoformat(until)
            begins = datetime(day.year, day.month, day.day, tzinfo=UTC)
            return begins + timedelta(days=1) if day < date.max else begins
        at = datetime.fromisoformat(until)
    except ValueError as error:
        raise UserError(f"{until!r} is no date until which to suppress", hint="write it as 2026-12-31") from error
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)
