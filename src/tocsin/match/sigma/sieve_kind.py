"""Lines of one kind of event, as the sieve looks at them.

The names that its lines have are learned. Of the rules that look at the kind those are left that can still match
(plan.py), and only the fields that these ask for are decoded; a line with a name that was not learned makes the kind
learn again. Fields that the parser makes of others are made by the parser's own code, of just the names that it reads,
and what each value or tuple of values answers is kept.
"""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from itertools import compress
from operator import attrgetter
from typing import Any

import msgspec

from tocsin.formats.clock_ends import End, ends
from tocsin.kit.parse import Table
from tocsin.match.sigma.expression import Keyword
from tocsin.match.sigma.keywords import KeywordSlot
from tocsin.match.sigma.look import Look
from tocsin.match.sigma.matcher import Matcher
from tocsin.match.sigma.nodes import fold
from tocsin.match.sigma.plan import Plan, Slot, add_slots
from tocsin.match.sigma.questions import NOTHING, Held
from tocsin.match.sigma.sieve_ask import (
    ABSENT,
    UNSOUND,
    Answers,
    Parser,
    Question,
    Sight,
    Wider,
    decoded,
    read_by,
)  # fmt: skip
from tocsin.match.sigma.slots import FieldSlot

KEYS = frozenset({"EventID", "Channel", "EventType"})  # what kinds are told apart by
FIRST = 64  # lines of a kind from which its names are learned
MAX_NAMES = 256  # that lines of one kind have
MAX_LEARNED = 32  # times that a kind learns names; one that has others each time is looked at whole
_WHOLE = msgspec.json.Decoder(dict[str, Any])
_RAW = msgspec.Raw()
_ODD = re.compile(r'["\\\x00-\x1f]')  # in names that no decoder takes
_PLAIN = str | int | None  # what is kept by value: 1.0 and true are equal to 1, and not the same text
_SCALARS = frozenset({str, int, type(None), type(ABSENT)})


class Kind:
    """Lines of one channel and id.

    `keywords` are those that could make a rule match: a line in which one may stand is to be looked at whole. `code` is
    the lines' event code, None where it is not the same for all.
    """

    def __init__(
        self,
        parser: Parser,
        matcher: Matcher,
        table: Table,
        times: Mapping[str, str],
        barred: Sequence[AbstractSet[str]],
    ) -> None:
        self.what = table.what
        self.logsource = table.logsource
        self.keywords: frozenset[Keyword] = frozenset()
        column, code = Look(table).field("event.code")
        self.code = str(code) if column is None and code is not None else None
        self._parser = parser
        self._plan: Plan = matcher.plan(table.logsource)
        self._barred = barred
        self._makes: dict[str, frozenset[str]] = {}  # the names that lines have, and what each has a part in
        self._loose: set[str] = set()  # those whose values are not all texts and whole numbers
        self._known: dict[Question, Answers] = {}
        self._learned = 0
        self._questions = [Question(_asking(slot), _read_by(slot)) for slot in self._plan.slots]
        self._keywords = [place for place, slot in enumerate(self._plan.slots) if isinstance(slot, KeywordSlot)]
        self._fixed: dict[int, Held] | None = None
        self._sure = dict(self._constant(self._look([{}])))
        self._any = self._plan.residue(self._sure)
        self.is_idle = self._any.is_empty
        self._tells = bool(times)
        self._times = times
        self._sight = Sight(lambda: matcher.unseen(table.logsource), parser.derives(table))
        self._shown = not self._tells

    def get_ready(self, lines: Sequence[bytes]) -> None:
        """Learn the names of the first lines."""
        if not self._makes:
            self._learn(lines[:FIRST])

    def rows(self, lines: Sequence[bytes], sure: AbstractSet[int] = frozenset()) -> tuple[set[int], Sequence[End]]:
        """Return the rows that must be looked at whole, `sure` among them.

        With them come the ends of the others' times.
        """
        self.get_ready(lines)
        for _ in range(MAX_LEARNED):
            try:
                return self._rows(lines, sure)
            except Wider:
                self._build()
        return set(range(len(lines))), ()

    def _rows(self, lines: Sequence[bytes], sure: AbstractSet[int]) -> tuple[set[int], Sequence[End]]:
        found, whole = self._decoded(lines)
        whole |= sure
        if self._slots:
            answers = [held.of(list(map(get, found))) for get, held in self._slots]
            whole.update(compress(range(len(lines)), map(self._left.__getitem__, zip(*answers, strict=False))))
        elif not self._left.is_empty and self._left[()]:  # what all lines share decides
            return set(range(len(lines))), ()
        if not self._tells:
            return whole, ()
        if not self._shown:
            self._shown = True
            whole.add(0)
        if self._seeing is not None:
            get, held = self._seeing
            whole.update(self._sight.rows(held.of(list(map(get, found)))))
        told = self._timed(found, whole)
        if self._seeing is not None and self._sight.is_stale:
            self._build()
        return told

    def _timed(self, found: Sequence[Any], whole: set[int]) -> tuple[set[int], Sequence[End]]:
        if self._time is None:
            return whole, ()
        get, behind = self._time
        times = list(map(get, found))
        if set(map(type, times)) != {str}:
            whole.update(row for row, time in enumerate(times) if type(time) is not str)
        places = [row for row in range(len(times)) if row not in whole] if whole else range(len(times))
        told = ends([times[row] for row in places] if whole else times, places, behind)
        return (whole, told) if told is not None else (set(range(len(times))), ())

    def _decoded(self, lines: Sequence[bytes]) -> tuple[list[Any], set[int]]:
        """Return the lines as far as they are needed, and the rows that could not be read so."""
        try:
            found, whole = list(map(self._decoder.decode, lines)), set[int]()
        except UNSOUND:
            found = decoded(self._decoder, lines, self._nothing)
            if self._learn([line for line, one in zip(lines, found, strict=True) if one is self._nothing]):
                found = decoded(self._decoder, lines, self._nothing)
            whole = {row for row, one in enumerate(found) if one is self._nothing}
        for get in self._unlike:
            for row, value in enumerate(map(get, found)):
                if type(value) not in _SCALARS:
                    whole.add(row)
                    found[row] = self._nothing
        return found, whole

    def _constant(self, look: Look) -> Iterator[tuple[int, Held]]:
        """Yield the answers of slots whose field is the same in all lines of the kind."""
        for place, (slot, question) in enumerate(zip(self._plan.slots, self._questions, strict=True)):
            if isinstance(slot, FieldSlot) and slot.field in self._parser.constants:
                before, held = len(question.reads), self._ask(question, look)[0]
                if len(question.reads) == before:  # it is not made of other names
                    yield place, held

    def _look(self, records: Sequence[Mapping[str, Any]]) -> Look:
        table = self._parser.table(records)
        if table is None:
            raise Wider
        return Look(table)

    def _ask(self, question: Question, look: Look) -> Sequence[Held]:
        """Return the answers to records of the names that a question is known to read."""
        self._parser.reads.clear()  # what the parser tells kinds apart by is the same for all lines
        answers = question.ask(look)
        more = self._parser.reads - question.reads
        if more:
            question.reads |= more
            if self._names(question) != question.inputs:
                raise Wider
        return answers

    def _names(self, question: Question) -> tuple[str, ...]:
        constants, reads = self._parser.constants, question.reads
        return tuple(n for n, makes in self._makes.items() if n not in constants and not makes.isdisjoint(reads))

    def _learn(self, lines: Sequence[bytes]) -> bool:
        """Take up the names of lines and what their values are like, and return whether that told anything new."""
        self._learned += 1
        if self._makes and self._learned > MAX_LEARNED:
            return False
        records = decoded(_WHOLE, lines, {})
        names = dict.fromkeys(name for one in records for name in one)
        new: list[str] = []
        for name in names:
            if name not in self._makes and self._may_learn(name, new):
                new.append(name)
        loose = {name for one in records for name, value in one.items() if type(value) not in _SCALARS}
        if self._makes and not new and loose <= self._loose:
            return False
        self._loose |= loose
        self._makes.update((name, self._parser.makes(name)) for name in new[: MAX_NAMES - len(self._makes)])
        self._build()
        return True

    def _may_learn(self, name: str, new: Sequence[str]) -> bool:
        """Return whether lines with a name are of this kind all the same, and the name can be decoded by itself."""
        known = {name, *new, *self._makes}
        if _ODD.search(name) or any(names <= known for names in self._barred):
            return False
        return name in self._parser.constants or self._parser.makes(name).isdisjoint(KEYS)

    def _build(self) -> None:
        """Make what depends on the names that lines have."""
        fixed = self._same_for_all()
        if fixed != self._fixed:
            told = {**self._sure, **dict.fromkeys(self._keywords, NOTHING), **fixed}
            self._left = self._plan.residue(told, self._any)
            self.keywords = self._keywords_left(fixed)
        self._fixed = fixed
        asked = [self._questions[place] for place in self._left.slots]
        seeing: Sequence[Question] = self._sight.questions(self._makes, self._names) if self._tells else ()
        time = next((name for name in self._times if name in self._makes), None)
        used = dict.fromkeys(name for one in (*asked, *seeing) for name in one.inputs)
        if time is not None:
            used[time] = None
        fields = {name: f"f{number}" for number, name in enumerate(self._makes)}
        self._slots = [self._answers(one, fields) for one in asked]
        self._seeing = self._answers(seeing[0], fields) if seeing else None
        self._time = (attrgetter(fields[time]), self._times[time]) if time is not None else None
        self._unlike = [attrgetter(fields[name]) for name in used if name in self._loose]
        struct = msgspec.defstruct(
            "Line",
            [(f, msgspec.Raw, _RAW) if name not in used else (f, Any if name in self._loose else _PLAIN, ABSENT)
             for name, f in fields.items()],
            rename={f: name for name, f in fields.items()}, forbid_unknown_fields=True, gc=False, eq=False,
        )  # fmt: skip
        self._nothing = struct()
        self._decoder = msgspec.json.Decoder(struct)

    def _same_for_all(self) -> dict[int, Held]:
        """Return the answers of the slots that read no name that lines have."""
        look = self._look([{}])
        while True:
            for place in self._any.slots:
                self._questions[place].inputs = self._names(self._questions[place])
            try:
                return {p: self._ask(self._questions[p], look)[0] for p in self._any.slots if self._is_fixed(p)}
            except Wider:
                look = self._look([{}])

    def _is_fixed(self, place: int) -> bool:
        return not self._questions[place].inputs and place not in self._keywords

    def _keywords_left(self, fixed: Mapping[int, Held]) -> frozenset[Keyword]:
        """Return the keywords that could make a rule match: where none stands, no keyword does."""
        left: set[int] = set()
        for node in self._plan.with_keywords:
            add_slots(fold(node, {**self._sure, **fixed}), left)
        slots = [self._plan.slots[place] for place in self._keywords if place in left]
        return frozenset(keyword for slot in slots if isinstance(slot, KeywordSlot) for keyword in slot.asked)

    def _answers(self, question: Question, fields: Mapping[str, str]) -> tuple[Callable[[Any], Any], Answers]:
        get = attrgetter(*(fields[name] for name in question.inputs))
        known = self._known.get(question)
        if known is None or known.names != question.inputs or question is self._sight.question:
            known = self._known[question] = Answers(
                question.inputs, lambda records: self._ask(question, self._look(records)), self._plan.room
            )
        return get, known


def _asking(slot: Slot) -> Callable[[Look], Sequence[Held]]:
    """Return the function that asks a slot of each record."""

    def ask(look: Look) -> Sequence[Held]:
        column, _ = look.field(slot.field) if isinstance(slot, FieldSlot) else (None, None)
        if isinstance(slot, FieldSlot) and column is not None:
            return slot.of_column(column)
        answers = slot.answers(look)
        return [answers] * len(look) if isinstance(answers, frozenset) else answers

    return ask


def _read_by(slot: Slot) -> AbstractSet[str]:
    return frozenset().union(*map(read_by, slot.fields))
