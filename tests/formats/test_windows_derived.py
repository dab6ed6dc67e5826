"""The normalised fields of Windows events."""

from typing import Any

import pytest
from hypothesis import given

from tests.formats.test_json_cut import JSON
from tocsin.formats.windows_derived import derived_for
from tocsin.formats.windows_tables import kind


def value(channel: str, code: int, field: str, **record: Any) -> Any:
    return kind(channel, code).derived[field](record)


def test_the_user_of_a_logon_is_who_logs_on() -> None:
    assert value("Security", 4624, "user.name", TargetUserName="alice", SubjectUserName="DC1$") == "alice"


def test_the_user_of_a_change_is_who_made_it_and_the_other_its_target() -> None:
    record = {"TargetUserName": "helper", "SubjectUserName": "alice"}
    assert value("Security", 4720, "user.name", **record) == "alice"
    assert value("Security", 4720, "user.target.name", **record) == "helper"


def test_a_group_is_the_target_of_an_added_member() -> None:
    assert value("Security", 4732, "group.name", TargetUserName="Administrators", MemberName="-") == "Administrators"
    assert value("Security", 4732, "user.target.name", MemberName="-", MemberSid="S-1-5-9") == "S-1-5-9"


@pytest.mark.parametrize("written", ["-", "", "::1", "127.0.0.1", "LOCAL", None, ["192.0.2.1"]])
def test_what_names_no_other_side_gives_no_address(written: object) -> None:
    assert value("Security", 4625, "source.ip", IpAddress=written) is None


def test_a_mapped_address_is_given_as_ipv4() -> None:
    assert value("Security", 4769, "source.ip", IpAddress="::ffff:192.0.2.1") == "192.0.2.1"


@pytest.mark.parametrize(
    ("record", "wanted"),
    [
        ({"Keywords": "0x8020000000000000"}, "success"), ({"Keywords": "0x8010000000000000"}, "failure"),
        ({"Keywords": -9214364837600034816}, "success"), ({"Keywords": -9218868437227405312}, "failure"),
        ({"EventType": "AUDIT_FAILURE"}, "failure"), ({"winlog": {"keywords": ["Audit Success"]}}, "success"),
        ({"Keywords": "0xnothing"}, None), ({"Keywords": None}, None),
    ],
)  # fmt: skip
def test_the_outcome_is_read_from_the_audit_keywords(record: dict[str, Any], wanted: str | None) -> None:
    assert value("Security", 4670, "event.outcome", **record) == wanted


def test_a_ticket_that_was_asked_for_succeeds_by_its_status() -> None:
    assert value("Security", 4768, "event.outcome", Status="0x0") == "success"
    assert value("Security", 4768, "event.outcome", Status="0x6") == "failure"


def test_sysmons_user_is_split_into_domain_and_name() -> None:
    assert value("Microsoft-Windows-Sysmon/Operational", 1, "user.name", User="ACME\\alice") == "alice"
    assert value("Microsoft-Windows-Sysmon/Operational", 1, "user.domain", User="ACME\\alice") == "ACME"


def test_rules_for_sysmons_user_fit_process_auditing() -> None:
    assert value("Security", 4688, "User", SubjectUserName="alice", SubjectDomainName="ACME") == "ACME\\alice"


NAMES = ("TargetUserName", "SubjectUserName", "SubjectDomainName", "User", "IpAddress", "Status", "Keywords", "winlog",
         "EventType", "SourceAddress", "MemberName")  # fmt: skip


@given(JSON)
def test_no_value_makes_them_raise(anything: Any) -> None:
    record = dict.fromkeys(NAMES, anything)
    for code in (1, 4624, 4625, 4648, 4688, 4720, 4728, 4768, 4776, 5140, 5156, 7045):
        for channel in ("Security", "System", "Microsoft-Windows-Sysmon/Operational"):
            for derive in kind(channel, code).derived.values():
                derive(record)
    assert derived_for("", is_audit=False, number="0")
