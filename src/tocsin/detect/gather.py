"""Gathering: matches of all inputs become findings, in memory that does not grow with the input.

A match of a rule that tells makes or grows a finding at once; one that only serves correlations goes to the spool, and
correlations are evaluated at the end, when the years of all inputs are settled. The same record seen again in another
input (a copy, a rotated file) counts once: an occurrence is the raw record and its ordinal among equal ones.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from hashlib import blake2b
from types import TracebackType
from typing import Protocol, Self

import msgspec

from tocsin.detect.correlate import Correlator, Group, specs
from tocsin.detect.matches import Match, Values, canonical, placeholders
from tocsin.detect.rules import RuleSet
from tocsin.detect.spool import Counts, Kept, Spool
from tocsin.detect.tally import KeyEntity, Tally
from tocsin.detect.windows import Hit
from tocsin.detect.words import fill, plain, span_words
from tocsin.match.sigma.correlation import Type
from tocsin.match.sigma.rule import About, Chain
from tocsin.model import Confidence, Finding, FindingKind, Severity, fingerprint
from tocsin.model.times import from_micros

MAX_FINDINGS = 25_000  # of rules, all in all; more keys of a rule are one finding more
MAX_HELD = 64 << 20  # bytes of raw lines, values and hashes; past it findings go on counting and learn nothing new
MAX_COUNTED = 1_000_000  # records whose copies are known: 24 MB, and as much for each input that is open
MASK = (1 << 64) - 1
MIX = 0x9E3779B97F4A7C15  # odd, its bits well spread: the matches of one record by different rules get different marks
OTHERS = "*"  # the key of the finding that stands for all keys past MAX_FINDINGS

At = Callable[[str, str, int | None, int, str], int | None]
"""The moment of a match, from: input, clock, microseconds as written, record's number in the input from 0, host."""

SEVERITY = {"informational": Severity.INFO, "low": Severity.LOW, "medium": Severity.MEDIUM, "high": Severity.HIGH,
            "critical": Severity.CRITICAL}  # fmt: skip
CONFIDENCE = {"stable": Confidence.HIGH, "experimental": Confidence.LOW}
KEY = ("host.name", "user.name", "source.ip")


class Each(Protocol):
    """Whoever is told of every match."""

    def __call__(self, number: int, fingerprint: str, kept: Kept, *, is_copy: bool) -> None:
        """Take a match of a rule or chain by its number, with its finding; copies of a record count once."""
        ...


class Story(msgspec.Struct, frozen=True, kw_only=True):
    """What a case may say of a finding: a short clause, and what to do now, in order."""

    story: str = ""
    do: tuple[str, ...] = ()


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A finding, the hashes of its occurrences (16 bytes each), its words for a case."""

    finding: Finding
    occurrences: frozenset[bytes]
    story: Story


class Notes(msgspec.Struct, frozen=True, kw_only=True):
    """What gathering had to leave out.

    Matches without a time (they cannot correlate), past the bound of correlations, not compared with copies, and those
    whose findings were merged into one for the rest; groups in which a correlation fired past the bound of findings.
    """

    untimed: int = 0
    overflow: int = 0
    not_compared: int = 0
    merged: int = 0
    dropped: int = 0


class Gather:
    """Findings in the making."""

    def __init__(self, rules: RuleSet, key_entity: KeyEntity, each: Each | None = None) -> None:
        self.rules = rules
        self._each = each
        self.notes = Notes()
        self._key_entity = key_entity
        self._telling = frozenset(rules.telling)
        self._correlating = frozenset(part for parts in rules.parts for part in parts if part < len(rules.rules))
        self._fields = [_fields(rules.document(n).about) for n in range(len(rules.rules) + len(rules.chains))]
        self._tallies: dict[tuple[int, tuple[str, ...]], Tally] = {}
        self._merged = 0
        self._held = 0
        self._spool = Spool()
        self._mine: dict[str, Counts] = {}
        self._anyone = Counts(MAX_COUNTED)

    def add(self, source: str, matches: Iterable[Match], first: int = 0) -> None:
        """Take matches of the next block; `first` is the number of its first record."""
        for match in matches:
            kept, is_copy = self._kept(source, match, first)
            if is_copy:
                self._tell_copy(kept)
                continue
            if match.rule in self._correlating:
                self._spool.add(kept)
            if match.rule in self._telling:
                self._tell(match.rule, self._key(match.rule, kept.values), kept)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._spool.close()

    def close(self, source: str) -> None:
        """Say that an input has been read to its end."""
        self._mine.pop(source, None)

    def _kept(self, source: str, match: Match, first: int) -> tuple[Kept, bool]:
        """Return a match with its occurrence, and whether a copy of the record was seen in another input."""
        counts = self._mine.get(source)
        if counts is None:
            counts = self._mine[source] = Counts(MAX_COUNTED)
        mark = int.from_bytes(match.digest[:8], "little") ^ (match.rule * MIX & MASK)
        ordinal = counts.up(mark)
        is_copy = bool(ordinal) and not self._anyone.at_least(mark, ordinal)
        occurrence = match.digest
        if ordinal > 1:
            occurrence = blake2b(match.digest + ordinal.to_bytes(8, "little"), digest_size=16).digest()
        kept = Kept(
            match.rule, source, first + match.record, match.clock, match.micros, match.values, match.text, occurrence,
            match.times,
        )  # fmt: skip
        return kept, is_copy

    def _key(self, number: int, values: Values) -> tuple[str, ...]:
        about = self.rules.document(number).about
        fields = about.own.by or KEY
        return tuple(f"{canonical(f)}={', '.join(values[f]).lower()}" for f in fields if f in values)

    def _tell(self, number: int, key: tuple[str, ...], kept: Kept) -> None:
        tally = self._tallies.get((number, key))
        if tally is None:
            if len(self._tallies) >= MAX_FINDINGS:
                self._merged += 1
                key = (OTHERS,)
            tally = self._tallies.setdefault((number, key), Tally(self._fields[number]))
        self._held += tally.add(kept, self._key_entity, grows=self._held < MAX_HELD)
        if self._each is not None:
            print_ = fingerprint(self.rules.document(number).about.id, *key)
            self._each(number, print_, kept, is_copy=False)

    def _tell_copy(self, kept: Kept) -> None:
        """Name a copy where every match is named; it counts nowhere."""
        if self._each is not None and kept.rule in self._telling:
            key = self._key(kept.rule, kept.values)
            key = key if (kept.rule, key) in self._tallies else (OTHERS,)
            print_ = fingerprint(self.rules.document(kept.rule).about.id, *key)
            self._each(kept.rule, print_, kept, is_copy=True)

    def findings(self, at: At) -> Iterator[Found]:
        """Yield the findings: those of rules, then those of correlations.

        Call it once, after all is added.
        """

        def settle(kept: Kept) -> int | None:
            host = kept.values.get("host.name", ("",))[0]
            return at(kept.source, kept.clock, kept.micros, kept.record, host)

        for (number, key), tally in self._tallies.items():
            yield self._found(number, key, tally, settle, {})
        self._tallies.clear()
        correlator = Correlator(self.rules, self._spool, settle)
        made = dropped = 0
        for number, group in correlator.run():
            if number in self._telling and made < MAX_FINDINGS:
                yield self._correlated(number, group, correlator, settle)
                made += 1
            elif number in self._telling:
                dropped += 1
        self.notes = Notes(
            untimed=correlator.untimed, overflow=correlator.overflow, merged=self._merged, dropped=dropped,
            not_compared=self._anyone.lost + sum(counts.lost for counts in self._mine.values()),
        )  # fmt: skip
        self._spool.close()

    def _correlated(
        self, number: int, group: Group, correlator: Correlator, settle: Callable[[Kept], int | None]
    ) -> Found:
        chain = self.rules.chains[number - len(self.rules.rules)]
        ordered = chain.correlation.type is Type.TEMPORAL_ORDERED
        parts = correlator.members(number, group)
        tally = Tally(self._fields[number])
        key = self._group_key(number, group, correlator)
        counting = parts[-1:] if ordered else parts
        explaining = parts[:-1] if ordered else []
        for which, counts in ((counting, True), (explaining, False)):
            for _, rule, index in sorted({(hit.at, hit.rule, hit.row) for hits in which for hit in hits}):
                kept = self._spool.read(correlator.streams[rule].offsets[index])
                tally.add(kept, self._key_entity, counts=counts)
                if self._each is not None:
                    self._each(number, fingerprint(chain.about.id, *key), kept, is_copy=False)
        return self._found(number, key, tally, settle, _facts(chain, parts))

    def _group_key(self, number: int, group: Group, correlator: Correlator) -> tuple[str, ...]:
        """Return what the hits of a group have in common, by the names of group-by."""
        place = number - len(self.rules.rules)
        hit = group.hits[group.triggers[-1]]
        values = self._spool.read(correlator.streams[hit.rule].offsets[hit.row]).values
        _, fields, _ = specs(self.rules, place)[hit.part]
        names = self.rules.chains[place].correlation.group_by
        said = (", ".join(values.get(field, ())).lower() for field in fields)
        return tuple(f"{canonical(name)}={text}" for name, text in zip(names, said, strict=True))

    def _found(
        self, number: int, key: tuple[str, ...], tally: Tally, settle: Callable[[Kept], int | None],
        facts: Mapping[str, str],
    ) -> Found:  # fmt: skip
        about = self.rules.document(number).about
        own = about.own
        first, last = tally.span(settle)
        facts = {"count": f"{tally.count:,}", **facts}
        if first is not None and last is not None:
            facts["span"] = span_words(last - first)
        message = fill(own.says, tally, facts) if own.says else plain(tally, about.title)
        finding = Finding(
            fingerprint=fingerprint(about.id, *key), kind=FindingKind.LOG, rule=about.id, title=about.title,
            severity=SEVERITY[about.level], confidence=_confidence(about),
            message=message + ("; there are more entities than are listed" if tally.is_full else ""),
            count=tally.count, first=from_micros(first) if first is not None else None,
            last=from_micros(last) if last is not None else None, entities=tuple(tally.entities),
            where=tally.where(self._key_entity), evidence=tally.evidence(settle),
            remedy=fill(own.remedy or "; ".join(own.do), tally, facts),
            tags=about.tags, references=about.references,
        )  # fmt: skip
        hashes = frozenset(bytes(tally.hashes[i : i + 16]) for i in range(0, len(tally.hashes), 16))
        story = Story(story=fill(own.story, tally, facts), do=tuple(fill(one, tally, facts) for one in own.do))
        return Found(finding=finding, occurrences=hashes, story=story)


def _fields(about: About) -> frozenset[str]:
    own = about.own
    texts = (own.says, own.story, own.remedy, *own.do)
    return frozenset(name for text in texts for name, form in placeholders(text) if form != "events")


def _confidence(about: About) -> Confidence:
    if about.own.confidence:
        return Confidence(about.own.confidence)
    return CONFIDENCE.get(about.status, Confidence.MEDIUM)


def _facts(chain: Chain, parts: list[list[Hit]]) -> dict[str, str]:
    facts = {}
    for name, hits in zip(chain.correlation.rules, parts, strict=True):
        facts[f"{name}:events"] = f"{sum(hit.times for hit in hits):,}"
    if chain.correlation.type is Type.TEMPORAL_ORDERED and len(parts) > 1 and parts[-1]:
        then = parts[-1][0].at
        before = [hit.at for hit in parts[-2] if hit.at <= then]
        facts["gap"] = span_words(then - max(before)) if before else "unknown"
    return facts
