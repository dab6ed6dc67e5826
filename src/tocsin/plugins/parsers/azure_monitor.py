"""Azure logs as diagnostic settings send them (Event Hubs, storage): `category`, `operationName`, `properties`.

Sign-in categories and AuditLogs read as from Microsoft Graph, whose resources are their `properties`. The categories of
the activity log are a table of their own (`activitylogs`), risk events another (`riskdetection`). Other categories are
tables by their name, without a rule's log source.

Misses: resource logs without a category.

See: https://learn.microsoft.com/azure/azure-monitor/platform/resource-logs-schema
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tocsin.formats.addresses import address
from tocsin.formats.entra import table
from tocsin.kit import Batch, Chunk, Columns, Derived, LogSource, Table, Wanted, parser

_SIGN_INS = frozenset(
    {
        "SignInLogs",
        "NonInteractiveUserSignInLogs",
        "ServicePrincipalSignInLogs",
        "ManagedIdentitySignInLogs",
        "ADFSSignInLogs",
    }
)
_ACTIVITY = frozenset(
    {
        "Administrative",
        "Security",
        "ServiceHealth",
        "Alert",
        "Recommendation",
        "Policy",
        "Autoscale",
        "ResourceHealth",
        "Write",
        "Delete",
        "Action",
    }
)
_RISK = frozenset({"UserRiskEvents", "RiskyUsers", "ServicePrincipalRiskEvents", "RiskyServicePrincipals"})


@parser(
    frame="json",
    keys=("time", "category", "operationName", "properties"),
    product="azure",
    what="Azure diagnostic log",
    weight=45,
)
def azure_monitor(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read logs that a diagnostic setting of Azure sent."""
    groups: dict[str, list[int]] = {}
    records = [_merged(record) for record in chunk.objects or ()]
    for index, record in enumerate(records):
        groups.setdefault(str(record.get("category")), []).append(index)
    return Batch(tables=[_table(chunk, name, rows, [records[i] for i in rows]) for name, rows in groups.items()])


def _merged(record: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return the record with its properties beside it; the envelope's own names win, `properties` stays."""
    properties = record.get("properties")
    return {**properties, **record} if isinstance(properties, dict) else record


def _table(chunk: Chunk, category: str, rows: Sequence[int], records: Sequence[Mapping[str, Any]]) -> Table:
    if category in _SIGN_INS or category == "AuditLogs":
        inner = [{**r, **p} if isinstance(p := r.get("properties"), dict) else r for r in records]
        return table(chunk, rows, inner, is_sign_in=category in _SIGN_INS)
    service = {"activitylogs": _ACTIVITY, "riskdetection": _RISK}
    services = frozenset(name for name, categories in service.items() if category in categories)
    return Table(
        what=f"Azure {category}",
        logsource=LogSource("azure", frozenset(), services),
        same={"cloud.provider": "azure"},
        numbers=[chunk.numbers[i] for i in rows],
        texts=[chunk.texts[i] for i in rows],
        clock="iso_utc",
        times=[t if isinstance(t := r.get("time"), str) else None for r in records],
        columns=Columns(records, _DERIVED),
    )


def _outcome(record: Mapping[str, Any]) -> str | None:
    words = {"success": "success", "succeeded": "success", "0": "success", "failure": "failure", "failed": "failure"}
    return words.get(str(record.get("resultType", record.get("status"))).lower())


_DERIVED: Derived = {
    "source.ip": lambda record: address(record.get("callerIpAddress")),
    "user.name": lambda record: record.get("caller") or record.get("userPrincipalName"),
    "event.action": lambda record: record.get("operationName"),
    "event.outcome": _outcome,
    "OperationNameValue": lambda record: record.get("operationName"),
    "CategoryValue": lambda record: record.get("category"),
    "ResourceId": lambda record: record.get("resourceId"),
}
