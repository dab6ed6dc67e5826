"""How a finding that is seen again joins what the store knows of it.

A finding with occurrences (a log's) adds up: first and last time widen, places and entities unite, the count grows by
what is new. One without (code's) is as it was last seen: a place that moved has not become two.
"""

from datetime import datetime

from msgspec.structs import replace

from tocsin.model import Finding
from tocsin.model.finding import MAX_PLACES, Place
from tocsin.store.states import State

_SHOWN = 5  # raw lines kept from each end (Finding.evidence)


def united(old: Finding, new: Finding) -> Finding:
    """Return the newer finding with what the older one adds.

    The count is left to the caller.
    """
    early, late = (new, old) if _earlier(new, old) else (old, new)
    return replace(
        new,
        first=_least(old.first, new.first),
        last=_greatest(old.last, new.last),
        entities=_union(old.entities, new.entities),
        where=_places(old, new),
        evidence=_ends(early.evidence, late.evidence),
        tags=_union(old.tags, new.tags),
        references=_union(old.references, new.references),
    )


def next_state(old: State | None, *, was_closed: bool, suppressed: bool, grew: int, counted: bool) -> State:
    """Return the state of a finding that was just seen.

    What a person closed opens again when something new happened: a new occurrence, or, where occurrences are not
    counted, when it had been gone in between. The same look twice leaves it closed.
    """
    if suppressed:
        return State.SUPPRESSED
    if not was_closed or grew:
        return State.OPEN
    return State.CLOSED if counted or old is State.CLOSED else State.OPEN


def _earlier(one: Finding, other: Finding) -> bool:
    return one.first is not None and (other.first is None or one.first < other.first)


def _least(one: datetime | None, other: datetime | None) -> datetime | None:
    return min((at for at in (one, other) if at is not None), default=None)


def _greatest(one: datetime | None, other: datetime | None) -> datetime | None:
    return max((at for at in (one, other) if at is not None), default=None)


def _union(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return one if one == other else tuple(dict.fromkeys((*one, *other)))


def _places(old: Finding, new: Finding) -> tuple[Place, ...]:
    if old.where == new.where:
        return new.where
    added = tuple(place for place in new.where if place not in old.where)
    return (*old.where, *added)[:MAX_PLACES]


def _ends(early: tuple[str, ...], late: tuple[str, ...]) -> tuple[str, ...]:
    lines = _union(early, late)
    return lines if len(lines) <= 2 * _SHOWN else (*lines[:_SHOWN], *lines[-_SHOWN:])
