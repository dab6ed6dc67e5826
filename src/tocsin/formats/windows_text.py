"""Windows events as the text that agents make of them: `LogName=Security`, `EventCode=4688`, then the rendered message.

The message is the English one that Windows renders: headings, and below them labels with values. The fields that
Windows calls `SubjectUserName` or `NewProcessName` stand there as `Subject: / Account Name:` and `New Process Name:`.
https://learn.microsoft.com/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/security-auditing-overview
"""

import re
from datetime import datetime

from tocsin.formats.windows_event import Flat

MAX_LINES = 2000  # of a message; a script block of a thousand lines is one value, below its label
_HEAD = re.compile(r"([A-Za-z]{2,32})=(.*)")
_LABEL = re.compile(r"(\t*)([A-Z][\w ()./-]{0,60}?):[ \t]*(.*)")
# Whom a heading speaks of, as the names of its fields begin.
_WHO = {
    "subject": "Subject", "creator subject": "Subject", "user": "Subject",
    "new logon": "Target", "logon account": "Target", "account for which logon failed": "Target",
    "target account": "Target", "new account": "Target", "target subject": "Target",
    "account whose credentials were used": "Target", "account information": "Target",
    "account that was locked out": "Target", "target computer": "Target", "group": "Target",
    "deleted account": "Target", "member": "Member",
}  # fmt: skip
_OF_WHOM = {
    "Security ID": "UserSid", "Account Name": "UserName", "Account Domain": "DomainName", "Logon ID": "LogonId",
    "Logon GUID": "LogonGuid", "Group Name": "UserName", "Group Domain": "DomainName", "User ID": "UserSid",
    "Supplied Realm Name": "DomainName",
}  # fmt: skip
_NAMES = {
    "Source Network Address": "IpAddress", "Client Address": "IpAddress", "Network Address": "IpAddress",
    "Source Port": "IpPort", "Client Port": "IpPort", "Port": "IpPort", "Workstation Name": "WorkstationName",
    "Source Workstation": "WorkstationName", "Caller Computer Name": "TargetDomainName",
    "Logon Process": "LogonProcessName", "Authentication Package": "AuthenticationPackageName",
    "Package Name (NTLM only)": "LmPackageName", "Failure Reason": "FailureReason", "Sub Status": "SubStatus",
    "Caller Process ID": "ProcessId", "Caller Process Name": "ProcessName", "Creator Process ID": "ProcessId",
    "Creator Process Name": "ParentProcessName", "Process Command Line": "CommandLine",
    "Service File Name": "ServiceFileName", "Service Start Type": "ServiceStartType",
    "Service Account": "ServiceAccount",
    "Ticket Encryption Type": "TicketEncryptionType", "Ticket Options": "TicketOptions", "Failure Code": "Status",
    "Result Code": "Status", "Pre-Authentication Type": "PreAuthType", "Source Address": "SourceAddress",
    "Destination Address": "DestAddress", "Destination Port": "DestPort", "Application Name": "Application",
    "Accesses": "AccessList", "Restricted Admin Mode": "RestrictedAdminMode", "Task Content": "TaskContent",
}  # fmt: skip
# The rendered service of System 7045 has other names in its data.
_SERVICE_7045 = {"ServiceFileName": "ImagePath", "ServiceStartType": "StartType", "ServiceAccount": "AccountName"}
_TIMES = ("%m/%d/%Y %I:%M:%S %p", "%m/%d/%Y %I:%M:%S.%f %p")


def flat_text(text: str) -> Flat | None:
    """Return the event of a text, flat; None for what is no such text."""
    lines = text.splitlines()
    flat: Flat = {}
    for number, line in enumerate(lines[1:40], 1):
        found = _HEAD.fullmatch(line.rstrip())
        if found is None:
            break
        if found[1] == "Message":
            _message([found[2], *lines[number + 1 : number + 1 + MAX_LINES]], flat)
            break
        flat[found[1]] = found[2]
    code, log = str(flat.get("EventCode", "")), flat.get("LogName")
    if not (code.isascii() and code.isdigit() and len(code) < 10 and log):
        return None
    if code == "7045":
        flat |= {ours: flat[rendered] for rendered, ours in _SERVICE_7045.items() if rendered in flat}
    flat |= {"EventID": int(code), "Channel": log, "Computer": flat.get("ComputerName"), "message": text}
    flat["Provider_Name"] = _provider(str(flat.get("SourceName", "")))
    utc = flat.get("UtcTime")
    flat["TimeCreated"] = f"{utc}Z" if isinstance(utc, str) else _iso(lines[0])
    return flat


def _message(lines: list[str], flat: Flat) -> None:
    """Add the fields of a rendered message: a label's value goes on where lines follow that have no label."""
    who = ""
    last = ""
    for line in lines[1:]:
        found = _LABEL.fullmatch(line.rstrip())
        if found is None:
            if not line.strip():
                last = ""
            elif last:
                flat[last] = f"{flat[last]}\n{line.strip()}"
            continue
        indent, label, value = found[1], found[2], found[3].strip()
        if not value and not indent:
            who, last = _WHO.get(label.lower(), ""), ""
            continue
        last = _field(label, who) if indent else _NAMES.get(label, label.replace(" ", ""))
        if value in ("", "-") or last in flat:
            last = ""
        else:
            flat[last] = value


def _field(label: str, who: str) -> str:
    if who and label in _OF_WHOM:
        return f"{who}{_OF_WHOM[label]}" if label != "Security ID" or who != "Member" else "MemberSid"
    return _NAMES.get(label, label.replace(" ", "").replace("ID", "Id"))


def _provider(name: str) -> str:
    """Return a provider's name as Windows writes it: agents cut the dashes out of some."""
    if name.startswith("Microsoft Windows security auditing"):
        return "Microsoft-Windows-Security-Auditing"
    return name


def _iso(text: str) -> str | None:
    for form in _TIMES:
        try:
            return datetime.strptime(text.strip(), form).isoformat()  # noqa: DTZ007  # the clock of the machine
        except ValueError:
            continue
    return None
