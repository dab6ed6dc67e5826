"""What correlations cost over many events in many groups, beside the same events and rules without them.

    python benchmarks/sigma_correlate.py [EVENTS] [SHARE]

Made-up logons of 10,000 accounts, one a line, of which one in SHARE (default 10) is refused and matches a rule, and as
many of the others match another. Both sides parse and match all events, gather the matches and make findings, in CPU
time of this process; one of them has three correlations more: a count, a count of values, and a sequence, each by
account, over two hours; the rules they are made of tell as before.
"""

import json
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from statistics import median

import msgspec
from _worker import Worker

from tocsin.app.scan_jobs import Answer, LogAnswer
from tocsin.detect.gather import Gather
from tocsin.detect.rules import RuleSet, load

EVENTS = 1_000_000
GROUPS = 10_000
SHARE = 10
ROUNDS = 3
RULE = """
title: {name}
id: {name}
name: {name}
level: {level}
logsource: {{product: windows, service: security}}
detection: {{s: {{EventID: {number}, Status: '{status}'}}, condition: s}}
tocsin: {{by: [TargetUserName]}}
"""
CHAIN = """
title: {name}
id: {name}
level: high
correlation: {{type: {type}, rules: [{rules}], group-by: [TargetUserName], timespan: 2h,
  generate: true{more}}}
"""
CHAINS = (
    ("count", "event_count", "refused", ", condition: {gte: 3}"),
    ("values", "value_count", "refused", ", condition: {field: IpAddress, gte: 3}"),
    ("ordered", "temporal_ordered", "refused, taken", ""),
)


def main() -> int:
    """Print the figures."""
    events = int(sys.argv[1]) if len(sys.argv) > 1 else EVENTS
    share = int(sys.argv[2]) if len(sys.argv) > 2 else SHARE
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        log = folder / "log.json"
        log.write_bytes(b"".join(made(events, share)))
        write(folder / "plain", ())
        write(folder / "chains", CHAINS)
        sides = [(Worker([folder / side]), load([folder / side])) for side in ("plain", "chains")]
        jobs = sides[0][0].jobs(log)
        spent = [[seconds(worker, rules, jobs) for worker, rules in sides] for _ in range(ROUNDS)]
    plain, chains = (median(one[side][0] for one in spent) for side in (0, 1))
    ratios = median(one[1][0] / one[0][0] for one in spent)
    print(f"{events:,} events in {GROUPS:,} groups, one in {share} matches each of two rules; {ROUNDS} rounds")
    print(f"without correlations {plain:.2f} CPU s and {spent[0][0][1]:,} findings")
    print(f"with three {chains:.2f} CPU s and {spent[0][1][1]:,} findings: {ratios - 1:+.0%}")
    return 0


def write(folder: Path, chains: tuple[tuple[str, str, str, str], ...]) -> None:
    """Write the rules of one side."""
    folder.mkdir()
    for name, number, status in (("refused", 4625, "0xC000006D"), ("taken", 4624, "0x1")):
        text = RULE.format(name=name, number=number, status=status, level="low")
        (folder / f"{name}.yml").write_text(text, "utf-8")
    for name, kind, rules, more in chains:
        (folder / f"{name}.yml").write_text(CHAIN.format(name=name, type=kind, rules=rules, more=more), "utf-8")


def made(events: int, share: int) -> Iterator[bytes]:
    """Yield logons over a day."""
    chance = random.Random(1)
    for number in range(events):
        second = number * 86_400 // events
        refused = chance.randrange(share) == 0
        yield (
            json.dumps(
                {
                    "@timestamp": f"2026-01-02T{second // 3600:02}:{second // 60 % 60:02}:{second % 60:02}Z",
                    "EventID": 4625 if refused else 4624,
                    "Channel": "Security",
                    "Hostname": f"host{number % 50}.example.org",
                    "TargetUserName": f"user{chance.randrange(GROUPS)}",
                    "IpAddress": f"192.0.2.{chance.randrange(256)}",
                    "Status": "0xC000006D" if refused else f"0x{int(chance.randrange(share) == 0)}",
                    "LogonType": 3,
                    "RecordNumber": number,
                },
                separators=(",", ":"),
            ).encode()
            + b"\n"
        )


def seconds(worker: Worker, rules: RuleSet, jobs: list[bytes]) -> tuple[float, int]:
    """Return the CPU time from blocks to findings, and how many there are."""
    start = time.process_time()
    first = 0
    with Gather(rules, lambda value: value) as gather:
        for job in jobs:
            answer = msgspec.msgpack.decode(worker.answer(job), type=Answer)
            if isinstance(answer, LogAnswer):
                gather.add("log.json", answer.matches, first)
                first += answer.records
        gather.close("log.json")
        found = sum(1 for _ in gather.findings(lambda _path, _clock, micros, _record, _host: micros))
    return time.process_time() - start, found


if __name__ == "__main__":
    sys.exit(main())
