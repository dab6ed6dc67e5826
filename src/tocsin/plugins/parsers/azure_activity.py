"""Azure's activity log as `az monitor activity-log list`, the REST API and the portal give it.

What was done to which resource, by whom (`caller`), from where. `operationName`, `category`, `status` and
`resourceProviderName` are objects of `value` and `localizedValue` there; their value stands under the plain name, as
the diagnostic setting writes it and Sigma's `activitylogs` rules use it. `event.outcome` is decided by Succeeded and
Failed.

Misses: changes within a resource (the data plane), which resource logs hold.

See: https://learn.microsoft.com/azure/azure-monitor/platform/activity-log-schema
https://learn.microsoft.com/rest/api/monitor/activity-logs/list
"""

from collections.abc import Callable, Mapping
from typing import Any

from tocsin.formats.addresses import address
from tocsin.formats.kinds import Kind, of_objects, says
from tocsin.formats.logsources import logsource
from tocsin.kit import Batch, Chunk, Derived, Wanted, parser

_OUTCOMES = {"succeeded": "success", "success": "success", "failed": "failure", "failure": "failure"}
_CLIENT = says("httpRequest.clientIpAddress", "claims.ipaddr")


def _value(name: str) -> Callable[[Mapping[str, Any]], Any]:
    def read(record: Mapping[str, Any]) -> Any:
        given = record.get(name)
        return given.get("value") if isinstance(given, dict) else given

    return read


_OPERATION, _STATUS = _value("operationName"), _value("status")
_DERIVED: Derived = {
    "source.ip": lambda record: address(_CLIENT(record)),
    "user.name": says("caller"),
    "cloud.account.id": says("subscriptionId"),
    "event.action": _OPERATION,
    "event.outcome": lambda record: _OUTCOMES.get(str(_STATUS(record)).lower()),
    "operationName": _OPERATION,
    "OperationNameValue": _OPERATION,
    "category": _value("category"),
    "CategoryValue": _value("category"),
    "status": _STATUS,
    "resourceProviderName": _value("resourceProviderName"),
    "ResourceProviderValue": _value("resourceProviderName"),
    "ResourceId": says("resourceId"),
}


@parser(
    frame="json",
    keys=("eventTimestamp", "operationName", "resourceId"),
    product="azure",
    service="activitylogs",
    what="Azure activity",
    weight=50,
)
def azure_activity(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read Azure's activity log."""
    kind = Kind(
        what="Azure activity",
        logsource=logsource("cloud", "azure_activity"),
        time="eventTimestamp",
        clock="iso_utc",
        derived=_DERIVED,
        same={"cloud.provider": "azure"},
    )
    return of_objects(chunk, lambda _: kind)
