"""The guide's table of parsers and rules holds: each parser has rules of ours that look at its records, or a reason."""

import re
from collections.abc import Iterator
from fnmatch import fnmatchcase
from pathlib import Path

import pytest

from tests.detect.scan import Scan, own_rules
from tocsin.detect.rules import RuleSet
from tocsin.ingest.recognise import Recognised
from tocsin.ingest.walk import Input
from tocsin.kit.parse import LogSource
from tocsin.match.sigma.matcher import fits

ROOT = Path(__file__).parents[2]
PARSERS = ROOT / "src" / "tocsin" / "plugins" / "parsers"
SAMPLES = ROOT / "samples" / "parser"
GUIDE = ROOT / "docs" / "guide" / "rules.md"
NONE = "none:"
_CODE = re.compile(r"`([^`]+)`")


class Sources(Scan):
    """A scan that only looks which log sources there are."""

    def __init__(self, rules: RuleSet) -> None:
        super().__init__(rules)
        self.seen: set[LogSource] = set()

    def _input(self, found: Input, recognised: Recognised) -> None:
        self.seen.update(table.logsource for parsed in self._parsed(found, recognised) for table in parsed.tables)


def rows() -> Iterator[tuple[str, str]]:
    """Yield each parser of the guide's table with what the table says of its rules."""
    text = GUIDE.read_text("utf-8")
    _, _, table = text.partition("| parser | rules of ours |")
    for line in table.strip().splitlines()[1:]:
        if not line.startswith("|"):
            return
        parsers, said = (cell.strip() for cell in line.strip("|").split("|"))
        for parser in _CODE.findall(parsers):
            yield parser, said


def looked_at(parser: str) -> set[str]:
    """Return the rules of ours that look at records of a parser, as its samples have them."""
    rules = own_rules()
    scan = Sources(rules)
    scan.take(sorted((SAMPLES / parser).glob("*/in.*")))
    assert scan.findings() == []
    looking = {n for n, rule in enumerate(rules.rules) if any(fits(rule.source, source) for source in scan.seen)}
    for place, parts in enumerate(rules.parts):
        if looking.intersection(parts):
            looking.add(len(rules.rules) + place)
    return {rules.document(number).about.id for number in rules.telling if number in looking}


def test_the_table_names_each_parser_once() -> None:
    named = [parser for parser, _ in rows()]
    assert sorted(named) == sorted(path.stem for path in PARSERS.glob("*.py") if path.stem != "__init__")


@pytest.mark.parametrize(("parser", "said"), list(rows()))
def test_the_rules_that_the_table_names_look_at_the_records_of_the_parser(parser: str, said: str) -> None:
    looking = looked_at(parser)
    if said.startswith(NONE):
        assert looking == set()
        return
    patterns = _CODE.findall(said)
    assert patterns
    assert [pattern for pattern in patterns if not any(fnmatchcase(rule, pattern) for rule in looking)] == []


def test_the_table_names_every_rule() -> None:
    patterns = {pattern for _, said in rows() if not said.startswith(NONE) for pattern in _CODE.findall(said)}
    rules = own_rules()
    told = {rules.document(number).about.id for number in rules.telling}
    assert {rule for rule in told if not any(fnmatchcase(rule, pattern) for pattern in patterns)} == set()
