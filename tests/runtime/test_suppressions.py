"""Suppressions as a team writes them: what each is for, and what is wrong with a bad one, by line."""

import tomllib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from tocsin.model import Confidence, Finding, FindingKind, Place, Severity, UserError
from tocsin.runtime.suppressions import Suppress, fits, read

GOOD = '[[suppress]]\nrule = "r"\nreason = "known"\nowner = "@blue"\nuntil = 2027-01-31\n'


def entry(**words: Any) -> Suppress:
    return Suppress(**{"reason": "known", "owner": "@blue", "until": date(2027, 1, 31), "rule": "r", **words})


def finding(*entities: str, paths: tuple[str, ...] = ("a.log",), rule: str = "r") -> Finding:
    return Finding(
        fingerprint="ff", kind=FindingKind.LOG, rule=rule, title="t", message="m",
        severity=Severity.HIGH, confidence=Confidence.HIGH,
        entities=entities, where=tuple(Place(path=path) for path in paths),
    )  # fmt: skip


def said(text: str) -> tuple[Suppress, ...]:
    return read(Path("suppressions.toml"), tomllib.loads(text), text)


def test_a_rule_is_suppressed_wherever_it_fires() -> None:
    assert entry().covers(finding("host:a"))
    assert not entry().covers(finding(rule="other"))


@pytest.mark.parametrize(
    ("pattern", "entities", "covered"),
    [
        ("host:web-1", ("host:web-1", "user:ann"), True),
        ("host:WEB-*", ("host:web-1", "host:Web-2"), True),
        ("host:web-*", ("host:web-1", "host:db-1"), False),
        ("host:web-1", ("user:ann",), False),
        ("host:web-1", (), False),
        ("ip:2001:db8::*", ("ip:2001:db8::1",), True),
        ("host:web[1]", ("host:web1",), False),
        ("host:web[1]", ("host:web[1]",), True),
        (("host:a", "host:b"), ("host:a", "host:b"), True),
        (("host:a", "user:ann"), ("host:a", "user:ann"), True),
        (("host:a", "user:ann"), ("host:a", "user:bob"), False),
    ],
)
def test_a_finding_is_covered_when_all_that_it_names_of_a_type_is(
    pattern: str | tuple[str, ...], entities: tuple[str, ...], *, covered: bool
) -> None:
    assert entry(entity=pattern).covers(finding(*entities)) is covered


@pytest.mark.parametrize(
    ("pattern", "paths", "covered"),
    [
        ("*.log", ("a.log", "b/c.log"), True),
        ("lab/*", ("/data/lab/x.evtx",), True),
        ("lab/*", ("collab/x.evtx",), False),
        ("lab/*", ("lab\\x.evtx",), True),
        ("lab/*", ("lab/x", "prod/x"), False),
        ("lab/*", (), False),
        (("lab/*", "prod/*"), ("lab/x", "prod/x"), True),
    ],
)
def test_a_finding_is_covered_when_all_its_places_are(
    pattern: str | tuple[str, ...], paths: tuple[str, ...], *, covered: bool
) -> None:
    assert entry(path=pattern).covers(finding(paths=paths)) is covered


def test_a_fingerprint_is_one_finding() -> None:
    one = entry(rule="", fingerprint="ff")
    assert one.covers(finding())
    assert str(one) == "ff"


def test_an_entry_counts_to_the_end_of_its_day() -> None:
    assert entry().is_live(datetime(2027, 1, 31, 23, 59, 59, tzinfo=UTC))
    assert not entry().is_live(datetime(2027, 2, 1, tzinfo=UTC))


def test_an_entry_says_what_it_is_for() -> None:
    assert str(entry(entity="host:a", path=("x", "y"))) == "r on host:a and x, y"
    assert entry().record().until == "2027-01-31"


def test_good_entries_are_read_in_their_order() -> None:
    more = '\n[[suppress]]\nfingerprint = "ab"\nreason = "x"\nowner = "y"\nuntil = 2027-01-31\n'
    assert [one.rule or one.fingerprint for one in said(GOOD + more)] == ["r", "ab"]


@pytest.mark.parametrize(
    ("bad", "says"),
    [
        ('rule = "r"\nowner = "o"\nuntil = 2027-01-31', "missing required field `reason`"),
        ('rule = "r"\nreason = " "\nowner = "o"\nuntil = 2027-01-31', "reason is empty: say why"),
        ('rule = "r"\nreason = "x"\nowner = ""\nuntil = 2027-01-31', "owner is empty: say who answers for it"),
        ('rule = "r"\nreason = "x"\nowner = "o"\nuntil = "soon"', "(until)"),
        ('rule = "r"\nreason = "x"\nowner = "o"', "`until`"),
        ('reason = "x"\nowner = "o"\nuntil = 2027-01-31', "name a fingerprint or a rule, one of the two"),
        ('rule = "r"\nfingerprint = "f"\nreason = "x"\nowner = "o"\nuntil = 2027-01-31', "one of the two"),
        ('fingerprint = "f"\nentity = "host:a"\nreason = "x"\nowner = "o"\nuntil = 2027-01-31', "go with a rule"),
        ('rule = "r"\nentity = "web-1"\nreason = "x"\nowner = "o"\nuntil = 2027-01-31', "'web-1' is no entity"),
        ('rule = "r"\nentity = "server:x"\nreason = "x"\nowner = "o"\nuntil = 2027-01-31', "is no entity"),
        ('rule = "r"\nentty = "host:x"\nreason = "x"\nowner = "o"\nuntil = 2027-01-31', "`entty`"),
        ('rule = 7\nreason = "x"\nowner = "o"\nuntil = 2027-01-31', "(rule)"),
    ],
)
def test_a_bad_entry_is_named_with_its_line(bad: str, says: str) -> None:
    with pytest.raises(UserError) as caught:
        said(f"# words\n{GOOD}\n[[suppress]]\n{bad}\n{GOOD}")
    assert caught.value.says.startswith("suppressions.toml: line 8: entry 2: ")
    assert says in caught.value.says
    assert caught.value.where == "suppressions.toml:8"
    assert caught.value.hint


def test_a_head_inside_a_text_is_not_counted() -> None:
    text = GOOD.replace('"known"', '"""\n[[suppress]]\n"""')
    with pytest.raises(UserError, match="line 8: entry 2"):
        said(text + "[[suppress]]\n")


def test_entries_written_in_another_way_are_named_by_their_number() -> None:
    with pytest.raises(UserError, match=r"suppressions.toml: entry 1: "):
        said('suppress = [{rule = "r"}]')


@pytest.mark.parametrize("text", ['[[supress]]\nrule = "r"\n', 'suppress = "all"\n'])
def test_a_file_of_something_else_is_refused(text: str) -> None:
    with pytest.raises(UserError, match="and nothing else"):
        said(text)


def test_only_stars_and_question_marks_stand_for_others() -> None:
    assert fits("a.c", "a?c")
    assert not fits("abc", "a.c")
