"""Windows events as tables, one for each channel and event id, with Sigma's log sources and what the event means."""

import tomllib
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Any

import msgspec

from tocsin.formats.windows_event import Flat
from tocsin.kit import Batch, Chunk, Columns, Derived, LogSource, Table

Flatten = Callable[[Mapping[str, Any]], Flat | None]
_TYPED = {("microsoft-windows-sysmon/operational", 12)}  # where EventType decides the category ([types] of the table)


class Kind(msgspec.Struct, frozen=True):
    """What events of one channel and id are: the log sources they serve, what they always mean, what is derived."""

    what: str
    logsource: LogSource
    same: Mapping[str, Any]
    derived: Derived


def batch(chunk: Chunk, flatten: Flatten) -> Batch:
    """Return the events of a chunk as tables; what `flatten` does not know or has no id is `rest`."""
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
        derived = {**{name: _always(value) for name, value in made.same.items()}, **derived}
    return Table(
        what=made.what, logsource=made.logsource, same=made.same,
        # Windows keeps UTC; an exporter that names no zone wrote its own clock
        clock="iso_utc" if str(times[0]).startswith("/Date") else "iso",
        numbers=[chunk.numbers[i] for i in rows], texts=[chunk.texts[i] for i in rows],
        times=[time if isinstance(time, str) else None for time in times], columns=Columns(flats, derived),
    )


def _always(value: Any) -> Callable[[Mapping[str, Any]], Any]:
    return lambda _: value


@cache
def kind(channel: str, event_id: int, event_type: str = "") -> Kind:
    """Return what events of a channel and id are; an unknown channel is its own name under the product Windows."""
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
    derived = _STARTED if (number, "security" in services) == ("4688", True) else _DERIVED.get(
        same.get("event.action", ""), {})
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


def _said(*names: str) -> Callable[[Mapping[str, Any]], Any]:
    """Return a reader of the first field that says something; Windows writes `-` for nothing."""

    def read(record: Mapping[str, Any]) -> Any:
        for name in names:
            value = record.get(name)
            if value not in (None, "", "-"):
                return value
        return None

    return read


def _account(record: Mapping[str, Any]) -> Any:
    name, domain = record.get("SubjectUserName"), record.get("SubjectDomainName")
    return f"{domain}\\{name}" if name and domain not in (None, "", "-") else name


def _address(record: Mapping[str, Any]) -> Any:
    """Return the address of the other side; `LOCAL` and the loopback of a local logon name none."""
    value = _first_address(record)
    if not isinstance(value, str) or value in {"::1", "127.0.0.1", "LOCAL"}:
        return None
    return value.removeprefix("::ffff:")


def _outcome(record: Mapping[str, Any]) -> str | None:
    """Return the outcome by the status that Kerberos and NTLM events carry: zero is success."""
    status = record.get("Status")
    if not isinstance(status, str):
        return None
    return "success" if status.lower() in {"0x0", "0x00000000", "0"} else "failure"


_first_address = _said("IpAddress", "ClientAddress", "SourceIp", "SourceAddress")
_LOGON: Derived = {
    "source.ip": _address, "source.domain": _said("WorkstationName", "Workstation"),
    "user.name": _said("TargetUserName"), "user.domain": _said("TargetDomainName"),
    "user.acting.name": _said("SubjectUserName"),
}
_STARTED: Derived = {
    "User": _account, "user.name": _said("SubjectUserName"), "user.domain": _said("SubjectDomainName"),
    "process.pid": _said("NewProcessId"),
}
# ECS: user is who acts, user.target who is acted upon, group the group
# (https://www.elastic.co/docs/reference/ecs/ecs-user-usage).
_ACCOUNT: Derived = {
    "user.name": _said("SubjectUserName"), "user.domain": _said("SubjectDomainName"),
    "user.target.name": _said("TargetUserName"), "user.acting.name": _said("SubjectUserName"),
}
_MEMBER: Derived = {
    **_ACCOUNT, "user.target.name": _said("MemberName", "MemberSid"), "group.name": _said("TargetUserName"),
}
_SERVICE: Derived = {
    "service.name": _said("ServiceName"), "process.executable": _said("ImagePath", "ServiceFileName"),
    "user.name": _said("SubjectUserName", "AccountName"),
}
_CLEARED: Derived = {"user.name": _said("SubjectUserName"), "user.domain": _said("SubjectDomainName")}
_DERIVED: Mapping[str, Derived] = {
    "windows-login": _LOGON, "windows-login-as": _LOGON, "kerberos-login": _LOGON,
    "kerberos-ticket-asked": {**_LOGON, "event.outcome": _outcome},
    "kerberos-service-ticket-asked": {**_LOGON, "event.outcome": _outcome},
    "ntlm-login": {**_LOGON, "event.outcome": _outcome},
    "share-opened": _LOGON, "share-file-asked": _LOGON, "process-started": {},
    "user-added-to-group": _MEMBER, "user-removed-from-group": _MEMBER, "log-cleared": _CLEARED,
    "service-installed": _SERVICE, "task-created": _CLEARED, "task-changed": _CLEARED, "task-deleted": _CLEARED,
    "session-closed": _LOGON, "privileges-assigned": _CLEARED,
} | dict.fromkeys(
    ("user-created", "user-enabled", "user-disabled", "user-deleted", "user-changed", "user-renamed",
     "password-changed", "password-reset", "user-locked-out", "user-unlocked"), _ACCOUNT)
