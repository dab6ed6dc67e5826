"""Google Cloud audit logs (Cloud Logging's LogEntry with `protoPayload`), Google Workspace's among them.

Who called which method of which service on what, from where. Names are Google's own, nested ones with dots; those that
Sigma's `gcp.audit` rules use stand beside them (`gcp.audit.method_name`, `data.protoPayload...`). Records of
admin.googleapis.com and login.googleapis.com serve `google_workspace.admin` and `google_workspace.login`, with the
event's name and its parameters as fields (`eventName`, `setting_name`, `new_value`). `event.outcome` is failure where
`status.code` is not 0, or a permission was not granted.

Misses: entries without protoPayload (they are application logs); the Workspace Reports API's own shape.

See: https://cloud.google.com/logging/docs/audit/understanding-audit-logs
https://cloud.google.com/logging/docs/audit/gsuite-audit-logging
"""

from collections.abc import Mapping
from typing import Any

from tocsin.formats.addresses import address
from tocsin.formats.kinds import Kind, each, first, of_objects, says
from tocsin.formats.logsources import logsource
from tocsin.kit import Batch, Chunk, Derived, Wanted, parser
from tocsin.kit.parse import dig

_WORKSPACE = {"admin.googleapis.com": "google_workspace_admin", "login.googleapis.com": "google_workspace_login"}
_CALLER, _METHOD = says("protoPayload.requestMetadata.callerIp"), says("protoPayload.methodName")
_SERVICE = says("protoPayload.serviceName")


def _authorization(record: Mapping[str, Any]) -> Any:
    return dig(record, ("protoPayload", "authorizationInfo"))


def _outcome(record: Mapping[str, Any]) -> str:
    granted = each(_authorization(record), "granted")
    code = dig(record, ("protoPayload", "status", "code"))
    return "failure" if code not in (None, 0) or (granted is not None and False in granted) else "success"


def _events(record: Mapping[str, Any]) -> Any:
    return dig(record, ("protoPayload", "metadata", "event"))


def _parameter(name: str) -> Any:
    """Return a reader of a parameter of the first Workspace event."""

    def read(record: Mapping[str, Any]) -> Any:
        given = first(_events(record)).get("parameter")
        found = [one for one in given if isinstance(one, dict)] if isinstance(given, list) else []
        return next((one.get("value") for one in found if str(one.get("name")).lower() == name), None)

    return read


_USER, _AFFECTED = _parameter("user_email"), _parameter("affected_email_address")
_AUDIT: Derived = {
    "source.ip": lambda record: address(_CALLER(record)),
    "user.name": says(
        "protoPayload.authenticationInfo.principalEmail", "protoPayload.authenticationInfo.principalSubject"
    ),
    "user_agent.original": says("protoPayload.requestMetadata.callerSuppliedUserAgent"),
    "cloud.account.id": says("resource.labels.project_id"),
    "cloud.service.name": _SERVICE,
    "api.operation": _METHOD,
    "event.action": _METHOD,
    "event.outcome": _outcome,
    "gcp.audit.method_name": _METHOD,
    "gcp.audit.service_name": _SERVICE,
    "data.protoPayload.methodName": _METHOD,
    "data.protoPayload.serviceName": _SERVICE,
    "data.protoPayload.logName": says("logName"),
    "data.protoPayload.resource.type": says("resource.type"),
    "data.protoPayload.authorizationInfo.permission": lambda r: each(_authorization(r), "permission"),
    "data.protoPayload.authorizationInfo.granted": lambda r: each(_authorization(r), "granted"),
}
_EVENT: Derived = {
    **_AUDIT,
    "event.action": lambda record: first(_events(record)).get("eventName"),
    "eventName": lambda record: each(_events(record), "eventName"),
    "eventService": _SERVICE,
    "protoPayload.metadata.event.eventName": lambda record: each(_events(record), "eventName"),
    "protoPayload.Servicename": _SERVICE,
    "setting_name": _parameter("setting_name"),
    "new_value": _parameter("new_value"),
    "old_value": _parameter("old_value"),
    "user.target.name": lambda record: _USER(record) or _AFFECTED(record),
}


@parser(
    frame="json",
    keys=("protoPayload", "logName"),
    product="gcp",
    service="gcp.audit",
    what="Google Cloud audit",
    weight=50,
)
def gcp_audit(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read audit records of Google Cloud."""
    kinds = {
        name: Kind(
            what=what,
            logsource=logsource("cloud", name),
            time="timestamp",
            clock="iso_utc",
            derived=derived,
            same={"cloud.provider": "gcp"},
        )
        for name, what, derived in (
            ("gcp_audit", "Google Cloud audit", _AUDIT),
            ("google_workspace_admin", "Google Workspace admin", _EVENT),
            ("google_workspace_login", "Google Workspace login", _EVENT),
        )
    }

    def kind(record: Mapping[str, Any]) -> Kind | None:
        if not isinstance(record["protoPayload"], dict):
            return None
        return kinds[_WORKSPACE.get(str(_SERVICE(record)), "gcp_audit")]

    return of_objects(chunk, kind)
