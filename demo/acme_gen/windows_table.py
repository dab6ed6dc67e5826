"""The 31 events of the domain controller's day: what each is called, and how often it comes up.

Task and sentence are those of Microsoft's reference (see `windows_events`); the shares are those of a quiet
controller of a small company: logons, logoffs and tickets first, then what the file system and filters say.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from acme_gen import windows_events as fields
from acme_gen.windows_events import Fields, Scene


@dataclass(frozen=True, kw_only=True)
class Form:
    """One kind of event; `count` is exact, `weight` a share of the rest of the day."""

    task: str
    says: str
    fields: Callable[[Scene], Fields]
    version: int = 0
    weight: int = 0
    count: int = 0


SAM, OTHER, WFP = "SAM", "Other System Events", "Filtering Platform Connection"
EVENTS: Mapping[int, Form] = {
    4616: Form(
        task="Security State Change", says="The system time was changed.", fields=fields.e4616, version=1, count=6
    ),
    4624: Form(task="Logon", says="An account was successfully logged on.", fields=fields.e4624, version=2, weight=150),
    4625: Form(task="Logon", says="An account failed to log on.", fields=fields.e4625, count=5),
    4627: Form(task="Group Membership", says="Group membership information.", fields=fields.e4627, weight=60),
    4634: Form(task="Logoff", says="An account was logged off.", fields=fields.e4634, weight=140),
    4648: Form(task="Logon", says="A logon was attempted using explicit credentials.", fields=fields.e4648, count=8),
    4656: Form(task="Registry", says="A handle to an object was requested.", fields=fields.e4656, version=1, count=24),
    4658: Form(task="Registry", says="The handle to an object was closed.", fields=fields.e4658, count=24),
    4661: Form(task=SAM, says="A handle to an object was requested.", fields=fields.e4661, count=40),
    4662: Form(
        task="Directory Service Access", says="An operation was performed on an object.", fields=fields.e4662, count=48
    ),
    4663: Form(
        task="File System", says="An attempt was made to access an object.", fields=fields.e4663, version=1, count=22
    ),
    4672: Form(task="Special Logon", says="Special privileges assigned to new logon.", fields=fields.e4672, weight=52),
    4688: Form(
        task="Process Creation", says="A new process has been created.", fields=fields.e4688, version=2, weight=44
    ),
    4689: Form(task="Process Termination", says="A process has exited.", fields=fields.e4689, weight=42),
    4723: Form(
        task="User Account Management",
        says="An attempt was made to change an account's password.",
        fields=fields.e4723,
        count=3,
    ),
    4738: Form(task="User Account Management", says="A user account was changed.", fields=fields.e4738, count=3),
    4742: Form(
        task="Computer Account Management", says="A computer account was changed.", fields=fields.e4742, count=7
    ),
    4768: Form(
        task="Kerberos Authentication Service",
        says="A Kerberos authentication ticket (TGT) was requested.",
        fields=fields.e4768,
        weight=46,
    ),
    4769: Form(
        task="Kerberos Service Ticket Operations",
        says="A Kerberos service ticket was requested.",
        fields=fields.e4769,
        weight=120,
    ),
    4770: Form(
        task="Kerberos Service Ticket Operations",
        says="A Kerberos service ticket was renewed.",
        fields=fields.e4770,
        weight=10,
    ),
    4771: Form(
        task="Kerberos Authentication Service", says="Kerberos pre-authentication failed.", fields=fields.e4771, count=6
    ),
    4776: Form(
        task="Credential Validation",
        says="The computer attempted to validate the credentials for an account.",
        fields=fields.e4776,
        weight=14,
    ),
    4799: Form(
        task="Security Group Management",
        says="A security-enabled local group membership was enumerated.",
        fields=fields.e4799,
        count=30,
    ),
    4985: Form(task="File System", says="The state of a transaction has changed.", fields=fields.e4985, count=12),
    5058: Form(task=OTHER, says="Key file operation.", fields=fields.e5058, version=1, count=9),
    5061: Form(task="System Integrity", says="Cryptographic operation.", fields=fields.e5061, count=9),
    5140: Form(
        task="File Share", says="A network share object was accessed.", fields=fields.e5140, version=1, weight=34
    ),
    5145: Form(
        task="Detailed File Share",
        says="A network share object was checked to see whether client can be granted desired access.",
        fields=fields.e5145,
        weight=30,
    ),
    5156: Form(
        task=WFP,
        says="The Windows Filtering Platform has permitted a connection.",
        fields=fields.e5156,
        version=1,
        weight=90,
    ),
    5158: Form(
        task=WFP,
        says="The Windows Filtering Platform has permitted a bind to a local port.",
        fields=fields.e5158,
        weight=24,
    ),
    4904: Form(
        task="Audit Policy Change",
        says="An attempt was made to register a security event source.",
        fields=fields.e4904,
        count=2,
    ),
}
