"""Windows events, however they were exported, as one flat object each with the names that Windows and Sigma use.

`EventID` (a number), `Channel`, `Computer`, `Provider_Name`, `TimeCreated` and the fields of the event's own data as
they are named; values without a name are the list `Data`. What the event's data calls a field never hides what Windows
itself says of the event: the data of EventID 104 has a `Channel` too, that of the log that was cleared. It is kept as
`EventData_Channel`.
"""

import re
from collections.abc import Mapping
from typing import Any

_ATTRIBUTES = "#attributes"
_TEXT = "#text"
_SPACED = re.compile(r"\w+(?: \w+)+\Z")

Flat = dict[str, Any]


def flat_system(record: Mapping[str, Any]) -> Flat | None:
    """Return an event that an EVTX decoder wrote; None for no such object.

    Its parts: `Event.System`, `EventData`, `UserData`.
    """
    event = record.get("Event")
    system = event.get("System") if isinstance(event, dict) else None
    if not isinstance(event, dict) or not isinstance(system, dict):
        return None
    flat: Flat = {}
    for part in ("EventData", "UserData", "ProcessingErrorData"):
        if part in event:
            _data(event[part], flat)
    _system(system, flat)
    return flat


def flat_winlog(record: Mapping[str, Any]) -> Flat | None:
    """Return an event of Winlogbeat 7 or 8; None for no such object.

    The ECS fields that it wrote stay.
        https://www.elastic.co/docs/reference/beats/winlogbeat/exported-fields-winlog
    """
    log = record.get("winlog")
    if not isinstance(log, dict) or "channel" not in log:
        return None
    flat = dict(record)
    for part in ("event_data", "user_data"):
        _data(log.get(part), flat)
    user = log.get("user")
    if isinstance(user, dict) and "user" not in record:  # the account that wrote the event, under NXLog's names for it
        for name, theirs in (("AccountName", "name"), ("Domain", "domain"), ("UserID", "identifier")):
            flat.setdefault(name, user.get(theirs))
    event = record.get("event")
    code = log.get("event_id", event.get("code") if isinstance(event, dict) else None)
    said = {
        "EventID": _number(code),
        "Channel": log.get("channel"),
        "Computer": log.get("computer_name"),
        "Provider_Name": log.get("provider_name"),
        "EventRecordID": log.get("record_id"),
        "TimeCreated": record.get("@timestamp"),
    }
    for name, value in said.items():
        if value is not None:
            if name in flat:
                flat[f"EventData_{name}"] = flat[name]
            flat[name] = value
    return flat


# Other exporters' names of what Windows says of an event: NXLog (https://docs.nxlog.co/refman/current/im/msvistalog.html),
# and Get-WinEvent through ConvertTo-Json (System.Diagnostics.Eventing.Reader.EventLogRecord).
_NAMES = (
    ("EventID", ("EventID", "Id", "EventId")),
    ("Channel", ("Channel", "LogName")),
    ("Computer", ("Computer", "Hostname", "MachineName", "ComputerName")),
    ("Provider_Name", ("Provider_Name", "SourceName", "ProviderName")),
    ("EventRecordID", ("EventRecordID", "RecordNumber", "RecordId")),
    ("TimeCreated", ("@timestamp", "TimeCreated", "EventTime", "SystemTime")),
    ("Data", ("Data", "Message")),  # where no values are kept apart, they stand in the message
)


# Where the time of a record stands, the surest first, and what is to be written behind it.
TIMES = {"@timestamp": "", "TimeCreated": "", "UtcTime": "Z", "EventTime": "", "SystemTime": ""}


def flat_flat(record: Mapping[str, Any]) -> Flat | None:
    """Return an event that was exported flat already; None for no such object."""
    flat = dict(record)
    for name, others in _NAMES:
        for other in others:
            value = record.get(other)
            if value is not None:
                flat[name] = value
                break
    utc = record.get("UtcTime")
    if isinstance(utc, str) and "@timestamp" not in record and "TimeCreated" not in record:
        flat["TimeCreated"] = f"{utc}Z"  # Sysmon's own time is surer than the exporter's clock without a zone
    flat["EventID"] = _number(flat.get("EventID"))
    if flat["EventID"] is None or not isinstance(flat.get("Channel"), str):
        return None
    for name in [n for n in record if " " in n]:
        _name(name, record[name], flat)
    return flat


def _system(system: Mapping[str, Any], flat: Flat) -> None:
    for name, value in system.items():
        if name in flat:
            flat[f"EventData_{name}"] = flat[name]
        if isinstance(value, dict):
            attributes = value.get(_ATTRIBUTES)
            if name == "EventID":
                flat[name] = value.get(_TEXT)
            elif isinstance(attributes, dict):
                for attribute, said in attributes.items():
                    flat[f"{name}_{attribute}"] = said
        elif value is not None:
            flat[name] = value
    flat["EventID"] = _number(flat.get("EventID"))
    if (time := flat.pop("TimeCreated_SystemTime", None)) is not None:
        flat["TimeCreated"] = time


def _data(data: Any, flat: Flat) -> None:
    """Add the fields of an event's data; the wrapper of UserData (`LogFileCleared`...) falls away."""
    if not isinstance(data, dict):
        if data not in (None, ""):
            flat["Data"] = data
        return
    todo = [data]
    while todo:
        for name, value in todo.pop().items():
            if name == _ATTRIBUTES:
                if isinstance(value, dict) and "Name" in value:
                    flat["EventData_Name"] = value["Name"]
            elif name == "Data" and isinstance(value, list):
                _values(value, flat)
            elif isinstance(value, dict) and _TEXT not in value and name != "Data":
                todo.append(value)
            else:
                _name(name, value.get(_TEXT) if isinstance(value, dict) else value, flat)


def _values(values: list[Any], flat: Flat) -> None:
    """Add `Data` elements that a decoder left as they are: named ones by their name, the others as a list."""
    unnamed = []
    for value in values:
        attributes = value.get(_ATTRIBUTES) if isinstance(value, dict) else None
        if isinstance(attributes, dict) and isinstance(attributes.get("Name"), str):
            _name(attributes["Name"], value.get(_TEXT), flat)
        else:
            unnamed.append(value.get(_TEXT) if isinstance(value, dict) else value)
    if unnamed:
        flat["Data"] = unnamed


def _name(name: str, value: Any, flat: Flat) -> None:
    if value is None or value == {}:
        return
    flat[name] = value
    if " " in name and _SPACED.match(name):
        flat[name.replace(" ", "")] = value  # Defender's `Threat Name` is ThreatName in rules


def _number(value: Any) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool):
        return value
    if isinstance(value, str) and len(value) < 10 and value.isascii() and value.isdigit():
        return int(value)
    return None
