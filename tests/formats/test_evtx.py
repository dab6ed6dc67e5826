"""Windows event logs as records."""

import io
import random
import struct
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.formats.evtx_made import chunk, event, file
from tocsin.formats.evtx import cuts, records

EVENTS = [event("Security", 4624 + n, n, "2026-03-02T08:00:00.000000Z", [("N", str(n))]) for n in range(5)]
FILE = file(chunk(EVENTS[:3]), chunk(EVENTS[3:], first=4))
RECORD = 4096 + 512


def read(raw: bytes) -> tuple[list[str], list[str]]:
    names: list[str] = []
    refused: list[str] = []
    for head, block in cuts(io.BytesIO(raw)):
        found = records(head, block)
        names += [str((record["Event"].get("EventData") or {}).get("N")) for record in found.objects]
        refused += [r.why for r in found.refused]
    return names, refused


def with_bytes(at: int, new: bytes, raw: bytes = FILE) -> bytes:
    return raw[:at] + new + raw[at + len(new) :]


def test_all_events_of_all_chunks_are_read() -> None:
    assert read(FILE) == (["0", "1", "2", "3", "4"], [])


def test_the_file_header_is_not_needed() -> None:
    assert read(with_bytes(0, bytes(4096))) == read(FILE)
    assert read(FILE[4096:]) == read(FILE)


def test_a_record_without_its_mark_is_still_decoded() -> None:
    assert read(with_bytes(RECORD, b"XXXX")) == read(FILE)


def test_a_record_of_a_wrong_length_costs_none_behind_it() -> None:
    assert read(with_bytes(RECORD + 4, b"\xff\xff\xff\x7f"))[0] == ["0", "1", "2", "3", "4"]


def test_a_record_that_does_not_decode_is_refused_alone() -> None:
    names, refused = read(with_bytes(RECORD + 24, b"\xff" * 64))
    assert names == ["1", "2", "3", "4"]
    assert len(refused) == 1
    assert refused[0].startswith("not EVTX")


def test_a_chunk_whose_header_is_lost_is_still_read() -> None:
    assert read(with_bytes(4096, b"X" * 512))[0] == ["0", "1", "2", "3", "4"]


def test_a_chunk_of_noise_costs_only_itself() -> None:
    names, refused = read(with_bytes(4096, random.Random(7).randbytes(65536)))
    assert names == ["3", "4"]
    assert refused


def test_a_file_that_was_cut_off_gives_what_is_whole_and_says_so() -> None:
    assert read(FILE[: 4096 + 65536]) == (["0", "1", "2"], [])
    names, refused = read(FILE[: RECORD + 300])
    assert names == []
    assert refused == ["the input ends inside the record"]


def test_what_lies_behind_the_last_counted_record_is_no_event() -> None:
    raw = bytearray(FILE)
    free: int = struct.unpack_from("<I", raw, RECORD + 4)[0] + 512
    struct.pack_into("<I", raw, 4096 + 48, free)
    assert read(bytes(raw)) == (["0", "3", "4"], [])


def test_an_empty_file_holds_nothing() -> None:
    assert read(b"") == ([], [])
    assert read(FILE[:4096]) == ([], [])


@given(st.lists(st.tuples(st.integers(4096, len(FILE) - 1), st.integers(0, 255)), max_size=8))
def test_no_broken_byte_makes_it_raise(breaks: list[tuple[int, int]]) -> None:
    raw = bytearray(FILE)
    for at, byte in breaks:
        raw[at] = byte
    for head, block in cuts(io.BytesIO(bytes(raw))):
        found = records(head, block)
        assert sorted([*found.numbers, *(r.record for r in found.refused)]) == list(range(len(found)))


@given(st.binary(max_size=2000))
def test_no_bytes_make_it_raise(raw: bytes) -> None:
    for head, block in cuts(io.BytesIO(bytes(4096) + raw)):
        records(head, block)


def test_every_event_of_the_real_logs_is_read(data: Path) -> None:
    decoded = refused = 0
    for path in sorted((data / "evtx-attack-samples").rglob("*.evtx")):
        with path.open("rb") as stream:
            for head, block in cuts(stream):
                found = records(head, block)
                decoded += len(found.objects)
                refused += len(found.refused)
    # 5,019 is what the library itself counts over the 138 files, whole, without our cutting
    assert (decoded, refused) == (5019, 0)
