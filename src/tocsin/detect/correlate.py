"""Correlations over what was gathered: hits grouped, evaluated in event time, each correlation after its parts.

In memory is what is compared: for each match a time, an offset into the spool and one 64-bit hash per group-by. What a
match says is read back from the spool only for what fired.
"""

from array import array
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from typing import NamedTuple

import msgspec

from tocsin.detect.matches import Values, leaf_rules
from tocsin.detect.rules import RuleSet
from tocsin.detect.spool import Kept, Spool
from tocsin.detect.windows import Hit, Range, fire
from tocsin.match.sigma.correlation import Type

MAX_HITS = 2_000_000  # matches that correlate, all in all: 44 bytes each and a few for each correlation

Fields = tuple[str, ...]
Settle = Callable[[Kept], int | None]


class Stream:
    """The matches of one rule, sorted by nothing.

    Times, offsets in the spool, and hashes of what they group by.
    """

    def __init__(self, columns: Iterable[Fields]) -> None:
        self.times = array("q")
        self.offsets = array("Q")
        self.weights = array("I")
        self.columns = {fields: array("Q") for fields in columns}

    def add(self, at: int, offset: int, kept: Kept) -> None:
        """Take one more match."""
        self.times.append(at)
        self.offsets.append(offset)
        self.weights.append(kept.times)
        for fields, hashes in self.columns.items():
            hashes.append(hash_of(kept.values, fields))


class _Source(NamedTuple):
    """Where hits of a part come from: a rule's stream and the indexes in it."""

    part: int
    rule: int
    indexes: Sequence[int]
    group_by: Fields
    value_of: Fields


class Group(msgspec.Struct):
    """A group that fired: its hits by time, where, and which of them are triggers."""

    hits: list[Hit]
    windows: list[Range]
    triggers: list[int]

    def window(self, place: int, span: int) -> Range:
        """Return the window of the moment of a hit."""
        at = self.hits[place].at
        return (
            bisect_left(self.hits, at - span, key=lambda hit: hit.at),
            bisect_right(self.hits, at, key=lambda hit: hit.at),
        )


class Correlator:
    """The correlations of a rule set over what a spool holds."""

    def __init__(self, rules: RuleSet, spool: Spool, settle: Settle) -> None:
        self._rules = rules
        self.untimed = 0  # matches without a time: they cannot correlate
        self.overflow = 0  # matches past MAX_HITS
        self.streams = [Stream(columns) for columns in _columns(rules)]
        self._outcomes: dict[int, list[Group]] = {}
        self._trigger_places: dict[int, dict[tuple[int, int], tuple[Group, int]]] = {}
        self._read(spool, settle)

    def _read(self, spool: Spool, settle: Settle) -> None:
        taken = 0
        for offset, kept in spool.walk():
            at = settle(kept)
            if at is None:
                self.untimed += 1
            elif taken >= MAX_HITS:
                self.overflow += 1
            else:
                self.streams[kept.rule].add(at, offset, kept)
                taken += 1

    def run(self) -> Iterator[tuple[int, Group]]:
        """Yield the number of a chain and a group in which it fired.

        Every chain, each after its parts.
        """
        parts_of_chains = {part for parts in self._rules.parts for part in parts}
        for place in range(len(self._rules.chains)):
            number = len(self._rules.rules) + place
            groups = list(self._fired(place))
            if number in parts_of_chains:
                self._outcomes[number] = groups
                self._trigger_places[number] = {
                    (group.hits[i].rule, group.hits[i].row): (group, i) for group in groups for i in group.triggers
                }
            yield from ((number, group) for group in groups)

    def _fired(self, place: int) -> Iterator[Group]:
        correlation = self._rules.chains[place].correlation
        for hits in self._groups(place):
            fired = fire(correlation, hits)
            if fired.windows:
                yield Group(hits, fired.windows, fired.triggers)

    def _groups(self, place: int) -> Iterator[list[Hit]]:
        """Yield the hits of each group, sorted; groups in the order of their hashes."""
        keys: list[int] = []  # hash of the group, place of the source, index: packed, so that a sort needs no tuples
        sources = list(self._sources(place))
        for which, source in enumerate(sources):
            groups = self.streams[source.rule].columns[source.group_by]
            keys.extend(groups[index] << 64 | which << 32 | index for index in source.indexes if groups[index])
        keys.sort()
        start = 0
        while start < len(keys):
            stop = start
            group = keys[start] >> 64
            while stop < len(keys) and keys[stop] >> 64 == group:
                stop += 1
            yield sorted(self._hit(sources[key >> 32 & 0xFFFFFFFF], key & 0xFFFFFFFF) for key in keys[start:stop])
            start = stop

    def _hit(self, source: "_Source", index: int) -> Hit:
        stream = self.streams[source.rule]
        value = stream.columns[source.value_of][index] if source.value_of else 0
        return Hit(stream.times[index], source.part, value, stream.weights[index], source.rule, index)

    def _sources(self, place: int) -> Iterator["_Source"]:
        for part, (number, group_by, value_of) in enumerate(specs(self._rules, place)):
            if number < len(self._rules.rules):
                yield _Source(part, number, range(len(self.streams[number].times)), group_by, value_of)
                continue
            triggers = self._trigger_places[number]
            for rule in sorted({rule for rule, _ in triggers}):
                yield _Source(part, rule, sorted(i for r, i in triggers if r == rule), group_by, value_of)

    def members(self, number: int, group: Group) -> list[list[Hit]]:
        """Return what made a chain fire, by part.

        Its own hits, those of inner chains in place of their triggers.
        """
        place = number - len(self._rules.rules)
        correlation = self._rules.chains[place].correlation
        parts = self._rules.parts[place]
        ordered = correlation.type is Type.TEMPORAL_ORDERED
        triggers = set(group.triggers)
        found: list[dict[tuple[int, int], Hit]] = [{} for _ in parts]
        for low, stop in group.windows:
            for i in range(low, stop):
                hit = group.hits[i]
                if ordered and hit.part == len(parts) - 1 and i not in triggers:
                    continue
                for one in self._made_of(parts[hit.part], hit):
                    found[hit.part][one.rule, one.row] = one
        return [sorted(hits.values()) for hits in found]

    def _made_of(self, number: int, hit: Hit) -> Iterable[Hit]:
        if number < len(self._rules.rules):
            return (hit,)
        group, place = self._trigger_places[number][hit.rule, hit.row]
        inner = number - len(self._rules.rules)
        low, stop = group.window(place, self._rules.chains[inner].correlation.span)
        parts = self._rules.parts[inner]
        return [one for i in range(low, stop) for one in self._made_of(parts[group.hits[i].part], group.hits[i])]


def specs(rules: RuleSet, place: int) -> list[tuple[int, Fields, Fields]]:
    """Return what each part of a chain asks for.

    Its number, the fields it groups by there, and those whose values count.
    """
    chain = rules.chains[place]
    correlation = chain.correlation
    found = []
    for name, number in zip(correlation.rules, rules.parts[place], strict=True):
        about = rules.document(number).about
        names = (name, about.name, about.id)
        group_by = tuple(correlation.field_in(field, *names) for field in correlation.group_by)
        value_of = tuple(correlation.field_in(field, *names) for field in correlation.fields)
        found.append((number, group_by, value_of))
    return found


def _columns(rules: RuleSet) -> list[set[Fields]]:
    columns: list[set[Fields]] = [set() for _ in rules.rules]
    for place in range(len(rules.chains)):
        for number, group_by, value_of in specs(rules, place):
            for rule in leaf_rules(rules, number):
                columns[rule].update((group_by, value_of) if value_of else (group_by,))
    return columns


def hash_of(values: Values, fields: Sequence[str]) -> int:
    """Return 64 bits of what fields say, without case.

    0 when one of them says nothing, 1 for no fields.
    """
    digest = blake2b(digest_size=8)
    for field in fields:
        said = values.get(field)
        if not said:
            return 0
        raw = "\x1f".join(said).lower().encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(4, "little") + raw)
    return int.from_bytes(digest.digest(), "little") or 1
