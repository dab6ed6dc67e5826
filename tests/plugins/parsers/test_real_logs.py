"""Parsers of objects on real logs: counts, twins, and what other people's parsers expect."""

import io
import json
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.plugins.parsers.sampled import batch, blocks, function
from tocsin.formats import clock, json_records
from tocsin.kit import Chunk, Table, declared
from tocsin.model.times import from_micros

JSON_PARSERS = (
    "m365_audit_search", "m365_audit_graph", "cloudtrail", "cloudtrail_bridge", "cloudtrail_lookup", "entra_audit",
    "entra_signin", "m365_audit", "windows", "winlogbeat", "azure_monitor", "windows_flat", "windows_powershell",
    "json_lines",
)  # fmt: skip


def rows(name: str, path: Path) -> list[tuple[Any, ...]]:
    found = []
    for decoded in blocks(path):
        assert not decoded.refused
        for table in batch(name, decoded.chunk("x")).tables:
            for index in range(len(table)):
                # the JSON of the twins was written by a tool that trims texts
                fields = {k: v.strip() if isinstance(v, str) else v for k, v in table.row(index).items()}
                found.append((table.what, table.logsource, str(table.times[index])[:19], fields))
    return found


def test_an_event_log_and_its_twin_in_json_say_the_same(data: Path) -> None:
    twins = [path for path in sorted((data / "sigma-regression").rglob("*.evtx")) if path.with_suffix(".json").exists()]
    assert len(twins) == 100
    assert [path.name for path in twins if rows("evtx", path) != rows("windows", path.with_suffix(".json"))] == []


def test_every_event_of_the_real_logs_is_a_row(data: Path) -> None:
    paths = sorted((data / "evtx-attack-samples").rglob("*.evtx"))
    assert len(paths) == 138
    made = [(decoded, batch("evtx", decoded.chunk("x"))) for path in paths for decoded in blocks(path)]
    assert sum(len(decoded) for decoded, _ in made) == 5019
    assert sum(len(table) for _, found in made for table in found.tables) == 5019


def test_recorded_streams_of_events_are_all_rows(data: Path) -> None:
    counts: Counter[str] = Counter()
    with zipfile.ZipFile(data / "windows-events" / "security-datasets-atomic.zip") as archive:
        for entry in archive.infolist():
            if entry.file_size > 1 << 20 or "aws" in entry.filename:
                continue
            for raw in json_records.cuts(io.BytesIO(archive.read(entry))):
                decoded = json_records.records(raw)
                made = batch("windows_flat", decoded.chunk("x"))
                counts["records"] += len(decoded)
                counts["rows"] += sum(map(len, made.tables))
    assert counts["records"] == counts["rows"] > 1000


# The fields that a case's `expected` and our vocabulary both have in one meaning. Left out: what they cut out of texts
# in their own way (process.working_directory, quotes of command lines), and process.pid, by which they mean the process
# that wrote the event. The rest of the difference: they take a missing ResultStatus for success, strip `$` from names
# of machines, split mail addresses into name and domain, and look into texts of NPS and AD FS events.
COMPARED = (
    "@timestamp", "event.code", "event.provider", "event.outcome", "source.ip", "source.port",
    "destination.ip", "host.name", "process.executable", "process.parent.executable", "user.name", "user.domain",
    "user_agent.original", "registry.path", "cloud.account.id", "cloud.region", "dns.question.name", "group.name",
    "error.code",
)  # fmt: skip


@pytest.mark.parametrize(
    ("folder", "cases", "share"),
    [
        ("AWS/aws-cloudtrail", 10, 0.95), ("Office_365/o365", 39, 0.82), ("Azure/azure-ad", 16, 0.91),
        ("Windows/windows", 67, 0.95), ("Beats/winlogbeat", 35, 0.93),
    ],
)  # fmt: skip
def test_our_fields_are_those_that_others_expect(data: Path, folder: str, cases: int, share: float) -> None:
    agreed: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    tables = 0
    for path in sorted((data / "log-formats" / folder).glob("*.json")):
        case = json.loads(path.read_text(encoding="utf-8"))
        for table in read(case["input"]["message"].encode()):
            tables += 1
            for field in COMPARED:
                wanted = dig(case["expected"], field)
                if wanted not in (None, "", "-"):
                    asked[field] += 1
                    agreed[field] += same(table, field, str(wanted))
    assert tables == cases
    assert agreed.total() / asked.total() >= share, {f: f"{agreed[f]} of {asked[f]}" for f in asked}


def read(message: bytes) -> Iterator[Table]:
    """Yield the tables of the first parser, by weight, that knows a record."""
    for raw in json_records.cuts(io.BytesIO(message)):
        decoded = json_records.records(raw)
        for text, record in zip(decoded.texts, decoded.objects, strict=True):
            for name in sorted(JSON_PARSERS, key=lambda n: -int(declared(function(n)).says.get("weight", 10))):
                made = batch(name, Chunk(path="x", texts=[text], numbers=[0], objects=[record]))
                if made.tables:
                    yield made.tables[0]
                    break


def dig(record: Any, field: str) -> Any:
    for step in field.split("."):
        record = record.get(step) if isinstance(record, dict) else None
    return record


def same(table: Table, field: str, wanted: str) -> bool:
    if field == "@timestamp":
        micros = clock.read(table.clock, table.times).micros[0] if table.clock else None
        return micros is not None and from_micros(micros).isoformat()[:19] == wanted[:19]
    column = table.column(field)
    return column is not None and str(column[0]).lower() == wanted.lower()
