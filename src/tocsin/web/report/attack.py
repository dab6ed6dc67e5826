"""ATT&CK seen: the tactics in the order of an intrusion, with the techniques that the findings name.

Tactics and technique names are those of MITRE ATT&CK Enterprise, version 19, whose old "Defense Evasion" is split into
"Stealth" and "Defense Impairment"; T1562 and its sub-techniques are kept under the names that older rules use.
ATT&CK is (c) The MITRE Corporation, reproduced with its permission. A technique that is not in the table stands under
the tactic that the finding's own tags name, else under "not stated".
"""

import re
from dataclasses import dataclass
from functools import cache

from tocsin.web.report.material import Material, Record, texts, worst

TACTICS = (
    "Reconnaissance", "Resource Development", "Initial Access", "Execution", "Persistence", "Privilege Escalation",
    "Stealth", "Defense Impairment", "Credential Access", "Discovery", "Lateral Movement", "Collection",
    "Command and Control", "Exfiltration", "Impact",
)  # fmt: skip
UNSTATED = "Tactic not stated"
_TECHNIQUE = re.compile(r"attack\.(t\d{4}(?:\.\d{3})?)", re.IGNORECASE)
_OLD_NAMES = {"defense-evasion": "Stealth", "defence-evasion": "Stealth"}

# technique, its name, and the tactics it serves by their place in TACTICS, the usual one first
_TABLE = """
T1595 Active Scanning|0
T1589 Gather Victim Identity Information|0
T1590 Gather Victim Network Information|0
T1592 Gather Victim Host Information|0
T1583 Acquire Infrastructure|1
T1587 Develop Capabilities|1
T1588 Obtain Capabilities|1
T1608 Stage Capabilities|1
T1078 Valid Accounts|2,4,5,6
T1078.001 Valid Accounts: Default Accounts|2,4,5,6
T1078.002 Valid Accounts: Domain Accounts|2,4,5,6
T1078.003 Valid Accounts: Local Accounts|2,4,5,6
T1078.004 Valid Accounts: Cloud Accounts|2,4,5,6
T1133 External Remote Services|2,4
T1189 Drive-by Compromise|2
T1190 Exploit Public-Facing Application|2
T1195 Supply Chain Compromise|2
T1195.001 Compromise Software Dependencies|2
T1195.002 Compromise Software Supply Chain|2
T1199 Trusted Relationship|2
T1566 Phishing|2
T1566.001 Phishing: Attachment|2
T1566.002 Phishing: Link|2
T1047 Windows Management Instrumentation|3
T1053 Scheduled Task/Job|4,3,5
T1053.002 Scheduled Task/Job: At|4,3,5
T1053.003 Scheduled Task/Job: Cron|4,3,5
T1053.005 Scheduled Task|4,3,5
T1059 Command and Scripting Interpreter|3
T1059.001 PowerShell|3
T1059.003 Windows Command Shell|3
T1059.004 Unix Shell|3
T1059.005 Visual Basic|3
T1059.006 Python|3
T1059.007 JavaScript|3
T1059.009 Cloud API|3
T1106 Native API|3
T1129 Shared Modules|3
T1203 Exploitation for Client Execution|3
T1204 User Execution|3
T1204.002 User Execution: Malicious File|3
T1569 System Services|3
T1569.002 Service Execution|3
T1648 Serverless Execution|3
T1651 Cloud Administration Command|3
T1037 Boot or Logon Initialization Scripts|4,5
T1098 Account Manipulation|4,5
T1098.001 Additional Cloud Credentials|4,5
T1098.003 Additional Cloud Roles|4,5
T1098.004 SSH Authorized Keys|4,5
T1136 Create Account|4
T1136.001 Create Account: Local Account|4
T1136.003 Create Account: Cloud Account|4
T1137 Office Application Startup|4
T1137.005 Outlook Rules|4
T1176 Software Extensions|4
T1197 BITS Jobs|6,4
T1505 Server Software Component|4
T1505.003 Web Shell|4
T1543 Create or Modify System Process|4,5
T1543.002 Systemd Service|4,5
T1543.003 Windows Service|4,5
T1546 Event Triggered Execution|4,5
T1547 Boot or Logon Autostart Execution|4,5
T1547.001 Registry Run Keys|4,5
T1556 Modify Authentication Process|8,4
T1574 Hijack Execution Flow|4,5,6
T1574.001 DLL|4,5,6
T1055 Process Injection|6,5
T1068 Exploitation for Privilege Escalation|5
T1134 Access Token Manipulation|5,6
T1484 Domain or Tenant Policy Modification|5,7
T1548 Abuse Elevation Control Mechanism|5,6
T1548.002 Bypass User Account Control|5,6
T1548.003 Sudo and Sudo Caching|5,6
T1611 Escape to Host|5
T1027 Obfuscated Files or Information|6
T1036 Masquerading|6
T1070 Indicator Removal|6,7
T1070.001 Clear Windows Event Logs|7,6
T1070.002 Clear Linux or Mac System Logs|7,6
T1070.003 Clear Command History|6
T1070.004 File Deletion|6
T1127 Trusted Developer Utilities Proxy Execution|6,3
T1140 Deobfuscate/Decode Files or Information|6
T1202 Indirect Command Execution|6
T1218 System Binary Proxy Execution|6
T1218.011 Rundll32|6
T1550 Use Alternate Authentication Material|10,6
T1550.001 Application Access Token|10,6
T1550.002 Pass the Hash|10,6
T1564 Hide Artifacts|6
T1564.008 Email Hiding Rules|6
T1578 Modify Cloud Compute Infrastructure|7
T1112 Modify Registry|7,4
T1222 File and Directory Permissions Modification|7
T1553 Subvert Trust Controls|7
T1562 Impair Defenses|7
T1562.001 Disable or Modify Tools|7
T1562.002 Disable Windows Event Logging|7
T1562.004 Disable or Modify System Firewall|7
T1562.007 Disable or Modify Cloud Firewall|7
T1562.008 Disable or Modify Cloud Logs|7
T1685 Disable or Modify Tools|7
T1686 Disable or Modify System Firewall|7
T1003 OS Credential Dumping|8
T1003.001 LSASS Memory|8
T1003.002 Security Account Manager|8
T1003.003 NTDS|8
T1003.006 DCSync|8
T1040 Network Sniffing|8,9
T1110 Brute Force|8
T1110.001 Password Guessing|8
T1110.002 Password Cracking|8
T1110.003 Password Spraying|8
T1110.004 Credential Stuffing|8
T1187 Forced Authentication|8
T1212 Exploitation for Credential Access|8
T1528 Steal Application Access Token|8
T1539 Steal Web Session Cookie|8
T1552 Unsecured Credentials|8
T1552.001 Credentials In Files|8
T1552.004 Private Keys|8
T1552.005 Cloud Instance Metadata API|8
T1555 Credentials from Password Stores|8
T1557 Adversary-in-the-Middle|8,11
T1558 Steal or Forge Kerberos Tickets|8
T1558.003 Kerberoasting|8
T1621 Multi-Factor Authentication Request Generation|8
T1649 Steal or Forge Authentication Certificates|8
T1007 System Service Discovery|9
T1012 Query Registry|9
T1016 System Network Configuration Discovery|9
T1018 Remote System Discovery|9
T1033 System Owner/User Discovery|9
T1046 Network Service Discovery|9
T1049 System Network Connections Discovery|9
T1057 Process Discovery|9
T1069 Permission Groups Discovery|9
T1082 System Information Discovery|9
T1083 File and Directory Discovery|9
T1087 Account Discovery|9
T1135 Network Share Discovery|9
T1482 Domain Trust Discovery|9
T1518 Software Discovery|9
T1526 Cloud Service Discovery|9
T1580 Cloud Infrastructure Discovery|9
T1021 Remote Services|10
T1021.001 Remote Desktop Protocol|10
T1021.002 SMB/Windows Admin Shares|10
T1021.004 SSH|10
T1021.006 Windows Remote Management|10
T1210 Exploitation of Remote Services|10
T1534 Internal Spearphishing|10
T1570 Lateral Tool Transfer|10
T1005 Data from Local System|11
T1113 Screen Capture|11
T1114 Email Collection|11
T1114.002 Remote Email Collection|11
T1114.003 Email Forwarding Rule|11
T1119 Automated Collection|11
T1213 Data from Information Repositories|11
T1530 Data from Cloud Storage|11
T1560 Archive Collected Data|11
T1071 Application Layer Protocol|12
T1071.001 Web Protocols|12
T1071.004 DNS|12
T1090 Proxy|12
T1095 Non-Application Layer Protocol|12
T1102 Web Service|12
T1105 Ingress Tool Transfer|12
T1219 Remote Access Tools|12
T1571 Non-Standard Port|12
T1572 Protocol Tunneling|12
T1020 Automated Exfiltration|13
T1041 Exfiltration Over C2 Channel|13
T1048 Exfiltration Over Alternative Protocol|13
T1537 Transfer Data to Cloud Account|13
T1567 Exfiltration Over Web Service|13
T1485 Data Destruction|14
T1486 Data Encrypted for Impact|14
T1489 Service Stop|14
T1490 Inhibit System Recovery|14
T1496 Resource Hijacking|14
T1498 Network Denial of Service|14
T1499 Endpoint Denial of Service|14
T1529 System Shutdown/Reboot|14
T1531 Account Access Removal|14
"""


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One technique and the findings that name it."""

    id: str
    name: str
    severity: str
    findings: int


def seen(material: Material) -> list[tuple[str, list[Seen]]]:
    """Return the tactics that findings touch, in order, each with its techniques."""
    columns: dict[str, dict[str, list[Record]]] = {}
    for finding in material.findings:
        tags = texts(finding, "tags")
        stated = _stated(tags)
        for tag in tags:
            match = _TECHNIQUE.fullmatch(tag)
            if match:
                technique = match[1].upper()
                columns.setdefault(_tactic(technique, stated), {}).setdefault(technique, []).append(finding)
    return [(tactic, _cells(columns[tactic])) for tactic in (*TACTICS, UNSTATED) if tactic in columns]


def _cells(techniques: dict[str, list[Record]]) -> list[Seen]:
    return [
        Seen(id=technique, name=_name(technique), severity=worst(findings), findings=len(findings))
        for technique, findings in sorted(techniques.items())
    ]


def _stated(tags: list[str]) -> list[str]:
    known = {tactic.lower().replace(" ", "-"): tactic for tactic in TACTICS} | _OLD_NAMES
    names = (tag.lower().removeprefix("attack.").replace("_", "-") for tag in tags)
    return [known[name] for name in names if name in known]


def _tactic(technique: str, stated: list[str]) -> str:
    served = _tactics(technique)
    both = [tactic for tactic in served if tactic in stated]
    return next(iter((*both, *served, *stated)), UNSTATED)


def _tactics(technique: str) -> list[str]:
    table = _known()
    entry = table.get(technique) or table.get(technique[:5])
    return entry[1] if entry else []


def _name(technique: str) -> str:
    table = _known()
    if technique in table:
        return table[technique][0]
    parent = table.get(technique[:5])
    return f"{parent[0]}, sub-technique" if parent else "name not in our table"


@cache
def _known() -> dict[str, tuple[str, list[str]]]:
    table = {}
    for line in _TABLE.strip().splitlines():
        label, places = line.split("|")
        technique, name = label.split(" ", 1)
        table[technique] = (name, [TACTICS[int(place)] for place in places.split(",")])
    return table
