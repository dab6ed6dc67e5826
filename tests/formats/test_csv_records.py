"""Tables of separated values as records."""

import csv
import io
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.formats.csv_records import cuts, middle, records

CELL = st.text(alphabet='ab",;\n\t é', max_size=8)


def read(raw: bytes, **words: Any) -> tuple[list[Any], list[str]]:
    objects: list[Any] = []
    refused: list[str] = []
    for head, block in cuts(io.BytesIO(raw), **words):
        found = records(head, block)
        objects += found.objects
        refused += [r.why for r in found.refused]
    return objects, refused


@given(st.lists(st.tuples(CELL, CELL.map(lambda c: c + "z")), max_size=8), st.integers(8, 90), st.sampled_from(",;\t|"))
def test_what_the_csv_module_writes_is_read_back(rows: list[tuple[str, str]], block: int, separator: str) -> None:
    text = io.StringIO()
    writer = csv.writer(text, delimiter=separator, quoting=csv.QUOTE_ALL, lineterminator="\n")
    writer.writerows([("one", "two"), *rows])
    wanted = [{"one": one, "two": two} for one, two in rows]
    assert read(text.getvalue().encode(), block=block) == (wanted, [])


@given(st.text(alphabet='ab",;\n\r\t\x00 é', max_size=120), st.integers(1, 40))
def test_no_text_makes_it_raise(text: str, block: int) -> None:
    read(text.encode(), block=block, limit=60)


@given(st.binary(max_size=200), st.integers(1, 40))
def test_no_bytes_make_it_raise(raw: bytes, block: int) -> None:
    read(raw, block=block, limit=60)


@pytest.mark.parametrize("start", ["sep=,\r\n", "#TYPE Selected.System.Object\r\n", "\ufeff", "\ufeffsep=;\r\n"])
def test_instructions_to_readers_before_the_header_are_passed_over(start: str) -> None:
    assert read((start + "a,b\r\n1,2\r\n").encode())[0] == [{"a": "1", "b": "2"}]


def test_a_record_with_another_number_of_cells_is_refused() -> None:
    objects, refused = read(b"a,b\n1\n1,2,3\n3,4\n")
    assert objects == [{"a": "3", "b": "4"}]
    assert refused == ["the record has 1 cells, its header 2", "the record has 3 cells, its header 2"]


def test_a_quote_that_never_closes_loses_its_line_only() -> None:
    objects, refused = read(b'a,b\n1,"open\n3,4\n5,6\n')
    assert objects == [{"a": "3", "b": "4"}, {"a": "5", "b": "6"}]
    assert len(refused) == 1


def test_an_open_quote_is_given_up_at_the_limit() -> None:
    objects, refused = read(b'a,b\n1,"open\n' + b"3,4\n" * 200, limit=100, block=50)
    assert objects == [{"a": "3", "b": "4"}] * 200
    assert len(refused) == 1


def test_a_quote_inside_a_bare_cell_is_text() -> None:
    assert read(b'a,b\n5" disk,x\ny,z\n')[0] == [{"a": '5" disk', "b": "x"}, {"a": "y", "b": "z"}]


def test_names_that_stand_twice_or_are_empty_are_told_apart() -> None:
    assert read(b"a,a,\n1,2,3\n")[0] == [{"a": "1", "a_2": "2", "column3": "3"}]


def test_a_cell_may_be_longer_than_the_csv_module_takes_by_default() -> None:
    assert read(b'a,b\n1,"' + b"x" * 200_000 + b'"\n')[0][0]["b"] == "x" * 200_000


def test_the_middle_of_a_block_is_between_records() -> None:
    head, raw = next(iter(cuts(io.BytesIO(b'a,b\n1,"x\ny"\n2,"z\nz"\n3,4\n'))))
    at = middle(head, raw)
    assert 0 < at < len(raw)
    assert [*records(head, raw[:at]).objects, *records(head, raw[at:]).objects] == list(records(head, raw).objects)
