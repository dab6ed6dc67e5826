"""Objects of no known product as tables."""

from typing import Any

from hypothesis import given

from tests.formats.test_json_cut import JSON
from tocsin.formats.plain_tables import batch
from tocsin.kit import Chunk


def read(*records: dict[str, Any]) -> Any:
    return batch(Chunk(path="x", texts=[""] * len(records), numbers=range(len(records)), objects=records), "JSON")


def test_times_of_one_way_of_writing_are_one_table() -> None:
    tables = read({"time": "2026-03-02T16:00:00Z"}, {"ts": 1772467200}, {"x": 1}, {"time": "1772467200.5"}).tables
    assert [(table.clock, list(table.numbers)) for table in tables] == [
        ("iso", [0]), ("epoch", [1]), ("", [2]), ("epoch", [3]),
    ]  # fmt: skip


def test_ecs_is_known_by_its_version() -> None:
    for record in ({"ecs": {"version": "8.11"}}, {"ecs.version": "8"}):
        assert read(record).tables[0].what == "JSON (ECS)"


def test_nested_fields_have_dotted_names() -> None:
    assert read({"a": {"b": 1}}, {"a.b": 2}, {"a": 3}).tables[0].column("a.b") == [1, 2, None]


@given(JSON)
def test_no_value_makes_it_raise(anything: Any) -> None:
    assert len(read({"time": anything, "ecs": anything}).tables) == 1
