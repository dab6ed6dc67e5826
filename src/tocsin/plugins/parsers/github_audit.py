"""GitHub's audit log of an organisation or enterprise: REST API, export and log streaming.

What was done (`action`), by whom (`actor`), in which `org` and `repo`. The names are GitHub's own, as Sigma's service
`audit` uses them. The time is `@timestamp`, milliseconds since 1970. GitHub names the actor's address only where the
enterprise turned that on (`actor_ip`).

Misses: the outcome, which the log does not tell; git events of other hosts (GitLab, Bitbucket).

See: https://docs.github.com/en/rest/orgs/orgs#get-the-audit-log-for-an-organization
https://docs.github.com/en/organizations/keeping-your-organization-secure/managing-security-settings-for-your-organization/audit-log-events-for-your-organization
"""

from tocsin.formats.addresses import address
from tocsin.formats.kinds import Kind, of_objects, says
from tocsin.formats.logsources import logsource
from tocsin.kit import Batch, Chunk, Derived, Wanted, parser

_MARKS = ("_document_id", "org", "business", "operation_type", "repo", "org_id")
_DERIVED: Derived = {
    "source.ip": lambda record: address(record.get("actor_ip")),
    "source.geo.country_iso_code": says("actor_location.country_code"),
    "user.name": says("actor"),
    "user.target.name": says("user"),
    "user_agent.original": says("user_agent"),
    "event.action": says("action"),
}


@parser(
    frame="json", keys=("action", "actor", "@timestamp"), product="github", service="audit", what="GitHub audit",
    weight=45,
)  # fmt: skip
def github_audit(chunk: Chunk, wanted: Wanted) -> Batch:  # noqa: ARG001  # columns are made when asked for
    """Read GitHub's audit log."""
    kind = Kind(
        what="GitHub audit", logsource=logsource("cloud", "github"), time="@timestamp", clock="any", derived=_DERIVED
    )
    return of_objects(chunk, lambda record: kind if any(name in record for name in _MARKS) else None)
