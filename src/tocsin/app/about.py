"""One page of everything that the store knows of a value."""

from ipaddress import ip_address

import msgspec

from tocsin.app.queue import opened
from tocsin.model import Case
from tocsin.model.observable import ObservableType, entity, split_entity
from tocsin.runtime import folders
from tocsin.store import cases, findings, seen


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """Where and how often a value was seen, and with which host or user.

    From when to when, on how many days, how often.
    """

    type: str
    who: str
    first: str
    last: str
    days: int
    count: int


class About(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of a value."""

    value: str
    entities: tuple[str, ...]
    seen: tuple[Seen, ...]
    findings: tuple[findings.Stored, ...]
    cases: tuple[Case, ...]


def about(url: str, value: str) -> About:
    """Return what the store knows of a value.

    A value without a type is looked for as each that it may be.
    """
    wanted = candidates(value)
    with opened(url) as store, store.read() as conn:
        found = [s for one in wanted for s in findings.listed(conn, findings.Query(entity=one))]
        sightings: list[Seen] = []
        for one in wanted:
            kind, plain = split_entity(one)
            sightings += [
                Seen(
                    type=kind, who=s.who, first=s.first.isoformat(), last=s.last.isoformat(), days=s.days, count=s.count
                )
                for s in seen.lookup(conn, kind, plain)
            ]
        prints = {s.finding.fingerprint for s in found}
        joined = [case for case in cases.listed(conn) if prints & set(case.findings)]
    shown = tuple(sorted({e for s in found for e in s.finding.entities} & set(wanted)))
    name = wanted[0] if wanted[0].startswith("key:") else value  # a key is not repeated whole
    return About(value=name, entities=shown, seen=tuple(sightings), findings=tuple(found), cases=tuple(joined))


def candidates(value: str) -> list[str]:
    """Return the entities that a value may be.

    Its own type where it names one, else by its shape.
    """
    kind, mark, rest = value.partition(":")
    if mark and kind in set(ObservableType):
        return [_keyed(rest)] if kind == ObservableType.KEY else [entity(ObservableType(kind), rest)]
    try:
        return [entity(ObservableType.IP, str(ip_address(value)))]
    except ValueError:
        pass
    if value.startswith(("AKIA", "ASIA")):
        return [_keyed(value)]
    kinds = [ObservableType.USER, ObservableType.HOST, ObservableType.SERVICE, ObservableType.APP]
    if "@" in value:
        kinds = [ObservableType.USER, ObservableType.EMAIL]
    elif "." in value:
        kinds.append(ObservableType.DOMAIN)
    return [entity(kind, value) for kind in kinds]


def _keyed(value: str) -> str:
    from tocsin.match.secrets import key_entity

    if "(fp " in value:
        return f"key:{value}"
    return key_entity(value, folders.installation_key(folders.data()))
