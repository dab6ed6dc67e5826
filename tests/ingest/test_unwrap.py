"""Records that a search product exported with another record inside are read as that record, whatever its format."""

import json
from typing import Any

import pytest

from tests.ingest.made import rows
from tocsin.ingest.unwrap import LIMIT, unwrapped
from tocsin.kit import Chunk

SSHD = "Nov 22 02:11:00 bastion sshd[9]: Failed password for root from 192.0.2.7 port 1 ssh2"
TRAIL = {
    "eventVersion": "1.08", "eventTime": "2026-11-22T02:20:00Z", "eventSource": "cloudtrail.amazonaws.com",
    "eventName": "StopLogging", "awsRegion": "eu-west-1", "sourceIPAddress": "192.0.2.7",
    "userIdentity": {"type": "IAMUser", "userName": "deploy"},
}  # fmt: skip
SYSMON = (
    '<Event xmlns="http://schemas.microsoft.com/win/2004/08/events/event"><System>'
    '<Provider Name="Microsoft-Windows-Sysmon"/>'
    "<EventID>1</EventID><Channel>Microsoft-Windows-Sysmon/Operational</Channel><Computer>ws7.acme.example</Computer>"
    '<TimeCreated SystemTime="2026-11-22T02:11:00.5Z"/></System>'
    '<EventData><Data Name="Image">C:\\Windows\\System32\\cmd.exe</Data></EventData></Event>'
)
BEAT = {
    "@timestamp": "2026-11-22T02:11:00.000Z", "event": {"code": "4625"},
    "winlog": {
        "channel": "Security", "event_id": "4625", "computer_name": "dc1", "event_data": {"IpAddress": "192.0.2.7"},
    },
}  # fmt: skip


def read(*records: Any) -> list[tuple[str, dict[str, Any]]]:
    return list(rows("\n".join(json.dumps(record) for record in records).encode()))


def splunk(raw: str, **fields: Any) -> dict[str, Any]:
    return {"preview": False, "offset": 0, "result": {"_raw": raw, "host": "ws7", **fields}}


@pytest.mark.parametrize(
    ("record", "what", "field", "value"),
    [
        ({"_index": "winlogbeat-8", "_id": "x", "_source": BEAT}, "Windows Security 4625", "IpAddress", "192.0.2.7"),
        ({"_index": "trails", "_source": TRAIL}, "AWS CloudTrail", "eventName", "StopLogging"),
        (splunk(json.dumps(TRAIL)), "AWS CloudTrail", "eventName", "StopLogging"),
        (splunk(SYSMON), "Windows Microsoft-Windows-Sysmon/Operational 1", "Image", "C:\\Windows\\System32\\cmd.exe"),
        (splunk(SSHD), "syslog: sshd", "source.ip", "192.0.2.7"),
        ({"_raw": SSHD, "_time": "2026-11-22T02:11:00Z"}, "syslog: sshd", "source.ip", "192.0.2.7"),
    ],
)
def test_the_record_within_is_read_by_its_own_parser(record: Any, what: str, field: str, value: str) -> None:
    ((name, fields),) = read(record)
    assert name == what
    assert fields[field] == value


def test_a_csv_of_results_is_read_by_its_raw_column() -> None:
    ((name, fields),) = rows(f'"_time","host","_raw"\n"2026-11-22","bastion","{SSHD}"\n'.encode())
    assert (name, fields["source.ip"]) == ("syslog: sshd", "192.0.2.7")


def test_what_no_parser_knows_within_keeps_the_fields_that_its_product_made() -> None:
    ((name, fields),) = read(splunk("a line that nobody knows", user="root"))
    assert name == "JSON"
    assert fields["user"] == "root"
    assert fields["_raw"] == "a line that nobody knows"


@pytest.mark.parametrize("raw", ['{"cut": ', "<Event><broken>", "", "   "])
def test_what_is_broken_within_is_still_an_event(raw: str) -> None:
    ((name, fields),) = read(splunk(raw, user="root"))
    assert name == "JSON"
    assert fields["result"]["user"] == "root"


def test_kinds_may_be_mixed_and_each_record_comes_once() -> None:
    mixed = [
        splunk(SSHD),
        TRAIL,
        {"_index": "i", "_source": BEAT},
        splunk("nobody knows"),
        splunk(SYSMON),
        {"a": 1},
    ] * 3
    assert sorted(name for name, _ in read(*mixed)) == sorted(
        ["syslog: sshd", "AWS CloudTrail", "Windows Security 4625", "JSON",
         "Windows Microsoft-Windows-Sysmon/Operational 1", "JSON"] * 3
    )  # fmt: skip


def test_one_level_is_unwrapped_and_no_more() -> None:
    inner = {"_index": "b", "_source": {"_index": "a", "_source": TRAIL}}
    ((name, fields),) = read(inner)
    assert name == "JSON"
    assert fields["_source"]["eventName"] == "StopLogging"


def test_a_source_that_is_no_object_is_a_field_of_its_own() -> None:
    ((name, fields),) = read({"_index": "a", "_source": "web", "message": "x"})
    assert (name, fields["_source"]) == ("JSON", "web")


def test_a_text_past_the_bound_stays_a_field() -> None:
    record = splunk("x" * (LIMIT + 1))
    chunk = Chunk(path="a", texts=[""], numbers=[0], objects=[record])
    assert [(frame, given.objects) for frame, given in unwrapped(chunk, "json")] == [("json", [record])]
