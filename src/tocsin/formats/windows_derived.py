"""The normalised fields of Windows events: which of an event's own fields is the user, the address, the program.

ECS: `user` is who acts, `user.target` who is acted upon (https://www.elastic.co/docs/reference/ecs/ecs-user-usage); of
a logon the user is who logs on. Windows writes `-` for nothing. The fields of the Security channel's events are listed
under https://learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/
"""

from collections.abc import Callable, Mapping
from typing import Any

from tocsin.formats.addresses import address
from tocsin.kit import Derived
from tocsin.kit.parse import dig

Record = Mapping[str, Any]
# Keywords of the Security channel (winmeta.xml: AuditSuccess, AuditFailure), as number, as text, as NXLog's EventType.
_SUCCESS, _FAILURE = 1 << 53, 1 << 52
_WORDS = {
    "audit success": "success",
    "audit failure": "failure",
    "audit_success": "success",
    "audit_failure": "failure",
}


def derived_for(action: str, *, is_audit: bool, number: str) -> Derived:
    """Return the derived fields of events with this event.action.

    `is_audit` says that they are of the Security channel.
    """
    special = _PACKET if is_audit and number in _PACKETS else _BY_ACTION.get(action, {})
    if is_audit and number == "4688":
        special = _STARTED
    base = {**_ANY, **({"event.outcome": _audit} if is_audit and action in _UNSURE else {})}
    return {**base, **special}


def _said(*names: str) -> Callable[[Record], Any]:
    """Return a reader of the first field that says something."""

    def read(record: Record) -> Any:
        for name in names:
            value = record.get(name)
            if value not in (None, "", "-"):
                return value
        return None

    return read


def _name(*names: str) -> Callable[[Record], Any]:
    r"""Return a reader of an account's name without its domain: Sysmon writes `DOMAIN\name`."""
    first = _said(*names)

    def read(record: Record) -> Any:
        value = first(record)
        return value.rpartition("\\")[2] if isinstance(value, str) else None

    return read


def _domain(*names: str) -> Callable[[Record], Any]:
    """Return a reader of an account's domain: of its own field, or before the backslash of its name."""
    first = _said(*names)

    def read(record: Record) -> Any:
        user = record.get("User")
        if isinstance(user, str) and "\\" in user:
            return user.partition("\\")[0] or None
        return first(record)

    return read


def _account(record: Record) -> Any:
    """Return who started a process as Sysmon writes it, so that rules for Sysmon's `User` fit EventID 4688."""
    name, domain = record.get("SubjectUserName"), record.get("SubjectDomainName")
    return f"{domain}\\{name}" if name and domain not in (None, "", "-") else name


_first_address = _said("IpAddress", "ClientAddress", "SourceIp", "SourceAddress")


def _address(record: Record) -> Any:
    """Return the address of the other side; the loopback of a local logon names none."""
    value = address(_first_address(record))
    return None if value in {"::1", "127.0.0.1"} else value


def _status(record: Record) -> str | None:
    """Return the outcome by the status that Kerberos and NTLM events carry: zero is success."""
    status = record.get("Status")
    if not isinstance(status, str):
        return _audit(record)
    return "success" if status.lower() in {"0x0", "0x00000000", "0"} else "failure"


def _audit(record: Record) -> str | None:
    """Return the outcome that the Security channel's keywords say."""
    for value in (record.get("Keywords"), dig(record, ("winlog", "keywords")), record.get("EventType")):
        for word in value if isinstance(value, list) else (value,):
            if isinstance(word, str) and (said := _WORDS.get(word.lower())):
                return said
            bits = _bits(word)
            if bits & (_SUCCESS | _FAILURE):
                return "success" if bits & _SUCCESS else "failure"
    return None


def _bits(value: Any) -> int:
    if isinstance(value, str) and value[:2] == "0x" and len(value) < 20:
        try:
            return int(value, 16)
        except ValueError:
            return 0
    return value if isinstance(value, int) else 0


_ANY: Derived = {
    "user.name": _name("User", "SubjectUserName", "TargetUserName", "AccountName"),
    "user.domain": _domain("SubjectDomainName", "TargetDomainName", "Domain"),
    "user.id": _said("SubjectUserSid", "TargetUserSid", "Security_UserID", "UserID"),
    "process.executable": _said("Image", "NewProcessName", "ProcessName", "Process Name", "SourceImage", "Application"),
}
_LOGON: Derived = {
    "source.ip": _address,
    "source.domain": _said("WorkstationName", "Workstation"),
    "source.port": _said("IpPort"),
    "user.name": _name("TargetUserName"),
    "user.domain": _said("TargetDomainName"),
    "user.id": _said("TargetUserSid"),
    "user.acting.name": _said("SubjectUserName"),
}
_STARTED: Derived = {"User": _account, "process.pid": _said("NewProcessId")}
_ACCOUNT: Derived = {"user.target.name": _said("TargetUserName"), "user.acting.name": _said("SubjectUserName")}
_MEMBER: Derived = {
    "user.target.name": _said("MemberName", "MemberSid"),
    "group.name": _said("TargetUserName"),
    "user.acting.name": _said("SubjectUserName"),
}
_SERVICE: Derived = {
    "service.name": _said("ServiceName"),
    "process.executable": _said("ImagePath", "ServiceFileName"),
    "user.name": _name("SubjectUserName"),
}
_SHARE: Derived = {"source.ip": _address, "source.port": _said("IpPort"), "user.name": _name("SubjectUserName")}
_PACKETS = frozenset({"5152", "5154", "5156", "5157", "5158", "5159"})  # Windows Filtering Platform
_PACKET: Derived = {
    "source.ip": lambda record: address(record.get("SourceAddress")),
    "source.port": _said("SourcePort"),
    "destination.ip": lambda record: address(record.get("DestAddress")),
    "destination.port": _said("DestPort"),
}
_BY_ACTION: Mapping[str, Derived] = {
    "windows-login": _LOGON,
    "session-closed": _LOGON,
    "windows-login-as": {
        **_LOGON,
        "user.name": _name("SubjectUserName"),
        "user.domain": _said("SubjectDomainName"),
        "user.id": _said("SubjectUserSid"),
        "user.effective.name": _said("TargetUserName"),
    },
    "kerberos-login": _LOGON,
    "kerberos-ticket-asked": {**_LOGON, "event.outcome": _status},
    "kerberos-service-ticket-asked": {**_LOGON, "event.outcome": _status},
    "ntlm-login": {**_LOGON, "event.outcome": _status},
    "share-opened": _SHARE,
    "share-file-asked": _SHARE,
    "service-installed": _SERVICE,
    "user-added-to-group": _MEMBER,
    "user-removed-from-group": _MEMBER,
} | dict.fromkeys(
    (
        "user-created",
        "user-enabled",
        "user-disabled",
        "user-deleted",
        "user-changed",
        "user-renamed",
        "password-changed",
        "password-reset",
        "user-locked-out",
        "user-unlocked",
    ),
    _ACCOUNT,
)
# Actions whose outcome the event's id does not say; the keywords do.
_UNSURE = frozenset({"", "windows-login-as", "share-file-asked", "password-changed", "password-reset"})
