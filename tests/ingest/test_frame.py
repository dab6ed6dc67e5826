"""Cutting: where a block ends changes nothing, and memory stays bounded."""

import io
import tracemalloc
from collections.abc import Iterator

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.made import cut, parsers
from tocsin.ingest import frame
from tocsin.ingest.frame import LIMIT, Block, blocks, halves, set_aside
from tocsin.ingest.parse import parse
from tocsin.ingest.recognise import Recognised
from tocsin.ingest.stream import Stream

LINE = b"Dec 10 06:55:46 bastion sshd[24200]: Invalid user webmaster from 192.0.2.1\n"


class Endless(io.RawIOBase):
    """A stream of one line without an end, made as it is read."""

    def __init__(self, size: int, tail: bytes) -> None:
        self._left = size
        self._tail = tail

    def read(self, size: int = -1, /) -> bytes:
        if self._left > 0:
            self._left -= size
            return b"x" * size
        tail, self._tail = self._tail, b""
        return tail


def texts_of(found: Iterator[Block] | list[Block]) -> list[str]:
    """Return all records, refused ones as their reason."""
    texts: list[str] = []
    for block in found:
        result = parse(block, parsers())
        numbered = {r.record: f"refused: {r.why}" for r in result.refused}
        for table in result.tables:
            numbered.update(zip(table.numbers, table.texts, strict=True))
        assert sorted(numbered) == list(range(result.records))
        texts.extend(numbered[n] for n in range(result.records))
    return texts


def lines_of(raw: bytes, *, continues: bool = True) -> list[str]:
    known = Recognised(family="log", continues=continues)
    return texts_of(blocks(Stream(lambda: io.BytesIO(raw), limit=1 << 40), "x", known))


def test_a_log_is_cut_into_blocks_of_whole_lines() -> None:
    found = cut(LINE * 50_000)

    assert len(found) > 2
    assert all(block.raw.endswith(b"\n") and len(block.raw) <= frame.BLOCK + frame.PIECE for block in found)
    assert b"".join(block.raw for block in found) == LINE * 50_000


def test_a_continuation_belongs_to_its_record_across_a_cut() -> None:
    record = b"2026-11-22 06:40:00 ERROR a.b: failed\n" + b"\tat some.place.in.code\n" * 9
    found = cut(record * 8000)

    assert len(found) > 1
    assert all(block.raw.startswith(b"2026") for block in found)
    assert len(texts_of(found)) == 8000


@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n", b"\n\n"])
def test_the_last_line_counts_with_or_without_its_newline(end: bytes) -> None:
    assert lines_of(b"one\r\ntwo" + end) == ["one", "two"]


def test_nul_bytes_and_odd_line_marks_stay_in_their_record() -> None:
    assert lines_of("a\0b\nc\x0bd\x85e\u2028f\n".encode()) == ["a\0b", "c\x0bd\x85e\u2028f"]


def test_utf16_comes_out_as_text_whatever_its_order() -> None:
    text = "Dec 10 06:55:46 bastion sshd[1]: Invalid user M\u00fcller\U0001f600 from 192.0.2.1\n" * 30_000
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        assert texts_of(cut(text.encode(encoding))) == text.split("\n")[:-1]


def test_bytes_that_are_no_utf8_spoil_only_their_own_record() -> None:
    assert lines_of("über\n".encode() + b"M\xfcller\n") == ["über", "Müller"]


def test_a_line_over_the_bound_is_refused_and_its_neighbours_are_read() -> None:
    found = lines_of(b"before\n" + b"x" * (3 * LIMIT) + b"\nafter\n")

    assert found == ["before", f"refused: the line has {3 * LIMIT:,} bytes; {LIMIT:,} is the most", "after"]


def test_a_line_just_over_the_bound_is_refused_wherever_it_stands() -> None:
    for before in (0, 100, frame.PIECE, frame.BLOCK - 10):
        lead = [b"a" * 99] * (before // 100)
        found = lines_of(b"\n".join([*lead, b"x" * (LIMIT + 1), b"end", b""]))
        assert found[len(lead) :] == [f"refused: the line has {LIMIT + 1:,} bytes; {LIMIT:,} is the most", "end"]


@pytest.mark.parametrize("size", [100 << 20])
def test_a_line_of_100_mb_needs_no_100_mb(size: int) -> None:
    stream = Stream(lambda: Endless(size, b"\nDec 10 06:55:46 h a: b\n"), limit=1 << 40)
    tracemalloc.start()
    found = list(blocks(stream, "x", Recognised(family="log")))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert [bool(block.refused) for block in found] == [True, False]
    assert peak < 8 << 20


def test_a_record_of_endless_continuations_is_cut_at_line_ends() -> None:
    raw = b"start\n" + b" more and more\n" * (3 * LIMIT // 15)
    found = lines_of(raw)

    assert len(found) == 4
    assert "\n".join(text.rstrip("\n") for text in found).encode() + b"\n" == raw


def test_where_blocks_are_cut_changes_no_record(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = [b"start", b" more", b"", b"x" * 70, b"\ttab", b"y" * 900, b" z" * 600, b"\0nul", b"end"]
    raw = b"\n".join(parts * 40)
    monkeypatch.setattr("tocsin.ingest.split.LIMIT", 1000)
    monkeypatch.setattr(frame, "LIMIT", 1000)
    found = set()
    for piece, block in ((7, 50), (64, 64), (999, 1000), (1 << 18, 1 << 20), (1 << 18, 5000)):
        monkeypatch.setattr(frame, "PIECE", piece)
        monkeypatch.setattr(frame, "BLOCK", block)
        found.add(tuple(lines_of(raw)))

    assert len(found) == 1


@given(st.lists(st.sampled_from([b"a", b" ", b"\t", b"\n", b"\r\n", b"\0", b"\xff", b"line", b"\n\n "]), max_size=60))
@settings(max_examples=200)
def test_halves_hold_the_same_records(parts: list[bytes]) -> None:
    block = Block(path="x", frame="lines", number=0, raw=b"".join(parts))

    assert texts_of(halves(block)) == texts_of([block])


def test_halving_ends_at_one_record_which_can_be_set_aside() -> None:
    block = Block(path="x", frame="lines", number=0, raw=b"one\n more\n")

    assert halves(block) == [block]
    assert texts_of([set_aside(block, "it took too long")]) == ["refused: it took too long"]


def test_json_with_newlines_inside_is_halved_between_records() -> None:
    raw = b"".join(b'{\n "n": %d\n}\n' % n for n in range(9))
    (block,) = cut(raw)

    first, second = halves(block)

    assert parse(first, parsers()).records + parse(second, parsers()).records == 9


def test_a_table_is_halved_between_rows() -> None:
    (block,) = cut(b"Time,User,App\n" + b'1,"two\nlines",3\n' * 9)

    first, second = halves(block)

    assert parse(first, parsers()).records + parse(second, parsers()).records == 9


def test_a_block_of_xml_and_one_of_zeek_are_halved_between_records() -> None:
    event = b"\x1e<Event>\n<System/>\n</Event>"
    xml = Block(path="x", frame="xml", number=0, raw=event * 5)
    zeek = Block(path="x", frame="zeek", number=0, head=b"#fields\ta\tb\n", raw=b"1\t2\n" * 5)

    for block, record in ((xml, event), (zeek, b"1\t2\n")):
        first, second = halves(block)
        assert first.raw + second.raw == block.raw
        assert {len(first.raw) % len(record), len(second.raw) % len(record)} == {0}
        assert first.head == second.head == block.head
