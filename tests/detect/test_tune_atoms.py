"""What a filter may ask of one field, and how risky that is."""

import pytest

from tocsin.detect.tune_atoms import Atom, Risk, atoms, is_usable


def keyed(field: str, *texts: str) -> dict[str, Atom]:
    found: dict[str, Atom] = {}
    for atom in atoms(field, texts):
        found.setdefault(atom.way, atom)
    return found


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("ProcessId", "4711"),
        ("ProcessGuid", "{3461203d-1111-4222-8333-444455556666}"),
        ("UtcTime", "2026-11-01 10:00:00.000"),
        ("LogonId", "0x3e7"),
        ("SourcePort", "50123"),
        ("EventRecordID", "12"),
        ("Unknown", "{3461203d-1111-4222-8333-444455556666}"),
        ("message", "a text"),
    ],
)
def test_what_is_another_the_next_time_is_not_used(field: str, value: str) -> None:
    assert not is_usable(field, [value])


@pytest.mark.parametrize(
    ("field", "value"),
    [("ParentImage", "C:\\a.exe"), ("User", "bob"), ("DestinationPort", "443"), ("IntegrityLevel", "High")],
)
def test_what_stays_the_same_is_used(field: str, value: str) -> None:
    assert is_usable(field, [value])


def test_a_whole_path_among_programs_is_safe_and_one_among_users_is_not() -> None:
    assert keyed("Image", "C:\\Program Files\\Backup\\agent.exe")[""].risk is Risk.LOW
    assert keyed("Image", "C:\\Users\\bob\\agent.exe")[""].risk is Risk.HIGH
    assert keyed("Image", "C:\\ProgramData\\agent.exe")[""].risk is Risk.HIGH


def test_a_program_that_runs_what_it_is_told_is_never_safe() -> None:
    for way, atom in keyed("ParentImage", "C:\\Windows\\System32\\cmd.exe").items():
        assert atom.risk is Risk.HIGH, way


def test_paths_of_one_folder_give_the_folder_and_their_names() -> None:
    texts = ["C:\\Program Files\\Backup\\a.exe", "c:\\program files\\backup\\b.exe"]
    found = {(atom.way, atom.values) for atom in atoms("Image", texts)}
    assert ("startswith", ("C:\\Program Files\\Backup\\",)) in found
    assert ("endswith", ("\\a.exe", "\\b.exe")) in found


def test_a_random_part_of_a_path_is_never_in_a_filter() -> None:
    found = keyed("Image", "C:\\Users\\bob\\AppData\\Local\\Temp\\is-4711ABCD\\setup.exe")
    assert "" not in found
    assert all("is-4711" not in value for atom in found.values() for value in atom.values)


def test_addresses_give_the_smallest_network() -> None:
    assert keyed("source.ip", "192.0.2.1", "192.0.2.14")["cidr"].values == ("192.0.2.0/28",)
    assert keyed("source.ip", "2001:db8::1", "2001:db8::f")["cidr"].values == ("2001:db8::/124",)


def test_addresses_far_apart_give_no_network() -> None:
    assert set(keyed("source.ip", "192.0.2.1", "203.0.113.9")) == {""}


def test_command_lines_give_the_words_that_they_have_in_common() -> None:
    found = keyed("CommandLine", "backup.exe --job nightly --id 11", "backup.exe --job nightly --id 12")
    assert found["contains"].values == ("backup.exe --job nightly --id",)


def test_names_give_how_they_begin_and_end() -> None:
    found = keyed("PipeName", "backup-7-stdin", "backup-8-stdout")
    assert found["startswith"].values == ("backup-",)


def test_many_values_are_no_list() -> None:
    assert "" not in keyed("User", *(f"user{n}" for n in range(20)))


def test_a_machine_or_account_is_a_scope() -> None:
    assert keyed("Computer", "LT-1")[""].is_scope
    assert keyed("User", "ACME\\bob")[""].is_scope
    assert not keyed("ServiceName", "backup")[""].is_scope


def test_an_item_fits_without_case_as_the_matcher_does() -> None:
    assert Atom("Image", "endswith", ("\\A.EXE",), Risk.LOW, "").fits({"Image": "C:\\x\\a.exe"})
    assert Atom("source.ip", "cidr", ("192.0.2.0/28",), Risk.LOW, "").fits({"source.ip": "192.0.2.3"})
    assert not Atom("source.ip", "cidr", ("192.0.2.0/28",), Risk.LOW, "").fits({"source.ip": "no address"})
    assert not Atom("Image", "", ("x",), Risk.LOW, "").fits({})
