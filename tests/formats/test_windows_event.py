"""Windows events, however they were exported, as one flat object each."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from tests.formats.test_json_cut import JSON
from tocsin.formats.windows_event import flat_flat, flat_system, flat_winlog

SYSTEM = {"EventID": 1, "Channel": "Security", "Computer": "a"}


def flat(**event: Any) -> dict[str, Any]:
    found = flat_system({"Event": {"System": SYSTEM, **event}})
    assert found is not None
    return found


def test_what_the_data_calls_a_field_never_hides_what_windows_says() -> None:
    found = flat(UserData={"LogFileCleared": {"Channel": "Other", "SubjectUserName": "alice"}})
    assert (found["Channel"], found["SubjectUserName"]) == ("Security", "alice")
    assert found["EventData_Channel"] == "Other"
    assert flat(EventData={"EventID": "7", "Computer": "b"})["EventID"] == 1


def test_an_event_id_may_be_a_number_a_text_or_an_object() -> None:
    for code in (4625, "4625", {"#text": 4625, "#attributes": {"Qualifiers": 0}}, {"#text": "4625"}):
        found = flat_system({"Event": {"System": {**SYSTEM, "EventID": code}}})
        assert found is not None
        assert found["EventID"] == 4625


def test_values_without_a_name_are_a_list() -> None:
    assert flat(EventData={"Data": {"#text": ["a", "b"]}})["Data"] == ["a", "b"]
    assert flat(EventData={"Data": "a"})["Data"] == "a"
    assert flat(EventData={"Data": [{"#text": "a"}, "b"]})["Data"] == ["a", "b"]


def test_named_data_elements_that_a_decoder_left_as_they_are_become_fields() -> None:
    found = flat(EventData={"Data": [{"#attributes": {"Name": "User"}, "#text": "alice"}, {"#text": "x"}]})
    assert (found["User"], found["Data"]) == ("alice", ["x"])


def test_names_with_spaces_are_also_there_without() -> None:
    found = flat(EventData={"Threat Name": "x", "Product  Name": "y", " odd": "z"})
    assert found["ThreatName"] == found["Threat Name"] == "x"
    assert "odd" not in found


def test_attributes_of_system_become_sigmas_names() -> None:
    provider = {"#attributes": {"Name": "P", "Guid": "{1}"}}
    time = {"#attributes": {"SystemTime": "2026-03-02T08:00:00Z"}}
    found = flat_system({"Event": {"System": {**SYSTEM, "Provider": provider, "TimeCreated": time}}})
    assert found is not None
    assert (found["Provider_Name"], found["TimeCreated"]) == ("P", "2026-03-02T08:00:00Z")


def test_winlogbeats_event_keeps_its_ecs_fields() -> None:
    record = {"@timestamp": "t", "user": {"name": "alice"},
              "winlog": {"channel": "Security", "event_id": "1", "event_data": {"A": "1"}}}  # fmt: skip
    found = flat_winlog(record)
    assert found is not None
    assert (found["A"], found["EventID"], found["user"]) == ("1", 1, {"name": "alice"})


def test_sysmons_own_time_is_surer_than_a_clock_without_a_zone() -> None:
    record = {"EventID": 1, "Channel": "x", "EventTime": "2026-03-02 09:00:00", "UtcTime": "2026-03-02 08:00:00.123"}
    found = flat_flat(record)
    assert found is not None
    assert found["TimeCreated"] == "2026-03-02 08:00:00.123Z"


def test_other_objects_are_no_events() -> None:
    others: list[dict[str, Any]] = [{}, {"Event": None}, {"Event": {}}, {"Event": {"System": []}}]
    assert [flat_system(record) for record in others] == [None] * 4
    assert flat_winlog({"winlog": {}}) is None
    assert flat_flat({"EventID": 1}) is None
    assert flat_flat({"EventID": "x", "Channel": "Security"}) is None


@given(JSON, JSON, JSON)
def test_no_object_makes_them_raise(one: Any, two: Any, three: Any) -> None:
    flat_system({"Event": {"System": one, "EventData": two, "UserData": three}})
    flat_system({"Event": {"System": {"EventID": one, "Channel": two, "Provider": three}}})
    flat_winlog({"winlog": {"channel": one, "event_data": two, "user": three}, "event": one})
    flat_flat({"EventID": one, "Channel": two, "Hostname": three})


@given(st.dictionaries(st.sampled_from(["#attributes", "#text", "Data", "Name", "a b"]), JSON))
def test_no_data_makes_it_raise(data: Any) -> None:
    flat_system({"Event": {"System": SYSTEM, "EventData": data, "UserData": {"X": data}}})
