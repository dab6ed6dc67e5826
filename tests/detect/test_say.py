from typing import Any

import pytest

from tests.match.sigma.test_why import parts
from tocsin.detect.say import Line, has, headline, short, tree, wants
from tocsin.detect.sight import Seen, Sight
from tocsin.kit import Columns, LogSource, Table
from tocsin.match.sigma.why import Asker, Why

RULE = {
    "image": {"Image|endswith": ["\\cmd.exe", "\\powershell.exe"]},
    "command": {"CommandLine|contains|all": ["-enc", "hidden"]},
    "filter": {"User": "svc"},
    "condition": "image and command and not filter",
}


def told(detection: dict[str, Any], event: dict[str, Any]) -> tuple[Why, Sight]:
    table = Table(what="x", logsource=LogSource(), numbers=[0], texts=["x"], columns=Columns([event]))
    asker = Asker(parts(detection)[0])
    return asker.why(asker.held(table)[0]), Sight(table, 0)


def says(detection: dict[str, Any], event: dict[str, Any]) -> str:
    return headline(*told(detection, event))


@pytest.mark.parametrize(
    ("key", "value", "words", "must"),
    [
        ("f", "a", "f is 'a'", "f must be 'a'"),
        ("f", None, "f is null", "f must be null"),
        ("f|contains", ["a", "b"], "f contains one of 'a', 'b'", "f must contain one of 'a', 'b'"),
        ("f|contains|all", ["a", "b"], "f contains all of 'a', 'b'", "f must contain all of 'a', 'b'"),
        ("f|endswith|cased", "a", "f ends with 'a' (case counts)", "f must end with 'a' (case counts)"),
        ("f|neq", "a", "f is not 'a'", "f must not be 'a'"),
        ("f|startswith|neq", "a", "f does not begin with 'a'", "f must not begin with 'a'"),
        ("f|exists", True, "f is there", "f must be there"),
        ("f|exists", False, "f is absent", "f must be absent"),
        ("f|re|i", "a.", "f matches the regular expression 'a.' (without case)",
         "f must match the regular expression 'a.' (without case)"),
        ("f|cidr", "192.0.2.0/24", "f is an address in '192.0.2.0/24'", "f must be an address in '192.0.2.0/24'"),
        ("f|gte", 5, "f is at least 5", "f must be at least 5"),
        ("f|hour|lt", 6, "the hour of f is below 6", "the hour of f must be below 6"),
        ("f|windash|contains", " -a", "f contains ' -a' (any dash)", "f must contain ' -a' (any dash)"),
        ("f|base64offset|contains", "http", "f contains 'http' (in Base64, at any offset)",
         "f must contain 'http' (in Base64, at any offset)"),
        ("f|fieldref", "g", "f is the field g", "f must be the field g"),
        ("f|contains", list("abcde"), "f contains one of 'a', 'b', 'c' and 2 more",
         "f must contain one of 'a', 'b', 'c' and 2 more"),
    ],
)  # fmt: skip
def test_what_an_item_asks_for_is_said_in_words(key: str, value: Any, words: str, must: str) -> None:
    (item,) = parts({"s": {key: value}, "condition": "s"})[0].parts[0].parts
    assert wants(item, must=False) == words
    assert wants(item, must=True) == must


def test_a_miss_says_what_the_rule_wants_and_what_the_record_has() -> None:
    event = {"Image": "C:\\cmd.exe", "CommandLine": "cmd -enc x"}
    assert says(RULE, event) == (
        "1 of 3 parts did not hold (command): CommandLine must contain all of '-enc', 'hidden'; "
        "it is \"cmd -enc x\", which lacks 'hidden'"
    )


def test_a_field_that_is_not_there_is_said_to_be_absent() -> None:
    assert says(RULE, {"Image": "C:\\cmd.exe"}).endswith("; it is absent")


def test_what_must_not_hold_is_said_with_what_made_it_hold() -> None:
    event = {"Image": "C:\\cmd.exe", "CommandLine": "-enc hidden", "User": "svc"}
    assert says(RULE, event) == "1 of 3 parts did not hold: filter held, and must not: User is 'svc'"


def test_a_match_says_what_held() -> None:
    event = {"Image": "C:\\cmd.exe", "CommandLine": "-enc hidden"}
    assert says(RULE, event) == "it matches: Image ends with '\\cmd.exe'; CommandLine contains all of '-enc', 'hidden'"


def test_a_match_of_what_is_not_there_is_said() -> None:
    assert says({"s": {"f": 1}, "condition": "not s"}, {}).startswith("it matches, since nothing")


def test_keywords_are_asked_of_the_record() -> None:
    assert says({"k": ["abc", "xyz"], "condition": "k"}, {"f": "?"}) == (
        "the record must hold one of 'abc', 'xyz'; it does not"
    )


def test_of_a_long_list_only_what_held_is_told() -> None:
    why, sight = told({"s": {"f|contains": list("abcdefgh")}, "condition": "s"}, {"f": "g"})
    assert list(tree(why, sight)) == [
        Line(depth=0, held=True, says="s"),
        Line(depth=1, held=True, says="f contains 'g'", note='is "g"; 1 of 8 that would do'),
    ]


def test_what_held_since_it_is_not_there_is_one_line() -> None:
    why, sight = told(RULE, {"Image": "x"})
    assert [(line.depth, line.held, line.says) for line in tree(why, sight)] == [
        (0, False, "image and command and not filter"),
        (1, False, "image"),
        (2, False, "Image ends with one of '\\cmd.exe', '\\powershell.exe'"),
        (1, False, "command"),
        (2, False, "CommandLine contains all of '-enc', 'hidden'"),
        (1, True, "not filter"),
    ]


def test_the_forms_of_a_value_are_named() -> None:
    why, sight = told({"s": {"f|base64offset|contains": ["http"]}, "condition": "s"}, {"f": "aHR0c"})
    assert [line.says for line in tree(why, sight)][2:] == ["'http'", "as 'aHR0c'", "as 'h0dH'", "as 'odHRw'"]


def test_a_long_value_shows_the_place_that_held() -> None:
    why, sight = told({"s": {"f|contains": "needle"}, "condition": "s"}, {"f": "a" * 300 + "needle" + "b" * 300})
    note = list(tree(why, sight))[1].note
    assert "needle" in note
    assert len(note) < 120


def test_long_texts_are_cut_and_their_length_is_told() -> None:
    assert short("a" * 500, 10) == "aaaaaaaaaa... (500 characters)"
    assert has(Seen(field="f", state="value", texts=tuple("abcde"))) == 'is "a", "b", "c" and 2 more'


def test_an_alternative_that_was_not_needed_is_one_line() -> None:
    rule = {"a": {"f": 1, "g": 2}, "b": {"h": 3}, "condition": "1 of them"}
    assert [(line.held, line.says) for line in tree(*told(rule, {"h": 3}))] == [
        (True, "1 of them"), (False, "a: all of 2"), (True, "b"), (True, "h is '3'"),
    ]  # fmt: skip
