"""Zeek's tab-separated files: wherever they are cut, the same records come out, and each is one or refused."""

import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tocsin.formats import zeek

SAMPLE = Path(__file__).parents[2] / "samples" / "parser" / "zeek_tsv" / "several_logs" / "in.log"
HEAD = b"#separator \\x09\n#set_separator\t,\n#empty_field\t(empty)\n#unset_field\t-\n#path\tdns\n"


def read(raw: bytes, block: int = 1 << 20, limit: int = 1 << 20) -> tuple[list[dict[str, object]], list[str]]:
    kept: list[dict[str, object]] = []
    refused: list[str] = []
    for head, part in zeek.cuts(io.BytesIO(raw), limit, block):
        found = zeek.records(head, part)
        kept += [dict(one) for one in found.objects]
        refused += [one.why for one in found.refused]
    return kept, refused


@pytest.mark.parametrize("block", [3, 17, 64, 200, 1000])
def test_where_a_file_is_cut_changes_no_record(block: int) -> None:
    raw = SAMPLE.read_bytes()

    assert read(raw, block) == read(raw)
    assert len(read(raw)[0]) == 12


def test_values_have_the_types_that_the_file_names() -> None:
    head = HEAD + b"#fields\tn\tx\tt\tb\ts\tl\te\tu\n"
    raw = head + b"#types\tcount\tdouble\ttime\tbool\tstring\tset[count]\tvector[string]\tint\n"

    kept, refused = read(raw + b"7\t1.5\t1.25\tT\ta\\x09b\\xc3\\xa9\t1,2\t(empty)\t-\n")

    assert kept == [{"_path": "dns", "n": 7, "x": 1.5, "t": "1.25", "b": True, "s": "a\tbé", "l": [1, 2], "e": []}]
    assert refused == []


def test_another_separator_is_honoured() -> None:
    raw = b"#separator \\x7c\n#path|x\n#fields|a|b\n#types|string|count\none|2\n"

    assert read(raw)[0] == [{"_path": "x", "a": "one", "b": 2}]


def test_a_line_with_other_than_the_headers_values_is_refused_with_the_numbers() -> None:
    raw = HEAD + b"#fields\ta\tb\n#types\tstring\tstring\none\n1\t2\n1\t2\t3\n"

    kept, refused = read(raw)

    assert [one["a"] for one in kept] == ["1"]
    assert refused == ["the record has 1 values, its header 2", "the record has 3 values, its header 2"]


def test_lines_without_a_header_are_refused() -> None:
    assert read(b"#separator \\x09\na\tb\n")[1] == ["the record has 2 values, its header 0"]


def test_a_line_over_the_bound_costs_only_itself() -> None:
    raw = HEAD + b"#fields\ta\tb\n#types\tstring\tstring\n1\t2\n" + b"x" * 5000 + b"\ty\n3\t4\n"

    kept, refused = read(raw, block=100, limit=1000)

    assert [one["a"] for one in kept] == ["1", "3"]
    assert refused == ["the record is over 16 MiB"]


@given(raw=st.binary(max_size=400) | st.text(alphabet="#\tab\n-,\\x09", max_size=200).map(str.encode))
def test_no_bytes_raise(raw: bytes) -> None:
    for block in (5, 1000):
        read(HEAD + b"#fields\ta\tb\n#types\tset[count]\tbool\n" + raw, block)
        read(raw, block)
