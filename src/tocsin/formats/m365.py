"""Microsoft 365 audit records as tables, however they were exported.

Schema: https://learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-schema
Times are UTC though they name no zone (CreationTime there). Lists of names and values also become fields:
`Parameters.ForwardTo`.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from tocsin.formats.addresses import address, port
from tocsin.formats.json_records import decode
from tocsin.kit import Batch, Chunk, Columns, Derived, LogSource, Refused, Table

_LOGINS = frozenset({"UserLoggedIn", "UserLoginFailed"})
# What Sigma's rules for m365 call the alerts of Defender and of the compliance centre.
_ALERTS = frozenset({"securitycompliancecenter", "threatintelligence", "cloudappsecurity"})
_NAMED_LISTS = ("Parameters", "ExtendedProperties", "OperationProperties", "DeviceProperties", "ModifiedProperties")


def batch(chunk: Chunk, records: Iterator[Mapping[str, Any] | str]) -> Batch:
    """Return records as tables by workload.

    A text stands for a row that is refused, and says why.
    """
    groups: dict[tuple[str, bool], tuple[list[int], list[Mapping[str, Any]]]] = {}
    refused: list[Refused] = []
    for index, record in enumerate(records):
        if isinstance(record, str):
            refused.append(Refused(chunk.numbers[index], record))
            continue
        key = (str(record.get("Workload") or ""), _is_login(record))
        rows, found = groups.setdefault(key, ([], []))
        rows.append(index)
        found.append(_spread(record))
    tables = [_table(chunk, key, rows, found) for key, (rows, found) in groups.items()]
    return Batch(tables=tables, refused=refused)


def with_audit_data(row: Mapping[str, Any], name: str = "AuditData") -> Mapping[str, Any] | str:
    """Return an exported row with its AuditData merged in, or why there is none."""
    data = row.get(name)
    if isinstance(data, str):
        try:
            data = decode(data)
        except ValueError as error:
            return f"{name} is {error}"
    if not isinstance(data, dict):
        return f"{name} is no JSON object"
    merged = {key: value for key, value in row.items() if key != name}
    for ours, theirs in (("Operation", "Operations"), ("UserId", "UserIds"), ("CreationTime", "CreationDate")):
        if row.get(theirs):
            merged.setdefault(ours, row[theirs])
    return {**merged, **data}


def _spread(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the record with a field for each entry of its lists of names and values."""
    made: dict[str, Any] = {}
    for listed in _NAMED_LISTS:
        entries = record.get(listed)
        if not isinstance(entries, list):
            continue
        for entry in entries:
            name = entry.get("Name") if isinstance(entry, dict) else None
            if not isinstance(name, str) or not name:
                continue
            made[f"{listed}.{name}"] = entry.get("NewValue", entry.get("Value"))
            if "OldValue" in entry:
                made[f"{listed}.{name}.OldValue"] = entry["OldValue"]
    return {**record, **made} if made else record


def _table(
    chunk: Chunk,
    key: tuple[str, bool],
    rows: Sequence[int],
    records: Sequence[Mapping[str, Any]],
) -> Table:
    workload, is_login = key
    services = {"audit", workload.lower()} if workload else {"audit"}
    if workload.lower() in _ALERTS:
        services |= {"threat_management", "threat_detection"}
    times = [r.get("CreationTime") or r.get("CreationDate") or r.get("createdDateTime") for r in records]
    return Table(
        what=f"Microsoft 365 {workload}".strip(),
        logsource=LogSource("m365", frozenset({"authentication"} if is_login else ()), frozenset(services)),
        numbers=[chunk.numbers[i] for i in rows],
        texts=[chunk.texts[i] for i in rows],
        clock="iso_utc",
        times=[time if isinstance(time, str) else None for time in times],
        columns=Columns(records, _DERIVED),
    )


def _is_login(record: Mapping[str, Any]) -> bool:
    value = record.get("Operation")
    return isinstance(value, str) and value in _LOGINS


def _client(record: Mapping[str, Any]) -> Any:
    for name in ("ClientIP", "ActorIpAddress", "ClientIPAddress", "clientIp", "SenderIp"):
        if address(record.get(name)) is not None:
            return record[name]
    return None


def _user(record: Mapping[str, Any]) -> Any:
    if record.get("EntityType") == "User" and record.get("AlertEntityId"):
        return record["AlertEntityId"]  # an alert is about its entity; UserId only names the alerting service
    value = record.get("UserId")
    return None if value in ("", "Not Available", "Unknown") else value


def _action(record: Mapping[str, Any]) -> Any:
    return "entra-login" if _is_login(record) else record.get("Operation")


def _outcome(record: Mapping[str, Any]) -> str | None:
    if record.get("Operation") == "UserLoginFailed":
        return "failure"
    status = str(record.get("ResultStatus", "")).lower()
    if status in {"success", "succeeded", "true", "partiallysucceeded"}:
        return "success"
    return "failure" if status in {"failed", "failure", "false"} else None


def _target(record: Mapping[str, Any]) -> Any:
    """Return the user that a change in the directory was made to: ObjectId is its principal name there."""
    value = record.get("ObjectId")
    is_user = record.get("Workload") == "AzureActiveDirectory" and isinstance(value, str) and "@" in value
    return value if is_user else None


def _application(record: Mapping[str, Any]) -> Any:
    """Return the application that was consented to: the target whose type is 1, a name (schema: TargetType)."""
    targets = record.get("Target")
    if not str(record.get("Operation")).startswith("Consent to application") or not isinstance(targets, list):
        return None
    return next((t.get("ID") for t in targets if isinstance(t, dict) and t.get("Type") == 1), None)


def _type(record: Mapping[str, Any]) -> str | None:
    value = record.get("RecordType")
    return None if value is None else str(value)


def _name(record: Mapping[str, Any]) -> Any:
    return record.get("Name") if record.get("Workload") == "SecurityComplianceCenter" else record.get("Operation")


def _agent(record: Mapping[str, Any]) -> Any:
    return record.get("UserAgent") or record.get("ExtendedProperties.UserAgent") or record.get("ClientInfoString")


_DERIVED: Derived = {
    "source.ip": lambda record: address(_client(record)),
    "source.port": lambda record: port(_client(record)),
    "user.name": _user,
    "user.id": lambda record: record.get("UserKey"),
    "user.target.name": _target,
    "event.code": _type,
    "application.name": _application,
    "event.action": _action,
    "event.outcome": _outcome,
    "user_agent.original": _agent,
    "event.reason": lambda record: record.get("LogonError") or record.get("ResultStatusDetail"),
    "eventSource": lambda record: record.get("Workload"),
    "eventName": _name,
    "status": lambda record: _outcome(record) or ("success" if record.get("AlertId") else None),
}
