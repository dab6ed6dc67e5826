"""Microsoft Entra sign-ins and directory audits as tables, from Graph, Azure Monitor or the portal.

The fields are those of Graph's resources; names of Azure Monitor's tables, which Sigma's rules use, are derived.
https://learn.microsoft.com/graph/api/resources/signin , .../directoryaudit ;
https://learn.microsoft.com/azure/azure-monitor/reference/tables/signinlogs , .../auditlogs
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tocsin.formats.addresses import address
from tocsin.kit import Chunk, Columns, Derived, LogSource, Table
from tocsin.kit.parse import dig

SIGN_IN = LogSource("azure", frozenset({"authentication"}), frozenset({"signinlogs"}))
AUDIT = LogSource("azure", frozenset(), frozenset({"auditlogs"}))
# Codes that only ask the user for something more; the sign-in goes on, and neither succeeded nor failed
# (https://learn.microsoft.com/entra/identity-platform/reference-error-codes).
_INTERRUPTS = frozenset(
    {50055, 50058, 50072, 50074, 50076, 50079, 50097, 50125, 50127, 50129, 50140, 50144, 50203, 65001, 65004, 81010}
)
Record = Mapping[str, Any]


def table(chunk: Chunk, rows: Sequence[int], records: Sequence[Record], *, is_sign_in: bool) -> Table:
    """Return sign-ins or audits as a table; `rows` are their indexes in the chunk."""
    times = [_first(record, _TIMES) for record in records]
    return Table(
        what="Entra sign-in" if is_sign_in else "Entra audit",
        logsource=SIGN_IN if is_sign_in else AUDIT,
        same={"event.action": "entra-login", "cloud.provider": "azure"} if is_sign_in else {"cloud.provider": "azure"},
        numbers=[chunk.numbers[i] for i in rows],
        texts=[chunk.texts[i] for i in rows],
        clock="iso_utc",
        times=[time if isinstance(time, str) else None for time in times],
        columns=Columns(records, _SIGN_IN if is_sign_in else _AUDIT),
    )


_TIMES = ("createdDateTime", "activityDateTime", "time", "Date (UTC)", "Date")


def _first(record: Record, names: Sequence[str]) -> Any:
    return next((record[name] for name in names if record.get(name) not in (None, "")), None)


def _at(*paths: str) -> Callable[[Record], Any]:
    """Return a reader of the first path that says something."""
    steps = [(path, path.split(".")) for path in paths]

    def read(record: Record) -> Any:
        for path, walk in steps:
            value = record.get(path)
            if value is None and len(walk) > 1:
                value = dig(record, walk)
            if value not in (None, "", "<null>"):
                return value
        return None

    return read


_code = _at("status.errorCode", "resultType", "Sign-in error code")
_status = _at("Status")
_reason = _at("status.failureReason", "resultDescription", "Failure reason")
_ip = _at("ipAddress", "callerIpAddress", "IP address", "initiatedBy.user.ipAddress")
_place = _at("location.countryOrRegion", "location", "Location")


def _number(record: Record) -> int | None:
    value = _code(record)
    if isinstance(value, str) and len(value) < 10 and value.isascii() and value.isdigit():
        return int(value)
    return value if isinstance(value, int) else None


def _outcome(record: Record) -> str | None:
    code = _number(record)
    if code is not None:
        return "success" if code == 0 else "unknown" if code in _INTERRUPTS else "failure"
    status = _status(record)
    return {"success": "success", "failure": "failure", "interrupted": "unknown"}.get(str(status).lower())


def _status_word(record: Record) -> str | None:
    return {"success": "Success", "failure": "Failure", "unknown": "Interrupted"}.get(_outcome(record) or "")


def _country(record: Record) -> str | None:
    """Return the country's two letters: its own field, or the end of the portal's `Berlin, Berlin, DE`."""
    value = _place(record)
    code = value.rpartition(",")[2].strip() if isinstance(value, str) else ""
    return code.upper() if len(code) == 2 and code.isascii() and code.isalpha() else None


def _target(record: Record, kind: str, name: str) -> Any:
    targets = record.get("targetResources")
    for target in targets if isinstance(targets, list) else ():
        if isinstance(target, dict) and target.get("type") == kind and target.get(name):
            return target[name]
    return None


def _targets(*names: str) -> Callable[[Record], Any]:
    """Return a reader of what all targets say under a path of lists of objects; None where none says it."""

    def read(record: Record) -> Any:
        found: list[Any] = [record.get("targetResources")]
        for name in names:
            found = [
                inner.get(name)
                for outer in found
                for inner in (outer if isinstance(outer, list) else [outer])
                if isinstance(inner, dict)
            ]
        said = [value for value in found if value is not None]
        return said or None

    return read


def _details(record: Record) -> Any:
    details = record.get("additionalDetails")
    if not isinstance(details, list):
        return None
    return [str(d.get("value")) for d in details if isinstance(d, dict)] or None


def _audit_outcome(record: Record) -> str | None:
    return {"success": "success", "failure": "failure"}.get(str(record.get("result", "")).lower())


def _application(record: Record) -> Any:
    return _target(record, "ServicePrincipal", "displayName") or _target(record, "Application", "displayName")


_SIGN_IN: Derived = {
    "source.ip": lambda record: address(_ip(record)),
    "source.geo.country_iso_code": _country,
    "user.name": _at("userPrincipalName", "Username", "servicePrincipalName"),
    "user.id": _at("userId", "User ID", "servicePrincipalId"),
    "application.name": _at("appDisplayName", "Application"),
    "user_agent.original": _at("userAgent", "User agent"),
    "userAgent": _at("userAgent", "User agent"),
    "event.outcome": _outcome,
    "error.code": _number,
    "event.reason": lambda record: None if _outcome(record) == "success" else _reason(record),
    "ResultType": _number,
    "ResultDescription": _reason,
    "Status": _status_word,
    "Username": _at("userPrincipalName", "Username"),
    "AuthenticationRequirement": _at("authenticationRequirement", "Authentication requirement"),
    "ConditionalAccessStatus": _at("conditionalAccessStatus", "Conditional Access"),
    "ClientApp": _at("clientAppUsed", "Client app"),
    "ClientAppUsed": _at("clientAppUsed", "Client app"),
    "ResourceDisplayName": _at("resourceDisplayName", "Resource"),
    "RiskState": _at("riskState"),
    "DeviceDetail.deviceId": _at("deviceDetail.deviceId", "Device ID"),
    "DeviceDetail.isCompliant": _at("deviceDetail.isCompliant", "Compliant"),
    "DeviceDetail.trusttype": _at("deviceDetail.trustType", "Join Type"),
    "NetworkLocationDetails": _at("networkLocationDetails"),
    "Location": _country,
    "properties.message": _at("authenticationProtocol", "Authentication Protocol"),
}
_activity = _at("activityDisplayName", "operationName", "Activity")
_AUDIT: Derived = {
    "source.ip": lambda record: address(_ip(record)),
    "user.name": _at("initiatedBy.user.userPrincipalName", "initiatedBy.app.displayName", "identity"),
    "user.id": _at("initiatedBy.user.id", "initiatedBy.app.servicePrincipalId"),
    "user.target.name": lambda record: _target(record, "User", "userPrincipalName"),
    "group.name": lambda record: _target(record, "Group", "displayName"),
    "application.name": _application,
    "event.action": _activity,
    "event.outcome": _audit_outcome,
    "event.reason": _at("resultReason"),
    "api.operation": _activity,
    "OperationName": _activity,
    "operationName": _activity,
    "ActivityDisplayName": _activity,
    "properties.message": _activity,
    "activityType": _activity,
    "Category": _at("category"),
    "LoggedByService": _at("loggedByService"),
    "Status": _at("result"),
    "properties.result": _at("result"),
    "Initiatedby": _at("initiatedBy.user.userPrincipalName"),
    "targetResources.type": _targets("type"),
    "Target": _targets("displayName"),
    "TargetResources": lambda record: record.get("targetResources"),
    "properties.targetResources": lambda record: record.get("targetResources"),
    "TargetResources.modifiedProperties": _targets("modifiedProperties"),
    "TargetResources.modifiedProperties.newValue": _targets("modifiedProperties", "newValue"),
    "TargetResources.ModifiedProperties.NewValue": _targets("modifiedProperties", "newValue"),
    "TargetResources.ModifiedProperties.DisplayName": _targets("modifiedProperties", "displayName"),
    "additionalDetails.additionalInfo": _details,
}
