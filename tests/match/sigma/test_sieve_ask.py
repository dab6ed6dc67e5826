"""What the sieve asks of lines."""

from typing import Any

import msgspec
import pytest

from tocsin.formats.windows_event import flat_flat
from tocsin.match.sigma.look import Look
from tocsin.match.sigma.questions import Held
from tocsin.match.sigma.sieve_ask import Answers, Parser, Question, Sight, decoded
from tocsin.match.sigma.slots import Room

KIND: dict[str, Any] = {"EventID": 4688, "Channel": "Security"}


def test_lines_that_do_not_decode_are_stood_for() -> None:
    assert decoded(msgspec.json.Decoder(int), [b"1", b"x", b"2"], -1) == [1, -1, 2]


def test_a_parser_tells_which_fields_a_name_has_a_part_in() -> None:
    assert Parser(flat_flat, KIND).makes("Hostname") >= {"Hostname", "Computer"}


def test_a_parser_notes_what_a_derived_field_reads() -> None:
    made = Parser(flat_flat, KIND)
    table = made.table([{"SubjectUserName": "eve", "SubjectDomainName": "ACME"}])
    assert table is not None
    made.reads.clear()
    assert Look(table).field("User")[0] == ["ACME\\eve"]
    assert made.reads >= {"SubjectUserName", "SubjectDomainName"}


def test_equal_values_are_asked_once() -> None:
    asked: list[Any] = []

    def ask(records: Any) -> list[Held]:
        asked.extend(records)
        return [frozenset({len(record)}) for record in records]

    answers = Answers(("a", "b"), ask, Room())
    rows = [("1", "2"), ("1", msgspec.UNSET), ("1", "2")]
    assert [list(held) for held in answers.of(rows)] == [[2], [1], [2]]
    answers.of(rows)
    assert asked == [{"a": "1", "b": "2"}, {"a": "1"}]


@pytest.mark.parametrize(("seen", "rows"), [(set[str](), [1]), ({"Image"}, [])])
def test_one_row_is_wanted_for_each_field_that_none_had(seen: set[str], rows: list[int]) -> None:
    unseen = {"Image", "CommandLine"}
    sight = Sight(lambda: unseen, {})
    asked = sight.questions({"Image": frozenset({"Image"})}, lambda question: tuple(sorted(question.reads)))
    assert asked
    assert isinstance(asked[0], Question)
    unseen -= seen
    table = Parser(flat_flat, KIND).table([{}, {"Image": "a"}, {"Image": "b"}])
    assert table is not None
    assert list(sight.rows(asked[0].ask(Look(table)))) == rows


def test_a_field_that_the_parser_derives_is_looked_for_where_a_name_it_reads_is() -> None:
    sight = Sight(lambda: {"user.name"}, {"user.name": frozenset({"AccountName"})})
    asked = sight.questions({"AccountName": frozenset({"AccountName"})}, lambda question: tuple(sorted(question.reads)))
    assert "AccountName" in asked[0].reads
