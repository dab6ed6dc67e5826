"""Ids of cases: assigned once, kept as the case grows, aliased when cases merge."""

from collections import Counter
from collections.abc import Iterable, Sequence

import msgspec

from tocsin.model import Case


def assign(cases: Iterable[Case], before: Sequence[Case], next_id: int) -> list[Case]:
    """Return the cases with their ids; `before` are the known cases, `next_id` the first free number.

    A case keeps the id of the known case of which it holds most findings. Where it holds findings of several, the
    oldest id stays and the others become its aliases, unless a larger part of theirs lives on elsewhere.
    """
    owner = {print_: case.id for case in before for print_ in case.findings}
    known = {case.id: case for case in before}
    fresh = sorted(cases, key=_rank)
    claims = {number: Counter(owner[p] for p in case.findings if p in owner) for number, case in enumerate(fresh)}
    heir: dict[str, int] = {}
    for id_ in known:
        takers = [(number, votes[id_]) for number, votes in claims.items() if votes[id_]]
        if takers:
            heir[id_] = min(takers, key=lambda taker: (-taker[1], taker[0]))[0]
    named: list[Case] = []
    for number, case in enumerate(fresh):
        mine = sorted((id_ for id_, taker in heir.items() if taker == number), key=_age)
        if not mine:
            mine = [str(next_id)]
            next_id += 1
        aliases = [*mine[1:], *(alias for id_ in mine if id_ in known for alias in known[id_].aliases)]
        old = known.get(mine[0])
        named.append(msgspec.structs.replace(
            case, id=mine[0], aliases=tuple(dict.fromkeys(aliases)),
            state=old.state if old else case.state, assignee=old.assignee if old else case.assignee,
        ))
    return named


def _rank(case: Case) -> tuple[int, float, str]:
    return (-case.severity.rank, case.first.timestamp() if case.first else 0.0, min(case.findings, default=""))


def _age(id_: str) -> tuple[int, str]:
    return (int(id_) if id_.isdigit() else 1 << 60, id_)
