"""From bytes to records."""

from hypothesis import given
from hypothesis import strategies as st

from tocsin.ingest.split import split


def test_blank_lines_are_no_records() -> None:
    assert split(b"a\n\n\r\n \nb\n", continues=True)[0] == ["a", "b"]


def test_indented_lines_are_records_where_records_are_indented() -> None:
    assert split(b" a\n b\n", continues=False)[0] == [" a", " b"]


@given(st.binary(max_size=400), st.booleans())
def test_no_bytes_make_it_raise_and_no_visible_text_is_lost(raw: bytes, continues: bool) -> None:  # noqa: FBT001 - hypothesis gives it
    texts, refused = split(raw, continues=continues)

    assert not refused
    assert all(text and not text.isspace() for text in texts)
    kept = "".join("".join(texts).split())
    try:
        whole = raw.decode()
    except UnicodeDecodeError:
        return
    assert kept == "".join(whole.split())
