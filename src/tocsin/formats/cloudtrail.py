"""CloudTrail records as tables: the record's own nested names, and the normalised fields that are read from them.

https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from tocsin.formats.addresses import address
from tocsin.kit import Batch, Chunk, Columns, Derived, LogSource, Refused, Table
from tocsin.kit.parse import dig

_TRAIL = LogSource("aws", frozenset(), frozenset({"cloudtrail"}))
_LOGIN = LogSource("aws", frozenset({"authentication"}), frozenset({"cloudtrail"}))
_INSIGHT = LogSource("aws", frozenset(), frozenset({"cloudtrail-insight"}))
_SAME = {"cloud.provider": "aws"}


def batch(chunk: Chunk, records: Sequence[Mapping[str, Any] | None], refused: Mapping[int, str] | None = None) -> Batch:
    """Return the records as tables.

    None stands for a row that holds no record; `refused` gives the reason of rows that are refused.
    """
    groups: dict[str, list[int]] = {}
    rest: list[int] = []
    refused = refused or {}
    for index, record in enumerate(records):
        if index in refused:
            continue
        if record is None or "eventTime" not in record or str(record.get("eventSource")).startswith("aws:"):
            rest.append(index)  # `aws:s3` is a notification of S3 in the same envelope
        elif "insightDetails" in record:
            groups.setdefault("Insight", []).append(index)
        elif record.get("eventName") == "ConsoleLogin":
            groups.setdefault("login", []).append(index)
        else:
            groups.setdefault("", []).append(index)
    sources = {"Insight": _INSIGHT, "login": _LOGIN, "": _TRAIL}
    tables = [
        _table(chunk, [(i, records[i] or {}) for i in rows], f"AWS CloudTrail {name}".strip(), sources[name])
        for name, rows in groups.items()
    ]
    return Batch(tables=tables, rest=rest, refused=[Refused(chunk.numbers[i], why) for i, why in refused.items()])


def _table(chunk: Chunk, rows: Sequence[tuple[int, Mapping[str, Any]]], what: str, source: LogSource) -> Table:
    return Table(
        what=what,
        logsource=source,
        same=_SAME,
        clock="iso",
        numbers=[chunk.numbers[i] for i, _ in rows],
        texts=[chunk.texts[i] for i, _ in rows],
        times=[_text(record.get("eventTime")) for _, record in rows],
        columns=Columns([record for _, record in rows], _OF_INSIGHT if source is _INSIGHT else _DERIVED),
    )


def _text(value: Any) -> str | None:
    return value if isinstance(value, str) else None


def _user(record: Mapping[str, Any]) -> Any:
    """Return who acted: the user's name, the session of a role, or root.

    https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-user-identity.html
    """
    who = record.get("userIdentity")
    if not isinstance(who, dict):
        return None
    kind = who.get("type")
    if kind == "Root":
        return "root"
    if who.get("userName"):
        return who["userName"]
    if kind in ("AssumedRole", "FederatedUser") and isinstance(who.get("arn"), str):
        return who["arn"].rpartition("/")[2] or None
    return who.get("invokedBy") if kind == "AWSService" else None


def _outcome(record: Mapping[str, Any]) -> str:
    if record.get("errorCode") or record.get("errorMessage"):
        return "failure"
    return "failure" if dig(record, ("responseElements", "ConsoleLogin")) == "Failure" else "success"


def _action(record: Mapping[str, Any]) -> Any:
    name = record.get("eventName")
    return "aws-login" if name == "ConsoleLogin" else name


def _target(record: Mapping[str, Any]) -> Any:
    value = dig(record, ("requestParameters", "userName"))
    return value if isinstance(value, str) else None


def _group(record: Mapping[str, Any]) -> Any:
    value = dig(record, ("requestParameters", "groupName"))
    return value if isinstance(value, str) else None


_OF_INSIGHT: Derived = {"cloud.account.id": lambda record: record.get("recipientAccountId")}
_DERIVED: Derived = {
    "source.ip": lambda record: address(record.get("sourceIPAddress")),
    "user.name": _user,
    "user.id": lambda record: dig(record, ("userIdentity", "principalId")),
    "event.provider": lambda record: record.get("eventSource"),
    "user.target.name": _target,
    "group.name": _group,
    "event.action": _action,
    "event.outcome": _outcome,
    "event.reason": lambda record: record.get("errorMessage"),
    "cloud.account.id": lambda record: record.get("recipientAccountId") or dig(record, ("userIdentity", "accountId")),
}
