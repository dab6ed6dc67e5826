"""Windows events as tables, one for each channel and event id, with Sigma's log sources and what the event means."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from tocsin.formats.windows_derived import derived_for
from tocsin.formats.windows_event import Flat
from tocsin.kit import Batch, Chunk, Columns, Derived, LogSource, Table
from tocsin.kit.parse import dig

Flatten = Callable[[Mapping[str, Any]], Flat | None]
_TYPED = {("microsoft-windows-sysmon/operational", 12)}  # where EventType decides the category ([types] of the table)


class Kind(msgspec.Struct, frozen=True):
    """What events of one channel and id are.

    The log sources that they serve, the fields that they always mean, and those that are derived.
    """

    what: str
    logsource: LogSource
    same: Mapping[str, Any]
    derived: Derived


def batch(chunk: Chunk, flatten: Flatten) -> Batch:
    """Return the events of a chunk as tables.

    What `flatten` does not know or has no id is `rest`.
    """
    groups: dict[tuple[Any, ...], tuple[list[int], list[Flat]]] = {}
    rest: list[int] = []
    for index, record in enumerate(chunk.objects or ()):
        flat = flatten(record)
        if flat is None or flat.get("EventID") is None:
            rest.append(index)
            continue
        # traces that were saved as a log have no channel; their provider says what they are
        channel = str(flat.get("Channel") or flat.get("Provider_Name") or "of no channel")
        key: tuple[Any, ...] = (channel, flat["EventID"])
        if flat["EventID"] == 12 and (channel.lower(), 12) in _TYPED:
            key = (*key, str(flat.get("EventType")))
        if key in groups:
            rows, flats = groups[key]
            rows.append(index)
            flats.append(flat)
        else:
            groups[key] = ([index], [flat])
    tables = [_table(chunk, kind(*key), rows, flats) for key, (rows, flats) in groups.items()]
    return Batch(tables=tables, rest=rest)


def _table(chunk: Chunk, made: Kind, rows: Sequence[int], flats: Sequence[Flat]) -> Table:
    times = [flat.get("TimeCreated") for flat in flats]
    derived = made.derived
    if "winlog" in flats[0]:  # Winlogbeat's own words for what happened give way to ours
        own = {name: _or_own(derive, name) for name, derive in derived.items()}
        derived = {**{name: _always(value) for name, value in made.same.items()}, **own}
    return Table(
        what=made.what,
        logsource=made.logsource,
        same=made.same,
        # Windows keeps UTC; an exporter that names no zone wrote its own clock
        clock="iso_utc" if str(times[0]).startswith("/Date") else "iso",
        numbers=[chunk.numbers[i] for i in rows],
        texts=[chunk.texts[i] for i in rows],
        times=[time if isinstance(time, str) else None for time in times],
        columns=Columns(flats, derived),
    )


def _or_own(derive: Callable[[Mapping[str, Any]], Any], name: str) -> Callable[[Mapping[str, Any]], Any]:
    """Return a reader that falls back on what Winlogbeat wrote under the ECS name itself."""
    path = name.split(".")

    def read(record: Mapping[str, Any]) -> Any:
        value = derive(record)
        return dig(record, path) if value is None else value

    return read


def _always(value: Any) -> Callable[[Mapping[str, Any]], Any]:
    return lambda _: value


@cache
def kind(channel: str, event_id: int, event_type: str = "") -> Kind:
    """Return what events of a channel and id are; an unknown channel has no service."""
    facts = _facts()
    services = facts["by_channel"].get(channel.lower(), frozenset())
    number = str(event_id)
    categories: set[str] = set()
    same: dict[str, Any] = {"event.code": number}
    for service in services:
        categories.update(facts["categories"].get(service, {}).get(number, ()))
        types = facts["types"].get(service, {}).get(number)
        if types is not None:
            categories.update(types.get(event_type) or [c for found in types.values() for c in found])
        if (means := facts["meaning"].get(service, {}).get(number)) is not None:
            same["event.action"], same["event.outcome"] = means
    source = LogSource("windows", frozenset(categories), services)
    derived = derived_for(same.get("event.action", ""), is_audit="security" in services, number=number)
    same = {name: value for name, value in same.items() if name not in derived}
    return Kind(f"Windows {channel} {event_id}", source, same, derived)


@cache
def _facts() -> dict[str, Any]:
    text = (resources.files("tocsin") / "content" / "logsources" / "windows.toml").read_text("utf-8")
    facts = tomllib.loads(text)
    by_channel: dict[str, set[str]] = {}
    for service, channels in facts["services"].items():
        for channel in channels:
            by_channel.setdefault(channel.lower(), set()).add(service)
    facts["by_channel"] = {channel: frozenset(services) for channel, services in by_channel.items()}
    return facts
