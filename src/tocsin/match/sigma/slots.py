"""Slots: what a plan asks of one column, answered for a whole column at once.

Each slot turns a table into one answer per row: the numbers of its predicates that the row satisfies. A slot whose
answer is the same for all rows gives that one instead. Answers to values are kept; a Room bounds how many there are.
"""

from collections.abc import Sequence
from typing import Any
from weakref import ref

from tocsin.match.sigma.literals import Engine, hyperscan
from tocsin.match.sigma.look import Look as Look  # noqa: PLC0414  # the place where its callers know it
from tocsin.match.sigma.predicate import Predicate, same
from tocsin.match.sigma.questions import NOTHING, Answers, Held, Questions
from tocsin.model.fields import other_names

MAX_ROOM = 300_000  # answers that all slots and plans of a matcher keep
MAX_KEPT = 16_384  # characters of a value whose answer is kept
PAGE = 256  # characters of a value that take one place: 300,000 of them are 75 MB

FIRST: Held = frozenset({0})
_PLAIN = frozenset({str, int, float, type(None)})


class Memo(dict[Any, Any]):
    """Answers that are kept."""

    def empty(self) -> "Memo":
        """Forget all answers."""
        self.clear()
        return self


class Room:
    """How much may be kept: when it is full, all memos that share it are emptied."""

    def __init__(self, size: int = MAX_ROOM) -> None:
        self._size = size
        self._left = size
        self._memos: list[ref[Memo]] = []

    def share(self, memo: "Memo") -> None:
        """Let a memo take part for as long as somebody else holds it."""
        self._memos.append(ref(memo))

    def take(self, entries: int = 1) -> None:
        """Say that a memo is about to grow."""
        self._left -= entries
        if self._left < 0:
            self._memos = [held for held in self._memos if (memo := held()) is not None and memo.empty()]
            self._left = self._size - entries


class FieldSlot(Memo):
    """The predicates asked of one field; as a dict, the memo from value to answer."""

    def __init__(self, field: str, room: Room | None = None, engine: Engine = hyperscan) -> None:
        super().__init__()
        self.field = field
        self.fields = (field,)
        self.names = frozenset((field, *other_names(field)))
        self._heads = self.names | {name.partition(".")[0] for name in self.names}
        self.questions = Questions(engine)
        self._room = Room() if room is None else room
        self._room.share(self)
        self._lacking: list[Any] = []

    def number(self, predicate: Predicate) -> int:
        """Return the number of a predicate, new or known."""
        return self.questions.number(predicate)

    def weigh(self, number: int) -> float:
        """Return a guess of how often a predicate holds."""
        return self.questions.weigh(number)

    def bit(self, predicate: Predicate) -> int:
        """Return the bit of a predicate in `mask`."""
        return 1 << self.number(predicate)

    def mask(self, value: Any) -> int:
        """Return what a value satisfies as bits."""
        return sum(1 << number for number in self.questions.held([value])[0])

    def __missing__(self, value: Any) -> Held:
        self._lacking.append(value)
        return NOTHING

    def answers(self, look: Look) -> Answers:
        """Return the answer of each row."""
        if self._heads.isdisjoint(look.heads):
            return self.of_value(None)
        column, shared = look.field(self.field)
        return self.of_value(shared) if column is None else self.of_column(column)

    def of_value(self, value: Any) -> Held:
        """Return the answer to one value."""
        return self.of_column((value,))[0]

    def of_column(self, column: Sequence[Any]) -> Sequence[Held]:
        """Return the answer to each value of a column."""
        kinds = set(map(type, column))
        if not kinds <= _PLAIN:
            return self.questions.held(column)
        found = list(map(self.__getitem__, column))
        if self._lacking:
            lacking = list(dict.fromkeys(self._lacking))
            self._lacking = []
            new = dict(zip(lacking, self.questions.held(lacking), strict=True))
            found = [new.get(value, held) for value, held in zip(column, found, strict=True)]
            kept = {v: held for v, held in new.items() if type(v) is not str or len(v) <= MAX_KEPT}
            self._room.take(sum(1 + len(v) // PAGE if type(v) is str else 1 for v in kept))
            self.update(kept)
        return found


class ExistsSlot:
    """Whether a record has a field at all; number 0."""

    def __init__(self, field: str) -> None:
        self.field = field
        self.fields = (field,)
        self._names = frozenset({field, *other_names(field)})

    def weigh(self, number: int) -> float:
        """Return a guess of how often a record has a field that a rule asks for so."""
        return 1.0 if number == 0 else 0.0

    def answers(self, look: Look) -> Answers:
        """Return the answer of each row."""
        if look.columns is not None or not self._names.isdisjoint(look.table.same):
            return [FIRST if look.has(row, self.field) else NOTHING for row in range(len(look))]
        column, _ = look.field(self.field)  # no record of a table of plain columns has a null that counts
        return NOTHING if column is None else [NOTHING if value is None else FIRST for value in column]


class PairSlot:
    """The fieldref predicates asked of two fields."""

    def __init__(self, field: str, other: str) -> None:
        self.field = field
        self.other = other
        self.fields = (field, other)
        self.asked: dict[Predicate, int] = {}

    def number(self, predicate: Predicate) -> int:
        """Return the number of a predicate, new or known."""
        return self.asked.setdefault(predicate, len(self.asked))

    def weigh(self, number: int) -> float:
        """Return a guess of how often a predicate holds."""
        return 0.1 if number < len(self.asked) else 0.0

    def answers(self, look: Look) -> Answers:
        """Return the answer of each row."""
        left, one = look.field(self.field)
        right, other = look.field(self.other)
        if (left is None and one is None) or (right is None and other is None):
            return NOTHING
        lefts = [one] * len(look) if left is None else left
        rights = [other] * len(look) if right is None else right
        return [self.of_pair(a, b) for a, b in zip(lefts, rights, strict=True)]

    def of_pair(self, left: Any, right: Any) -> Held:
        """Return the answer to two values."""
        if left is None or right is None:
            return NOTHING
        return frozenset(number for predicate, number in self.asked.items() if same(predicate, left, right))
