"""logs/dc1-security.jsonl: the Security log of a domain controller, shipped by Winlogbeat 8, one JSON a line.

The envelope is Winlogbeat's: https://www.elastic.co/guide/en/beats/winlogbeat/8.19/exported-fields-winlog.html.
`message` keeps the first sentence only, as a processor of the shipper leaves it. The log is benign; it shows a
domain controller at work, with two things that look worse than they are: the other controller replicates the
directory, and a few people mistype their password.
"""

import json
from random import Random
from typing import Any

from acme_gen.day import MACHINES, STAFF, iso, moments, uuid
from acme_gen.windows_events import Scene
from acme_gen.windows_table import EVENTS
from acme_gen.world import DC1, World

RECORDS = 2_871
# How often each event comes up in the rest of the day; machines have their own, even hours.
BY_MACHINES = frozenset((4616, 4662, 4742, 4985, 5058, 5061, 5156, 5158, 4661, 4658, 4799))


def security_log(world: World) -> list[str]:
    """Return the lines of the day in order of time; their number does not depend on the seed."""
    rng = world.rng("windows")
    agent = {
        "ephemeral_id": uuid(rng),
        "id": uuid(rng),
        "name": "dc1",
        "type": "winlogbeat",
        "version": "8.19.5",
    }
    host = {
        "architecture": "x86_64",
        "hostname": "dc1",
        "id": uuid(rng),
        "ip": [DC1],
        "mac": ["00-00-5E-00-53-0B"],
        "name": "dc1.acme.example",
        "os": {
            "build": "20348.4294",
            "family": "windows",
            "kernel": "10.0.20348.4294 (WinBuild.160101.0800)",
            "name": "Windows Server 2022 Standard",
            "platform": "windows",
            "type": "windows",
            "version": "10.0",
        },
    }
    plan = sorted((when, number) for number, count in shares().items() for when in times(rng, number, count))
    found = []
    for place, (when, number) in enumerate(plan):
        record = event(rng, world, when, number, 48_213_377 + place)
        found.append(json.dumps(record | {"agent": agent, "host": host}, separators=(",", ":")))
    return found


def shares() -> dict[int, int]:
    """Return how many of each event the day has; together they are exactly the records of the log."""
    fixed = {number: form.count for number, form in EVENTS.items() if form.count}
    weights = {number: form.weight for number, form in EVENTS.items() if not form.count}
    rest = RECORDS - sum(fixed.values())
    counts = {number: rest * weight // sum(weights.values()) for number, weight in weights.items()}
    counts[4624] += rest - sum(counts.values())
    return fixed | counts


def times(rng: Random, number: int, count: int) -> list[float]:
    """Return when an event happens."""
    return moments(rng, count, MACHINES if number in BY_MACHINES else tuple(hour + 3 for hour in STAFF))


def event(rng: Random, world: World, when: float, number: int, place: int) -> dict[str, Any]:
    """Return one event in Winlogbeat's envelope."""
    form = EVENTS[number]
    scene = Scene(rng=rng, person=rng.choice(world.people), when=when)
    data = form.fields(scene)
    failed = number in (4625, 4771) or (number == 4776 and data["Status"] != "0x0")
    winlog: dict[str, Any] = {
        "api": "wineventlog",
        "channel": "Security",
        "computer_name": "dc1.acme.example",
        "event_data": data,
        "event_id": str(number),
        "keywords": ["Audit Failure" if failed else "Audit Success"],
        "opcode": "Info",
        "process": {"pid": 4 if number in (4688, 4689, 5140, 5145, 5156, 5158) else 688, "thread": {"id": 716}},
        "provider_guid": "{54849625-5478-4994-a5ba-3e3b0328c30d}",
        "provider_name": "Microsoft-Windows-Security-Auditing",
        "record_id": place,
        "task": form.task,
    }
    if form.version:
        winlog["version"] = form.version
    return {
        "@timestamp": iso(when),
        "ecs": {"version": "8.0.0"},
        "event": {
            "action": form.task,
            "code": str(number),
            "created": iso(when + 1.214),
            "kind": "event",
            "outcome": "failure" if failed else "success",
            "provider": "Microsoft-Windows-Security-Auditing",
        },
        "log": {"level": "information"},
        "message": form.says,
        "winlog": winlog,
    }
