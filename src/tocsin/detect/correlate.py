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
from tocsin.detect.windows import NUMBERLESS, Hit, Range, fire
from tocsin.match.sigma.correlation import METRICS, Type
from tocsin.match.sigma.predicate import number_of

MAX_HITS = 2_000_000  # matches that correlate, all in all: 44 bytes each and a few for each correlation

Fields = tuple[str, ...]
Settle = Callable[[Kept], int | None]


class Stream:
    """The matches of one rule, sorted by nothing.

    Times, offsets in the spool, hashes of what they group by, and numbers that metrics take.
    """

    def __init__(self, columns: Iterable[Fields], numbers: Iterable[str] = ()) -> None:
        self.times = array("q")
        self.offsets = array("Q")
        self.weights = array("I")
        self.columns = {fields: array("Q") for fields in columns}
        self.numbers = {field: array("d") for field in numbers}

    def add(self, at: int, offset: int, kept: Kept) -> None:
        """Take one more match."""
        self.times.append(at)
        self.offsets.append(offset)
        self.weights.append(kept.times)
        for fields, hashes in self.columns.items():
            hashes.append(hash_of(kept.values, fields))
        for field, numbers in self.numbers.items():
            numbers.append(number_in(kept.values, field))


class _Source(NamedTuple):
    """Where hits of a part come from: a rule's stream and the indexes in it."""

    part: int
    rule: int
    indexes: Sequence[int]
    group_by: Fields
    value_of: Fields
    is_number: bool


class Group(msgspec.Struct):
    """A group that fired: its hits by time, where, and which of them are triggers."""

    hits: list[Hit]
    windows: list[Range]
    triggers: list[int]


class Recall:
    """What fired of a chain that others are made of, in flat arrays.

    A hit takes 7 bytes, a trigger some 44 more.
    """

    def __init__(self, streams: Sequence[Stream], span: int) -> None:
        self._streams = streams
        self._span = span
        self._starts = array("I")  # where each group begins
        self._parts, self._rules, self._rows = array("B"), array("H"), array("I")
        self._triggers: dict[int, list[int]] = {}  # of each rule: row << 32 | place, sorted when sealed

    def add(self, group: Group) -> None:
        """Take one more group that fired."""
        first = len(self._rows)
        self._starts.append(first)
        for hit in group.hits:
            self._parts.append(hit.part)
            self._rules.append(hit.rule)
            self._rows.append(hit.row)
        for place in group.triggers:
            hit = group.hits[place]
            self._triggers.setdefault(hit.rule, []).append(hit.row << 32 | first + place)

    def sealed(self) -> "Recall":
        """Return itself, ready to be asked."""
        for packed in self._triggers.values():
            packed.sort()
        return self

    def triggers(self) -> Iterator[tuple[int, Sequence[int]]]:
        """Yield each rule and the rows of its triggers, ascending."""
        for rule, packed in sorted(self._triggers.items()):
            yield rule, array("I", (one >> 32 for one in packed))

    def made_of(self, triggers: Iterable[Hit]) -> Iterator[tuple[int, Hit]]:
        """Yield the hits in the windows of triggers, each once, with their part."""
        reach = -1
        for place in sorted(self._place(hit) for hit in triggers):
            low, stop = self._window(place)
            for one in range(max(low, reach), stop):
                rule, row = self._rules[one], self._rows[one]
                stream = self._streams[rule]
                yield self._parts[one], Hit(stream.times[row], self._parts[one], 0, stream.weights[row], rule, row)
            reach = max(reach, stop)

    def _place(self, hit: Hit) -> int:
        packed = self._triggers[hit.rule]
        return packed[bisect_left(packed, hit.row << 32)] & 0xFFFFFFFF

    def _window(self, place: int) -> Range:
        group = bisect_right(self._starts, place) - 1
        first = self._starts[group]
        end = self._starts[group + 1] if group + 1 < len(self._starts) else len(self._rows)
        at = self._time(place)
        low = bisect_left(range(end), at - self._span, lo=first, hi=place + 1, key=self._time)
        return low, bisect_right(range(end), at, lo=place, hi=end, key=self._time)

    def _time(self, place: int) -> int:
        return self._streams[self._rules[place]].times[self._rows[place]]


class Correlator:
    """The correlations of a rule set over what a spool holds."""

    def __init__(self, rules: RuleSet, spool: Spool, settle: Settle) -> None:
        self._rules = rules
        self.untimed = 0  # matches without a time: they cannot correlate
        self.overflow = 0  # matches past MAX_HITS
        self.streams = [Stream(*asked) for asked in zip(_columns(rules), _numbers(rules), strict=True)]
        self._recalls: dict[int, Recall] = {}
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
        for place, chain in enumerate(self._rules.chains):
            number = len(self._rules.rules) + place
            recall = Recall(self.streams, chain.correlation.span) if number in parts_of_chains else None
            for group in self._fired(place):
                if recall is not None:
                    recall.add(group)
                yield number, group
            if recall is not None:
                self._recalls[number] = recall.sealed()

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
        value: float = 0
        if source.is_number:
            value = stream.numbers[source.value_of[0]][index]
        elif source.value_of:
            value = stream.columns[source.value_of][index]
        return Hit(stream.times[index], source.part, value, stream.weights[index], source.rule, index)

    def _sources(self, place: int) -> Iterator["_Source"]:
        is_number = self._rules.chains[place].correlation.type in METRICS
        for part, (number, group_by, value_of) in enumerate(specs(self._rules, place)):
            if number < len(self._rules.rules):
                rows = range(len(self.streams[number].times))
                yield _Source(part, number, rows, group_by, value_of, is_number)
                continue
            for rule, fired in self._recalls[number].triggers():
                yield _Source(part, rule, fired, group_by, value_of, is_number)

    def members(self, number: int, group: Group) -> list[list[Hit]]:
        """Return what made a chain fire, by part.

        Its own hits, those of inner chains in place of their triggers.
        """
        place = number - len(self._rules.rules)
        correlation = self._rules.chains[place].correlation
        parts = self._rules.parts[place]
        ordered = correlation.type is Type.TEMPORAL_ORDERED
        triggers = set(group.triggers)
        found: list[list[Hit]] = [[] for _ in parts]
        for low, stop in group.windows:
            for i in range(low, stop):
                hit = group.hits[i]
                if not ordered or hit.part < len(parts) - 1 or i in triggers:
                    found[hit.part].append(hit)
        return [sorted(self._made_of(part, hits)) for part, hits in zip(parts, found, strict=True)]

    def _made_of(self, number: int, hits: list[Hit]) -> list[Hit]:
        """Return the hits of rules that hits of a rule or chain stand for."""
        if number < len(self._rules.rules):
            return hits
        parts = self._rules.parts[number - len(self._rules.rules)]
        inner: list[list[Hit]] = [[] for _ in parts]
        for part, hit in self._recalls[number].made_of(hits):
            inner[part].append(hit)
        return [one for part, found in zip(parts, inner, strict=True) for one in self._made_of(part, found)]


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
    for place, chain in enumerate(rules.chains):
        counted = chain.correlation.type is Type.VALUE_COUNT
        for number, group_by, value_of in specs(rules, place):
            for rule in leaf_rules(rules, number):
                columns[rule].update((group_by, value_of) if counted else (group_by,))
    return columns


def _numbers(rules: RuleSet) -> list[set[str]]:
    numbers: list[set[str]] = [set() for _ in rules.rules]
    for place, chain in enumerate(rules.chains):
        if chain.correlation.type in METRICS:
            for number, _, value_of in specs(rules, place):
                for rule in leaf_rules(rules, number):
                    numbers[rule].update(value_of)
    return numbers


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


def number_in(values: Values, field: str) -> float:
    """Return the number that a field holds.

    NUMBERLESS where it holds none, or several values.
    """
    said = values.get(field, ())
    number = number_of(said[0]) if len(said) == 1 else None
    return NUMBERLESS if number is None or abs(number) == float("inf") else number
