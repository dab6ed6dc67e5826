"""CloudTrail records as tables."""

from typing import Any

import pytest
from hypothesis import given

from tests.formats.test_json_cut import JSON
from tocsin.formats.cloudtrail import batch
from tocsin.kit import Chunk, Table


def read(*records: dict[str, Any]) -> Any:
    return batch(Chunk(path="x", texts=[""] * len(records), numbers=range(len(records)), objects=records), records)


def one(**record: Any) -> Table:
    table: Table = read({"eventTime": "2026-03-02T11:00:00Z", "eventName": "X", **record}).tables[0]
    return table


def value(field: str, **record: Any) -> Any:
    column = one(**record).column(field)
    return None if column is None else column[0]


@pytest.mark.parametrize(
    ("who", "wanted"),
    [
        ({"type": "Root", "userName": "alias"}, "root"), ({"type": "IAMUser", "userName": "deploy"}, "deploy"),
        ({"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/admin/alice"}, "alice"),
        ({"type": "AWSService", "invokedBy": "lambda.amazonaws.com"}, "lambda.amazonaws.com"),
        ({"type": "AWSAccount", "accountId": "1"}, None), ("odd", None),
    ],
)  # fmt: skip
def test_the_user_is_read_from_the_kind_of_identity(who: object, wanted: str | None) -> None:
    assert value("user.name", userIdentity=who) == wanted


def test_the_name_of_a_service_is_no_address() -> None:
    assert value("source.ip", sourceIPAddress="ec2.amazonaws.com") is None
    assert value("source.ip", sourceIPAddress="192.0.2.1") == "192.0.2.1"


def test_nested_names_and_the_vocabularys_find_the_key() -> None:
    key = "AKIA" + "IOSFODNN7EXAMPLE"
    table = one(userIdentity={"accessKeyId": key})
    for name in ("userIdentity.accessKeyId", "cloud.access_key"):
        assert table.column(name) == [key]


def test_a_console_login_that_failed_is_a_failure() -> None:
    record = {"eventName": "ConsoleLogin", "responseElements": {"ConsoleLogin": "Failure"}}
    assert value("event.outcome", **record) == "failure"
    assert "authentication" in one(**record).logsource.categories


def test_insights_are_no_api_calls() -> None:
    table = one(insightDetails={"eventName": "StopLogging"})
    assert table.logsource.services == {"cloudtrail-insight"}
    assert table.column("event.outcome") is None


def test_notifications_of_other_services_in_the_same_envelope_are_left() -> None:
    assert list(read({"eventTime": "x", "eventSource": "aws:s3"}).rest) == [0]


@given(JSON)
def test_no_value_makes_it_raise(anything: Any) -> None:
    names = ("userIdentity", "sourceIPAddress", "eventName", "requestParameters", "responseElements", "eventSource")
    for table in read({"eventTime": anything, **dict.fromkeys(names, anything)}).tables:
        for index in range(len(table)):
            table.row(index)
