"""Fields that the log source never has, in another case, with a space, or with impossible values."""

from collections.abc import Callable

import pytest

from tests.detect.lint.conftest import Look, rule

Says = Callable[..., list[str]]

FILES = "logsource: {product: windows, category: file_event}\n"
CLOUD = "logsource: {product: aws, service: cloudtrail}\n"
SECURITY = "logsource: {product: windows, service: security}\n"


def entry(text: str, source: str) -> str:
    return rule(f"s:\n    {text}\ncondition: s", source=source)


def test_a_field_that_no_event_of_the_category_has_is_named(says: Says) -> None:
    assert (
        "no event of windows file_event has a field 'CommandLine'"
        in says("field-absent", entry("CommandLine: a", FILES))[0]
    )


@pytest.mark.parametrize("field", ["TargetFilename", "Image", "file.path", "process.executable", "EventID", "Computer"])
def test_a_field_that_its_events_have_under_any_name_is_not(says: Says, field: str) -> None:
    assert says("field-absent", entry(f"{field}: a", FILES)) == []


def test_a_field_in_another_case_is_named_with_the_right_one(look: Look) -> None:
    found = look("field-absent", entry("targetfilename: a", FILES))
    assert found[0].hint == "its name is 'TargetFilename'"


def test_nothing_is_known_of_fields_of_an_open_set(says: Says) -> None:
    assert says("field-absent", entry("anything: a", CLOUD)) == []
    assert says("field-absent", entry("anything: a", SECURITY)) == []


def test_a_known_field_in_another_case_is_named_where_names_are_compared_with_case(says: Says) -> None:
    assert len(says("field-case", entry("commandline: a", SECURITY))) == 1
    assert says("field-case", entry("CommandLine: a", SECURITY)) == []
    assert says("field-case", entry("Status: a", SECURITY)) == []


def test_a_field_with_a_space_is_named(says: Says) -> None:
    assert len(says("field-space", entry("Source Name: a", SECURITY))) == 1
    assert says("field-space", entry("Source_Name: a", SECURITY)) == []


def test_an_event_id_that_is_no_number_is_an_error(says: Says) -> None:
    assert len(says("event-id-number", entry("EventID: '4624,4625'", SECURITY))) == 1
    assert says("event-id-number", entry("EventID: [4624, '4625']", SECURITY)) == []
    assert says("event-id-number", entry("EventID: x", CLOUD)) == []


def test_an_event_id_beside_a_category_is_needless_by_convention(says: Says) -> None:
    assert len(says("field-redundant", entry("EventID: 11", FILES))) == 1
    assert says("field-redundant", entry("EventID: 4624", SECURITY)) == []


def test_a_user_of_one_language_is_named_by_convention(says: Says) -> None:
    assert len(says("user-localised", entry("User: 'NT AUTHORITY\\SYSTEM'", FILES))) == 1
    assert says("user-localised", entry("User: root", FILES)) == []
