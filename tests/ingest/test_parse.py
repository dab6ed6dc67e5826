"""From blocks to tables: every record is accounted for, and what reads it does not depend on cuts."""

import json
import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.ingest.made import cut, functions, parsed, parsers, recogniser, rows
from tests.ingest.made import given as given_input
from tocsin.ingest import frame
from tocsin.ingest.frame import Block, blocks
from tocsin.ingest.parse import Parsed, parse
from tocsin.ingest.parsers import Parsers
from tocsin.ingest.recognise import Recognised
from tocsin.kit import Batch, Chunk, Wanted, parser
from tocsin.model import PluginError

MIXED = [
    b"Dec 10 06:55:46 bastion sshd[1]: Failed password for root from 192.0.2.1 port 1 ssh2",
    b"Dec 10 06:55:46 bastion sudo: deploy : TTY=pts/0 ; PWD=/ ; USER=root ; COMMAND=/bin/sh",
    b"<13>1 2026-11-22T06:40:00Z bastion app 7 - - started",
    b'192.0.2.7 - - [22/Nov/2026:06:00:00 +0000] "GET / HTTP/1.1" 200 5 "-" "curl/8"',
    b"Nov 22 01:58:00 fw kernel: [UFW BLOCK] IN=eth0 OUT= SRC=192.0.2.1 DST=198.51.100.1 LEN=40 PROTO=TCP SPT=1 DPT=22",
    b"CEF:0|Acme|Firewall|1.0|100|denied|5|src=192.0.2.1 dst=198.51.100.10 act=deny",
    b'date=2026-11-22 time=01:58:00 devid="FG1" logid="0000000013" type="traffic" srcip=192.0.2.1 dstip=198.51.100.1',
    b"2026-11-22 06:40:00,123 INFO [main] org.example.App: started",
    b"a line that nobody knows",
    b"  and its continuation",
]


def whole(result: Parsed) -> bool:
    """Return whether each record is in just one place."""
    numbers = [n for table in result.tables for n in table.numbers] + [r.record for r in result.refused]
    return sorted(numbers) == list(range(result.records))


def test_records_of_many_makes_in_one_file_each_find_their_parser() -> None:
    found = [what for what, _ in rows(b"\n".join(MIXED))]

    assert found == [
        "syslog: sshd", "syslog: sudo", "syslog", "web access", "Linux packet filter", "CEF", "FortiGate",
        "application", "text",
    ]  # fmt: skip


def test_what_no_parser_knows_is_an_event_with_its_message() -> None:
    (_, fields) = rows(b"\n".join(MIXED))[-1]

    assert fields == {"message": "a line that nobody knows\n  and its continuation"}


def test_where_blocks_are_cut_changes_no_row(monkeypatch: pytest.MonkeyPatch) -> None:
    shuffled = MIXED[:-2] * 40
    random.Random(7).shuffle(shuffled)  # a seed: the same order each time
    raw = b"\n".join(shuffled)
    at_once = rows(raw)
    monkeypatch.setattr(frame, "PIECE", 300)
    monkeypatch.setattr(frame, "BLOCK", 500)

    assert len(cut(raw)) > 20
    assert rows(raw) == at_once


def test_the_order_of_lines_changes_no_row() -> None:
    forwards = rows(b"\n".join(MIXED[:-2]))
    backwards = rows(b"\n".join(reversed(MIXED[:-2])))

    assert sorted(map(repr, forwards)) == sorted(map(repr, backwards))


@given(st.lists(st.sampled_from([*MIXED, b"\xff\xfe", b"\0", b"{", b"", b"<13>", b"Dec 10 06:55:46 "]), max_size=20))
@settings(max_examples=150, deadline=None)
def test_every_record_is_a_row_or_refused(lines: list[bytes]) -> None:
    block = Block(path="x", frame="lines", number=0, raw=b"\n".join(lines))

    assert whole(parse(block, parsers()))


@given(st.binary(max_size=300), st.sampled_from(["lines", "json", "csv", "evtx"]))
@settings(max_examples=200, deadline=None)
def test_no_bytes_make_parsing_raise(raw: bytes, name: str) -> None:
    found = given_input(raw)
    for block in blocks(found.open(), "x", Recognised(family="log", frame=name)):
        assert whole(parse(block, parsers()))


def test_a_broken_event_log_chunk_is_named_and_the_file_is_whole(data: Path) -> None:
    raw = bytearray(min((data / "evtx-attack-samples").rglob("*.evtx")).read_bytes())
    raw[4096 + 600 : 4096 + 900] = b"\xff" * 300

    results = parsed(bytes(raw))

    assert all(whole(result) for result in results)
    assert any(result.refused for result in results)


def test_a_json_log_of_no_known_product_keeps_its_fields() -> None:
    ((what, fields),) = rows(b'{"some": {"thing": 1}, "other": [2]}\n')

    assert (what, fields) == ("JSON", {"some": {"thing": 1}, "other": [2]})


def test_each_sample_of_loghub_is_accounted_for(data: Path) -> None:
    for path in sorted((data / "loghub").glob("*_2k.log")):
        results = parsed(path.read_bytes(), path.name)
        assert all(whole(result) for result in results), path
        known = sum(len(t) for result in results for t in result.tables if t.parsed)
        assert known >= 0.98 * sum(result.records for result in results), path


@parser(frame="lines", looks="x")
def loses(chunk: Chunk, _: Wanted) -> Batch:
    return Batch()


def test_a_parser_that_loses_records_is_told_so() -> None:
    block = Block(path="x", frame="lines", number=0, raw=b"x\n", parsers=("loses",))

    with pytest.raises(PluginError, match="parser loses was given 1 records and accounts for 0"):
        parse(block, Parsers([*functions(), loses]))


def test_the_recogniser_needs_no_parsers_code() -> None:
    assert recogniser()(given_input(MIXED[0])) == Recognised(family="log", parsers=("syslog",))


def test_objects_among_lines_are_read_as_objects() -> None:
    text = b"Dec 10 06:55:46 bastion app: text\n"
    found = rows(text * 3 + b'{"some": {"thing": 1}}\n{not json}\n')

    assert [what for what, _ in found] == ["syslog"] * 3 + ["JSON", "text"]


def test_objects_printed_over_lines_among_those_of_one_line_are_whole() -> None:
    one, many = b'{"n": 1, "in": {"a": [1]}}\n', b'{\n  "n": 2,\n  "in": {\n    "a": [\n      {}\n    ]\n  }\n}\n'
    raw = (one + many) * 3000 + b"no object\n" + one

    found = rows(raw)

    assert len(found) == 6001
    assert {fields["n"] for _, fields in found} == {1, 2}
    assert sum(len(result.refused) for result in parsed(raw)) == 1


def test_what_is_like_syslog_is_refined_by_the_parsers_within_it() -> None:
    message = "Failed password for root from 192.0.2.1 port 1 ssh2"
    entry = {"__REALTIME_TIMESTAMP": "1772439330120000", "SYSLOG_IDENTIFIER": "sshd", "MESSAGE": message}

    for raw in (json.dumps(entry).encode() + b"\n", MIXED[0] + b"\n" + json.dumps(entry).encode() + b"\n"):
        what, fields = rows(raw)[-1]
        assert (what, fields["source.ip"], fields["event.outcome"]) == ("syslog: sshd", "192.0.2.1", "failure")
