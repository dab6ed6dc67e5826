"""The table of log sources: each entry is served by its own records, and by no neighbour's."""

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
import yaml

from tests.ingest.made import functions, parsed
from tocsin.detect.rules import together
from tocsin.formats.logsources import AREAS, Entry, entries, logsource
from tocsin.kit import LogSource, Table, declared
from tocsin.match.sigma.matcher import Matcher
from tocsin.match.sigma.rule import Rule

SAMPLES = Path(__file__).parents[2] / "samples" / "parser"
ALL = {f"{area}/{name}": entry for area in AREAS for name, entry in entries(area).items()}
READ = {name: entry for name, entry in ALL.items() if entry.parsers}
SOURCE = re.compile(r"^logsource:[ ]*\n((?:[ #].*\n)+)", re.MULTILINE)
PARSERS = {declared(function).name for function in functions()}


def rule(entry: Entry, field: str = "") -> Rule:
    """Return a minimal rule of an entry's log source, which asks for a field, or for the absence of one."""
    words = {"product": entry.product, "category": "".join(entry.categories[:1]), "service": _last(entry.services)}
    lines = ["title: x", "id: x", "level: low", "logsource:", *(f"  {k}: {word}" for k, word in words.items() if word)]
    asks = f"{field}|exists: true" if field else "tocsin.no.such.field|exists: false"
    lines += ["detection:", "  one:", f"    {asks}", "  condition: one"]
    rules = together([("x.yml", "\n".join(lines).encode())])
    assert not rules.problems, rules.problems
    return rules.rules[0]


def _last(words: tuple[str, ...]) -> str:
    return words[-1] if words else ""


def serves(logsource: LogSource, entry: Entry) -> bool:
    """Return whether rows of a log source have each word of an entry."""
    return (
        entry.product in {"", logsource.product}
        and set(entry.categories) <= logsource.categories
        and set(entry.services) <= logsource.services
    )


@cache
def tables(parser: str) -> tuple[Table, ...]:
    """Return the tables that all parsers together make of the samples of one."""
    found = sorted((SAMPLES / parser).glob("*/in.*"))
    return tuple(table for path in found for block in parsed(path.read_bytes(), path.name) for table in block.tables)


def own(entry: Entry) -> Iterator[Table]:
    return (table for parser in entry.parsers for table in tables(parser) if serves(table.logsource, entry))


def fires(one: Rule, table: Table) -> bool:
    return next(iter(Matcher([one]).run(table)), None) is not None


@pytest.mark.parametrize("name", sorted(READ))
def test_a_rule_of_a_log_source_fires_on_its_record_by_each_field_of_the_table(name: str) -> None:
    entry = READ[name]
    assert entry.fields
    silent = [field for field in entry.fields if not any(fires(rule(entry, field), table) for table in own(entry))]
    assert silent == []


@pytest.mark.parametrize("name", sorted(READ))
def test_a_rule_of_a_log_source_is_silent_on_records_of_its_neighbours(name: str) -> None:
    entry, one = READ[name], rule(READ[name])
    words = Entry(what="", product=entry.product, categories=entry.categories[:1], services=entry.services[-1:])
    neighbours = [other for other in READ.values() if not serves(other.logsource, words)]
    assert neighbours
    wrong = [
        (other.what, table.what)
        for other in neighbours
        for table in own(other)
        if table.logsource == other.logsource and fires(one, table)
    ]
    assert wrong == []


@pytest.mark.parametrize("name", sorted(READ))
def test_each_parser_of_an_entry_exists_and_makes_such_rows(name: str) -> None:
    idle = [
        parser
        for parser in READ[name].parsers
        if parser not in PARSERS or not any(serves(table.logsource, READ[name]) for table in tables(parser))
    ]
    assert idle == []


def test_an_entry_names_its_parsers_or_says_why_there_is_none() -> None:
    assert [name for name, entry in ALL.items() if bool(entry.parsers) == bool(entry.missing)] == []


def test_an_area_or_entry_that_is_not_there_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        entries("nowhere")
    with pytest.raises(KeyError):
        logsource("cloud", "nothing")


def test_each_log_source_that_rules_of_the_sigma_project_name_is_in_the_table(data: Path) -> None:
    asked: dict[tuple[str, str, str], int] = {}
    for path in sorted(data.glob("sigma/rules*/**/*.yml")):
        for part in SOURCE.findall(path.read_text(encoding="utf-8")):
            words = yaml.safe_load(part)
            key = (words.get("product") or "", words.get("category") or "", words.get("service") or "")
            if words and key[0] != "windows" and key[1] != "antivirus":  # these are in the table of Windows
                asked[key] = asked.get(key, 0) + 1

    served = {key: [e for e in ALL.values() if has(e, *key)] for key in asked}

    assert [key for key, found in served.items() if not found] == []
    read = sum(asked[key] for key, found in served.items() if any(one.parsers for one in found))
    assert read / sum(asked.values()) >= 0.85


def has(entry: Entry, product: str, category: str, service: str) -> bool:
    """Return whether an entry has each word that a rule names."""
    return product in {"", entry.product} and category in {"", *entry.categories} and service in {"", *entry.services}


def test_the_guide_names_each_log_source_of_the_table() -> None:
    guide = (SAMPLES.parents[1] / "docs" / "guide" / "logsources.md").read_text(encoding="utf-8")

    assert [name for name, entry in ALL.items() if row(entry) not in guide] == []


def row(entry: Entry) -> str:
    """Return the line of the guide for an entry, without what follows the words of its log source."""
    return f"| {entry.what} | {entry.product} | {', '.join(entry.categories)} | {', '.join(entry.services)} |"
