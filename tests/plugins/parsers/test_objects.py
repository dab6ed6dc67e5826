"""Parsers of objects on any objects: never an exception, and each record in just one place."""

import importlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.test_json_cut import JSON
from tests.plugins.parsers.sampled import function
from tests.plugins.parsers.test_real_logs import JSON_PARSERS
from tocsin.kit import Chunk, declared

NAMES = (
    *JSON_PARSERS, "m365_audit_csv", "entra_signin_csv", "csv_table", "evtx", "okta_system", "gcp_audit",
    "github_audit", "kubernetes_audit", "azure_activity", "opencanary", "bitbucket_audit",
    "zeek_tsv", "zeek_json", "suricata", "windows_xml", "sysmon_linux", "journald",
)  # fmt: skip
INNER = (
    "System", "EventData", "channel", "event_id", "event_data", "type", "arn", "errorCode", "user", "Name", "metadata",
    "event", "parameter", "status", "authorizationInfo", "spec", "containers", "volumes", "epochSecond", "value",
    "dns", "queries", "http", "_path", "MESSAGE", "Data", "#attributes", "id.orig_h",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
@given(data=st.data())
def test_no_object_makes_a_parser_raise_or_lose_a_record(name: str, data: st.DataObject) -> None:
    parser = function(name)
    keys = declared(parser).says.get("keys", ())
    value = JSON | st.dictionaries(st.sampled_from(INNER), JSON, max_size=4)
    record = st.fixed_dictionaries(dict.fromkeys(keys, value), optional={"extra": JSON, "a user": JSON})
    objects: list[dict[str, Any]] = data.draw(st.lists(record, max_size=5))
    numbers = [3 * n for n in range(len(objects))]
    chunk = Chunk(path="x", texts=["t"] * len(objects), numbers=numbers, objects=objects)

    made = parser(chunk, None)

    rest = [numbers[i] for i in made.rest]
    placed = [*(n for table in made.tables for n in table.numbers), *rest, *(r.record for r in made.refused)]
    assert sorted(placed) == numbers
    for table in made.tables:
        assert list(table.numbers) == sorted(table.numbers)
        assert len(table.texts) == len(table)
        assert not table.clock or len(table.times) == len(table)
        for index in range(len(table)):
            table.row(index)


@pytest.mark.parametrize("name", NAMES)
def test_a_parser_of_objects_says_what_it_sees_misses_and_where_that_is_written(name: str) -> None:
    said = importlib.import_module(f"tocsin.plugins.parsers.{name}").__doc__ or ""
    assert "\nMisses: " in said
    assert "\nSee: https://" in said
