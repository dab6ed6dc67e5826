"""Running one case of a rule: what the rule finds in its events, and whether that was expected."""

import json
import tempfile
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any, Protocol

import msgspec

from tocsin.app.explain_event import nearest_of, source_of
from tocsin.app.records import Block, Records, Whole
from tocsin.app.rule_samples import expected, found_in, laid_out
from tocsin.detect.cases import Case, Step
from tocsin.detect.gather import Gather
from tocsin.detect.matches import Match, Needs, find
from tocsin.detect.rules import RuleSet
from tocsin.detect.say import Line
from tocsin.detect.sight import Mask
from tocsin.kit.parse import Columns, Table
from tocsin.match.sigma.matcher import Matcher
from tocsin.match.sigma.parts import Part
from tocsin.match.sigma.rule import Rule
from tocsin.model import UserError

WRITTEN = 1_798_761_599_000_000  # microseconds: 2026-12-31T23:59:59Z, by which a year that is not written is settled
CASE = "case"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What a case gave: whether that was expected, and how many matches there were."""

    passed: bool
    found: int
    says: str = ""


class Trial(Protocol):
    """A case ready to run, again and again, against a rule and changes of it."""

    name: str
    kind: str
    where: str

    def run(self, rules: RuleSet) -> Verdict:
        """Return what the rules, of which the last tells, make of the events.

        Raises UserError.
        """
        ...

    def blocks(self, rules: RuleSet) -> Sequence[Block]:
        """Return the events as a rule sees them."""
        ...


class Inline:
    """A case that stands in the rule's own file."""

    kind = "inline"

    def __init__(self, case: Case, path: str, records: Records) -> None:
        self.name = case.name
        self.where = f"{path}:{case.line}"
        self._case = case
        self._records = records
        self._read: dict[tuple[str, int | None], list[Whole]] = {}

    def run(self, rules: RuleSet) -> Verdict:
        """Return how many matches there are, and whether as many were expected."""
        if rules.chains:
            found = _findings(rules, self._matches(rules))
        else:
            matcher = Matcher(rules.rules)
            found = sum(1 for _, tables in self.blocks(rules) for table in tables for _ in matcher.run(table))
        held = self._case.holds(found)
        return Verdict(passed=held, found=found, says="" if held else _differs(found, self._case))

    def blocks(self, rules: RuleSet) -> Sequence[Block]:
        """Return the events as one rule sees them."""
        return list(self._blocks(rules.rules[0]))

    def _blocks(self, rule: Rule) -> Iterator[Block]:
        first = 0
        for step in self._case.steps:
            if step.event is not None:
                yield first, [_table(step, step.source or rule.source)]
                first += 1
                continue
            for whole in self._whole(step):
                for number, tables in whole.blocks:
                    yield first + number, [_timed(table, step, whole, number) for table in tables]
                first += whole.records

    def _matches(self, rules: RuleSet) -> Iterator[tuple[int, list[Match]]]:
        """Yield the matches of all rules; fields alone are an event of each rule's own log source."""
        needs = Needs(rules)
        matchers = Matcher(rules.rules, needs.all)
        own = {rule.source: rule for rule in rules.rules}
        first = 0
        for step in self._case.steps:
            if step.event is not None:
                found: list[Match] = []
                for source in [step.source] if step.source else list(own):
                    hits = find(_table(step, source), matchers, needs)
                    is_asked = step.source is not None
                    found += [hit for hit in hits if is_asked or rules.rules[hit.rule].source == source]
                yield first, found
                first += 1
                continue
            for whole in self._whole(step):
                for number, tables in whole.blocks:
                    for table in tables:
                        yield first + number, find(_timed(table, step, whole, number), matchers, needs)
                first += whole.records

    def _whole(self, step: Step) -> list[Whole]:
        key = (step.raw, None)
        if key not in self._read:
            before = len(self._records.missed)
            self._read[key] = self._records.of_bytes(step.raw.encode("utf-8", "surrogateescape"), WRITTEN)
            if not self._read[key]:
                missed = self._records.missed[before:]
                raise UserError(missed[0].why if missed else "no log is recognised in it", where=self.where)
        return self._read[key]


def _table(step: Step, source: Any) -> Table:
    text = json.dumps(step.event, ensure_ascii=False)
    return Table(
        what="an event of the case", logsource=source_of(source), numbers=[0], texts=[text],
        columns=Columns([step.event or {}]), times=[step.at], clock="utc",
    )  # fmt: skip


def _timed(table: Table, step: Step, whole: Whole, first: int) -> Table:
    """Return a table whose times are settled, or all that of the step."""
    if step.at is not None:
        return msgspec.structs.replace(table, times=[step.at] * len(table), clock="utc")
    if not table.times or table.clock in ("", "utc"):
        return table
    hosts = table.column("host.name") or [""] * len(table)
    times = [
        whole.settled.at(table.clock, time, first + number, host if isinstance(host, str) else "")
        for time, number, host in zip(table.times, table.numbers, hosts, strict=True)
    ]
    return msgspec.structs.replace(table, times=times, clock="utc")


def _findings(rules: RuleSet, matches: Iterator[tuple[int, list[Match]]]) -> int:
    with Gather(rules, lambda _: "key") as gather:
        for first, found in matches:
            gather.add(CASE, found, first)
        gather.close(CASE)
        return sum(1 for _ in gather.findings(lambda _path, clock, at, _record, _host: at if clock else None))


def _differs(found: int, case: Case) -> str:
    if case.most == 0:
        return f"it found {found:,}, and must find nothing"
    if case.most is None:
        return "it found nothing, and must match"
    return f"it found {found:,}, and {case.least:,} were expected"


class Regression:
    """A case of SigmaHQ.

    A recording beside an info.yml, in which the rule must match so often or more.
    """

    kind = "regression"

    def __init__(self, name: str, where: str, file: Path, least: int, records: Records) -> None:
        self.name = name
        self.where = where
        self._file = file
        self._least = least
        self._records = records

    def run(self, rules: RuleSet) -> Verdict:
        """Return how many matches there are, and whether they are enough."""
        matcher = Matcher(rules.rules)
        found = sum(1 for _, tables in self._read for table in tables for _ in matcher.run(table))
        if rules.chains:
            found = _findings(rules, self._matches(rules))
        passed = found >= self._least if self._least else found == 0
        says = "" if passed else f"it found {found:,} in {self._file.name}, and {_at_least(self._least)} expected"
        return Verdict(passed=passed, found=found, says=says)

    def blocks(self, rules: RuleSet) -> Sequence[Block]:  # noqa: ARG002  # the name is the protocol's
        """Return the recording's events."""
        return self._read

    def _matches(self, rules: RuleSet) -> Iterator[tuple[int, list[Match]]]:
        needs = Needs(rules)
        matcher = Matcher(rules.rules, needs.all)
        for first, tables in self._read:
            for table in tables:
                yield first, find(table, matcher, needs)

    @cached_property
    def _read(self) -> list[Block]:
        before = len(self._records.missed)
        step = Step()
        found: list[Block] = [
            (number, [_timed(table, step, whole, number) for table in tables])
            for whole in (reading.whole() for reading in self._records.read([str(self._file)]))
            for number, tables in whole.blocks
        ]
        missed = self._records.missed[before:]
        if missed or not found:
            raise UserError(f"{self._file.name}: {missed[0].why if missed else 'it holds no log'}", where=self.where)
        return found


def _at_least(least: int) -> str:
    return "nothing was" if not least else f"{least:,} or more {'was' if least == 1 else 'were'}"


class Sample:
    """A sample folder of a rule.

    `in.*`, and in out.json the findings that it must give.
    """

    kind = "sample"

    def __init__(self, folder: Path, ids: frozenset[str], records: Callable[[str], Records]) -> None:
        self.name = folder.name
        self.where = str(folder)
        self._folder = folder
        self._ids = ids
        self._records = records

    def run(self, rules: RuleSet) -> Verdict:
        """Return whether the findings are those of out.json."""
        found = [one for one in found_in(self._read, rules) if one["rule"] in self._ids]
        wanted = [one for one in expected(self._folder) if one["rule"] in self._ids]
        passed = found == wanted
        return Verdict(passed=passed, found=len(found), says="" if passed else _difference(found, wanted))

    def blocks(self, rules: RuleSet) -> Sequence[Block]:  # noqa: ARG002  # the name is the protocol's
        """Return the events of all its inputs."""
        return [block for whole in self._read for block in whole.blocks]

    @cached_property
    def _read(self) -> list[Whole]:
        with tempfile.TemporaryDirectory(prefix="tocsin-case-") as folder:
            paths, tz = laid_out(self._folder, Path(folder))
            records = self._records(tz)
            found = [reading.whole() for reading in records.read([str(path) for path in paths])]
        if not found:
            why = records.missed[0].why if records.missed else "it holds no log"
            raise UserError(f"{self._folder}: {why}", where=self.where)
        return found


def _difference(found: Sequence[dict[str, Any]], wanted: Sequence[dict[str, Any]]) -> str:
    if len(found) != len(wanted):
        return f"it makes {len(found)} findings, and out.json has {len(wanted)}"
    for one, other in zip(found, wanted, strict=True):
        for key in other:
            if one.get(key) != other[key]:
                return f"{one['rule']}: {key} is {one.get(key)!r}, and out.json has {other[key]!r}"
    return "the findings differ from out.json"


def diagnosis(trial: Trial, rules: RuleSet, part: Part | None, masked: Mask) -> tuple[str, tuple[Line, ...]]:
    """Return which part of a rule decided, and its tree; nothing for a correlation."""
    if part is None or rules.chains:
        return "", ()
    blocks = trial.blocks(rules)
    found = nearest_of(rules.rules[0], part, blocks, masked)
    if found is None:
        return "", ()
    record, says, lines = found
    many = sum(len(table) for _, tables in blocks for table in tables)
    return f"record {record}: {says}" if many > 1 else says, lines
