"""What decoders of object logs give."""

import io

from tocsin.formats.records import Keeper, utf8_pieces


def test_kept_and_refused_records_share_one_count() -> None:
    keeper = Keeper()
    keeper.keep("a", {"a": 1})
    keeper.refuse("broken")
    keeper.keep("b", {"b": 1})
    found = keeper.records()

    assert list(found.numbers) == [0, 2]
    assert [(r.record, r.why) for r in found.refused] == [(1, "broken")]
    assert len(found) == 3
    assert found.chunk("x").numbers == [0, 2]


def test_utf16_with_a_mark_is_given_as_utf8_wherever_the_reads_end() -> None:
    text = "Grüße, 𝄞\n"
    for encoding in ("utf-16", "utf-16-le", "utf-16-be"):
        mark = b"" if encoding == "utf-16" else "\ufeff".encode(encoding)
        for block in range(2, 9):
            pieces = utf8_pieces(io.BytesIO(mark + text.encode(encoding)), block)
            assert b"".join(pieces).decode() == text


def test_the_mark_of_utf8_is_dropped() -> None:
    assert b"".join(utf8_pieces(io.BytesIO(b"\xef\xbb\xbfabc"), 100)) == b"abc"


def test_half_a_character_of_utf16_at_the_end_becomes_the_replacement() -> None:
    assert b"".join(utf8_pieces(io.BytesIO(b"\xff\xfea\x00b"), 100)).decode() == "a\ufffd"
