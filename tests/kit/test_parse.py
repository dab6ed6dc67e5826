"""Tables, columns and the readers that make them."""

import re

import pytest

from tocsin.kit import Batch, Chunk, Columns, Form, Forms, LogSource, Table, lines

SOURCE = LogSource("linux", frozenset(), frozenset({"door"}))
READER = lines(
    r"(?P<time>\d\d:\d\d) (?P<user__name>\w+)(?: from (?P<source__ip>\S+))?$",
    what="door", logsource=SOURCE, clock="clock", same={"event.action": "entry"},
)  # fmt: skip
TEXTS = ["08:00 alice", "nonsense", "08:01 bob from 192.0.2.7"]


def chunk(texts: list[str] = TEXTS, first: int = 10) -> Chunk:
    return Chunk(path="a.log", texts=texts, numbers=range(first, first + len(texts)))


def placed(batch: Batch, count: int) -> list[int]:
    rows = [number - 10 for table in batch.tables for number in table.numbers]
    return sorted([*rows, *batch.rest, *(refused.record for refused in batch.refused)][:count])


def test_a_pattern_makes_columns_of_its_groups_and_leaves_the_rest() -> None:
    batch = READER.read(chunk())
    [table] = batch.tables
    assert dict(table.columns) == {"user.name": ("alice", "bob"), "source.ip": (None, "192.0.2.7")}
    assert (table.times, list(table.numbers), list(batch.rest)) == (("08:00", "08:01"), [10, 12], [1])
    assert placed(batch, 3) == [0, 1, 2]


def test_a_chunk_of_which_nothing_fits_makes_no_table() -> None:
    assert READER.read(chunk(["x", "y"])) == Batch(rest=[0, 1])


def test_a_row_says_its_own_fields_and_the_shared_ones_without_empty_values() -> None:
    [table] = READER.read(chunk()).tables
    assert table.row(0) == {"user.name": "alice", "event.action": "entry"}
    assert table.row(1) == {"user.name": "bob", "source.ip": "192.0.2.7", "event.action": "entry"}


def test_a_column_answers_to_every_name_of_the_vocabulary() -> None:
    [table] = READER.read(chunk()).tables
    assert table.column("src_ip") == table.column("source.ip") == (None, "192.0.2.7")
    assert table.column("event.action") == ["entry", "entry"]
    assert table.column("no.such.field") is None


def test_picked_rows_keep_numbers_texts_times_and_columns_together() -> None:
    [table] = READER.read(chunk()).tables
    picked = table.pick([1])
    assert (picked.numbers, picked.texts, picked.times) == ([12], [TEXTS[2]], ["08:01"])
    assert picked.row(0) == table.row(1)


def test_columns_of_objects_are_found_by_dotted_names_and_made_once() -> None:
    columns = Columns([{"a": {"b": 1}, "c.d": 2}, {"a": "text"}, {}])
    assert list(columns["a.b"]) == [1, None, None]
    assert list(columns["c.d"]) == [2, None, None]
    assert columns["a.b"] is columns["a.b"]
    assert ("a.b" in columns, "a.x" in columns) == (True, False)
    assert list(columns) == ["a", "c.d"]


def test_rows_of_objects_say_what_the_object_says() -> None:
    objects: list[dict[str, object]] = [{"User": "alice", "empty": None}, {"User": "bob"}]
    table = Table(what="t", logsource=SOURCE, numbers=[0, 1], texts=["", ""], columns=Columns(objects), same={"k": "v"})
    assert table.row(0) == {"User": "alice", "k": "v"}
    assert table.pick([1]).row(0) == {"User": "bob", "k": "v"}


def outer(messages: list[str]) -> Table:
    return Table(
        what="syslog", logsource=LogSource(), numbers=range(len(messages)), texts=messages,
        columns={"message": messages, "host.name": ["h"] * len(messages)},
    )  # fmt: skip


FORMS = Forms(
    Form(r"opened by (?P<user__name>.+) at (?P<source__ip>\S+)", {"event.action": "open"}),
    Form(r"opened by (?P<user__name>\w+)", {"event.action": "open", "event.outcome": "unknown"}),
    Form(r"closed", {"event.action": "close"}),
)


def test_forms_take_the_first_that_fits_and_keep_the_outer_fields() -> None:
    batch = FORMS.read(
        outer(["opened by al at 192.0.2.1", "noise", "opened by bob", "closed"]), what="door", logsource=SOURCE
    )
    [table] = batch.tables
    common = {"host.name": "h", "event.action": "open"}
    first, second, third = (table.row(n) for n in range(3))
    assert first == {**common, "message": "opened by al at 192.0.2.1", "user.name": "al", "source.ip": "192.0.2.1"}
    assert second == {**common, "message": "opened by bob", "event.outcome": "unknown", "user.name": "bob"}
    assert third == {"message": "closed", "host.name": "h", "event.action": "close"}
    assert (list(table.numbers), list(batch.rest), table.what) == ([0, 2, 3], [1], "door")


def test_forms_of_which_none_fits_leave_all() -> None:
    assert list(FORMS.read(outer(["x", "y"]), what="door", logsource=SOURCE).rest) == [0, 1]


def test_a_pattern_that_is_no_regular_expression_fails_when_it_is_made() -> None:
    with pytest.raises(re.error):
        lines("(", what="x", logsource=SOURCE)
