"""The journey of `tocsin detect`: what must change no finding, over made events and real ones."""

import gzip
import json
import os
from collections import Counter
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path
from random import Random
from typing import Any

import pytest
import yaml

from tests.detect.scan import Scan, own_rules
from tests.match.sigma import naive, pairs
from tocsin.app.detect import Hit, detect
from tocsin.app.scan_looked import Request
from tocsin.detect.rules import RuleSet
from tocsin.formats import evtx, json_records
from tocsin.ingest import frame
from tocsin.match.sigma.expression import leaves
from tocsin.match.sigma.matcher import Matcher, fields_of
from tocsin.model.codec import to_builtins
from tocsin.runtime.workspace import Workspace

SEED = 20261124
WRITTEN = 1_764_000_000
RULES = {
    "started.yml": """
title: A program was started
name: started
level: low
logsource: {product: windows, category: process_creation}
detection: {s: {Image|endswith: '\\\\whoami.exe'}, f: {User: null, Nowhere|contains: x}, condition: s and not f}
""",
    "failed.yml": """
title: A logon failed
name: failed
level: informational
logsource: {product: windows, service: security}
detection: {s: {EventID: 4625}, condition: s}
---
title: A logon worked
name: worked
level: informational
logsource: {product: windows, service: security}
detection: {s: {EventID: 4624}, condition: s}
""",
    "many.yml": """
title: Many logons failed
name: many
level: medium
correlation:
    type: event_count
    rules: [failed]
    group-by: [IpAddress]
    timespan: 1m
    condition: {gte: 4}
    generate: true
---
title: Many names were tried
level: high
correlation:
    type: value_count
    rules: [failed]
    group-by: [IpAddress, Computer]
    timespan: 2m
    condition: {field: TargetUserName, gt: 2, lte: 50}
---
title: Guessing that worked
level: critical
correlation: {type: temporal_ordered, rules: [many, worked], group-by: [IpAddress], timespan: 5m}
---
title: A logon and a program
level: high
correlation:
    type: temporal
    rules: [worked, started]
    group-by: [who]
    timespan: 10m
    aliases: {who: {worked: TargetUserName, started: User}}
""",
    "keywords.yml": """
title: A word
level: low
logsource: {product: windows}
detection: {k: ['mimi*tz'], condition: k}
""",
}
OTHER = """
title: Nothing of the kind
level: high
logsource: {product: windows, category: process_creation}
detection: {s: {Image|endswith: '\\\\nothing-of-the-kind.exe', CommandLine|re: 'a.c'}, condition: s}
"""


def event(chance: Random, second: int) -> dict[str, Any]:
    number = chance.choice([1, 4624, 4625, 4625, 4625])
    user = chance.choice(["ada", "bob", "cyd", "dan"])
    system = {
        "EventID": number,
        "Channel": "Microsoft-Windows-Sysmon/Operational" if number == 1 else "Security",
        "Computer": chance.choice(["ws1.acme.example", "ws2.acme.example"]),
        "TimeCreated": {"#attributes": {"SystemTime": f"2025-11-22T02:{second // 60:02d}:{second % 60:02d}.000000Z"}},
    }
    said = {"TargetUserName": user, "IpAddress": f"192.0.2.{chance.randint(1, 3)}"}
    if number == 1:
        image = chance.choice([r"C:\Windows\System32\whoami.exe", r"C:\Windows\mimikatz.exe"])
        said = {"Image": image, "CommandLine": "x", "User": user}
    return {"Event": {"System": system, "EventData": said}}


def lines(count: int = 600, **more: str) -> list[str]:
    chance = Random(SEED)
    events = [event(chance, min(chance.randint(0, 60) + 4 * place, 3_599)) for place in range(count)]
    for one in events:
        one["Event"]["EventData"].update(more)
    return [json.dumps(one) + "\n" for one in events]


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    os.utime(path, (WRITTEN, WRITTEN))
    return path


@pytest.fixture
def rules(home: Path) -> Path:
    for name, text in RULES.items():
        write(home / "rules" / name, text)
    return home / "rules"


def run(rules: Path | tuple[Path, ...], *paths: Path, workers: int = 1) -> tuple[Any, list[Hit]]:
    hits: list[Hit] = []
    request = Request(
        paths=tuple(map(str, paths)), workspace=Workspace(), only_rules=True, workers=workers,
        rules=rules if isinstance(rules, tuple) else (rules,),
    )  # fmt: skip
    result = detect(request, stdin=BytesIO(), progress=lambda *_: None, each=hits.append).result
    return result, hits


def whole(found: tuple[Any, list[Hit]]) -> Any:
    """Return all that a run says but when it ran and how long it took."""
    result, hits = found
    said = {name: value for name, value in to_builtins(result).items() if name not in {"started", "seconds"}}
    return said, [to_builtins(hit) for hit in hits]


def essence(found: tuple[Any, list[Hit]]) -> Any:
    """Return what stays though the same records come in other places."""
    result, hits = found
    findings = sorted(
        (f.rule, f.fingerprint, f.count, sorted(f.entities), str(f.first), str(f.last), f.severity)
        for f in result.findings
    )
    assert len({f.rule for f in result.findings}) >= 5
    return findings, sorted((hit.rule, str(hit.at), sorted(hit.event.items()), sorted(hit.entities)) for hit in hits)


def test_each_rule_of_these_finds_something(rules: Path, home: Path) -> None:
    result, hits = run(rules, write(home / "a.json", "".join(lines())))
    assert {finding.title for finding in result.findings} == {
        "A logon failed", "Many names were tried", "Guessing that worked", "A logon and a program", "A word",
    }  # fmt: skip
    assert len(hits) > 400
    assert result.coverage.complete


@pytest.mark.parametrize("workers", [2, 3])
def test_the_number_of_workers_changes_nothing_of_what_is_said(rules: Path, home: Path, workers: int) -> None:
    path = write(home / "a.json", "".join(lines(3_000)))
    assert whole(run(rules, path, workers=workers)) == whole(run(rules, path))


@pytest.mark.parametrize("size", [150, 2_000, 70_000])
def test_where_blocks_are_cut_changes_nothing_of_what_is_said(
    rules: Path, home: Path, size: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = write(home / "a.json", "".join(lines()))
    one = whole(run(rules, path))

    def cuts(stream: Any, _: Any) -> Iterator[tuple[bytes, bytes, str]]:
        return ((b"", raw, "") for raw in json_records.cuts(stream, block=size))

    monkeypatch.setitem(frame._CUTTERS, "json", cuts)  # the size of a block is no setting
    assert whole(run(rules, path, workers=2)) == one


@pytest.mark.parametrize("seed", [1, 2])
def test_the_order_of_records_changes_no_finding(rules: Path, home: Path, seed: int) -> None:
    given = lines()
    one = essence(run(rules, write(home / "a.json", "".join(given))))
    Random(seed).shuffle(given)
    assert essence(run(rules, write(home / "b.json", "".join(given)))) == one


@pytest.mark.parametrize("place", [1, 299, 599])
def test_a_file_in_two_halves_gives_the_same(rules: Path, home: Path, place: int) -> None:
    given = lines()
    one = essence(run(rules, write(home / "a.json", "".join(given))))
    first, second = write(home / "b1.json", "".join(given[:place])), write(home / "b2.json", "".join(given[place:]))
    assert essence(run(rules, first, second)) == one
    assert essence(run(rules, second, first, workers=2)) == one


def test_a_copy_and_a_compressed_file_say_no_more(rules: Path, home: Path) -> None:
    text = "".join(lines())
    path = write(home / "a.json", text)
    one = essence(run(rules, path))
    packed = write(home / "b.json.gz", gzip.compress(text.encode(), mtime=0))
    copy = write(home / "c.json", text)
    assert essence(run(rules, packed)) == one
    assert essence(run(rules, path, copy, packed))[0] == one[0]


def test_the_order_and_the_place_of_rules_change_nothing(rules: Path, home: Path) -> None:
    path = write(home / "a.json", "".join(lines()))
    one = essence(run(rules, path))
    names = [f"{place}.yml" for place in range(len(RULES))]
    for name, text in zip(names, reversed(RULES.values()), strict=True):
        write(home / "other" / name, text)
    write(home / "joined" / "all.yml", "\n---\n".join(reversed(RULES.values())))
    assert essence(run(home / "other", path)) == one
    assert essence(run(home / "joined", path)) == one


def test_an_unrelated_rule_changes_nothing_else(rules: Path, home: Path) -> None:
    path = write(home / "a.json", "".join(lines()))
    one, hits = run(rules, path)
    write(rules / "0-other.yml", OTHER)
    two, others = run(rules, path)
    assert to_builtins(two.findings) == to_builtins(one.findings)
    assert [to_builtins(hit) for hit in others] == [to_builtins(hit) for hit in hits]


def test_a_field_that_no_rule_asks_for_changes_no_finding(rules: Path, home: Path) -> None:
    one = essence(run(rules, write(home / "a.json", "".join(lines()))))
    more = write(home / "b.json", "".join(lines(SubjectDomainSecret="z", Zz="1")))
    assert essence(run(rules, more)) == one


def test_real_events_say_the_same_whatever_the_workers_and_blocks(
    data: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    windows = data / "sigma" / "rules" / "windows"
    rules = (windows / "builtin", windows / "registry", windows / "process_creation")
    files = sorted((data / "evtx-attack-samples").rglob("*.evtx"))
    chosen = Random(SEED).sample(files, len(files) // 4)
    one = whole(run(rules, *chosen))
    assert len(one[1]) > 20
    monkeypatch.setattr(evtx, "BLOCK", evtx.CHUNK)
    assert whole(run(rules, *chosen, workers=3)) == one
    turned = run(rules, *reversed(chosen), workers=2)
    assert sorted(hit.digest for hit in turned[1]) == sorted(hit["digest"] for hit in one[1])


def test_no_rule_of_sigmahq_is_lost_because_a_field_never_occurs(data: Path) -> None:
    files = sorted((data / "evtx-attack-samples").rglob("*.evtx"))
    pairs_of = pairs.rules(data / "sigma")
    rules_of = [rule for rule, _ in pairs_of]
    absent = 0
    matcher = Matcher(rules_of)
    for table in pairs.tables(Random(SEED).sample(files, len(files) // 10)):
        for index, row in matcher.run(table):
            names = frozenset(name for leaf in leaves(rules_of[index].expression) for name in fields_of(leaf))
            seen = pairs.event(table, row, names)
            assert naive.matches(pairs_of[index][1], seen, table.texts[row])
            absent += len(seen) < len(names)
    assert absent > 10


def test_no_rule_of_ours_for_another_system_fires_on_windows_events(data: Path) -> None:
    files = sorted((data / "evtx-attack-samples").rglob("*.evtx"))
    foreign = tuple(rule for rule in own_rules().rules if rule.source.product not in {"", "windows"})
    assert len(foreign) > 50
    one = Scan(RuleSet(rules=foreign))
    one.take(Random(SEED).sample(files, len(files) // 4))
    assert one.records > 500
    assert one.findings() == []


def test_each_regression_case_of_sigmahq_matches_as_often_as_it_says(data: Path, home: Path) -> None:
    found: Counter[tuple[str, str, str]] = Counter()
    for hit in run((data / "sigma",), data / "sigma-regression", workers=2)[1]:
        found[hit.rule, str(Path(hit.path).parent), Path(hit.path).suffix] += 1
    infos = sorted((data / "sigma-regression").rglob("info.yml"))
    assert len(infos) == 100
    for info in infos:
        said = yaml.safe_load(info.read_text("utf-8"))
        least = max(one.get("match_count", 1) for one in said["regression_tests_info"])
        for rule in said["rule_metadata"]:
            for suffix in (".evtx", ".json"):
                assert found[rule["id"], str(info.parent), suffix] >= least, (info, suffix)
