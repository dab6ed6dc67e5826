"""m365/audit-export.csv: the result of an audit search in Microsoft Purview, downloaded as CSV.

Columns as the portal writes them, the newest record first, CreationDate quoted and with a blank after the Z,
AuditData as JSON: https://learn.microsoft.com/en-us/purview/audit-log-export-records and
https://learn.microsoft.com/en-us/purview/audit-log-detailed-properties. The properties inside AuditData follow
https://learn.microsoft.com/en-us/office/office-365-management-api/office-365-management-activity-api-schema
(record types 1 ExchangeAdmin, 2 ExchangeItem, 6 SharePointFileOperation, 8 AzureActiveDirectory, 15
AzureActiveDirectoryStsLogon, 25 MicrosoftTeams, 50 ExchangeItemAggregated). Error 50126 is a wrong user name or
password: https://learn.microsoft.com/en-us/entra/identity-platform/reference-error-codes.
"""

import json
from collections.abc import Callable, Iterator
from random import Random
from typing import Any

from acme_gen.day import STAFF, at, hexes, iso, moments, uuid
from acme_gen.plan import MAIL_GUESS_STARTS, MAIL_GUESSES, MAIL_LOGIN, MAIL_RULE
from acme_gen.world import OFFICE, PHISHER, Person, World, base64_digits

RECORDS = 412
HEADER = "RecordId,CreationDate,RecordType,Operation,UserId,AuditData,AssociatedAdminUnits,AssociatedAdminUnitsNames"
TENANT = "6f1d2c3a-58b4-4e07-9a1f-0c2b7d94e511"
EXCHANGE = "00000002-0000-0ff1-ce00-000000000000"  # the application id of Office 365 Exchange Online
OUTLOOK = "9199bf20-a13f-4107-85dc-02114787ef48"  # Outlook on the web
SITE = "https://acme.sharepoint.example/sites"
CHROME = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
Record = dict[str, Any]
Row = tuple[float, Record]
Maker = Callable[[Random, float, Person, str], Record]


def audit_export(world: World) -> bytes:
    """Return the CSV of the day; its number of records does not depend on the seed."""
    rng = world.rng("m365")
    rows = [*intrusion(world, rng), *mistyped(world, rng), *administration(world, rng)]
    rows += everyday(world, rng, RECORDS - len(rows))
    rows.sort(key=lambda row: row[0], reverse=True)
    return "".join(f"{text}\r\n" for text in (HEADER, *(line(*row) for row in rows))).encode()


def line(when: float, record: Record) -> str:
    """Return one line of the export."""
    date = f'"{iso(when, 0)[:-1]}.0000000Z "'
    data = json.dumps(record, separators=(",", ":")).replace('"', '""')
    return f'{record["Id"]},{date},{record["RecordType"]},{record["Operation"]},{record["UserId"]},"{data}",,'


def common(rng: Random, when: float, person: Person, operation: str, kind: int, workload: str) -> Record:
    """Return the common schema of one record."""
    return {
        "CreationTime": iso(when, 0)[:-1],
        "Id": uuid(rng),
        "Operation": operation,
        "OrganizationId": TENANT,
        "RecordType": kind,
        "ResultStatus": "Succeeded",
        "UserKey": f"1003200{person.rid:09X}",
        "UserType": 0,
        "Version": 1,
        "Workload": workload,
        "UserId": person.upn,
    }


def login(rng: Random, when: float, person: Person, address: str, *, error: int = 0) -> Record:
    """Return a login to the cloud, or one that failed with the number of an error."""
    operation = "UserLoginFailed" if error else "UserLoggedIn"
    record = common(rng, when, person, operation, 15, "AzureActiveDirectory")
    device = [{"Name": "OS", "Value": "Windows10"}, {"Name": "BrowserType", "Value": "Chrome"}]
    device += [{"Name": "IsCompliantAndManaged", "Value": "False"}, {"Name": "SessionId", "Value": uuid(rng)}]
    if address == OFFICE:
        device.insert(0, {"Name": "DisplayName", "Value": person.laptop})
    record |= {
        "ResultStatus": "Success",
        "ClientIP": address,
        "ObjectId": EXCHANGE,
        "AzureActiveDirectoryEventType": 1,
        "ExtendedProperties": [
            {"Name": "ResultStatusDetail", "Value": "UserError" if error else "Redirect"},
            {"Name": "UserAgent", "Value": CHROME},
            {"Name": "RequestType", "Value": "Login:login" if error else "OAuth2:Authorize"},
        ],
        "ModifiedProperties": [],
        "Actor": [{"ID": object_id(person), "Type": 0}, {"ID": person.upn, "Type": 5}],
        "ActorContextId": TENANT,
        "ActorIpAddress": address,
        "InterSystemsId": uuid(rng),
        "IntraSystemId": uuid(rng),
        "SupportTicketId": "",
        "Target": [{"ID": EXCHANGE, "Type": 0}],
        "TargetContextId": TENANT,
        "ApplicationId": OUTLOOK,
        "DeviceProperties": device,
        "ErrorNumber": str(error),
    }
    return record | ({"LogonError": "InvalidUserNameOrPassword"} if error else {})


def object_id(person: Person) -> str:
    """Return the directory's id of a person, the same in every demo."""
    return f"8c0d51e2-7f3a-4b6e-9d21-{person.rid:012x}"


def inbox_rule(rng: Random, when: float, person: Person, address: str, given: dict[str, str]) -> Record:
    """Return the creation of an inbox rule with these parameters of the cmdlet."""
    record = common(rng, when, person, "New-InboxRule", 1, "Exchange")
    parameters = {"AlwaysDeleteOutlookRulesBlob": "False", "Force": "False"} | given
    return record | {
        "ResultStatus": "True",
        "UserType": 2,
        "ClientIP": f"{address}:{rng.randrange(49_152, 65_000)}",
        "ObjectId": f"EURPR07A005.PROD.OUTLOOK.EXAMPLE/acme.example/{person.user}\\{given['Name']}",
        "ExternalAccess": False,
        "OrganizationName": "acme.example",
        "OriginatingServer": "AM0PR07MB5763 (15.20.9412.010)",
        "Parameters": [{"Name": name, "Value": value} for name, value in parameters.items()],
        "SessionId": uuid(rng),
        "AppId": EXCHANGE,
        "ClientAppId": OUTLOOK,
    }


def intrusion(world: World, rng: Random) -> Iterator[Row]:
    """Yield 31 wrong passwords, the right one, a look around, and the rule that forwards the mail."""
    finance = world.person("finance1")
    gap = (MAIL_LOGIN - 9 - MAIL_GUESS_STARTS) / (MAIL_GUESSES - 1)
    for number in range(MAIL_GUESSES):
        when = MAIL_GUESS_STARTS + number * gap
        yield when, login(rng, when, finance, PHISHER, error=50126)
    yield MAIL_LOGIN, login(rng, MAIL_LOGIN, finance, PHISHER)
    for when in (MAIL_LOGIN + 50, MAIL_LOGIN + 410):
        yield when, mail_read(rng, when, finance, PHISHER)
    given = {"ForwardTo": "pay@example.net", "Name": ".", "StopProcessingRules": "True"}
    yield MAIL_RULE, inbox_rule(rng, MAIL_RULE, finance, PHISHER, given)


def mistyped(world: World, rng: Random) -> Iterator[Row]:
    """Yield people who type their password wrong once or twice, and then right."""
    for person in rng.sample([person for person in world.people if person.team != "finance"], 9):
        start = rng.uniform(at("07:40"), at("09:30"))
        for number in range(rng.choice((1, 1, 2))):
            yield start + 11 * number, login(rng, start + 11 * number, person, OFFICE, error=50126)
        yield start + 35, login(rng, start + 35, person, OFFICE)


def administration(world: World, rng: Random) -> Iterator[Row]:
    """Yield what looks like trouble and is none: a rule that sorts a newsletter, a changed phone number."""
    sorter = world.person("finance2")
    given = {"FromAddressContainsWords": "news@vendor.example", "MoveToFolder": "Newsletter", "Name": "Newsletter"}
    yield at("10:26:40"), inbox_rule(rng, at("10:26:40"), sorter, OFFICE, given | {"StopProcessingRules": "True"})
    for person in rng.sample(world.people, 4):
        when = rng.uniform(at("09:00"), at("16:00"))
        admin = world.person("croth")
        record = common(rng, when, admin, "Update user.", 8, "AzureActiveDirectory")
        yield (
            when,
            record
            | {
                "ResultStatus": "Success",
                "ObjectId": person.upn,
                "AzureActiveDirectoryEventType": 1,
                "ExtendedProperties": [{"Name": "additionalDetails", "Value": '{"UserType":"Member"}'}],
                "ModifiedProperties": [
                    {"Name": "TelephoneNumber", "NewValue": '["4711"]', "OldValue": "[]"},
                    {"Name": "Included Updated Properties", "NewValue": "TelephoneNumber", "OldValue": ""},
                ],
                "Actor": [{"ID": admin.upn, "Type": 5}],
                "ActorContextId": TENANT,
                "Target": [{"ID": f"User_{object_id(person)}", "Type": 2}, {"ID": person.upn, "Type": 5}],
                "TargetContextId": TENANT,
            },
        )


def everyday(world: World, rng: Random, count: int) -> Iterator[Row]:
    """Yield the work of the day: files, mail, talks, and the logins that go with them."""
    makers: tuple[Maker, ...] = (file_used, mail_read, mail_sent, talk, login)
    commuters = rng.sample([person for person in world.people if person.team != "finance"], len(world.outside.homes))
    homes = dict(zip(commuters, world.outside.homes, strict=True))
    for when in moments(rng, count, STAFF):
        person = rng.choice(world.people)
        evening = when > at("18:00") or when < at("07:00")
        address = homes.get(person, OFFICE) if evening or rng.random() < 0.3 else OFFICE
        maker = rng.choices(makers, weights=(38, 22, 9, 13, 18))[0]
        yield when, maker(rng, when, person, address)


def file_used(rng: Random, when: float, person: Person, address: str) -> Record:
    """Return the use of a file on a team's site."""
    operation = rng.choices(("FileAccessed", "FileModified", "FilePreviewed", "FileDownloaded"), (50, 25, 15, 10))[0]
    name = rng.choice(("Price list", "Rota week 48", "Returns", "Black Friday plan", "Stock")) + ".xlsx"
    record = common(rng, when, person, operation, 6, "SharePoint")
    record.pop("ResultStatus")
    return record | {
        "ClientIP": address,
        "ObjectId": f"{SITE}/{person.team}/Shared Documents/{name}",
        "AuthenticationType": "OAuth",
        "CorrelationId": uuid(rng),
        "EventSource": "SharePoint",
        "IsManagedDevice": True,
        "ItemType": "File",
        "ListId": uuid(rng),
        "ListItemUniqueId": uuid(rng),
        "Site": uuid(rng),
        "UserAgent": CHROME,
        "WebId": uuid(rng),
        "SourceFileExtension": "xlsx",
        "SiteUrl": f"{SITE}/{person.team}/",
        "SourceFileName": name,
        "SourceRelativeUrl": "Shared Documents",
    }


def mailbox(rng: Random, when: float, person: Person, address: str, *, call: tuple[str, int]) -> Record:
    """Return what every record of a mailbox has."""
    return common(rng, when, person, call[0], call[1], "Exchange") | {
        "ClientIPAddress": address,
        "ClientInfoString": f"Client=OWA;Action=ViaProxy;{CHROME}",
        "ExternalAccess": False,
        "InternalLogonType": 0,
        "LogonType": 0,
        "LogonUserSid": f"S-1-5-21-3623811015-3361044348-30300820-{person.rid}",
        "MailboxGuid": f"03d9e949-cbc1-4dd2-b7ba-{person.rid:012x}",
        "MailboxOwnerUPN": person.upn,
        "OrganizationName": "acme.example",
        "OriginatingServer": "AM0PR07MB5763 (15.20.9412.010)\r\n",
        "SessionId": uuid(rng),
    }


def message_id(rng: Random) -> str:
    """Return the id of a mail."""
    return f"<{hexes(rng, 32).upper()}@AM0PR07MB5763.eurprd07.prod.outlook.example>"


def mail_read(rng: Random, when: float, person: Person, address: str) -> Record:
    """Return the reading of some mails."""
    items = [{"InternetMessageId": message_id(rng), "SizeInBytes": rng.randrange(3_000, 90_000)} for _ in range(3)]
    record = mailbox(rng, when, person, address, call=("MailItemsAccessed", 50))
    return record | {
        "OperationProperties": [{"Name": "MailAccessType", "Value": "Bind"}, {"Name": "IsThrottled", "Value": "False"}],
        "Folders": [{"FolderItems": items, "Id": "LgAAAAB" + base64_digits(rng, 50), "Path": "\\Inbox"}],
        "OperationCount": len(items),
    }


def mail_sent(rng: Random, when: float, person: Person, address: str) -> Record:
    """Return the sending of a mail."""
    subject = rng.choice(("Re: Delivery", "Offer", "Re: Rota", "Invoice 2026-1188", "Question on your order"))
    record = mailbox(rng, when, person, address, call=("Send", 2))
    item = {"Id": "Unknown", "InternetMessageId": message_id(rng), "Subject": subject}
    return record | {"Item": item | {"ParentFolder": {"Id": "Unknown", "Path": "\\Drafts"}}}


def talk(rng: Random, when: float, person: Person, address: str) -> Record:
    """Return the start of Teams."""
    record = common(rng, when, person, "TeamsSessionStarted", 25, "MicrosoftTeams")
    record.pop("ResultStatus")
    return record | {
        "ClientIP": address,
        "ObjectId": "Unknown",
        "ItemName": "",
        "TeamName": "",
        "ExtraProperties": [{"Key": "ClientName", "Value": "skypeteams"}, {"Key": "OsName", "Value": "windows"}],
    }
