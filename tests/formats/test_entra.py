"""Microsoft Entra sign-ins and audits as tables."""

from typing import Any

import pytest
from hypothesis import given

from tests.formats.test_json_cut import JSON
from tocsin.formats.entra import table
from tocsin.kit import Chunk, Table


def read(record: dict[str, Any], *, is_sign_in: bool = True) -> Table:
    return table(Chunk(path="x", texts=[""], numbers=[0], objects=[record]), [0], [record], is_sign_in=is_sign_in)


def value(field: str, record: dict[str, Any], *, is_sign_in: bool = True) -> Any:
    column = read(record, is_sign_in=is_sign_in).column(field)
    return None if column is None else column[0]


@pytest.mark.parametrize(
    ("record", "wanted"),
    [
        ({"status": {"errorCode": 0}}, "success"), ({"status": {"errorCode": 50126}}, "failure"),
        ({"status": {"errorCode": 50074}}, "unknown"), ({"resultType": "50053"}, "failure"),
        ({"resultType": 0}, "success"),
        ({"Sign-in error code": "", "Status": "Interrupted"}, "unknown"), ({"Status": "Failure"}, "failure"),
        ({}, None),
    ],
)  # fmt: skip
def test_the_outcome_follows_the_error_code_or_else_the_status(record: dict[str, Any], wanted: str | None) -> None:
    assert value("event.outcome", record) == wanted


@pytest.mark.parametrize(
    ("record", "wanted"),
    [
        ({"location": {"countryOrRegion": "DE"}}, "DE"), ({"location": "de"}, "DE"),
        ({"Location": "Sao Paulo, Sao Paulo, BR"}, "BR"), ({"Location": "Somewhere"}, None), ({"location": {}}, None),
    ],
)  # fmt: skip
def test_the_country_is_two_letters_or_none(record: dict[str, Any], wanted: str | None) -> None:
    assert value("source.geo.country_iso_code", record) == wanted


def test_names_of_azure_monitors_tables_are_there_for_rules() -> None:
    record = {"status": {"errorCode": 50126, "failureReason": "no"}, "userPrincipalName": "alice@acme.example"}
    assert (value("ResultType", record), value("ResultDescription", record)) == (50126, "no")
    assert (value("Status", record), value("Username", record)) == ("Failure", "alice@acme.example")


def test_what_was_changed_is_told_by_the_kind_of_target() -> None:
    record = {"targetResources": [{"type": "User", "userPrincipalName": "bob@acme.example"},
                                  {"type": "Group", "displayName": "Admins"}, None]}  # fmt: skip
    assert value("user.target.name", record, is_sign_in=False) == "bob@acme.example"
    assert value("group.name", record, is_sign_in=False) == "Admins"
    assert value("targetResources.type", record, is_sign_in=False) == ["User", "Group"]


def test_changed_properties_are_found_across_all_targets() -> None:
    record = {"targetResources": [{"modifiedProperties": [{"newValue": "a"}, {"newValue": "b"}]}, {"type": "x"}]}
    assert value("TargetResources.modifiedProperties.newValue", record, is_sign_in=False) == ["a", "b"]


@given(JSON)
def test_no_value_makes_it_raise(anything: Any) -> None:
    names = ("status", "location", "Location", "ipAddress", "targetResources", "initiatedBy", "additionalDetails",
             "result", "resultType", "createdDateTime", "activityDateTime", "Status")  # fmt: skip
    for is_sign_in in (True, False):
        made = read(dict.fromkeys(names, anything), is_sign_in=is_sign_in)
        made.row(0)
        for name in made.columns:
            made.column(name)
