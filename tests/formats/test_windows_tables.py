"""Windows events as tables by channel and event id."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from tocsin.formats.windows_event import flat_flat
from tocsin.formats.windows_tables import batch, kind
from tocsin.kit import Chunk


def read(*records: dict[str, Any]) -> Any:
    return batch(Chunk(path="x", texts=[""] * len(records), numbers=range(len(records)), objects=records), flat_flat)


def test_events_of_one_channel_and_id_are_one_table() -> None:
    made = read({"Channel": "Security", "EventID": 1}, {"Channel": "System", "EventID": 1},
                {"Channel": "Security", "EventID": "1"}, {"no": 1})  # fmt: skip
    assert [(table.what, list(table.numbers)) for table in made.tables] == [
        ("Windows Security 1", [0, 2]), ("Windows System 1", [1]),
    ]  # fmt: skip
    assert made.rest == [3]


@pytest.mark.parametrize(
    ("channel", "code", "event_type", "categories", "services"),
    [
        ("Microsoft-Windows-Sysmon/Operational", 1, "", {"process_creation"}, {"sysmon"}),
        ("security", 4688, "", {"process_creation"}, {"security"}),
        ("Microsoft-Windows-Sysmon/Operational", 13, "", {"registry_event", "registry_set"}, {"sysmon"}),
        ("Microsoft-Windows-Sysmon/Operational", 12, "DeleteValue", {"registry_event", "registry_delete"}, {"sysmon"}),
        ("Microsoft-Windows-Sysmon/Operational", 12, "INFO", {"registry_event", "registry_add", "registry_delete"},
         {"sysmon"}),
        ("Windows PowerShell", 400, "", {"ps_classic_start"}, {"powershell-classic"}),
        ("PowerShellCore/Operational", 4104, "", {"ps_script"}, {"powershell"}),
        ("System", 4688, "", set(), {"system"}),
        ("An-Unknown/Channel", 1, "", set(), set()),
    ],
)  # fmt: skip
def test_a_channel_and_an_id_serve_sigmas_log_sources(
    channel: str, code: int, event_type: str, categories: set[str], services: set[str]
) -> None:
    source = kind(channel, code, event_type).logsource
    assert (source.product, set(source.categories), set(source.services)) == ("windows", categories, services)


def test_our_table_knows_what_the_public_one_knows(data: Path) -> None:
    known = yaml.safe_load((data / "sigma" / "logsources-thor.yml").read_text(encoding="utf-8"))["logsources"]
    missing = []
    for name, entry in known.items():
        if entry.get("product") != "windows" or "conditions" not in entry or entry.get("category") == "antivirus":
            continue
        service = entry["rewrite"]["service"]
        channel = {"sysmon": "Microsoft-Windows-Sysmon/Operational", "security": "Security",
                   "powershell": "Microsoft-Windows-PowerShell/Operational",
                   "powershell-classic": "Windows PowerShell"}[service]  # fmt: skip
        conditions = entry["conditions"]
        source = kind(channel, conditions["EventID"], conditions.get("EventType", "")).logsource
        if entry["category"] not in source.categories:
            missing.append(name)
    assert missing == []
    channels = [(entry["service"], written.removeprefix("WinEventLog:")) for entry in known.values()
                if entry.get("product") == "windows" for written in entry.get("sources", [])]  # fmt: skip
    assert [c for c in channels if c[0] not in kind(c[1], 1).logsource.services] == []
