"""JSON logs as records."""

import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.test_json_cut import OBJECTS
from tocsin.formats.json_records import cuts, decode, records

REFUSED = {
    b'{"a":NaN}': "not JSON",
    b'{"a":Infinity}': "not JSON",
    b'{"a":"\\ud800"}': "not JSON",
    b'{"a":"\\udc00x"}': "not JSON",
    b'{"a":1e999}': "not JSON",
    b'{"a":01}': "not JSON",
    b'{"a":"\x01"}': "not JSON",
    b'{"a":1} x': "not JSON",
    b'{"a":1,"b":{"c":1,"c":2}}': "a name stands twice in one object: 'c'",
    b'{"a":1,"\\u0061":2}': "a name stands twice in one object: 'a'",
    b'{"a" :1,"a" :2}': "a name stands twice in one object: 'a'",
    b'{"a":1,"b" :1,"b":2}': "a name stands twice in one object: 'b'",
    b'{"a":1,"a":2,"b":"\\u0022:"}': "a name stands twice in one object: 'a'",
    b'{"a":1,"c" :{"a" :1,"a":2}}': "a name stands twice in one object: 'a'",
    b'{"a":36893488147419103232}': "a number is over 64 bits",
    b'{"a":[1,-36893488147419103232]}': "a number is over 64 bits",
    b'{"a":' + b"9" * 5000 + b"}": "not JSON",
    b'{"a":' * 65 + b"1" + b"}" * 65: "the record has over 64 levels",
    b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}": "the record has over 64 levels",
    b'{"a":"\xff"}': "the record is not UTF-8",
    b"[1]": "the record is no JSON object",
    b'"text"': "the record is no JSON object",
}


def read(raw: bytes, **words: Any) -> tuple[list[Any], list[str]]:
    objects: list[Any] = []
    refused: list[str] = []
    for block in cuts(io.BytesIO(raw), **words):
        found = records(block)
        assert len(found) == len(found.objects) + len(found.refused)
        objects += found.objects
        refused += [r.why for r in found.refused]
    return objects, refused


@pytest.mark.parametrize("raw", REFUSED, ids=lambda raw: raw[:24].decode("latin-1"))
def test_what_readers_take_differently_is_refused_and_the_rest_goes_on(raw: bytes) -> None:
    found = records(raw + b'\n{"good":1}\n')
    assert list(found.objects) == [{"good": 1}]
    assert found.refused[0].why.startswith(REFUSED[raw])


def test_a_colon_in_a_text_is_no_second_name() -> None:
    assert decode(r'{"a":"say \"b\":1", "b" : 2, "c\"":"x\":"}') == {"a": 'say "b":1', "b": 2, 'c"': 'x":'}


@given(
    st.lists(
        st.sampled_from([
            *REFUSED, b'{"a":1}', b'{"a":[1,{"b":2}]}', b'{"a":{},"b":"\\":"}', b'{"a":123456789012345678901}',
            b'{"a":"12345678901234567890"}', b'{"a" : [[1], [12345678901234567890]]}', b"", b" ",
        ]),
        max_size=6,
    )
)  # fmt: skip
def test_a_block_of_lines_gives_what_its_lines_give_one_by_one(lines: list[bytes]) -> None:
    whole = records(b"\n".join(lines))
    each = [records(line) for line in lines]
    assert list(whole.objects) == [one for found in each for one in found.objects]
    assert [r.why for r in whole.refused] == [r.why for found in each for r in found.refused]


def test_numbers_of_64_bits_are_kept() -> None:
    assert decode(b'{"a":18446744073709551615,"b":-9223372036854775808}')["a"] == 2**64 - 1


@given(OBJECTS, st.integers(1, 300), st.sampled_from(["lines", "list", "wrapper", "pretty"]))
def test_every_shape_gives_the_objects_that_were_written(objects: list[dict[str, Any]], block: int, shape: str) -> None:
    objects = [{"n": n, "o": o} for n, o in enumerate(objects)]
    raw = {
        "lines": "".join(json.dumps(o) + "\n" for o in objects),
        "list": json.dumps(objects),
        "wrapper": json.dumps({"Records": objects, "next": "]}"}),
        "pretty": "\n".join(json.dumps(o, indent=2) for o in objects),
    }[shape]  # fmt: skip
    assert read(raw.encode(), block=block) == (objects, [])


@given(st.binary(max_size=400), st.integers(1, 60))
def test_no_bytes_make_it_raise(raw: bytes, block: int) -> None:
    read(raw, block=block, limit=100)


@given(st.text(alphabet='{}[]",:\\\n\x1e\x18 a1', max_size=200))
def test_no_text_of_brackets_makes_it_raise(text: str) -> None:
    read(text.encode(), limit=100)


def test_texts_are_the_records_as_written() -> None:
    found = records(b'{"a": 1}\r\n\n  {"b":"\xc3\xa9"}\n')
    assert list(found.texts) == ['{"a": 1}', '{"b":"é"}']


def test_blocks_are_of_whole_lines_and_about_the_size_asked_for() -> None:
    raw = b"".join(b'{"n":%d}\n' % n for n in range(1000))
    found = list(cuts(io.BytesIO(raw), block=256))
    assert b"".join(found) == raw
    assert all(block.endswith(b"\n") and len(block) < 600 for block in found)


def test_a_line_over_the_limit_is_refused_alone() -> None:
    raw = b'{"a":1}\n{"b":"' + b"x" * 5000 + b'"}\n{"c":1}\n'
    objects, refused = read(raw, limit=1000, block=100)
    assert objects == [{"a": 1}, {"c": 1}]
    assert len(refused) == 1


def test_a_broken_line_before_the_first_whole_one_leaves_lines_lines() -> None:
    raw = b'"tail":1}\n{"a":1}\n{"b":\n{"c":1}\n'
    assert read(raw)[0] == [{"a": 1}, {"c": 1}]


def test_lines_that_each_wrap_records_are_opened() -> None:
    assert read(b'{"records":[{"a":1}]}\n{"records":[{"b":1},{"c":1}]}\n')[0] == [{"a": 1}, {"b": 1}, {"c": 1}]


class Made(io.BytesIO):
    """A list of 64 MiB of elements that is never in memory as a whole."""

    reads = 0

    def read(self, size: int | None = -1, /) -> bytes:
        """Return a MiB of elements, 64 times."""
        assert size == 1 << 20
        self.reads += 1
        return (b"[" if self.reads == 1 else b"") + ELEMENTS if self.reads <= 64 else b""


ELEMENTS = b'{"a":[{"b":"}"}]},' * ((1 << 20) // 18)


def test_a_long_list_streams() -> None:
    sizes = [len(block) for block in cuts(Made())]
    assert max(sizes) < 2 << 20
    assert sum(sizes) == 64 * len(ELEMENTS)
