"""Files through the whole of ingest and detection, in this process: what a test or a benchmark needs."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from tocsin.detect.cover import Kinds
from tocsin.detect.gather import Found, Gather
from tocsin.detect.matches import Needs, find
from tocsin.detect.rules import RuleSet, load
from tocsin.ingest.frame import blocks
from tocsin.ingest.parse import Parsed, parse
from tocsin.ingest.parsers import Parsers
from tocsin.ingest.recognise import LOG, Recognised, Recogniser
from tocsin.ingest.walk import Input, inputs
from tocsin.ingest.when import Settled, Timeline, Zones
from tocsin.kit import Declaration, Kind
from tocsin.kit.parse import ParserFunction
from tocsin.match.secrets import key_entity
from tocsin.match.sigma.matcher import Matcher
from tocsin.runtime.index import builtins, of_kind
from tocsin.runtime.index import load as load_plugin

RULES = Path(__file__).parents[2] / "src" / "tocsin" / "content" / "rules"


@cache
def plugins() -> tuple[tuple[Declaration, ParserFunction], ...]:
    return tuple(load_plugin(entry) for entry in of_kind(builtins(), Kind.PARSER))


@cache
def own_rules() -> RuleSet:
    rules = load([RULES])
    assert not rules.problems, [f"{one.path}: {one}" for one in rules.problems]
    return rules


class Scan:
    """One scan: matcher, gathering and kinds, over files one after another."""

    def __init__(self, rules: RuleSet) -> None:
        self.rules = rules
        self.matcher = Matcher(rules.rules, Needs(rules).all)
        self.needs = Needs(rules)
        self.gather = Gather(rules, lambda value: key_entity(value, b""))
        self.kinds = Kinds(self.matcher)
        self.settled: dict[str, Settled] = {}
        self.records = 0
        self._parsers = Parsers(function for _, function in plugins())
        self._recognise = Recogniser(declaration for declaration, _ in plugins())

    def take(self, paths: Iterable[Path]) -> None:
        for found in inputs([str(path) for path in paths]):
            if isinstance(found, Input):
                recognised = self._recognise(found)
                if isinstance(recognised, Recognised) and recognised.family in {LOG, "text"}:
                    self._input(found, recognised)

    def _input(self, found: Input, recognised: Recognised) -> None:
        timeline = Timeline(found.modified, Zones())
        first = 0
        for parsed in self._parsed(found, recognised):
            timeline.add(parsed.marks, first, {table.clock for table in parsed.tables})
            for table in parsed.tables:
                self.kinds.add(table)
                self.gather.add(found.path, find(table, self.matcher, self.needs), first)
            first += parsed.records
        self.records += first
        self.gather.close(found.path)
        self.settled[found.path] = timeline.settle()

    def _parsed(self, found: Input, recognised: Recognised) -> Iterator[Parsed]:
        for block in blocks(found.open(), found.path, recognised):
            yield parse(block, self._parsers)

    def findings(self) -> list[Found]:
        def at(source: str, clock: str, micros: int | None, record: int, host: str) -> int | None:
            return self.settled[source].at(clock, micros, record, host)

        return list(self.gather.findings(at))


def scan(rules: RuleSet, *paths: Path) -> list[Found]:
    one = Scan(rules)
    one.take(paths)
    return one.findings()
