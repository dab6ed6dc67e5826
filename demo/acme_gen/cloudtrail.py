"""cloud/cloudtrail.json.gz: management events of one AWS account, as CloudTrail delivers them to a bucket.

Field names and order follow "CloudTrail record contents" and "CloudTrail userIdentity element":
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html,
.../cloudtrail-event-reference-user-identity.html; the account number is the one of AWS's own examples. The file
is that of the organisation's trail, which nobody in a member account can stop; what the intruder stops is the
account's own trail, `acme-audit`. That is why the day goes on after 02:41.
"""

import json
from collections.abc import Iterator, Mapping
from random import Random
from typing import Any

from acme_gen.day import MACHINES, STAFF, at, hexes, iso, moment, moments, uuid
from acme_gen.plan import KEY_USED, TRAIL_STOPPED
from acme_gen.world import ADMINS, INTRUDER, OFFICE, World, base32, base64_digits

RECORDS = 680
ACCOUNT = "111122223333"
REGION = "eu-central-1"
BOTO = (
    "Boto3/1.40.55 md/Botocore#1.40.55 ua/2.1 os/linux#6.1.0-40-amd64 md/arch#x86_64 lang/python#3.11.2 "
    "md/pyimpl#CPython cfg/retry-mode#legacy Botocore/1.40.55"
)
CLI = "aws-cli/2.31.18 md/awscrt#0.27.6 ua/2.1 os/linux#6.1.0-40-amd64 md/arch#x86_64 lang/python#3.13.7 md/prompt#off"
TERRAFORM = (
    "APN/1.0 HashiCorp/1.0 Terraform/1.13.4 (+https://www.terraform.io) terraform-provider-aws/6.17.0 "
    "(+https://registry.terraform.io/providers/hashicorp/aws)"
)
CONSOLE = (
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36"
)
# What each automation calls, and as which role.
ROBOTS: Mapping[str, tuple[tuple[str, str], ...]] = {
    "shop-deploy": (
        ("ecr", "GetAuthorizationToken"), ("ecr", "DescribeImages"), ("ecs", "DescribeServices"),
        ("ecs", "UpdateService"), ("ecs", "RegisterTaskDefinition"),
    ),
    "inventory": (
        ("ec2", "DescribeInstances"), ("ec2", "DescribeSecurityGroups"), ("ec2", "DescribeVolumes"),
        ("rds", "DescribeDBInstances"), ("s3", "ListBuckets"), ("iam", "ListUsers"), ("cloudtrail", "DescribeTrails"),
    ),
    "thumbnails": (("kms", "Decrypt"), ("logs", "CreateLogStream")),
    "terraform": (
        ("ec2", "DescribeVpcs"), ("ec2", "DescribeSubnets"), ("iam", "GetRole"), ("route53", "ListHostedZones"),
        ("s3", "GetBucketPolicy"), ("dynamodb", "DescribeTable"),
    ),
}  # fmt: skip
CALLERS = {
    "shop-deploy": (OFFICE, CLI), "inventory": ("10.30.2.17", BOTO), "thumbnails": ("10.30.4.9", BOTO),
    "terraform": (OFFICE, TERRAFORM),
}  # fmt: skip
WRITES = ("UpdateService", "RegisterTaskDefinition", "CreateLogStream")
GLOBAL = ("iam", "sts", "route53", "signin")
Record = dict[str, Any]


def cloudtrail_log(world: World) -> bytes:
    """Return the JSON of the day, records in order of time; their number does not depend on the seed."""
    rng = world.rng("cloudtrail")
    ids = {name: "AROA" + base32(rng, 17) for name in ROBOTS}
    records = [*intrusion(world, rng), *rotation(world, rng), *people(rng), trail_restarted(rng)]
    records += assumed(rng)
    records += robots(rng, ids, RECORDS - len(records))
    records.sort(key=lambda record: str(record["eventTime"]))
    return json.dumps({"Records": records}, separators=(",", ":")).encode()


def record(rng: Random, when: float, who: Record, call: tuple[str, str], **more: Any) -> Record:
    """Return one record of a call to AWS; `more` replaces or adds fields."""
    service, name = call
    region = "us-east-1" if service in GLOBAL else REGION
    host = f"{service}.amazonaws.com" if service in ("iam", "route53") else f"{service}.{REGION}.amazonaws.com"
    if service == "signin":
        host = f"{REGION}.signin.aws.amazon.com"
    found: Record = {
        "eventVersion": "1.11",
        "userIdentity": who,
        "eventTime": iso(when, 0),
        "eventSource": f"{service}.amazonaws.com",
        "eventName": name,
        "awsRegion": region,
        "sourceIPAddress": OFFICE,
        "userAgent": f"[{CLI}]" if service == "s3" else CLI,
        "requestParameters": None,
        "responseElements": None,
        "requestID": uuid(rng),
        "eventID": uuid(rng),
        "readOnly": name.startswith(("Get", "List", "Describe", "Decrypt", "Assume")),
        "eventType": "AwsApiCall",
        "managementEvent": True,
        "recipientAccountId": ACCOUNT,
        "eventCategory": "Management",
        "tlsDetails": {
            "tlsVersion": "TLSv1.3",
            "cipherSuite": "TLS_AES_128_GCM_SHA256",
            "clientProvidedHostHeader": host,
        },
    }
    return found | more


def user(name: str, key_id: str, number: str) -> Record:
    """Return the identity of an IAM user with an access key."""
    arn = f"arn:aws:iam::{ACCOUNT}:user/{name}"
    return {
        "type": "IAMUser", "principalId": number, "arn": arn, "accountId": ACCOUNT, "accessKeyId": key_id,
        "userName": name,
    }  # fmt: skip


def role(name: str, number: str, session: str, key_id: str, since: float) -> Record:
    """Return the identity of a session of a role."""
    return {
        "type": "AssumedRole",
        "principalId": f"{number}:{session}",
        "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/{name}/{session}",
        "accountId": ACCOUNT,
        "accessKeyId": key_id,
        "sessionContext": {
            "sessionIssuer": {
                "type": "Role",
                "principalId": number,
                "arn": f"arn:aws:iam::{ACCOUNT}:role/{name}",
                "accountId": ACCOUNT,
                "userName": name,
            },
            "attributes": {"creationDate": iso(since, 0), "mfaAuthenticated": "false"},
        },
    }


def rotator(world: World) -> Record:
    """Return the identity of the user whose key stands in tools/s3_rotate.py."""
    return user("s3-rotate", world.key_id, "AIDA" + base32(world.rng("s3-rotate"), 17))


def intrusion(world: World, rng: Random) -> Iterator[Record]:
    """Yield what the intruder does with the key: who am I, what is here, who watches, watch no more."""
    who = rotator(world)
    trail = f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/acme-audit"
    calls: tuple[tuple[float, tuple[str, str], Record | None], ...] = (
        (KEY_USED, ("sts", "GetCallerIdentity"), None),
        (KEY_USED + 9, ("s3", "ListBuckets"), {"Host": f"s3.{REGION}.amazonaws.com"}),
        (KEY_USED + 24, ("cloudtrail", "DescribeTrails"), {"trailNameList": [], "includeShadowTrails": True}),
        (TRAIL_STOPPED, ("cloudtrail", "StopLogging"), {"name": trail}),
    )
    for when, call, asked in calls:
        yield record(rng, when, who, call, sourceIPAddress=INTRUDER, requestParameters=asked)


def rotation(world: World, rng: Random) -> Iterator[Record]:
    """Yield the proper use of the same key: one run after midnight, then every hour of the working day."""
    who = rotator(world)
    calls = (("s3", "ListBuckets"), ("s3", "GetBucketVersioning"), ("s3", "GetBucketLifecycle"))
    for start in (at("00:15:04"), *(at(f"{hour:02d}:15:04") for hour in range(7, 20))):
        for number, call in enumerate(calls):
            asked = {"Host": f"s3.{REGION}.amazonaws.com"}
            if number:
                asked = {"bucketName": "acme-backups", "Host": f"acme-backups.s3.{REGION}.amazonaws.com"}
            yield record(rng, start + number, who, call, userAgent=f"[{BOTO}]", requestParameters=asked)


def people(rng: Random) -> Iterator[Record]:
    """Yield what the administrators do in the console, with a second factor, from the office."""
    for name in ADMINS[:3]:
        number, start = "AIDA" + base32(rng, 17), rng.uniform(at("07:50"), at("10:00"))
        arn = f"arn:aws:iam::{ACCOUNT}:user/{name}"
        signed = {"type": "IAMUser", "principalId": number, "arn": arn, "accountId": ACCOUNT, "userName": name}
        yield record(
            rng, start, signed, ("signin", "ConsoleLogin"), eventType="AwsConsoleSignIn", userAgent=CONSOLE,
            readOnly=False, responseElements={"ConsoleLogin": "Success"}, awsRegion=REGION,
            additionalEventData={
                "LoginTo": "https://console.aws.amazon.com/console/home", "MobileVersion": "No", "MFAUsed": "Yes"
            },
        )  # fmt: skip
        context = {"attributes": {"creationDate": iso(start, 0), "mfaAuthenticated": "true"}}
        who = user(name, "ASIA" + base32(rng, 16), number) | {"sessionContext": context}
        for when in sorted(rng.uniform(start, at("18:00")) for _ in range(14)):
            call = rng.choice((*ROBOTS["inventory"], ("ecs", "DescribeServices"), ("logs", "DescribeLogGroups")))
            yield record(rng, when, who, call, userAgent=CONSOLE, sessionCredentialFromConsole="true")


def trail_restarted(rng: Random) -> Record:
    """Return the morning after: an administrator finds the trail stopped and starts it."""
    who = user(ADMINS[0], "ASIA" + base32(rng, 16), "AIDA" + base32(rng, 17))
    who |= {"sessionContext": {"attributes": {"creationDate": iso(at("09:31"), 0), "mfaAuthenticated": "true"}}}
    trail = {"name": f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/acme-audit"}
    return record(rng, at("09:48:20"), who, ("cloudtrail", "StartLogging"), requestParameters=trail, userAgent=CONSOLE)


def assumed(rng: Random) -> Iterator[Record]:
    """Yield the services of AWS as they take on roles."""
    for when in moments(rng, 70, MACHINES):
        name, service = rng.choice((("thumbnails", "lambda"), ("inventory", "ec2")))
        answer = {
            "credentials": {
                "accessKeyId": "ASIA" + base32(rng, 16),
                "sessionToken": base64_digits(rng, 320),
                "expiration": f"{moment(min(when + 3_600, 86_399)):%b %d, %Y, %I:%M:%S %p}",
            }
        }
        arn = f"arn:aws:iam::{ACCOUNT}:role/{name}"
        yield record(
            rng, when, {"type": "AWSService", "invokedBy": f"{service}.amazonaws.com"}, ("sts", "AssumeRole"),
            sourceIPAddress=f"{service}.amazonaws.com", userAgent=f"{service}.amazonaws.com", awsRegion=REGION,
            requestParameters={"roleArn": arn, "roleSessionName": f"{name}-{hexes(rng, 8)}"}, responseElements=answer,
            resources=[{"accountId": ACCOUNT, "type": "AWS::IAM::Role", "ARN": arn}], sharedEventID=uuid(rng),
        )  # fmt: skip


def robots(rng: Random, ids: Mapping[str, str], count: int) -> Iterator[Record]:
    """Yield the calls of the automations; each works with a new session every hour."""
    sessions: dict[tuple[str, int], Record] = {}
    night = moments(rng, count // 2, MACHINES)
    for when in sorted([*night, *moments(rng, count - len(night), STAFF)]):
        hour = int(when // 3600)
        name = rng.choice(tuple(ROBOTS)) if 7 <= hour < 20 else rng.choice(("inventory", "thumbnails"))
        if (name, hour) not in sessions:
            session = f"{name}-{hexes(rng, 8)}"
            sessions[name, hour] = role(name, ids[name], session, "ASIA" + base32(rng, 16), hour * 3600.0)
        call = rng.choice(ROBOTS[name])
        source, agent = CALLERS[name]
        found = record(rng, when, sessions[name, hour], call, sourceIPAddress=source, userAgent=agent)
        inside = {"vpcEndpointId": "vpce-0b7c1d2e3f4a5b6c7"} if source.startswith("10.") else {}
        yield found | {"readOnly": call[1] not in WRITES} | inside
