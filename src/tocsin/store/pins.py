"""Pins: a person's word that findings belong together or do not.

Grouping asks here and obeys.
Pins are pairs of fingerprints. The last word counts: a merge takes back the partings between what it joins, a split the
joins between what it parts.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import pairwise

import msgspec
from sqlalchemy import Connection, and_, delete, or_, select

from tocsin.model.times import to_micros
from tocsin.store import dialect
from tocsin.store.tables import PIN
from tocsin.store.text import clean

_TOGETHER, _APART = "together", "apart"
_CHUNK = 400


class Pins(msgspec.Struct, frozen=True, kw_only=True):
    """Pairs of findings that must be in one case, and pairs that must not.

    Each is a pair of fingerprints, the lesser first.
    """

    together: frozenset[tuple[str, str]] = frozenset()
    apart: frozenset[tuple[str, str]] = frozenset()


def pins(conn: Connection) -> Pins:
    """Return all pins."""
    pairs: dict[str, set[tuple[str, str]]] = {_TOGETHER: set(), _APART: set()}
    for row in conn.execute(select(PIN)):
        pairs[row.kind].add((row.a, row.b))
    return Pins(together=frozenset(pairs[_TOGETHER]), apart=frozenset(pairs[_APART]))


def join(conn: Connection, names: Sequence[str], *, by: str, now: datetime) -> None:
    """Pin that findings belong together."""
    _forget(conn, _APART, names, names)
    _pin(conn, _TOGETHER, _chain(names), by, now)


def part(conn: Connection, out: Sequence[str], rest: Sequence[str], *, by: str, now: datetime) -> None:
    """Pin that no finding of one part belongs with one of the other.

    Each part keeps what held it together.
    """
    both = {*out, *rest}
    joined = [group & both for group in _groups(pins(conn).together)]
    _forget(conn, _TOGETHER, list(both), list(both))
    _pin(conn, _APART, ((a, b) for a in out for b in rest), by, now)
    _pin(conn, _TOGETHER, _chain(out), by, now)
    for group in joined:
        _pin(conn, _TOGETHER, _chain(group & set(rest)), by, now)


def _chain(names: Iterable[str]) -> list[tuple[str, str]]:
    several = sorted(set(names))
    return list(pairwise(several))


def _pin(conn: Connection, kind: str, pairs: Iterable[tuple[str, str]], by: str, now: datetime) -> None:
    ordered = sorted({(min(a, b), max(a, b)) for a, b in pairs})
    dialect.upsert(conn, PIN, [(kind, a, b, to_micros(now), clean(by)) for a, b in ordered])


def _forget(conn: Connection, kind: str, some: Sequence[str], others: Sequence[str]) -> None:
    for i in range(0, len(some), _CHUNK):
        for j in range(0, len(others), _CHUNK):
            one, other = some[i : i + _CHUNK], others[j : j + _CHUNK]
            between = or_(and_(PIN.c.a.in_(one), PIN.c.b.in_(other)), and_(PIN.c.a.in_(other), PIN.c.b.in_(one)))
            conn.execute(delete(PIN).where(PIN.c.kind == kind, between))


def _groups(pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    """Return what hangs together through pairs."""
    beside: dict[str, set[str]] = defaultdict(set)
    for a, b in pairs:
        beside[a].add(b)
        beside[b].add(a)
    groups: list[set[str]] = []
    left = set(beside)
    while left:
        group: set[str] = set()
        edge = {left.pop()}
        while edge:
            group |= edge
            edge = {name for at in edge for name in beside[at]} - group
        left -= group
        groups.append(group)
    return groups
