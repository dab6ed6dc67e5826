"""No text makes a parser raise, lose a record, or take more than linear time."""

import gc
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.made import parsers
from tocsin.ingest.parsers import Parser
from tocsin.kit import Batch, Chunk, LogSource, Table

SAMPLES = Path(__file__).parents[3] / "samples" / "parser"
TEXT_PARSERS = sorted(n for n, p in parsers().all.items() if p.frame == "lines" or p.within == "syslog")
PUMPS = (
    "a",
    " ",
    "=",
    '"',
    "\\",
    "[",
    "a=b ",
    "x, ",
    "a: b ",
    " from 192.0.2.1 port 1",
    ", client: 1",
    "; USER=r ; ",
    "a.b.",
)
SHORT, LONG = 4_000, 32_000  # characters: eight times the text may take eight times the time
SLACK = 3.0  # a busy machine; quadratic time would be eight times over
FAST = 0.25  # seconds in which a long text may be read whatever the ratio: below it noise decides


def lines_of(name: str) -> list[str]:
    """Return the lines of a parser's samples."""
    found: list[str] = []
    for path in sorted((SAMPLES / name).glob("*/in.log")):
        found += path.read_text("utf-8", errors="replace").split("\n")
    return [line for line in found if line]


def read(parser: Parser, texts: list[str]) -> Iterator[tuple[Batch, int]]:
    """Yield what a parser makes of texts, as records of a file and as messages of syslog."""
    numbers = range(len(texts))
    if parser.frame == "lines":
        yield parser.read(Chunk(path="x", texts=texts, numbers=numbers), None), len(texts)
    if parser.within:
        table = Table(
            what="syslog", logsource=LogSource(), numbers=numbers, texts=texts, times=[0] * len(texts), clock="utc",
            columns={"message": texts, "process.name": ["x"] * len(texts), "host.name": ["h"] * len(texts)},
        )  # fmt: skip
        yield parser.read(table, None), len(texts)


def message(parser: Parser, line: str) -> str:
    """Return what a parser reads of a line: an inner one the message."""
    return line.partition(": ")[2] if parser.within and parser.frame != "lines" else line


@pytest.mark.parametrize("name", TEXT_PARSERS)
@given(data=st.data())
@settings(max_examples=60, deadline=None)
def test_no_text_makes_a_parser_raise_or_lose_a_record(name: str, data: st.DataObject) -> None:
    parser = parsers().all[name]
    known = st.sampled_from([message(parser, line) for line in lines_of(name)])
    mutated = st.builds(
        lambda line, at, junk: line[:at] + junk + line[at:], known, st.integers(0, 200), st.text(max_size=9)
    )
    texts = data.draw(st.lists(st.text() | known | mutated, max_size=8))

    for batch, given_records in read(parser, texts):
        rows = [n for table in batch.tables for n in table.numbers]
        kept = sorted([*rows, *batch.rest, *(r.record for r in batch.refused)])
        assert kept == list(range(given_records))
        for table in batch.tables:
            assert list(table.numbers) == sorted(table.numbers)
            assert all(len(column) == len(table) for column in table.columns.values())
            assert not table.times or len(table.times) == len(table)
            assert [table.row(i) for i in range(len(table))]


def seconds(parser: Parser, text: str) -> float:
    """Return how long a parser takes for one record, with the look that chooses it."""
    gc.disable()  # its work grows with what the tests before have left, not with the text
    try:
        begun = time.process_time()
        for looks in filter(None, (parser.looks, parser.looks_within)):
            looks.match(text)
        for _ in read(parser, [text]):
            pass
        return time.process_time() - begun
    finally:
        gc.enable()


@pytest.mark.parametrize("name", TEXT_PARSERS)
def test_time_grows_with_the_text_and_no_faster(name: str) -> None:
    parser = parsers().all[name]
    for line in lines_of(name)[:12]:
        text = message(parser, line)
        for at in (0, len(text) // 3, 2 * len(text) // 3, len(text)):
            for pump in PUMPS:
                for tail in ("", "\nx"):
                    long = seconds(parser, text[:at] + pump * (LONG // len(pump)) + text[at:] + tail)
                    if long <= FAST:
                        continue
                    short = seconds(parser, text[:at] + pump * (SHORT // len(pump)) + text[at:] + tail)
                    assert long <= SLACK * LONG / SHORT * short, (text[:at], pump, text[at:])


@pytest.mark.parametrize("name", TEXT_PARSERS)
def test_each_text_parser_has_a_sample_that_is_hostile(name: str) -> None:
    assert any("hostile" in case.name for case in (SAMPLES / name).iterdir())


@pytest.mark.parametrize("name", sorted(n for n, p in parsers().all.items() if p.looks))
def test_what_a_parser_looks_for_is_told_at_once(name: str) -> None:
    """The parent asks it of the first lines of a file, and nobody could end the parent."""
    found = [looks for looks in (parsers().all[name].looks, parsers().all[name].looks_within) if looks]
    assert found
    began = time.process_time()
    for pump in (*PUMPS, "date=", 'date="', "date=a ", "<1>", "a=", "0", "0 ", "A-", "IN="):
        for head in ("", "<1>", "date=", "x IN=", "192.0.2.1 - "):
            for looks in found:
                looks.match(head + pump * (4096 // len(pump)))
    assert time.process_time() - began < 5, "it backtracks"
