"""Okta's System Log as its API, its log streams and its exports give it: `eventType`, `actor`, `client`, `outcome`.

Who did what to whom, from which address, and how it ended. The names are Okta's own, nested ones with dots, as Sigma's
`okta` service uses them; `target.displayName`, `target.alternateId` and `target.type` are the lists of all targets.
`event.action` is eventType, `okta-login` for user.session.start; `event.outcome` follows `outcome.result`, where only
SUCCESS, ALLOW, FAILURE and DENY decide.

Misses: event hooks, which wrap events in `data.events`; the country as a code (Okta writes its name).

See: https://developer.okta.com/docs/api/openapi/okta-management/management/tag/SystemLog/
"""

from collections.abc import Mapping
from typing import Any

from tocsin.formats.addresses import address
from tocsin.formats.kinds import Kind, each, of_objects, says
from tocsin.formats.logsources import logsource
from tocsin.kit import Batch, Chunk, Wanted, parser

_OUTCOMES = {"SUCCESS": "success", "ALLOW": "success", "FAILURE": "failure", "DENY": "failure"}
_ACTIONS = {"user.session.start": "okta-login"}
_ADDRESS, _RESULT = says("client.ipAddress"), says("outcome.result")


def _action(record: Mapping[str, Any]) -> Any:
    kind = record.get("eventType")
    return _ACTIONS.get(kind, kind) if isinstance(kind, str) else None


_DERIVED = {
    "source.ip": lambda record: address(_ADDRESS(record)),
    "user.name": says("actor.alternateId", "actor.displayName"),
    "user.id": says("actor.id"),
    "user.target.name": lambda r: next(iter(_of_users(r.get("target"))), None),
    "application.name": lambda r: next(iter(_of_applications(r.get("target"))), None),
    "user_agent.original": says("client.userAgent.rawUserAgent"),
    "source.geo.country_name": says("client.geographicalContext.country"),
    "event.action": _action,
    "event.outcome": lambda record: _OUTCOMES.get(str(_RESULT(record)).upper()),
    "event.reason": says("outcome.reason"),
    "message": says("displayMessage"),
    "target.displayName": lambda record: each(record.get("target"), "displayName"),
    "target.alternateId": lambda record: each(record.get("target"), "alternateId"),
    "target.type": lambda record: each(record.get("target"), "type"),
}


def _of_users(targets: Any) -> list[Any]:
    users = [t for t in targets if isinstance(t, dict) and t.get("type") == "User"] if isinstance(targets, list) else []
    return each(users, "alternateId") or []


def _of_applications(targets: Any) -> list[Any]:
    known = (
        [t for t in targets if isinstance(t, dict) and t.get("type") == "AppInstance"]
        if isinstance(targets, list)
        else []
    )
    return each(known, "displayName") or []


@parser(
    frame="json",
    keys=("eventType", "published", "actor", "outcome"),
    product="okta",
    service="okta",
    what="Okta System Log",
    weight=50,
)
def okta_system(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read events of Okta's System Log."""
    kind = Kind(what="Okta", logsource=logsource("cloud", "okta"), time="published", clock="iso_utc", derived=_DERIVED)
    return of_objects(chunk, lambda _: kind)
