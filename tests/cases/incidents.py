"""A seeded generator of findings whose incidents are known: to measure what grouping gets right.

An incident is a short chain of one intruder: outside addresses, a victim's account under several names, hosts, now and
then a key in code that is used in a cloud. Around the incidents lie the things that mislead: addresses of carriers
behind which several intruders come (NAT), administrators and service accounts who are in everything, busy servers, and
findings that belong to nothing.
"""

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import msgspec

from tocsin.model import Confidence, Finding, FindingKind, Place, Severity, fingerprint
from tocsin.model.estate import Domain, Estate, Host, Network, Person

START = datetime(2026, 3, 1, tzinfo=UTC)
SPAN = timedelta(days=60)
PEOPLE = 120
SERVERS = 30
SHARED_ADMINS = ("root", "administrator", "svc-backup", "dana-adm")


class World(msgspec.Struct, frozen=True):
    """Findings in no order, the incident of each (empty for noise), and the estate they are of."""

    findings: list[Finding]
    truth: dict[str, str]
    estate: Estate


def world(seed: int, incidents: int = 200, noise: int = 300) -> World:
    """Return incidents and noise of two months."""
    dice = random.Random(seed)
    estate = _estate()
    truth: dict[str, str] = {}
    findings: list[Finding] = []
    carriers = [f"192.0.2.{n}" for n in range(1, 9)]
    for number in range(incidents):
        for finding in _incident(dice, number, carriers):
            findings.append(finding)
            truth[finding.fingerprint] = f"incident {number}"
    for number in range(noise):
        finding = _noise(dice, number)
        findings.append(finding)
        truth[finding.fingerprint] = f"noise {number}"
    dice.shuffle(findings)
    return World(findings, truth, estate)


def _estate() -> Estate:
    return Estate(
        network=(Network(cidr="10.0.0.0/8"), Network(cidr="198.51.100.0/24")),
        host=tuple(Host(name=f"srv{n}", addresses=(f"10.0.1.{n}",)) for n in range(SERVERS)),
        person=tuple(
            Person(name=f"p{n}", aliases=(f"p{n}@acme.example", f"ACME\\p{n}", f"LT-{n:03d}")) for n in range(PEOPLE)
        ),
        domain=(Domain(name="acme.example"),),
    )


def _incident(dice: random.Random, number: int, carriers: list[str]) -> Iterator[Finding]:
    at = START + dice.random() * SPAN
    # most intruders have an address of their own; one in eight comes through a carrier's, beside others
    address = dice.choice(carriers) if dice.random() < 0.125 else f"203.0.113.{number}"
    person = dice.randrange(PEOPLE)
    names = (f"user:p{person}", f"user:p{person}@acme.example", f"user:acme\\p{person}", f"host:lt-{person:03d}")
    server = dice.randrange(SERVERS)
    key = f"key:AKIA...{number:04d}(fp {number:08x})"
    steps = dice.randint(2, 6)
    with_key = dice.random() < 0.25
    for step in range(steps):
        at += timedelta(minutes=dice.randint(1, 300))
        entities = {f"ip:{address}"}
        if step:
            entities.add(dice.choice(names))
        if dice.random() < 0.6:
            entities.add(f"host:srv{server}")
        if dice.random() < 0.15:
            entities.add(f"user:{dice.choice(SHARED_ADMINS)}")
        if step >= 1 and dice.random() < 0.35:
            entities.discard(f"ip:{address}")  # a log that does not know where it came from: only the account ties it
        if with_key and step == steps - 1:
            entities.add(key)
        yield _finding(f"rule-{step}", f"{number}/{step}", at, entities, dice)
    if with_key:
        yield _finding("secret-aws-key", f"{number}/code", None, {key}, dice)


def _noise(dice: random.Random, number: int) -> Finding:
    at = START + dice.random() * SPAN
    entities = {f"host:srv{dice.randrange(SERVERS)}"}
    roll = dice.random()
    if roll < 0.4:
        entities.add(f"ip:100.64.{number % 250}.{number // 250}")
    elif roll < 0.7:
        entities.add(f"user:{dice.choice(SHARED_ADMINS)}")
    else:
        entities.add(f"user:p{dice.randrange(PEOPLE)}")
    return _finding(f"noise-{number % 7}", f"n{number}", at, entities, dice)


def _finding(rule: str, key: str, at: datetime | None, entities: set[str], dice: random.Random) -> Finding:
    return Finding(
        fingerprint=fingerprint(rule, key),
        kind=FindingKind.SECRET if at is None else FindingKind.LOG,
        rule=rule,
        title=rule,
        severity=dice.choice((Severity.MEDIUM, Severity.HIGH)),
        confidence=Confidence.HIGH,
        message=rule,
        first=at,
        last=None if at is None else at + timedelta(minutes=dice.randint(0, 20)),
        entities=tuple(sorted(entities)),
        where=(Place(path="tools/x.py" if at is None else "a.log"),),
    )


class Score(msgspec.Struct, frozen=True):
    """How well grouping did: the share of the pairs joined that is right, and of the right pairs that was joined."""

    precision: float
    recall: float
    joined: int
    wanted: int


def score(clusters: list[list[str]], truth: dict[str, str]) -> Score:
    """Return pairwise precision and recall."""
    right = joined = 0
    for cluster in clusters:
        joined += len(cluster) * (len(cluster) - 1) // 2
        right += sum(truth[a] == truth[b] for i, a in enumerate(cluster) for b in cluster[i + 1 :])
    sizes: dict[str, int] = {}
    for incident in truth.values():
        sizes[incident] = sizes.get(incident, 0) + 1
    wanted = sum(n * (n - 1) // 2 for n in sizes.values())
    return Score(right / joined if joined else 1.0, right / wanted if wanted else 1.0, joined, wanted)
