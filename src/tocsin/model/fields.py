"""The one field vocabulary: ECS names, with the Sigma and OCSF names of the same thing beside them.

ECS names: https://www.elastic.co/docs/reference/ecs ; Sigma names: the taxonomy appendix of the Sigma specification
(https://sigmahq.io/sigma-specification/specification/sigma-appendix-taxonomy.html) ; OCSF: https://schema.ocsf.io
A parser gives a column its source's own name and, where this table has one, the ECS name. A rule may use any of them.
"""

from collections.abc import Iterator

import msgspec

from tocsin.model.observable import ObservableType as T


class Field(msgspec.Struct, frozen=True):
    """One thing that a record can say.

    Its ECS name, its other names, and which entity it makes, if any.
    """

    ecs: str
    sigma: tuple[str, ...] = ()
    ocsf: str = ""
    entity: T | None = None


FIELDS: tuple[Field, ...] = (
    Field("@timestamp", ("TimeCreated",), "time"),
    Field("message", (), "message"),
    Field("event.action", ("action", "act"), "activity_name"),
    Field("event.outcome", (), "status"),
    Field("event.code", ("EventID", "event_id", "logid"), "metadata.event_code"),
    Field("event.provider", ("Provider_Name",), "metadata.log_provider"),
    Field("event.reason", (), "status_detail"),
    Field("event.severity", (), "severity_id"),
    Field(
        "source.ip",
        ("c-ip", "src_ip", "srcip", "src", "ClientIP", "IpAddress", "SourceIp", "sourceIPAddress"),
        "src_endpoint.ip",
        T.IP,
    ),
    Field("source.port", ("src_port", "srcport", "spt", "IpPort", "SourcePort"), "src_endpoint.port"),
    Field("source.domain", ("WorkstationName", "SourceHostname"), "src_endpoint.hostname", T.HOST),
    Field("source.geo.country_iso_code", ("src_country", "srccountry"), "src_endpoint.location.country", T.COUNTRY),
    Field("destination.ip", ("dst_ip", "dstip", "dst", "DestinationIp", "s-ip"), "dst_endpoint.ip", T.IP),
    Field("destination.port", ("dst_port", "dstport", "dpt", "DestinationPort", "s-port"), "dst_endpoint.port"),
    Field("destination.domain", ("DestinationHostname", "dst_host"), "dst_endpoint.hostname", T.HOST),
    Field("network.transport", ("proto", "protocol", "Protocol"), "connection_info.protocol_name"),
    Field("network.bytes", (), "traffic.bytes"),
    Field("source.bytes", ("sentbyte", "cs-bytes"), "traffic.bytes_out"),
    Field("destination.bytes", ("rcvdbyte",), "traffic.bytes_in"),
    Field("rule.id", ("policyid",), "firewall_rule.uid"),
    Field("rule.name", (), "firewall_rule.name"),
    Field("observer.ingress.interface.name", ("srcintf",), ""),
    Field("observer.egress.interface.name", ("dstintf",), ""),
    Field("observer.name", ("devname",), "device.name"),
    Field("host.name", ("Computer", "ComputerName", "hostname"), "device.hostname", T.HOST),
    Field("process.name", (), "process.name"),
    Field("process.pid", ("ProcessId",), "process.pid"),
    Field("process.executable", ("Image", "NewProcessName"), "process.file.path"),
    Field("process.command_line", ("CommandLine",), "process.cmd_line"),
    Field("process.parent.executable", ("ParentImage", "ParentProcessName"), "process.parent_process.file.path"),
    Field("process.parent.command_line", ("ParentCommandLine",), "process.parent_process.cmd_line"),
    Field("process.working_directory", ("CurrentDirectory",), "process.working_directory"),
    Field(
        "user.name",
        ("TargetUserName", "User", "user", "cs-username", "UserId", "userPrincipalName"),
        "user.name",
        T.USER,
    ),
    Field("user.domain", ("TargetDomainName",), "user.domain"),
    Field("user.id", ("TargetUserSid", "TargetSid"), "user.uid"),
    Field("user.target.name", ("MemberName",), "user.name", T.USER),
    Field("user.effective.name", (), "user.name", T.USER),
    Field("user.acting.name", ("SubjectUserName",), "actor.user.name", T.USER),
    Field("group.name", ("GroupName",), "group.name"),
    Field("http.request.method", ("cs-method",), "http_request.http_method"),
    Field("url.original", ("c-uri", "cs-uri", "uri"), "http_request.url.url_string"),
    Field("url.path", ("cs-uri-stem", "c-uri-stem"), "http_request.url.path"),
    Field("url.query", ("cs-uri-query", "c-uri-query"), "http_request.url.query_string"),
    Field("url.domain", ("cs-host", "c-uri-host"), "http_request.url.hostname"),
    Field("http.response.status_code", ("sc-status", "status"), "http_response.code"),
    Field("http.response.body.bytes", ("sc-bytes",), "http_response.length"),
    Field("http.request.referrer", ("cs-referer", "c-referer"), "http_request.referrer"),
    Field("user_agent.original", ("c-useragent", "cs-user-agent", "userAgent", "UserAgent"), "http_request.user_agent"),
    Field("file.path", ("TargetFilename",), "file.path"),
    Field("file.name", (), "file.name"),
    Field("registry.path", ("TargetObject",), "reg_key.path"),
    Field("service.name", ("ServiceName",), "win_service.name", T.SERVICE),
    Field("winlog.channel", ("Channel",), "metadata.log_name"),
    Field("winlog.logon.type", ("LogonType",), "logon_type_id"),
    Field("cloud.account.id", ("recipientAccountId",), "cloud.account.uid", T.ACCOUNT),
    Field("cloud.region", ("awsRegion",), "cloud.region"),
    Field("cloud.service.name", ("eventSource",), "api.service.name"),
    Field("api.operation", ("eventName", "Operation"), "api.operation"),
    Field("error.code", ("errorCode",), "api.response.error"),
    Field("cloud.access_key", ("userIdentity.accessKeyId",), "actor.user.credential_uid", T.KEY),
    Field("application.name", ("appDisplayName", "AppDisplayName"), "app.name", T.APP),
    Field("email.to.address", (), "email.to", T.EMAIL),
    Field("email.from.address", (), "email.from", T.EMAIL),
    Field("dns.question.name", ("QueryName", "query"), "query.hostname", T.DOMAIN),
)

BY_NAME: dict[str, Field] = {}
for _field in FIELDS:
    for _name in (_field.ecs, *_field.sigma):
        BY_NAME.setdefault(_name, _field)

ENTITY_FIELDS: dict[str, T] = {f.ecs: f.entity for f in FIELDS if f.entity is not None}


def other_names(name: str) -> Iterator[str]:
    """Yield the other names of a field, ECS first.

    Nothing for a name that the vocabulary does not have.
    """
    field = BY_NAME.get(name)
    if field is None:
        return
    for other in (field.ecs, *field.sigma):
        if other != name:
            yield other


def is_ecs(name: str) -> bool:
    """Return whether this is the vocabulary's own name of a field, and not another's."""
    field = BY_NAME.get(name)
    return field is not None and field.ecs == name
