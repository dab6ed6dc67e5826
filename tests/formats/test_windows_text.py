"""Windows events as agents render them: labels below headings become the names that rules use."""

import pytest

from tocsin.formats.windows_text import flat_text

HEAD = "11/02/2026 08:55:46 AM\nLogName=Security\nEventCode={code}\nComputerName=ws7\nSourceName=x\nMessage={message}"


def flat(message: str, code: int = 4732) -> dict[str, object]:
    made = flat_text(HEAD.format(code=code, message=message))
    assert made is not None
    return made


def test_a_heading_says_of_whom_its_labels_speak() -> None:
    made = flat(
        "A member was added.\n\nSubject:\n\tSecurity ID:\t\tS-1-5-18\n\tAccount Name:\t\tadmin\n\n"
        "Member:\n\tSecurity ID:\t\tS-1-5-21-9\n\tAccount Name:\t\tCN=jdoe\n\n"
        "Group:\n\tGroup Name:\t\tAdministrators\n\tGroup Domain:\t\tBuiltin"
    )
    assert made["SubjectUserName"] == "admin"
    assert made["SubjectUserSid"] == "S-1-5-18"
    assert (made["MemberSid"], made["MemberUserName"]) == ("S-1-5-21-9", "CN=jdoe")
    assert (made["TargetUserName"], made["TargetDomainName"]) == ("Administrators", "Builtin")


def test_a_value_goes_on_where_lines_follow_without_a_label() -> None:
    made = flat("Access:\n\nAccess Request Information:\n\tAccesses:\t\tREAD_CONTROL\n\t\t\t\tSYNCHRONIZE\n\nend of it")
    assert made["AccessList"] == "READ_CONTROL\nSYNCHRONIZE"


@pytest.mark.parametrize("nothing", ["-", ""])
def test_a_value_that_says_nothing_is_no_field(nothing: str) -> None:
    assert "SubjectUserName" not in flat(f"x\n\nSubject:\n\tAccount Name:\t\t{nothing}")


def test_the_first_of_equal_labels_stays() -> None:
    made = flat("x\n\nSubject:\n\tAccount Name:\t\tadmin\n\tAccount Name:\t\tother")
    assert made["SubjectUserName"] == "admin"


def test_the_service_of_7045_has_the_names_of_its_data() -> None:
    made = flat("x\n\nService File Name:  C:\\u.exe\nService Account:  LocalSystem", 7045)
    assert (made["ImagePath"], made["AccountName"]) == ("C:\\u.exe", "LocalSystem")


def test_the_time_is_the_machines_clock_unless_the_event_has_its_own() -> None:
    assert flat("x")["TimeCreated"] == "2026-11-02T08:55:46"
    assert flat("x\nUtcTime: 2026-11-02 07:55:46.1")["TimeCreated"] == "2026-11-02 07:55:46.1Z"


@pytest.mark.parametrize(
    "text",
    ["", "one line", "11/02/2026 08:55:46 AM\nLogName=Security\n", "11/02/2026 08:55:46 AM\nLogName=a\nEventCode=x\n",
     "11/02/2026 08:55:46 AM\nEventCode=1\n"],
)  # fmt: skip
def test_what_is_no_such_text_is_none(text: str) -> None:
    assert flat_text(text) is None


def test_a_time_that_is_none_leaves_the_event_without_one() -> None:
    made = flat_text("99/99/2026 08:55:46 AM\nLogName=Security\nEventCode=1\nMessage=x")
    assert made is not None
    assert made["TimeCreated"] is None
