"""Kubernetes audit events (`audit.k8s.io/v1`): who asked the API server for what, and what it answered.

The names are the API's own, nested ones with dots (`verb`, `objectRef.resource`, `user.username`,
`responseStatus.code`). `event.outcome` is failure where the answer's code is 400 or more. What a request to make a pod
asks for stands beside them as rules call it: `capabilities`, `hostPath`, `apiGroup`.

Misses: what the cluster's audit policy leaves out; stages other than the last repeat a request.

See: https://kubernetes.io/docs/reference/config-api/apiserver-audit.v1/
"""

from collections.abc import Iterator, Mapping
from typing import Any

from tocsin.formats.addresses import address
from tocsin.formats.kinds import Kind, of_objects, says
from tocsin.formats.logsources import logsource
from tocsin.kit import Batch, Chunk, Derived, Wanted, parser
from tocsin.kit.parse import dig


def _outcome(record: Mapping[str, Any]) -> str | None:
    code = dig(record, ("responseStatus", "code"))
    if isinstance(code, int) and not isinstance(code, bool):
        return "failure" if code >= 400 else "success"
    return None


def _source(record: Mapping[str, Any]) -> str | None:
    given = record.get("sourceIPs")
    return address(given[0]) if isinstance(given, list) and given else None


def _objects(value: Any) -> Iterator[Mapping[str, Any]]:
    """Yield the objects of a list, none for what is no list."""
    return (one for one in value if isinstance(one, dict)) if isinstance(value, list) else iter(())


def _added(record: Mapping[str, Any]) -> list[Any] | None:
    containers = _objects(dig(record, ("requestObject", "spec", "containers")))
    found = (dig(one, ("securityContext", "capabilities", "add")) for one in containers)
    return [name for added in found if isinstance(added, list) for name in added] or None


def _paths(record: Mapping[str, Any]) -> list[Any] | None:
    volumes = _objects(dig(record, ("requestObject", "spec", "volumes")))
    return [path for one in volumes if (path := dig(one, ("hostPath", "path"))) is not None] or None


_DERIVED: Derived = {
    "source.ip": _source,
    "user.name": says("user.username"),
    "user.effective.name": says("impersonatedUser.username"),
    "user_agent.original": says("userAgent"),
    "url.original": says("requestURI"),
    "event.action": says("verb"),
    "event.outcome": _outcome,
    "apiGroup": says("objectRef.apiGroup"),
    "capabilities": _added,
    "hostPath": _paths,
}


@parser(
    frame="json",
    keys=("auditID", "stage", "verb"),
    product="kubernetes",
    category="application",
    service="audit",
    what="Kubernetes audit",
    weight=45,
)
def kubernetes_audit(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read audit events of a Kubernetes API server."""
    kind = Kind(
        what="Kubernetes audit",
        logsource=logsource("cloud", "kubernetes"),
        time="requestReceivedTimestamp",
        clock="iso_utc",
        derived=_DERIVED,
    )
    return of_objects(chunk, lambda _: kind)
