"""Records of several kinds become a table each; none is lost."""

from typing import Any

from tocsin.formats.kinds import Kind, each, first, joined, of_lines, of_objects, says
from tocsin.kit import Chunk, LogSource, Table

SOURCE = LogSource("x")
TIMED = Kind(what="timed", logsource=SOURCE, time="at", clock="epoch")
OTHER = Kind(what="other", logsource=SOURCE)


def read(text: str) -> tuple[Kind, dict[str, Any]] | None:
    if text == "?":
        return None
    return (TIMED, {"at": text}) if text.isdigit() else (OTHER, {"word": text})


def test_lines_go_to_the_table_of_their_kind_and_the_others_are_rest() -> None:
    batch = of_lines(Chunk(path="x", texts=["5", "a", "?", "6"], numbers=[0, 2, 4, 6]), read)

    assert [(table.what, list(table.numbers), list(table.times)) for table in batch.tables] == [
        ("timed", [0, 6], ["5", "6"]),
        ("other", [2], []),
    ]
    assert batch.rest == [2]


def test_a_row_of_an_outer_table_keeps_its_columns_and_its_time_unless_it_has_its_own() -> None:
    outer = Table(
        what="syslog", logsource=SOURCE, numbers=[0, 1], texts=["h: 5", "h: a"], times=["t0", "t1"], clock="syslog",
        columns={"message": ["5", "a"], "host.name": ["h", "h"]}, same={"s": 1},
    )  # fmt: skip

    timed, other = of_lines(outer, read).tables

    assert (timed.clock, list(timed.times), other.clock, list(other.times)) == ("epoch", ["5"], "syslog", ["t1"])
    assert other.row(0) == {"word": "a", "message": "a", "host.name": "h", "s": 1}


def test_objects_go_to_the_table_of_their_kind_with_times_that_a_clock_can_read() -> None:
    objects: list[dict[str, Any]] = [{"a": {"t": 5}}, {"a": {"t": [5]}}, {"b": 1}]
    kind = Kind(what="k", logsource=SOURCE, time="a.t", clock="epoch")

    batch = of_objects(
        Chunk(path="x", texts=["1", "2", "3"], numbers=[0, 1, 2], objects=objects), lambda r: kind if "a" in r else None
    )

    assert [list(table.times) for table in batch.tables] == [[5, None]]
    assert batch.rest == [2]


def test_a_reader_of_fields_takes_the_first_that_says_something() -> None:
    record = {"a": "-", "b": {"c": ""}, "d": ["x"], "e": {"f": "found"}}

    assert says("a", "b.c", "d", "e.f")(record) == "found"
    assert says("nothing")(record) is None


def test_lists_of_objects_are_read_with_care() -> None:
    assert first([{"a": 1}, {"a": 2}]) == {"a": 1}
    assert first("text") == first([]) == first(["text"]) == {}
    assert each([{"a": 1}, "text", {"b": 2}, {"a": 3}], "a") == [1, 3]
    assert each({"a": 1}, "a") is None


def test_lines_can_be_given_as_a_table_of_messages() -> None:
    table = joined(Chunk(path="x", texts=["one"], numbers=[7]))

    assert (list(table.numbers), table.columns["message"]) == ([7], ["one"])
    assert joined(table) is table
