"""Windows events as XML: found in any layout, bounded, without entities; each is a record or refused."""

import io
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.formats import xml_events
from tocsin.formats.windows_event import flat_system

ONE = (
    "<Event xmlns='x'><System><Provider Name='P'/><EventID Qualifiers='1'>{}</EventID><Channel>C</Channel></System>"
    "<EventData><Data Name='a'>b</Data></EventData></Event>"
)


def read(raw: bytes, block: int = 1 << 20, limit: int = 1 << 20) -> tuple[list[object], list[str]]:
    kept: list[object] = []
    refused: list[str] = []
    for part in xml_events.cuts(io.BytesIO(raw), limit, block):
        found = xml_events.records(part)
        kept += [(flat_system(one) or {}).get("EventID") for one in found.objects]
        refused += [one.why for one in found.refused]
    return kept, refused


@pytest.mark.parametrize("between", ["\n", "", "\r\n\r\n", "</Events>\n<Events>"])
@pytest.mark.parametrize("block", [1, 7, 100, 1 << 20])
def test_events_are_found_in_any_layout_wherever_they_are_cut(between: str, block: int) -> None:
    text = '<?xml version="1.0"?><Events>' + between.join(ONE.format(n) for n in (1, 2, 3)) + "</Events>\n"

    assert read(text.encode(), block) == ([1, 2, 3], [])


def test_what_stands_between_events_and_is_none_is_refused() -> None:
    assert read(f"{ONE.format(1)} words {ONE.format(2)}".encode()) == ([1, 2], ["it is no event"])


def test_an_event_that_ends_with_the_input_or_is_over_the_bound_is_refused() -> None:
    assert read(f"{ONE.format(1)}<Event><System>".encode()) == ([1], ["the input ends inside the record"])
    long = f"{ONE.format(1)}<Event><System>{'x' * 5000}</System></Event>{ONE.format(3)}"
    kept, refused = read(long.encode(), block=100, limit=1000)
    assert kept == [1, 3]
    assert "the record is over 16 MiB" in refused


@pytest.mark.parametrize(
    "text",
    [
        "<!DOCTYPE Event [<!ENTITY a 'aaaa'><!ENTITY b '&a;&a;&a;'>]><Event><System>&b;</System></Event>",
        "<!DOCTYPE Event SYSTEM 'file:///etc/passwd'><Event><System/></Event>",
        "<!DOCTYPE Event [<!ENTITY % x SYSTEM 'http://www.example.org/'>%x;]><Event><System/></Event>",
    ],
)
def test_a_document_type_is_refused_before_any_entity_is_read(text: str) -> None:
    with pytest.raises(ValueError, match="no document type"):
        xml_events.decode(text)


def test_depth_and_number_of_elements_are_bounded() -> None:
    for text in ("<Event>" + "<a>" * 40 + "</a>" * 40 + "</Event>", "<Event>" + "<a/>" * 20_000 + "</Event>"):
        with pytest.raises(ValueError, match="levels"):
            xml_events.decode(text)


@pytest.mark.parametrize("odd", ["\x00", "\x1b", "&#0;", "&#x1B;", "&#8;", "&#31;", "&#xFFFE;", "&#xD800;"])
def test_what_xml_cannot_say_becomes_a_mark_and_the_event_is_kept(odd: str) -> None:
    event = xml_events.decode(f"<Event><EventData><Data Name='a'>x{odd}y</Data></EventData></Event>")

    assert event["Event"]["EventData"]["Data"] == [{"#attributes": {"Name": "a"}, "#text": "x\ufffdy"}]


@pytest.mark.parametrize("kept", ["&#10;", "&#x20;", "&#9;", "&#13;", "&#xE9;", "&#32;"])
def test_references_that_xml_knows_stay(kept: str) -> None:
    assert "\ufffd" not in str(xml_events.decode(f"<Event><System><a>x{kept}y</a></System></Event>"))


@given(raw=st.binary(max_size=200) | st.text(alphabet="<Event>/ &#;x1'\"!\n", max_size=200).map(str.encode))
def test_no_bytes_raise_and_none_are_lost_in_silence(raw: bytes) -> None:
    for block in (3, 1000):
        kept, refused = read(ONE.format(1).encode() + raw + ONE.format(2).encode(), block)
        assert len(kept) + len(refused) >= 1
        read(raw, block)


def test_time_grows_with_the_text_and_no_faster() -> None:
    for pump in (b"<", b"<Event ", b"<Event>", b"</Event", b"<a", b"x"):
        began = time.process_time()
        read(pump * (2_000_000 // len(pump)), block=1 << 16, limit=1 << 20)
        assert time.process_time() - began < 5, pump
