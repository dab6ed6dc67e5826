"""What is known of log sources: all that parsers give, and closed sets of fields."""

import json
from pathlib import Path

import pytest
from evtx import PyEvtxParser

from tocsin.detect.lint.sources import event_ids, fields_of, needs, served, windows, words
from tocsin.formats.windows_event import flat_system
from tocsin.formats.windows_tables import kind
from tocsin.kit.declare import Kind
from tocsin.match.sigma.rule import Source
from tocsin.testing.cases import find, lay_out
from tocsin.testing.logs import _read
from tocsin.testing.plugs import Plugs

SAMPLES = Path(__file__).resolve().parents[3] / "samples"


def test_every_log_source_that_a_parser_gives_its_samples_is_known(tmp_path: Path) -> None:
    loaded = Plugs().all(Kind.PARSER)
    given = {
        table.logsource
        for number, case in enumerate(find(SAMPLES)) if case.kind == "parser"
        for one in _read(lay_out(case, tmp_path / str(number)), loaded)
        for _, parsed, _ in one.blocks
        for table in parsed.tables
    }  # fmt: skip
    sources = {
        Source(one.product, category, service)
        for one in given for category in one.categories or {""} for service in one.services or {""}
    }  # fmt: skip
    unknown = [one for one in sources if one != Source() and not any(known.fits(one) for known in served())]
    assert unknown == []
    assert len(given) > 50


def test_a_category_of_windows_means_event_ids() -> None:
    assert event_ids(Source("windows", "process_creation", "")) == ("1", "4688")
    assert event_ids(Source("windows", "process_creation", "sysmon")) == ("1",)
    assert event_ids(Source("windows", "registry_add", "")) == ("12",)
    assert event_ids(Source("windows", "", "security")) == ()
    assert event_ids(Source("linux", "process_creation", "")) == ()


def test_every_category_with_a_closed_set_of_fields_is_a_category() -> None:
    known = {name for ids in windows()["categories"].values() for names in ids.values() for name in names}
    known |= {
        name
        for ids in windows()["types"].values()
        for types in ids.values()
        for names in types.values()
        for name in names
    }
    assert fields_of(Source("windows", "no_such", "")) == {}
    assert {"process_creation", "file_event", "ps_script"} <= {
        one for one in known if fields_of(Source("windows", one, ""))
    }


def test_fields_are_known_by_all_their_names() -> None:
    known = fields_of(Source("windows", "process_creation", ""))
    assert known["image"] == "Image"
    assert {"newprocessname", "process.executable", "commandline"} <= known.keys()
    assert "targetfilename" not in known


@pytest.mark.parametrize(
    ("source", "need"),
    [
        (Source("windows", "file_event", ""), ("Windows Microsoft-Windows-Sysmon/Operational 11",)),
        (Source("linux", "", ""), ("any record of linux",)),
        (Source(), ()),
        (Source("nowhere", "", ""), ()),
    ],
)
def test_what_a_rule_needs_is_told_in_words(source: Source, need: tuple[str, ...]) -> None:
    assert needs(source) == need


def test_a_source_that_nothing_reads_says_why() -> None:
    assert needs(Source("macos", "file_event", ""))[0].startswith("not read: ")


def test_words_of_the_tables_are_known_by_place() -> None:
    assert "windows" in words("product")
    assert "process_creation" in words("category")
    assert "sshd" in words("service")


def test_no_event_of_real_recordings_has_a_field_that_its_category_is_said_not_to_have(data: Path) -> None:
    unknown: set[tuple[str, str]] = set()
    looked_at = 0
    for path in sorted((data / "evtx-attack-samples").rglob("*sysmon*.evtx")):
        for record in PyEvtxParser(str(path)).records_json():
            flat = flat_system(json.loads(record["data"])) if record else None
            assert flat is not None
            source = kind(str(flat.get("Channel")), flat["EventID"], str(flat.get("EventType", ""))).logsource
            for category in source.categories:
                known = fields_of(Source("windows", category, ""))
                looked_at += bool(known)
                unknown |= {(category, name) for name in flat if known and name.lower() not in known}
    assert unknown == set()
    assert looked_at > 500
