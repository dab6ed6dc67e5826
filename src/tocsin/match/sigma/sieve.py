"""A sieve before the matcher: which raw lines of Windows events some rule may match, at the cost of a narrow decoding.

What falls through is looked at whole: decoded, parsed and matched in the ordinary way, which alone says what matches.
So the sieve needs no answer of its own for a line that it does not know; it must only let through each that matches.

A line's event id and channel are decoded first. For each such kind of event the names that its lines have are learned,
and of the rules that look at it those are left that can still match (plan.py). Only the fields that these ask for are
decoded; a line with a name that was not learned makes the kind learn again. Fields that the parser makes of others are
made by the parser's own code, of just the names that it reads, and what each value or tuple of values answers is kept.
"""

import re
from collections import Counter, defaultdict
from collections.abc import Callable, Mapping, Sequence
from operator import attrgetter
from typing import Any, TypeVar

import msgspec

from tocsin.formats.windows_event import Flat
from tocsin.formats.windows_tables import batch
from tocsin.kit.parse import Chunk, Table
from tocsin.match.sigma.expression import Keyword
from tocsin.match.sigma.keywords import Anchors, KeywordSlot
from tocsin.match.sigma.look import Look
from tocsin.match.sigma.matcher import Matcher
from tocsin.match.sigma.nodes import fold
from tocsin.match.sigma.plan import Plan, Residue, Slot, add_slots
from tocsin.match.sigma.questions import NOTHING, Held
from tocsin.match.sigma.slots import PAGE, FieldSlot, Memo, Room
from tocsin.model.fields import other_names

MAX_KINDS = 1024  # of events; lines of more kinds than that are looked at whole
FIRST = 64  # lines of a kind from which its names are learned
MAX_NAMES = 256  # that lines of one kind have
MAX_LEARNED = 32  # times that a kind learns names; one that has others each time is looked at whole
_OTHERS = frozenset({"winlog", "Event"})  # names by which other parsers of Windows events know theirs

Flatten = Callable[[Mapping[str, Any]], Flat | None]
Key = tuple[Any, Any, Any]


class _Head(msgspec.Struct, gc=False):
    """What says of which kind a line is."""

    EventID: int | str | None = None
    Channel: str | None = None
    EventType: str | None = None


_NO_HEAD = _Head()  # of a line that is none, or that names its kind in another way


S = TypeVar("S")
_HEADS = msgspec.json.Decoder(_Head)
_WHOLE = msgspec.json.Decoder(dict[str, Any])
_ABSENT = msgspec.UNSET
_UNSOUND = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
_RAW = msgspec.Raw()
_ODD = re.compile(r'["\\\x00-\x1f]')  # in names that no decoder takes
_SCALARS = frozenset({str, int, float, type(None), type(_ABSENT)})
_KEY = attrgetter(*_Head.__struct_fields__)
_NAMES = frozenset(_Head.__struct_fields__)
_ROUTES = frozenset({"EventID", "Channel", "EventType", "TimeCreated"})  # what a parser may tell kinds apart by


class Sieve:
    """A sieve for lines of flat Windows events, one event a line.

    `flatten` is what the parser does to each record. `seen` counts the lines of each kind. A line in which a name
    stands twice counts as what the last one says, as decoders have it; looked at whole, it is refused.
    """

    def __init__(self, matcher: Matcher, flatten: Flatten) -> None:
        self.seen: Counter[str] = Counter()
        self._matcher = matcher
        self._flatten = flatten
        self._kinds: dict[Key, _Kind | None] = {}
        self._anchors: dict[tuple[Keyword, ...], Anchors] = {}

    def rows(self, lines: Sequence[bytes]) -> list[int]:
        """Return the rows, ascending, that must be looked at whole."""
        groups, whole = _by_kind(lines)
        for key, rows in groups.items():
            kind = self._kind(key)
            if kind is None:
                whole.extend(rows)
                continue
            self.seen[kind.what] += len(rows)
            if not kind.is_idle:
                whole.extend(rows[place] for place in kind.rows([lines[row] for row in rows]))
        return sorted(whole)

    def _kind(self, key: Key) -> "_Kind | None":
        if key not in self._kinds:
            if len(self._kinds) >= MAX_KINDS:
                return None
            constants = {
                name: value for name, value in zip(_Head.__struct_fields__, key, strict=True) if value is not None
            }
            parser = _Parser(self._flatten, constants)
            table = parser.table([{}])
            routed = table is not None and parser.reads <= _ROUTES
            plan = self._matcher.plan(table.logsource) if table is not None and routed else None
            self._kinds[key] = (
                _Kind(parser, plan, table.what, self._anchors) if table is not None and plan is not None else None
            )
        return self._kinds[key]


def _by_kind(lines: Sequence[bytes]) -> tuple[dict[Key, list[int]], list[int]]:
    """Return the rows of each kind, and those that no kind can be told of."""
    heads = _decoded(_HEADS, lines, _NO_HEAD)
    groups: defaultdict[Key, list[int]] = defaultdict(list)
    for row, key in enumerate(map(_KEY, heads)):
        groups[key].append(row)
    others = [row for key in list(groups) if key[0] is None or not key[1] for row in groups.pop(key)]
    return groups, others


def _decoded(decoder: "msgspec.json.Decoder[S]", lines: Sequence[bytes], instead: S) -> list[S]:
    """Return what each line decodes to, or what stands in place of one that does not."""
    try:
        return list(map(decoder.decode, lines))
    except _UNSOUND:
        return [_decoded_one(decoder, line, instead) for line in lines]


def _decoded_one(decoder: "msgspec.json.Decoder[S]", line: bytes, instead: S) -> S:
    try:
        return decoder.decode(line)
    except _UNSOUND:
        return instead


class _Watched(dict[str, Any]):
    """A flat record that notes which names are read."""

    reads: set[str]

    def get(self, name: str, default: Any = None) -> Any:
        self.reads.add(name)
        return super().get(name, default)


class _Parser:
    """The parser of one kind of event, applied to records of which only some names are given."""

    def __init__(self, flatten: Flatten, constants: Mapping[str, Any]) -> None:
        self.constants = dict(constants)
        self.reads: set[str] = set()
        self._flatten = flatten
        self._plain = flatten(self.constants)

    def table(self, records: Sequence[Mapping[str, Any]]) -> Table | None:
        """Return the table of records, or None where the parser does not know them as one kind."""
        numbers = range(len(records))
        objects = [{**self.constants, **record} for record in records]
        made = batch(Chunk(path="", texts=[""] * len(records), numbers=numbers, objects=objects), self._watch)
        return made.tables[0] if len(made.tables) == 1 and not made.rest else None

    def makes(self, name: str) -> frozenset[str]:
        """Return the names of a flat record that a name of the raw one has a part in."""
        flat = self._flatten({**self.constants, name: "1"}) or {}
        plain = self._plain or {}
        return frozenset({name, *(one for one, value in flat.items() if one not in plain or plain[one] != value)})

    def _watch(self, record: Mapping[str, Any]) -> Flat | None:
        flat = self._flatten(record)
        if flat is None:
            return None
        watched = _Watched(flat)
        watched.reads = self.reads
        return watched


class _Wider(Exception):
    """A slot turns out to read other names too."""


class _Answers(Memo):
    """What a slot answers to values of the names that it reads; one name's by themselves, several as tuples."""

    def __init__(
        self, names: tuple[str, ...], ask: Callable[[Sequence[Mapping[str, Any]]], Sequence[Held]], room: Room
    ) -> None:
        super().__init__()
        self.names = names
        self._ask = ask
        self._room = room
        self._lacking: dict[Any, None] = {}
        room.share(self)

    def __missing__(self, key: Any) -> Held:
        self._lacking[key] = None
        return NOTHING

    def of(self, columns: Mapping[str, Sequence[Any]]) -> Sequence[Held]:
        """Return the answer of each row."""
        parts = [columns[name] for name in self.names]
        keys: Sequence[Any] = parts[0] if len(parts) == 1 else list(zip(*parts, strict=True))
        found = list(map(self.__getitem__, keys))
        if not self._lacking:
            return found
        lacking, self._lacking = list(self._lacking), {}
        rows = [(key,) for key in lacking] if len(parts) == 1 else lacking
        records = [{n: v for n, v in zip(self.names, row, strict=True) if v is not _ABSENT} for row in rows]
        new = dict(zip(lacking, self._ask(records), strict=True))
        self._room.take(sum(1 + sum(len(v) for v in row if type(v) is str) // PAGE for row in rows))
        self.update(new)
        return [held if held is not NOTHING else new.get(key, held) for key, held in zip(keys, found, strict=True)]


class _Kind:
    """Lines of one channel and id."""

    def __init__(self, parser: _Parser, plan: Plan, what: str, known: dict[tuple[Keyword, ...], Anchors]) -> None:
        self.what = what
        self._parser = parser
        self._plan = plan
        self._known = known
        self._makes: dict[str, frozenset[str]] = {}  # the names that lines have, and what each has a part in
        self._reads = [_read_by(slot) for slot in plan.slots]
        self._inputs: dict[int, tuple[str, ...]] = {}
        self._learned = 0
        self._keywords = [place for place, slot in enumerate(plan.slots) if isinstance(slot, KeywordSlot)]
        self._fixed: dict[int, Held] | None = None
        look = self._look([{}])
        self._sure: dict[int, Held] = {}
        for place, slot in enumerate(plan.slots):
            if isinstance(slot, FieldSlot) and slot.field in parser.constants:
                before, held = len(self._reads[place]), self._ask(place, look)[0]
                if len(self._reads[place]) == before:  # it is not made of other names
                    self._sure[place] = held
        self._any = Residue(plan, self._sure)
        self.is_idle = self._any.is_empty

    def rows(self, lines: Sequence[bytes]) -> set[int]:
        """Return the rows that must be looked at whole."""
        if not self._makes:
            self._learn(lines[:FIRST])
        for _ in range(MAX_LEARNED):
            try:
                return self._rows(lines)
            except _Wider:
                self._build()
        return set(range(len(lines)))

    def _rows(self, lines: Sequence[bytes]) -> set[int]:
        found = _decoded(self._decoder, lines, self._nothing)
        whole = {row for row, one in enumerate(found) if one is self._nothing}
        if whole and self._learn([lines[row] for row in whole]):
            found = _decoded(self._decoder, lines, self._nothing)
            whole = {row for row, one in enumerate(found) if one is self._nothing}
        whole |= self._anchors.rows(lines)
        if self._left.is_empty:
            return whole
        if not self._slots:  # what all lines share decides
            return set(range(len(lines))) if self._left[()] else whole
        columns = {name: self._column(field, found, whole) for name, field in self._fields.items()}
        answers = [held.of(columns) for held in self._slots]
        for row, rules in enumerate(map(self._left.__getitem__, zip(*answers, strict=False))):
            if rules:
                whole.add(row)
        return whole

    def _column(self, field: Callable[[Any], Any], found: Sequence[Any], whole: set[int]) -> list[Any]:
        column = list(map(field, found))
        if not set(map(type, column)) <= _SCALARS:
            for row, value in enumerate(column):
                if type(value) not in _SCALARS:
                    whole.add(row)
                    column[row] = _ABSENT
        return column

    def _look(self, records: Sequence[Mapping[str, Any]]) -> Look:
        table = self._parser.table(records)
        if table is None:
            raise _Wider
        return Look(table)

    def _ask(self, place: int, look: Look) -> Sequence[Held]:
        """Return what a slot answers to records of the names that it is known to read."""
        slot = self._plan.slots[place]
        self._parser.reads.clear()  # what the parser tells kinds apart by is the same for all lines
        column, _ = look.field(slot.field) if isinstance(slot, FieldSlot) else (None, None)
        answers = (
            slot.questions.held(column) if isinstance(slot, FieldSlot) and column is not None else slot.answers(look)
        )
        more = self._parser.reads - self._reads[place]
        if more:
            self._reads[place] |= more
            if self._names(place) != self._inputs.get(place, ()):
                raise _Wider
        return [answers] * len(look) if isinstance(answers, frozenset) else answers

    def _names(self, place: int) -> tuple[str, ...]:
        reads = self._reads[place]
        return tuple(
            n for n, makes in self._makes.items() if n not in self._parser.constants and not makes.isdisjoint(reads)
        )

    def _learn(self, lines: Sequence[bytes]) -> bool:
        """Take up the names of lines, and return whether there were new ones."""
        self._learned += 1
        names = dict.fromkeys(name for one in _decoded(_WHOLE, lines, {}) for name in one)
        new = [name for name in names if name not in self._makes and self._may_learn(name)]
        if self._makes and (not new or self._learned > MAX_LEARNED):
            return False
        self._makes.update((name, self._parser.makes(name)) for name in new[: MAX_NAMES - len(self._makes)])
        self._build()
        return True

    def _may_learn(self, name: str) -> bool:
        """Return whether lines with a name are of this kind all the same, and the name can be decoded by itself."""
        if name in _OTHERS or _ODD.search(name):
            return False
        return name in self._parser.constants or self._parser.makes(name).isdisjoint(_NAMES)

    def _build(self) -> None:
        """Make what depends on the names that lines have."""
        fixed = self._same_for_all()
        if fixed != self._fixed:
            self._left = Residue(self._plan, {**dict.fromkeys(self._keywords, NOTHING), **fixed}, of=self._any)
            self._anchors = self._anchors_left(fixed)
        self._fixed = fixed
        self._slots = [self._answers(place) for place in self._left.slots]
        used = dict.fromkeys(name for held in self._slots for name in held.names)
        fields = {name: f"f{number}" for number, name in enumerate(self._makes)}
        self._fields = {name: attrgetter(fields[name]) for name in used}
        struct = msgspec.defstruct(
            "Line",
            [(f, Any, _ABSENT) if name in used else (f, msgspec.Raw, _RAW) for name, f in fields.items()],
            rename={f: name for name, f in fields.items()}, forbid_unknown_fields=True, gc=False, eq=False,
        )  # fmt: skip
        self._nothing = struct()
        self._decoder = msgspec.json.Decoder(struct)

    def _same_for_all(self) -> dict[int, Held]:
        """Return the answers of the slots that read no name that lines have."""
        look = self._look([{}])
        while True:
            self._inputs = {place: self._names(place) for place in self._any.slots}
            try:
                return {place: self._ask(place, look)[0] for place in self._any.slots if self._is_fixed(place)}
            except _Wider:
                look = self._look([{}])

    def _anchors_left(self, fixed: Mapping[int, Held]) -> Anchors:
        """Return the anchors of keywords, if they could make a rule match: where none stands, no keyword does."""
        left: set[int] = set()
        for node in self._plan.with_keywords:
            add_slots(fold(node, {**self._sure, **fixed}), left)
        slots = [self._plan.slots[place] for place in self._keywords if place in left]
        keywords = tuple(keyword for slot in slots if isinstance(slot, KeywordSlot) for keyword in slot.asked)
        anchors = self._known.get(keywords)
        if anchors is None:
            anchors = self._known[keywords] = Anchors(keywords, self._plan.engine())
        return anchors

    def _is_fixed(self, place: int) -> bool:
        return not self._inputs[place] and not isinstance(self._plan.slots[place], KeywordSlot)

    def _answers(self, place: int) -> _Answers:
        return _Answers(self._inputs[place], lambda records: self._ask(place, self._look(records)), self._plan.room)


def _read_by(slot: Slot) -> set[str]:
    """Return the names under which a slot looks for its fields."""
    names = {name for field in slot.fields for name in (field, *other_names(field))}
    return names | {name.partition(".")[0] for name in names}
