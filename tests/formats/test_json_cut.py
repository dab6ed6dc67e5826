"""Where JSON values begin and end in a stream."""

import io
import json
from collections.abc import Iterator

from hypothesis import given
from hypothesis import strategies as st

from tocsin.formats.json_cut import Cut, Values

JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**40), 2**40) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
OBJECTS = st.lists(st.dictionaries(st.text(max_size=6), JSON, max_size=4), max_size=6)


def pieces(raw: bytes, size: int) -> Iterator[bytes]:
    stream = io.BytesIO(raw)
    while piece := stream.read(size):
        yield piece


def values(raw: bytes, size: int = 1 << 20, limit: int = 1 << 20) -> list[tuple[Cut, bytes]]:
    return list(Values(pieces(raw, size), limit=limit))


@given(OBJECTS, st.integers(1, 40), st.sampled_from([None, 0, 2]))
def test_the_elements_of_a_list_are_found_wherever_the_reads_end(
    objects: list[dict[str, object]], size: int, indent: int | None
) -> None:
    found = values(json.dumps(objects, indent=indent).encode(), size)
    assert [json.loads(value) for _, value in found] == objects


@given(OBJECTS, st.integers(1, 40))
def test_objects_that_stand_one_after_another_are_found(objects: list[dict[str, object]], size: int) -> None:
    named = [{"o": o} for o in objects]
    raw = "\n".join(json.dumps(o, indent=1, ensure_ascii=False) for o in named).encode()
    assert [json.loads(value) for _, value in values(raw, size)] == named


@given(st.binary(max_size=300), st.integers(1, 50))
def test_any_bytes_come_to_an_end(raw: bytes, size: int) -> None:
    found = values(raw, size, limit=64)
    assert all(len(value) <= 4200 for _, value in found)


@given(st.text(alphabet='{}[]",:\\\n a1', max_size=200), st.integers(1, 50))
def test_where_reads_end_changes_nothing(text: str, size: int) -> None:
    assert values(text.encode(), size, limit=4096) == values(text.encode(), limit=4096)


def test_wrappers_around_a_list_are_opened() -> None:
    for raw in (
        b'{"Records":[{"a":1},{"b":2}]}',
        b'{"@odata.context":"x","@odata.count":2,"value":[{"a":1},{"b":2}],"@odata.nextLink":"y]}"}',
        b'{ "Events" : [ {"a":1},\n{"b":2} ], "NextToken": {"t": [1]} }',
    ):
        assert [json.loads(value) for _, value in values(raw)] == [{"a": 1}, {"b": 2}]


def test_a_list_of_texts_or_behind_another_field_is_no_wrapper() -> None:
    for raw in (b'{"value":["x"]}', b'{"id":1,"events":[{"a":1}]}', b'{"value":[[1]]}'):
        assert [value for _, value in values(raw)] == [raw]


def test_an_empty_wrapper_holds_nothing() -> None:
    assert values(b'{"Records":[]}') == []


def test_a_value_over_the_limit_is_passed_over_and_the_next_is_found() -> None:
    raw = b'[{"a":"' + b"x" * 500 + b'"},{"b":1}]'
    assert values(raw, size=16, limit=100) == [(Cut.OVER_LIMIT, b""), (Cut.WHOLE, b'{"b":1}')]


def test_after_a_value_that_never_closes_reading_starts_anew_at_a_line_with_a_brace() -> None:
    raw = b'{\n "a": "open,\n{"b": 1}\n{"c": 2}\n'
    assert next(cut for cut, _ in values(raw)) is Cut.SHORT
    assert values(b'{\n "a": [1,\n{"b": 1}\n{"c": 2}\n')[1:] == [(Cut.WHOLE, b'{"b": 1}'), (Cut.WHOLE, b'{"c": 2}')]
