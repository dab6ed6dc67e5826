import json
from collections.abc import Iterator, Sequence
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.match.sigma.generate import CONDITIONS, PLAIN, SELECTIONS
from tests.match.sigma.test_matcher import rule
from tocsin.formats.json_records import records
from tocsin.formats.windows_event import flat_flat
from tocsin.formats.windows_tables import batch
from tocsin.match.sigma import literals as engines
from tocsin.match.sigma import sieve_kind
from tocsin.match.sigma.literals import hyperscan
from tocsin.match.sigma.matcher import Matcher
from tocsin.match.sigma.rule import Rule
from tocsin.match.sigma.sieve import Sieve

SYSMON = "Microsoft-Windows-Sysmon/Operational"
FIELDS = st.sampled_from(
    [
        "EventID",
        "Channel",
        "EventType",
        "Computer",
        "Provider_Name",
        "Data",
        "User",
        "TargetUserName",
        "SubjectUserName",
        "ThreatName",
        "Image",
        "IpAddress",
        "source.ip",
        "event.code",
        "event.action",
        "event.outcome",
        "f.g",
        "CommandLine",
    ]
)
NAMES = st.sampled_from(
    [
        "Hostname",
        "Computer",
        "SourceName",
        "Message",
        "Data",
        "User",
        "AccountName",
        "TargetUserName",
        "SubjectUserName",
        "SubjectDomainName",
        "Threat Name",
        "ThreatName",
        "Image",
        "NewProcessName",
        "IpAddress",
        "SourceIp",
        "Status",
        "f.g",
        "f",
        "Keywords",
        "EventType",
        "Event Type",
        "Id",
        "LogName",
        "@timestamp",
        "UtcTime",
        "CommandLine",
        "winlog",
        "O\u0301dd",
        'a"b',
    ]
)
WORDS = st.sampled_from(
    ["a", "A", "ab", "x\\ab", "4688", "1", "Security", "success", "\u212aali", "192.0.2.1", "-", ""]
)
VALUES = st.one_of(
    WORDS, PLAIN, st.none(), st.booleans(), st.integers(0, 12), st.lists(WORDS, max_size=2), st.just({"g": "ab"})
)
EVENTS = st.fixed_dictionaries(
    {
        "EventID": st.sampled_from([1, 12, 104, 4624, 4688, "4688", None, True]),
        "Channel": st.sampled_from([SYSMON, "Security", "System", "", None]),
    },
    optional={"EventType": st.sampled_from(["SetValue", "CreateKey", "INFO", None, 1])},
)
LINES = st.one_of(
    st.tuples(EVENTS, st.dictionaries(NAMES, VALUES, max_size=5)).map(
        lambda both: json.dumps({**both[1], **both[0]}).encode()
    ),
    st.tuples(EVENTS, st.dictionaries(NAMES, VALUES, max_size=5)).map(
        lambda both: json.dumps({**both[0], **both[1]}, ensure_ascii=False).encode()
    ),
    st.sampled_from(
        [
            b"{",
            b"[]",
            b'{"EventID":1}',
            b'{"EventID":1,"Channel":"System","EventID":2}',
            b'{"EventID":1,"Channel":"\xff"}',
            b"{} {}",
        ]
    ),
)
MODIFIERS = st.sampled_from(["", "|contains", "|startswith", "|endswith", "|exists", "|neq", "|re"])


@st.composite
def detections(draw: st.DrawFn) -> dict[str, Any]:
    items: dict[str, Any] = {}
    for _ in range(draw(st.integers(1, 3))):
        modifier = draw(MODIFIERS)
        value: Any = draw(st.booleans()) if modifier == "|exists" else "a" if modifier == "|re" else draw(WORDS)
        items[draw(FIELDS) + modifier] = draw(st.sampled_from([value, None])) if not modifier else value
    others = draw(st.one_of(SELECTIONS, st.just(["kali", "ab"]), st.just(["4688"])))
    return {"sel_a": items, "sel_b": others, "_sel_c": others, "condition": draw(CONDITIONS)}


def ordinary(rules: Sequence[Rule], lines: Sequence[bytes]) -> set[int]:
    """Return the rows of lines that some rule matches, each line parsed by itself and all rules run over it."""
    matcher = Matcher(rules)
    found = set()
    for row, line in enumerate(lines):
        tables = batch(records(line).chunk("x"), flat_flat).tables
        if any(True for table in tables for _ in matcher.run(table)):
            found.add(row)
    return found


@pytest.fixture(autouse=True, scope="module")
def _databases_pay_at_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engines, "PAYS", 0)
        yield


@pytest.mark.parametrize("engine", [hyperscan, lambda: None], ids=["hyperscan", "python"])
@settings(max_examples=250, deadline=None)
@given(
    made=st.lists(detections(), min_size=1, max_size=3),
    batches=st.lists(st.lists(LINES, min_size=1, max_size=6), min_size=1, max_size=3),
)
def test_each_line_that_a_rule_matches_is_let_through(
    engine: Any, made: list[dict[str, Any]], batches: list[list[bytes]]
) -> None:
    rules = [rule(detection) for detection in made]
    one = Sieve(Matcher(rules, engine=engine), flat_flat)
    for lines in batches:
        expected = ordinary(rules, [line for line in lines if records(line).objects])
        sound = [row for row, line in enumerate(lines) if records(line).objects]
        assert {sound[row] for row in expected} <= set(one.rows(lines))


def event(**fields: Any) -> bytes:
    return json.dumps({"EventID": 1, "Channel": SYSMON, **fields}).encode()


def sieved(detection: dict[str, Any], *lines: bytes) -> list[int]:
    return Sieve(Matcher([rule(detection)]), flat_flat).rows(lines)


def test_a_line_that_no_rule_can_match_falls_through() -> None:
    lines = [event(Image=f"C:\\{number}.exe", ProcessId=number) for number in range(200)]
    assert sieved({"s": {"Image|endswith": "\\7.exe"}, "condition": "s"}, *lines) == [7]


def test_a_kind_that_no_rule_looks_at_falls_through() -> None:
    assert sieved({"s": {"EventID": 3, "Image": "a"}, "condition": "s"}, event(Image="a")) == []


def test_a_name_that_comes_up_later_is_learned() -> None:
    one = Sieve(Matcher([rule({"s": {"Image": "a"}, "condition": "s"})]), flat_flat)
    assert one.rows([event(User="a")]) == []
    assert one.rows([event(Image="a"), event(Image="b", Other=1)]) == [0]
    assert one.rows([event(User="a"), event(Image="b", Other=1)]) == []


def test_a_field_that_is_made_of_several_is_asked_of_them_all() -> None:
    line = event(EventID=4688, Channel="Security", SubjectUserName="eve", SubjectDomainName="ACME")
    assert sieved({"s": {"User": "ACME\\eve"}, "condition": "s"}, line, line.replace(b"eve", b"bob")) == [0]


def test_a_keyword_lets_its_line_through_and_no_other() -> None:
    detection = {"k": ["mimikatz"], "condition": "k"}
    assert sieved(detection, event(Image="x"), event(Image="MimiKatz"), event(User="m")) == [1]


def test_lines_of_a_kind_with_ever_new_names_are_looked_at_whole() -> None:
    one = Sieve(Matcher([rule({"s": {"Image": "a"}, "condition": "s"})]), flat_flat)
    rows = [one.rows([event(**{f"n{number}": 1})]) for number in range(sieve_kind.MAX_LEARNED + 5)]
    assert rows[-1] == [0]


def test_the_lines_of_each_kind_are_counted() -> None:
    one = Sieve(Matcher([rule({"s": {"Image": "a"}, "condition": "s"})]), flat_flat)
    one.rows([event(Image="a"), event(Image="b"), event(EventID=3)])
    assert one.seen == {f"Windows {SYSMON} 1": 2, f"Windows {SYSMON} 3": 1}
