"""Samples of parsers and rules: what a log becomes, and what is found in it."""

import math
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path, PurePosixPath
from typing import Any, NamedTuple

from tocsin.app.rules import builtin_sources
from tocsin.app.zones import zones_of
from tocsin.detect.gather import Gather
from tocsin.detect.matches import Needs, find
from tocsin.detect.rules import RuleSet, together
from tocsin.detect.rules import files as rule_files
from tocsin.ingest.frame import blocks
from tocsin.ingest.parse import Parsed, parse
from tocsin.ingest.parsers import Parsers
from tocsin.ingest.recognise import Recognised, Recogniser
from tocsin.ingest.walk import Input, inputs
from tocsin.ingest.when import Settled, Timeline
from tocsin.kit.declare import Kind
from tocsin.kit.parse import Batch, Chunk, Table, Wanted
from tocsin.match.secrets import key_entity
from tocsin.match.sigma.matcher import Matcher
from tocsin.model import UserError
from tocsin.model.estate import Estate
from tocsin.model.times import from_micros, iso
from tocsin.testing.cases import Sample
from tocsin.testing.plugs import Loaded, Plugs


class _Read(NamedTuple):
    """One input, read: its blocks (first record's number, what was parsed, records taken) and its settled times."""

    path: str
    blocks: list[tuple[int, Parsed, frozenset[int]]]
    settled: Settled
    trouble: str


def parser(sample: Sample, plugs: Plugs) -> Any:
    """Return the events that the named parser makes of the input.

    With them come what it refuses, and what it leaves.
    Only it and the parsers that it stands within take part. `rest` are the records that it does not take.
    """
    chain = _chain(plugs, sample.case.plugin)
    taken: set[int] = set()
    watched = [(chain[0][0], _watched(chain[0], taken)), *chain[1:]]
    events: list[dict[str, Any]] = []
    refused: list[dict[str, Any]] = []
    rest: list[int] = []
    for one in _read(sample, watched, taken):
        for first, parsed, ours in one.blocks:
            for table in parsed.tables:
                for row, number in enumerate(table.numbers):
                    if number in ours:
                        events.append(_event(table, row, first + number, one.settled))
                    else:
                        rest.append(first + number + 1)
            refused += [{"record": first + r.record + 1, "why": r.why} for r in parsed.refused]
        if one.trouble:
            refused.append({"record": None, "why": one.trouble})
    events.sort(key=lambda event: event["record"])
    out: dict[str, Any] = {"events": events, "refused": refused}
    return {**out, "rest": sorted(rest)} if rest else out


def _watched(loaded: Loaded, taken: set[int]) -> Callable[..., Any]:
    """Return a parser that notes the records of a block which it takes."""
    declaration, function = loaded

    def read(given: Chunk | Table, wanted: Wanted) -> Batch:
        batch: Batch = function(given, wanted)
        for table in batch.tables:
            taken.update(table.numbers)
        return batch

    read.__tocsin__ = declaration  # type: ignore[attr-defined]  # the mark that the decorators leave
    return read


def _chain(plugs: Plugs, name: str) -> list[Loaded]:
    """Return a parser and those that it stands within, innermost first."""
    found = [plugs.one(Kind.PARSER, name)]
    while within := found[-1][0].says.get("within"):
        found.append(plugs.one(Kind.PARSER, within))
    return found


def _event(table: Table, row: int, record: int, settled: Settled) -> dict[str, Any]:
    fields = table.row(row)
    host = fields.get("host.name")
    at = None
    if table.times:
        at = settled.at(table.clock, table.times[row], record, host if isinstance(host, str) else "")
    return {
        "record": record + 1,
        "what": table.what,
        "at": None if at is None else iso(from_micros(at)),
        "fields": {key: _plain(fields[key]) for key in sorted(fields)},
    }


def _plain(value: Any) -> Any:
    """Return a value as JSON can say it: a number that is none becomes text, as do bytes."""
    if isinstance(value, float) and not math.isfinite(value):
        return str(value)
    if isinstance(value, dict):
        return {str(key): _plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(item) for item in value]
    return value if value is None or isinstance(value, str | int | float | bool) else str(value)


def _read(sample: Sample, loaded: Sequence[Loaded], taken: set[int] | None = None) -> Iterator[_Read]:
    """Read each input of a sample through recognising, framing and parsing."""
    recognise = Recogniser([declaration for declaration, _ in loaded])
    parsers = Parsers([function for _, function in loaded])
    zones = zones_of(Estate(), sample.settings.get("tz", ""))
    for found in inputs([str(path) for path in sample.inputs]):
        timeline = Timeline(found.modified, zones) if isinstance(found, Input) else Timeline(0, zones)
        what = recognise(found) if isinstance(found, Input) else found
        if not (isinstance(found, Input) and isinstance(what, Recognised)):
            yield _Read(found.path, [], timeline.settle(), "" if isinstance(what, Recognised) else what.why)
            continue
        read: list[tuple[int, Parsed, frozenset[int]]] = []
        first = 0
        for block in blocks(found.open(), found.path, what):
            if taken is not None:
                taken.clear()
            parsed = parse(block, parsers)
            timeline.add(parsed.marks, first, {table.clock for table in parsed.tables})
            read.append((first, parsed, frozenset(taken or ())))
            first += parsed.records
        yield _Read(found.path, read, timeline.settle(), found.trouble)


def rule(sample: Sample, plugs: Plugs) -> Any:
    """Return what the named rule finds in the input, read by all parsers.

    All rules are loaded, others are left out.
    """
    rules, matcher, needs, ids = _rules(plugs, sample.case.plugin)
    gather = Gather(rules, lambda value: key_entity(value, b""))  # out.json must not hold a key whole
    settled: dict[str, Settled] = {}
    for one in _read(sample, plugs.all(Kind.PARSER)):
        settled[one.path] = one.settled
        for first, parsed, _ in one.blocks:
            for table in parsed.tables:
                gather.add(one.path, find(table, matcher, needs), first)
        gather.close(one.path)
    found = gather.findings(lambda path, clock, at, record, host: settled[path].at(clock, at, record, host))
    mine = [f.finding for f in found if f.finding.rule in ids]
    return [
        {
            "rule": f.rule,
            "severity": f.severity.value,
            "count": f.count,
            "entities": sorted(f.entities),
            "message": f.message,
        }
        for f in sorted(mine, key=lambda f: (f.rule, f.message, f.fingerprint))
    ]


def _rules(plugs: Plugs, name: str) -> tuple[RuleSet, Matcher, Needs, frozenset[str]]:
    rules, matcher, needs = _loaded_rules(str(plugs.workspace or ""))
    documents = [rules.document(number).about for number in range(len(rules.rules) + len(rules.chains))]
    ids = frozenset(about.id for about in documents if PurePosixPath(about.path).stem == name)
    if not ids:
        raise UserError(f"no rule file is named {name}", hint="the sample folder bears the file's name")
    return rules, matcher, needs, ids


@lru_cache(maxsize=2)
def _loaded_rules(workspace: str) -> tuple[RuleSet, Matcher, Needs]:
    sources: list[tuple[str, bytes | str]] = list(builtin_sources())
    if workspace and (folder := Path(workspace) / "rules").is_dir():
        sources += rule_files(folder)
    rules = together(sources)
    if rules.problems:
        raise UserError(f"{rules.problems[0].path}: {rules.problems[0]}")
    return rules, Matcher(rules.rules), Needs(rules)
