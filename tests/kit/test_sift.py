"""What a parser says of how it reads each record."""

from tocsin.formats.windows_event import TIMES, flat_flat
from tocsin.ingest.parsers import Parsers, parser_of
from tocsin.kit import Batch, Chunk, Wanted, parser
from tocsin.kit.sift import Flattening, record_by_record
from tocsin.plugins.parsers.windows_flat import windows_flat


@parser(frame="json", keys=("a.b", "EventID"), weight=99)
def first(chunk: Chunk, _: Wanted) -> Batch:
    return Batch(rest=range(len(chunk.texts)))


@parser(frame="json", keys=("EventID",), weight=99)
def greedy(chunk: Chunk, _: Wanted) -> Batch:
    return Batch(rest=range(len(chunk.texts)))


def test_a_mark_is_read_from_the_function() -> None:
    made = Flattening(dict, {})
    assert parser_of(record_by_record(made)(first)).flattening is made
    del first.__dict__["__flattening__"]


def test_what_goes_to_parsers_before_it_is_known_by_names_of_their_own() -> None:
    found = Parsers([windows_flat, first]).flattening()
    assert found is not None
    assert (found[0], list(found[1])) == (Flattening(flat_flat, TIMES), [frozenset({"a"})])


def test_a_parser_before_it_with_no_name_of_its_own_ends_the_matter() -> None:
    assert Parsers([windows_flat, greedy]).flattening() is None


def test_no_parser_says_so_by_itself() -> None:
    assert Parsers([first]).flattening() is None
