"""Why a correlation fires on events or does not: which of its parts matched, how they group, what each group lacks."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import BinaryIO, NamedTuple

import msgspec

from tocsin.app.explain_event import INLINE, Nearest, is_inline, mask, place_of, readings
from tocsin.app.records import Reading, Records
from tocsin.app.rule_named import Named
from tocsin.detect.correlate import specs
from tocsin.detect.gather import Gather
from tocsin.detect.matches import Match, Needs, Values, find, leaf_rules
from tocsin.detect.rules import RuleSet
from tocsin.detect.sight import Mask
from tocsin.detect.subset import subset
from tocsin.detect.words import span_words
from tocsin.ingest.when import Settled
from tocsin.kit.parse import Table
from tocsin.match.sigma.correlation import TEMPORAL, Correlation, Type
from tocsin.match.sigma.matcher import Matcher
from tocsin.match.sigma.rule import Chain
from tocsin.model import UserError
from tocsin.model.times import from_micros
from tocsin.runtime.workspace import Workspace

MAX_HITS = 500_000  # matches of parts that are told apart by groups
GROUPS = 10  # that are told, the nearest to firing first
RECORDS = 5  # of a part that are named
_BOUNDS = {"gt": "more than", "gte": "at least", "lt": "fewer than", "lte": "at most", "eq": "just", "neq": "not"}
_COUNTED = {
    Type.EVENT_COUNT: "events",
    Type.VALUE_COUNT: "different values of {}",
    Type.TEMPORAL: "of its parts",
    Type.TEMPORAL_ORDERED: "of its parts in their order",
    Type.VALUE_SUM: "as the sum of {}",
    Type.VALUE_AVG: "as the average of {}",
    Type.VALUE_PERCENTILE: "as a percentile of {}",
    Type.VALUE_MEDIAN: "as the median of {}",
}


class PartTold(msgspec.Struct, frozen=True, kw_only=True):
    """A part of a correlation.

    How many records matched it, and where none did, what the nearest lacks.
    """

    name: str
    title: str
    is_correlation: bool
    matched: int
    records: tuple[int, ...] = ()
    nearest: int = 0
    says: str = ""


class GroupTold(msgspec.Struct, frozen=True, kw_only=True):
    """Matches that agree in the fields of group-by.

    How many of each part, and the most within one span.
    """

    by: dict[str, str]
    parts: dict[str, int]
    most: int
    first: datetime | None
    last: datetime | None


class ChainTold(msgspec.Struct, frozen=True, kw_only=True):
    """Why a correlation fires on the events of an input or does not."""

    rule: str
    title: str
    matched: bool
    findings: int
    says: str
    path: str
    records: int
    needs: str
    span: str
    group_by: tuple[str, ...]
    parts: tuple[PartTold, ...]
    groups: tuple[GroupTold, ...]
    groups_in_all: int
    missed: tuple[str, ...] = ()


class _Hit(NamedTuple):
    """A match of a part, when its time is settled."""

    part: int
    record: int
    at: int | None
    values: Values
    times: int


def explain_chain(named: Named, event: str, record: int | None, workspace: Workspace, stdin: BinaryIO) -> ChainTold:
    """Return why a correlation fires on the events of an input or does not.

    Raises UserError.
    """
    path, number = place_of(event, record)
    if number is not None:
        raise UserError("a correlation looks at all records of a file together", hint="leave the record's number out")
    records = Records(workspace)
    shown = INLINE if is_inline(path) else path
    rules = subset(named.rules, [named.number])
    chain = rules.chains[-1]
    telling = _Telling(rules, named, mask())
    hits, findings, many = telling.run(readings(records, path, stdin))
    if not many:
        why = records.missed[0].why if records.missed else "it holds no record of a log"
        raise UserError(f"{shown}: {why}", where=shown, hint="--event FILE, - or a JSON object")
    parts = tuple(telling.parts(hits))
    groups = telling.groups(hits)
    return ChainTold(
        rule=chain.about.id, title=chain.about.title, matched=findings > 0, findings=findings,
        says=_says(chain, findings, parts, groups), path=shown, records=many,
        needs=needs_words(chain.correlation), span=span_words(chain.correlation.span),
        group_by=chain.correlation.group_by, parts=parts, groups=tuple(groups[:GROUPS]), groups_in_all=len(groups),
        missed=tuple(f"{one.path}: {one.why}" for one in records.missed[:20]),
    )  # fmt: skip


class _Telling:
    def __init__(self, rules: RuleSet, named: Named, masked: Mask) -> None:
        self.rules = rules
        self.mask = masked
        self.chain: Chain = rules.chains[-1]
        self.specs = specs(rules, len(rules.chains) - 1)
        self.leaves = [set(leaf_rules(rules, number)) for number, _, _ in self.specs]
        self._nearest = {place: Nearest(rule, named.outlines.of(rule)) for place, rule in enumerate(rules.rules)}

    def run(self, found: Iterator[Reading]) -> tuple[list[_Hit], int, int]:
        """Return the matches of the parts, how many findings they make, and how many records there are."""
        needs = Needs(self.rules)
        matcher = Matcher(self.rules.rules, needs.all)
        settled: dict[str, Settled] = {}
        hits: list[_Hit] = []
        records = 0
        with Gather(self.rules, self.mask) as gather:
            for reading in found:
                matches: list[tuple[int, Match]] = []
                for first, tables in reading:
                    for table in tables:
                        mine = find(table, matcher, needs)
                        gather.add(reading.path, mine, first)
                        matches.extend((first, match) for match in mine[: MAX_HITS - len(hits) - len(matches)])
                        self._look(first, table, mine)
                gather.close(reading.path)
                records += reading.records
                settled[reading.path] = reading.settled
                hits.extend(self._hits(matches, reading.settled))
            findings = sum(
                1 for _ in gather.findings(lambda path, clock, at, n, host: settled[path].at(clock, at, n, host))
            )  # fmt: skip
        return hits, findings, records

    def _look(self, first: int, table: Table, matches: Sequence[Match]) -> None:
        """Keep the nearest record of each rule that has matched nothing so far."""
        for match in matches:
            self._nearest.pop(match.rule, None)
        for nearest in self._nearest.values():
            nearest.look(first, table)

    def _hits(self, found: Sequence[tuple[int, Match]], settled: Settled) -> Iterator[_Hit]:
        for first, match in found:
            host = match.values.get("host.name", ("",))[0]
            at = settled.at(match.clock, match.micros, first + match.record, host) if match.clock else None
            for part, leaves in enumerate(self.leaves):
                if match.rule in leaves:
                    yield _Hit(part, first + match.record + 1, at, match.values, match.times)

    def parts(self, hits: Sequence[_Hit]) -> Iterator[PartTold]:
        """Yield what each part matched; where that is nothing, what its nearest record lacks."""
        for place, (name, (number, _, _)) in enumerate(zip(self.chain.correlation.rules, self.specs, strict=True)):
            mine = [hit for hit in hits if hit.part == place]
            document = self.rules.document(number)
            title, inner = document.about.title, isinstance(document, Chain)
            records = tuple(hit.record for hit in mine[:RECORDS])
            if mine:
                many = sum(hit.times for hit in mine)
                yield PartTold(name=name, title=title, is_correlation=inner, matched=many, records=records)
                continue
            nearest = self._nearest.get(min(self.leaves[place]))
            told = nearest.told(self.mask) if nearest else None
            record, says = (told[0], told[1]) if told else (0, "")
            yield PartTold(name=name, title=title, is_correlation=inner, matched=0, nearest=record, says=says)

    def groups(self, hits: Sequence[_Hit]) -> list[GroupTold]:
        """Return the groups, those nearest to firing first."""
        found: dict[tuple[str, ...], list[_Hit]] = {}
        for hit in hits:
            fields = self.specs[hit.part][1]
            key = tuple(", ".join(hit.values.get(field, ())).lower() for field in fields)
            found.setdefault(key, []).append(hit)
        made = [self._group(key, mine) for key, mine in found.items()]
        return sorted(made, key=lambda group: (-group.most, -sum(group.parts.values())))

    def _group(self, key: tuple[str, ...], hits: Sequence[_Hit]) -> GroupTold:
        names = self.chain.correlation.rules
        times = sorted(hit.at for hit in hits if hit.at is not None)
        counts = {name: sum(hit.times for hit in hits if hit.part == place) for place, name in enumerate(names)}
        by = {name: self.mask(text) for name, text in zip(self.chain.correlation.group_by, key, strict=True)}
        return GroupTold(
            by=by, parts=counts, most=self._most(hits),
            first=from_micros(times[0]) if times else None, last=from_micros(times[-1]) if times else None,
        )  # fmt: skip

    def _most(self, hits: Sequence[_Hit]) -> int:
        """Return the most that one span of time holds: events, different values, or parts."""
        if any(not all(hit.values.get(name) for name in self.specs[hit.part][1]) for hit in hits):
            return 0  # a match without a field of group-by is in no group
        timed = sorted((hit for hit in hits if hit.at is not None), key=lambda hit: hit.at or 0)
        best = low = 0
        for high, hit in enumerate(timed):
            while (timed[low].at or 0) < (hit.at or 0) - self.chain.correlation.span:
                low += 1
            best = max(best, self._amount(timed[low : high + 1]))
        return best

    def _amount(self, hits: Sequence[_Hit]) -> int:
        kind = self.chain.correlation.type
        if kind in TEMPORAL:
            return len({hit.part for hit in hits})
        if kind is Type.VALUE_COUNT:
            return len({tuple(hit.values.get(name, ()) for name in self.specs[hit.part][2]) for hit in hits})
        return sum(hit.times for hit in hits)


def needs_words(correlation: Correlation) -> str:
    """Return what a correlation needs within its span: `at least 10 events`."""
    what = _COUNTED[correlation.type].format(" and ".join(correlation.fields))
    if correlation.expression is not None:
        return "what its condition says of its parts"
    many = len(correlation.rules)
    if correlation.type in TEMPORAL and [(one.compare, one.number) for one in correlation.bounds] == [("gte", many)]:
        return f"all of its {many} parts" + (" in their order" if correlation.type is Type.TEMPORAL_ORDERED else "")
    bounds = " and ".join(f"{_BOUNDS[bound.compare]} {bound.number:g}" for bound in correlation.bounds)
    return f"{bounds} {what}"


def _says(chain: Chain, findings: int, parts: Sequence[PartTold], groups: Sequence[GroupTold]) -> str:
    correlation = chain.correlation
    needs = f"{needs_words(correlation)} within {span_words(correlation.span)}"
    if findings:
        return f"it fires {'once' if findings == 1 else f'{findings:,} times'}: {needs} were there"
    silent = [part for part in parts if not part.matched]
    if silent and (correlation.type in TEMPORAL or len(silent) == len(parts)):
        one = silent[0]
        nearest_one = f": record {one.nearest} comes nearest; {one.says}" if one.nearest else ""
        return f"{len(silent)} of {len(parts)} parts matched nothing: {one.name}{nearest_one}"
    if not groups:
        return "no record matched a part of it"
    best = groups[0]
    lacking = [name for name, text in best.by.items() if not text]
    if lacking:
        return f"the records that matched have no {' and no '.join(lacking)}, by which it groups"
    if best.first is None:
        return "the records that matched have no time that is known, and without one nothing correlates"
    which = f"{group_words(best.by)} comes nearest" if best.by else "there are"
    without = [name for name, many in best.parts.items() if not many]
    tail = f", without {' and '.join(without)}" if without and correlation.type in TEMPORAL else ""
    return f"it needs {needs}; {which}: {best.most:,} within {span_words(correlation.span)}{tail}"


def group_words(by: Mapping[str, str]) -> str:
    """Return a group in words: `source.ip=192.0.2.7`."""
    return ", ".join(f"{name}={text or '(absent)'}" for name, text in by.items()) or "of all"
