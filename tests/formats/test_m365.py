"""Microsoft 365 audit records as tables."""

from typing import Any

import pytest
from hypothesis import given

from tests.formats.test_json_cut import JSON
from tocsin.formats.m365 import batch, with_audit_data
from tocsin.kit import Chunk, Table


def read(*records: Any) -> Any:
    return batch(Chunk(path="x", texts=[""] * len(records), numbers=range(len(records))), iter(records))


def one(**record: Any) -> Table:
    table: Table = read(record).tables[0]
    return table


def value(field: str, **record: Any) -> Any:
    column = one(**record).column(field)
    return None if column is None else column[0]


def test_lists_of_names_and_values_become_fields_and_stay() -> None:
    parameters = [{"Name": "ForwardTo", "Value": "a@example.net"}, {"Name": "", "Value": "x"}, "odd"]
    table = one(Parameters=parameters, ModifiedProperties=[{"Name": "Role", "NewValue": "n", "OldValue": "o"}])
    assert table.column("Parameters.ForwardTo") == ["a@example.net"]
    assert table.column("Parameters") == [parameters]
    assert table.column("ModifiedProperties.Role") == ["n"]
    assert table.column("ModifiedProperties.Role.OldValue") == ["o"]


@pytest.mark.parametrize(
    ("record", "wanted"),
    [
        ({"ClientIP": "192.0.2.1:55012"}, ("192.0.2.1", 55012)),
        ({"ClientIP": "[2001:db8::1]:443"}, ("2001:db8::1", 443)),
        ({"ClientIP": "<null>", "ActorIpAddress": "192.0.2.2"}, ("192.0.2.2", None)),
        ({"ClientIPAddress": "192.0.2.3"}, ("192.0.2.3", None)), ({"ClientIP": ""}, (None, None)),
    ],
)  # fmt: skip
def test_the_clients_address_comes_without_its_port(record: dict[str, Any], wanted: tuple[Any, Any]) -> None:
    assert (value("source.ip", **record), value("source.port", **record)) == wanted


def test_sign_ins_are_authentication_and_served_under_their_workload() -> None:
    source = one(Operation="UserLoginFailed", Workload="AzureActiveDirectory").logsource
    assert (source.product, set(source.categories)) == ("m365", {"authentication"})
    assert source.services == {"audit", "azureactivedirectory"}


def test_alerts_are_served_as_sigma_names_them() -> None:
    record = {"Workload": "SecurityComplianceCenter", "Operation": "AlertTriggered", "Name": "Impossible travel"}
    assert {"threat_management", "threat_detection"} <= one(**record).logsource.services
    assert value("eventName", **record) == "Impossible travel"
    assert value("eventSource", **record) == "SecurityComplianceCenter"


@pytest.mark.parametrize(
    ("status", "wanted"),
    [("True", "success"), ("PartiallySucceeded", "success"), ("Failed", "failure"), ("False", "failure"), (None, None)],
)
def test_the_outcome_follows_the_result_status(status: str | None, wanted: str | None) -> None:
    assert value("event.outcome", ResultStatus=status) == wanted


def test_the_audit_data_wins_over_the_columns_of_the_export() -> None:
    row = {"CreationDate": "x", "Operations": "Old", "AuditData": '{"Operation": "New"}'}
    assert with_audit_data(row) == {"CreationDate": "x", "Operations": "Old", "Operation": "New", "CreationTime": "x"}


@pytest.mark.parametrize("data", ["", "{", "[]", '{"a":1,"a":2}', None, 5])
def test_a_row_without_an_object_in_its_audit_data_is_refused_with_the_reason(data: object) -> None:
    reason = with_audit_data({"AuditData": data})
    assert isinstance(reason, str)
    assert [r.why for r in read(reason).refused] == [reason]


@given(JSON)
def test_no_value_makes_it_raise(anything: Any) -> None:
    names = ("Parameters", "ClientIP", "Operation", "Workload", "UserId", "Target", "ObjectId", "CreationTime", "Name",
             "ResultStatus", "RecordType", "ModifiedProperties", "EntityType")  # fmt: skip
    for table in read(dict.fromkeys(names, anything)).tables:
        for index in range(len(table)):
            table.row(index)
    with_audit_data({"AuditData": anything})
