"""The fields that each event of the domain controller carries.

Names, order and values of the fields are those of Microsoft's reference, one page an event:
https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/
(`event-4624`, `event-4768`...). `%%1833` and the like are the identifiers that Windows itself writes.
"""

from dataclasses import dataclass
from random import Random

from acme_gen.day import hexes, iso, uuid
from acme_gen.world import DC1, DC2, MONITOR, Person

DOMAIN_SID = "S-1-5-21-3623811015-3361044348-30300820"
REALM = "ACME.EXAMPLE"
NO_GUID = "{00000000-0000-0000-0000-000000000000}"
SYSTEM32 = "C:\\Windows\\System32\\"
ATTRIBUTES = (  # of an account, in the order of the events 4738 and 4742
    "SamAccountName DisplayName UserPrincipalName HomeDirectory HomePath ScriptPath ProfilePath "
    "UserWorkstations PasswordLastSet AccountExpires PrimaryGroupId AllowedToDelegateTo OldUacValue "
    "NewUacValue UserAccountControl UserParameters SidHistory LogonHours"
)
Fields = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Scene:
    """What one event is about: a person at work, at a moment."""

    rng: Random
    person: Person
    when: float

    @property
    def sid(self) -> str:
        """The person's security id."""
        return f"{DOMAIN_SID}-{self.person.rid}"

    def logon(self) -> str:
        """Return a new logon id."""
        return f"0x{self.rng.randrange(0x1000000, 0x9FFFFFFF):x}"

    def port(self) -> str:
        """Return a client's port."""
        return str(self.rng.randrange(49_152, 65_535))

    def pid(self) -> str:
        """Return a process id."""
        return f"0x{self.rng.randrange(0x1F0, 0x2FF0, 4):x}"


def subject(scene: Scene) -> Fields:
    """Return the person who acts."""
    return {
        "SubjectUserSid": scene.sid, "SubjectUserName": scene.person.user, "SubjectDomainName": "ACME",
        "SubjectLogonId": scene.logon(),
    }  # fmt: skip


def machine(name: str = "DC1") -> Fields:
    """Return a machine that acts: the controller itself, or the other one."""
    sid = "S-1-5-18" if name == "DC1" else f"{DOMAIN_SID}-1002"
    logon = "0x3e7" if name == "DC1" else "0x21f3c0a"
    return {
        "SubjectUserSid": sid, "SubjectUserName": f"{name}$", "SubjectDomainName": "ACME", "SubjectLogonId": logon,
    }  # fmt: skip


def nobody() -> Fields:
    """Return the subject of a logon over the network: nobody yet."""
    return {
        "SubjectUserSid": "S-1-0-0", "SubjectUserName": "-", "SubjectDomainName": "-", "SubjectLogonId": "0x0",
    }  # fmt: skip


def target(scene: Scene) -> Fields:
    """Return the person to whom something happens."""
    return {
        "TargetUserSid": scene.sid, "TargetUserName": scene.person.user, "TargetDomainName": "ACME",
        "TargetLogonId": scene.logon(),
    }  # fmt: skip


def e4624(scene: Scene) -> Fields:
    """Return a logon over the network with Kerberos."""
    return nobody() | target(scene) | {
        "LogonType": "3", "LogonProcessName": "Kerberos", "AuthenticationPackageName": "Kerberos",
        "WorkstationName": "-", "LogonGuid": f"{{{uuid(scene.rng)}}}", "TransmittedServices": "-",
        "LmPackageName": "-", "KeyLength": "0", "ProcessId": "0x0", "ProcessName": "-",
        "IpAddress": scene.person.address, "IpPort": scene.port(), "ImpersonationLevel": "%%1833",
        "RestrictedAdminMode": "-", "TargetOutboundUserName": "-", "TargetOutboundDomainName": "-",
        "VirtualAccount": "%%1843", "TargetLinkedLogonId": "0x0", "ElevatedToken": "%%1843",
    }  # fmt: skip


def e4625(scene: Scene) -> Fields:
    """Return a mistyped password."""
    return nobody() | {
        "TargetUserSid": "S-1-0-0", "TargetUserName": scene.person.user, "TargetDomainName": "ACME",
        "Status": "0xc000006d", "FailureReason": "%%2313", "SubStatus": "0xc000006a", "LogonType": "3",
        "LogonProcessName": "NtLmSsp ", "AuthenticationPackageName": "NTLM",
        "WorkstationName": scene.person.laptop, "TransmittedServices": "-", "LmPackageName": "-", "KeyLength": "0",
        "ProcessId": "0x0", "ProcessName": "-", "IpAddress": scene.person.address, "IpPort": scene.port(),
    }  # fmt: skip


def e4627(scene: Scene) -> Fields:
    """Return the groups of a logon."""
    groups = f"\n\t\t%{{{DOMAIN_SID}-513}}\n\t\t%{{S-1-1-0}}\n\t\t%{{S-1-5-32-545}}\n\t\t%{{S-1-5-11}}"
    more = {"LogonType": "3", "EventIdx": "1", "EventCountTotal": "1", "GroupMembership": groups}
    return nobody() | target(scene) | more


def e4634(scene: Scene) -> Fields:
    """Return a logoff."""
    return target(scene) | {"LogonType": "3"}


def e4648(scene: Scene) -> Fields:
    """Return the use of other credentials by a scheduled task of the controller."""
    return machine() | {
        "LogonGuid": NO_GUID, "TargetUserName": "svc-backup", "TargetDomainName": "ACME",
        "TargetLogonGuid": NO_GUID, "TargetServerName": "localhost", "TargetInfo": "localhost",
        "ProcessId": scene.pid(), "ProcessName": f"{SYSTEM32}svchost.exe", "IpAddress": "-", "IpPort": "-",
    }  # fmt: skip


def handle(scene: Scene) -> Fields:
    """Return an object of the account database that is asked for."""
    return {
        "ObjectServer": "Security Account Manager", "ObjectType": "SAM_USER", "ObjectName": scene.sid,
        "HandleId": f"0x{hexes(scene.rng, 11)}",
    }  # fmt: skip


def e4656(scene: Scene) -> Fields:
    """Return a handle to a key of the registry."""
    return machine() | {
        "ObjectServer": "Security", "ObjectType": "Key",
        "ObjectName": "\\REGISTRY\\MACHINE\\SYSTEM\\ControlSet001\\Services\\NTDS\\Parameters",
        "HandleId": f"0x{scene.rng.randrange(256, 9000, 4):x}", "TransactionId": NO_GUID,
        "AccessList": "%%1538\n\t\t\t\t%%4432\n\t\t\t\t", "AccessReason": "-", "AccessMask": "0x20019",
        "PrivilegeList": "-", "RestrictedSidCount": "0", "ProcessId": scene.pid(),
        "ProcessName": f"{SYSTEM32}lsass.exe", "ResourceAttributes": "-",
    }  # fmt: skip


def e4658(scene: Scene) -> Fields:
    """Return the closing of a handle."""
    return machine() | {
        "ObjectServer": "Security", "HandleId": f"0x{scene.rng.randrange(256, 9000, 4):x}",
        "ProcessId": scene.pid(), "ProcessName": f"{SYSTEM32}lsass.exe",
    }  # fmt: skip


def e4661(scene: Scene) -> Fields:
    """Return a handle to an account."""
    return subject(scene) | handle(scene) | {
        "TransactionId": NO_GUID, "AccessList": "%%5440\n\t\t\t\t", "AccessReason": "-", "AccessMask": "0x20094",
        "PrivilegeList": "-", "Properties": "-", "RestrictedSidCount": "0", "ProcessId": "0x2b0",
        "ProcessName": f"{SYSTEM32}lsass.exe",
    }  # fmt: skip


def e4662(_: Scene) -> Fields:
    """Return the replication of the directory by the other controller."""
    right = "%%7688\n\t\t{1131f6aa-9c07-11d1-f79f-00c04fc2dcd2}\n\t{19195a5b-6da0-11d0-afd3-00c04fd930c9}\n"
    return machine("DC2") | {
        "ObjectServer": "DS", "ObjectType": "%{19195a5b-6da0-11d0-afd3-00c04fd930c9}",
        "ObjectName": "%{b1d5b6c3-0f6e-4c52-8a53-7d6f0a1f9e21}", "OperationType": "Object Access",
        "HandleId": "0x0", "AccessList": "%%7688\n\t\t\t\t", "AccessMask": "0x100", "Properties": right,
        "AdditionalInfo": "-", "AdditionalInfo2": "",
    }  # fmt: skip


def e4663(scene: Scene) -> Fields:
    """Return the reading of a policy file by a person's machine."""
    return subject(scene) | {
        "ObjectServer": "Security", "ObjectType": "File",
        "ObjectName": "C:\\Windows\\SYSVOL\\sysvol\\acme.example\\Policies\\PolicyDefinitions",
        "HandleId": f"0x{scene.rng.randrange(256, 9000, 4):x}", "AccessList": "%%4416\n\t\t\t\t",
        "AccessMask": "0x1", "ProcessId": "0x4", "ProcessName": "", "ResourceAttributes": "S:AI",
    }  # fmt: skip


def e4672(scene: Scene) -> Fields:
    """Return the privileges of the controller's own logons."""
    privileges = "SeSecurityPrivilege\n\t\t\tSeBackupPrivilege\n\t\t\tSeRestorePrivilege\n\t\t\tSeDebugPrivilege"
    return machine() | {"SubjectLogonId": scene.logon(), "PrivilegeList": privileges}


PROGRAMS = (
    ("svchost.exe", "services.exe", "C:\\Windows\\system32\\svchost.exe -k netsvcs -p -s wuauserv"),
    ("taskhostw.exe", "svchost.exe", "taskhostw.exe"),
    ("wbem\\WmiPrvSE.exe", "svchost.exe", "C:\\Windows\\system32\\wbem\\wmiprvse.exe -secured -Embedding"),
    ("conhost.exe", "svchost.exe", "\\??\\C:\\Windows\\system32\\conhost.exe 0xffffffff -ForceV1"),
    (
        "dllhost.exe", "svchost.exe",
        "C:\\Windows\\system32\\DllHost.exe /Processid:{AB8902B4-09CA-4BB6-B78D-A8F59079A8D5}",
    ),
    ("wevtutil.exe", "svchost.exe", "C:\\Windows\\system32\\wevtutil.exe gli Security"),
)  # fmt: skip


def e4688(scene: Scene) -> Fields:
    """Return the start of a program of the system."""
    name, parent, command = scene.rng.choice(PROGRAMS)
    return machine() | {
        "NewProcessId": scene.pid(), "NewProcessName": SYSTEM32 + name, "TokenElevationType": "%%1936",
        "ProcessId": scene.pid(), "CommandLine": command, "TargetUserSid": "S-1-0-0", "TargetUserName": "-",
        "TargetDomainName": "-", "TargetLogonId": "0x0", "ParentProcessName": SYSTEM32 + parent,
        "MandatoryLabel": "S-1-16-16384",
    }  # fmt: skip


def e4689(scene: Scene) -> Fields:
    """Return the end of a program."""
    name = scene.rng.choice(PROGRAMS)[0]
    return machine() | {"Status": "0x0", "ProcessId": scene.pid(), "ProcessName": SYSTEM32 + name}


def e4723(scene: Scene) -> Fields:
    """Return a person's change of the own password."""
    who = {"TargetUserName": scene.person.user, "TargetDomainName": "ACME", "TargetSid": scene.sid}
    return who | subject(scene) | {"PrivilegeList": "-"}


def e4738(scene: Scene) -> Fields:
    """Return a changed account: the password was set a moment ago, and nothing else changed."""
    who = {"TargetUserName": scene.person.user, "TargetDomainName": "ACME", "TargetSid": scene.sid}
    changed = dict.fromkeys(ATTRIBUTES.split(), "-") | {"PasswordLastSet": iso(scene.when, 0).replace("T", " ")[:-1]}
    return {"Dummy": "-"} | who | subject(scene) | {"PrivilegeList": "-"} | changed


def e4742(scene: Scene) -> Fields:
    """Return a laptop that renewed its own password."""
    laptop = {"TargetUserName": f"{scene.person.laptop}$", "TargetDomainName": "ACME", "TargetSid": f"{scene.sid}7"}
    changed = dict.fromkeys(f"{ATTRIBUTES} DnsHostName ServicePrincipalNames".split(), "-") | {
        "PasswordLastSet": iso(scene.when, 0).replace("T", " ")[:-1]
    }
    by = {"SubjectUserSid": "S-1-5-7", "SubjectUserName": "ANONYMOUS LOGON", "SubjectDomainName": "NT AUTHORITY"}
    return {"ComputerAccountChange": "-"} | laptop | by | {"SubjectLogonId": "0x3e6", "PrivilegeList": "-"} | changed


def client(scene: Scene) -> Fields:
    """Return the address from which Kerberos was asked."""
    return {"IpAddress": f"::ffff:{scene.person.address}", "IpPort": scene.port()}


def e4768(scene: Scene) -> Fields:
    """Return a first ticket."""
    return {
        "TargetUserName": scene.person.user, "TargetDomainName": REALM, "TargetSid": scene.sid,
        "ServiceName": "krbtgt", "ServiceSid": f"{DOMAIN_SID}-502", "TicketOptions": "0x40810010",
        "Status": "0x0", "TicketEncryptionType": "0x12", "PreAuthType": "2",
    } | client(scene) | {"CertIssuerName": "", "CertSerialNumber": "", "CertThumbprint": ""}  # fmt: skip


def e4769(scene: Scene) -> Fields:
    """Return a ticket for a service, with AES as it should be."""
    services = (("DC1$", 1000), ("FILES$", 1017), ("DC2$", 1002), (f"{scene.person.laptop}$", 2101))
    service, rid = scene.rng.choice(services)
    return {
        "TargetUserName": f"{scene.person.user}@{REALM}", "TargetDomainName": REALM, "ServiceName": service,
        "ServiceSid": f"{DOMAIN_SID}-{rid}", "TicketOptions": "0x40810000", "TicketEncryptionType": "0x12",
        "Status": "0x0", "LogonGuid": f"{{{uuid(scene.rng)}}}", "TransmittedServices": "-",
    } | client(scene)  # fmt: skip


def e4770(scene: Scene) -> Fields:
    """Return a renewed ticket of a laptop."""
    return {
        "TargetUserName": f"{scene.person.laptop}$@{REALM}", "TargetDomainName": REALM, "ServiceName": "krbtgt",
        "ServiceSid": f"{DOMAIN_SID}-502", "TicketOptions": "0x10002", "TicketEncryptionType": "0x12",
    } | client(scene)  # fmt: skip


def e4771(scene: Scene) -> Fields:
    """Return a mistyped password at the start of the day."""
    return {
        "TargetUserName": scene.person.user, "TargetSid": scene.sid, "ServiceName": f"krbtgt/{REALM}",
        "TicketOptions": "0x40810010", "Status": "0x18", "PreAuthType": "2",
    } | client(scene) | {"CertIssuerName": "", "CertSerialNumber": "", "CertThumbprint": ""}  # fmt: skip


def e4776(scene: Scene) -> Fields:
    """Return a password checked for an old program."""
    return {
        "PackageName": "MICROSOFT_AUTHENTICATION_PACKAGE_V1_0", "TargetUserName": scene.person.user,
        "Workstation": scene.person.laptop, "Status": "0x0",
    }  # fmt: skip


def e4799(scene: Scene) -> Fields:
    """Return the reading of a group by the system."""
    who = {"TargetUserName": "Administrators", "TargetDomainName": "Builtin", "TargetSid": "S-1-5-32-544"}
    by = {"CallerProcessId": scene.pid(), "CallerProcessName": f"{SYSTEM32}svchost.exe"}
    return who | machine() | by


def e4616(scene: Scene) -> Fields:
    """Return the clock set by the time service."""
    then = {"PreviousTime": iso(scene.when - 0.2, 6), "NewTime": iso(scene.when, 6)}
    by = {"SubjectUserSid": "S-1-5-19", "SubjectUserName": "LOCAL SERVICE", "SubjectDomainName": "NT AUTHORITY"}
    return by | {"SubjectLogonId": "0x3e5"} | then | {"ProcessId": "0x4d4", "ProcessName": f"{SYSTEM32}svchost.exe"}


def e4985(scene: Scene) -> Fields:
    """Return the end of a transaction of the file system."""
    ids = {"TransactionId": f"{{{uuid(scene.rng)}}}", "NewState": "52", "ResourceManager": f"{{{uuid(scene.rng)}}}"}
    return machine() | ids | {"ProcessId": scene.pid(), "ProcessName": f"{SYSTEM32}svchost.exe"}


def key(name: str) -> Fields:
    """Return a key of the machine that is used."""
    return {
        "ProviderName": "Microsoft Software Key Storage Provider", "AlgorithmName": "RSA", "KeyName": name,
        "KeyType": "%%2499",
    }  # fmt: skip


def e5058(scene: Scene) -> Fields:
    """Return the reading of a key's file."""
    more = {"ClientProcessId": "688", "ClientCreationTime": iso(0.0, 6)}
    path = f"C:\\ProgramData\\Microsoft\\Crypto\\RSA\\MachineKeys\\{hexes(scene.rng, 32)}"
    return machine() | more | key("te-Kerberos") | {"KeyFilePath": path, "Operation": "%%2458", "ReturnCode": "0x0"}


def e5061(_: Scene) -> Fields:
    """Return the use of a key."""
    return machine() | key("te-Kerberos") | {"Operation": "%%2480", "ReturnCode": "0x0"}


def share(scene: Scene, name: str) -> Fields:
    """Return a share that somebody opens."""
    return subject(scene) | {
        "ObjectType": "File", "IpAddress": scene.person.address, "IpPort": scene.port(), "ShareName": name,
        "ShareLocalPath": "\\??\\C:\\Windows\\SYSVOL\\sysvol",
    }  # fmt: skip


def e5140(scene: Scene) -> Fields:
    """Return the opening of the share with the policies."""
    return share(scene, "\\\\*\\SYSVOL") | {"AccessMask": "0x1", "AccessList": "%%4416\n\t\t\t\t"}


def e5145(scene: Scene) -> Fields:
    """Return the reading of one policy."""
    path = "acme.example\\Policies\\{31B2F340-016D-11D2-945F-00C04FB984F9}\\gpt.ini"
    more = {"RelativeTargetName": path, "AccessMask": "0x120089", "AccessReason": "-"}
    return share(scene, "\\\\*\\SYSVOL") | more | {"AccessList": "%%1538\n\t\t\t\t%%4416\n\t\t\t\t"}


def e5156(scene: Scene) -> Fields:
    """Return a connection to the controller."""
    source = scene.rng.choice((scene.person.address, scene.person.address, DC2, MONITOR))
    return {
        "ProcessID": "688", "Application": "\\device\\harddiskvolume4\\windows\\system32\\lsass.exe",
        "Direction": "%%14592", "SourceAddress": source, "SourcePort": scene.port(), "DestAddress": DC1,
        "DestPort": scene.rng.choice(("88", "389", "445", "135", "3268")), "Protocol": "6", "FilterRTID": "70214",
        "LayerName": "%%14610", "LayerRTID": "44", "RemoteUserID": "S-1-0-0", "RemoteMachineID": "S-1-0-0",
    }  # fmt: skip


def e5158(scene: Scene) -> Fields:
    """Return a port that a program of the controller takes."""
    return {
        "ProcessId": "1712", "Application": "\\device\\harddiskvolume4\\windows\\system32\\dns.exe",
        "SourceAddress": "::", "SourcePort": scene.port(), "Protocol": "17", "FilterRTID": "0",
        "LayerName": "%%14608", "LayerRTID": "36",
    }  # fmt: skip


def e4904(scene: Scene) -> Fields:
    """Return the backup service that names itself as a source of events."""
    ids = {"AuditSourceName": "VSSAudit", "EventSourceId": scene.logon(), "ProcessId": scene.pid()}
    return machine() | ids | {"ProcessName": f"{SYSTEM32}VSSVC.exe"}
