"""What a kind's lines tell besides what matches."""

import json
from collections import Counter
from collections.abc import Sequence
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.match.sigma.test_matcher import rule
from tests.match.sigma.test_sieve import LINES, detections
from tocsin.formats.json_records import of_lines
from tocsin.formats.windows_event import TIMES, flat_flat
from tocsin.formats.windows_tables import batch
from tocsin.ingest.when import timed
from tocsin.kit import Table
from tocsin.match.sigma.matcher import Matcher
from tocsin.match.sigma.rule import Rule
from tocsin.match.sigma.sieve import Sieve

WATCH = frozenset({"user.name", "source.ip", "event.action", "Computer", "host.name"})
STAMPS = st.sampled_from(
    [
        {"@timestamp": "2020-01-02T03:04:05.678Z"},
        {"@timestamp": "2020-01-02T03:04:05.679Z"},
        {"@timestamp": "2020-01-02T03:04:05Z", "UtcTime": "2019-01-01 00:00:00"},
        {"UtcTime": "2020-02-02 03:04:05.678"},
        {"EventTime": "2020-03-02 03:04:05"},
        {"EventTime": "2020-03-02 03:04:06"},
        {"TimeCreated": "/Date(1577934245000)/"},
        {"EventTime": None},
        {"@timestamp": "no time"},
        {},
    ]
)


def stamped(line: bytes, stamp: dict[str, Any]) -> bytes:
    """Return a line with a time in it."""
    return (
        line[:-1] + b"," + json.dumps(stamp).encode()[1:] if stamp and line[:2] == b'{"' and line[-1:] == b"}" else line
    )


Told = tuple[Counter[str], dict[Any, set[str]], dict[str, tuple[int, int]], set[tuple[int, int]]]


def told(matcher: Matcher, tables: Sequence[Table]) -> Told:
    """Return counts by kind, and ends of times by clock, and matches by row."""
    counts: Counter[str] = Counter()
    times: dict[str, list[int]] = {}
    matches: set[tuple[int, int]] = set()
    for whole in tables:
        for table in timed(whole):
            counts[table.what] += len(table)
            matches |= {(which, table.numbers[row]) for which, row in matcher.run(table)}
            if found := [at for at in table.times if at is not None]:
                times.setdefault(table.clock, []).extend(found)
    return counts, {}, {clock: (min(found), max(found)) for clock, found in times.items()}, matches


def sifted(one: Sieve, matcher: Matcher, lines: Sequence[bytes]) -> Told:
    """Return the same of lines of which those that cannot match are counted."""
    found = one.sift(lines)
    assert found is not None
    chunk = of_lines([lines[row] for row in found.whole]).chunk("x")
    counts, seen, times, matches = told(matcher, batch(chunk, flat_flat).tables)
    for kind in found.counted:
        counts[kind.what] += kind.rows
        for clock, at, _ in kind.ends:
            first, last = times.get(clock, (at, at))
            times[clock] = min(first, at), max(last, at)
    return counts, seen, times, {(which, found.whole[row]) for which, row in matches}


def is_sound(line: bytes) -> bool:
    """Return whether a line is a record."""
    return bool(of_lines([line]).objects)


@settings(max_examples=200, deadline=None)
@given(
    made=st.lists(detections(), min_size=1, max_size=3),
    batches=st.lists(st.lists(st.builds(stamped, LINES, STAMPS), min_size=1, max_size=6), min_size=1, max_size=3),
)
def test_what_is_counted_is_told_as_if_it_had_been_parsed(
    made: list[dict[str, Any]], batches: list[list[bytes]]
) -> None:
    rules: list[Rule] = [rule(detection) for detection in made]
    plain, quick = Matcher(rules, watch=WATCH), Matcher(rules, watch=WATCH)
    one = Sieve(quick, flat_flat, TIMES)
    for lines in batches:
        sound = [line for line in lines if is_sound(line)]
        if sound:
            expected = told(plain, batch(of_lines(sound).chunk("x"), flat_flat).tables)
            assert sifted(one, quick, sound) == expected
    assert {source: fields for source, fields in quick.seen.items() if fields} == {
        source: fields for source, fields in plain.seen.items() if fields
    }


def test_lines_that_are_no_objects_leave_all_to_others() -> None:
    one = Sieve(Matcher([rule({"s": {"Image": "a"}, "condition": "s"})]), flat_flat, TIMES)
    assert one.sift([b'{"EventID":1,"Channel":"System"}', b'"a": 1,']) is None
