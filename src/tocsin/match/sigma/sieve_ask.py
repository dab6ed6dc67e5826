"""What the sieve asks of lines, of which only the names that an answer reads are given, and how answers are kept."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import Any, TypeVar

import msgspec

from tocsin.formats.windows_event import Flat
from tocsin.formats.windows_tables import batch
from tocsin.kit.parse import Chunk, Columns, Table
from tocsin.match.sigma.look import Look
from tocsin.match.sigma.questions import NOTHING, Held
from tocsin.match.sigma.slots import PAGE, Memo, Room
from tocsin.model.fields import other_names

UNSOUND = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
ABSENT = msgspec.UNSET

Flatten = Callable[[Mapping[str, Any]], Flat | None]
S = TypeVar("S")


def decoded(decoder: "msgspec.json.Decoder[S]", lines: Sequence[bytes], instead: S) -> list[S]:
    """Return what each line decodes to, or what stands in place of one that does not."""
    try:
        return list(map(decoder.decode, lines))
    except UNSOUND:
        return [decoded_one(decoder, line, instead) for line in lines]


def decoded_one(decoder: "msgspec.json.Decoder[S]", line: bytes, instead: S) -> S:
    """Return what a line decodes to, or what stands in place of one that does not."""
    try:
        return decoder.decode(line)
    except UNSOUND:
        return instead


class _Watched(dict[str, Any]):
    """A flat record that notes which names are read."""

    reads: set[str]

    def get(self, name: str, default: Any = None) -> Any:
        self.reads.add(name)
        return super().get(name, default)


class Parser:
    """The parser of one kind of event.

    It is applied to records of which only some names are given.
    """

    def __init__(self, flatten: Flatten, constants: Mapping[str, Any]) -> None:
        self.constants = dict(constants)
        self.reads: set[str] = set()
        self._flatten = flatten
        self._plain = flatten(self.constants)

    def table(self, records: Sequence[Mapping[str, Any]]) -> Table | None:
        """Return the table of records.

        None where the parser does not know them as one kind.
        """
        numbers = range(len(records))
        objects = [{**self.constants, **record} for record in records]
        made = batch(Chunk(path="", texts=[""] * len(records), numbers=numbers, objects=objects), self._watch)
        return made.tables[0] if len(made.tables) == 1 and not made.rest else None

    def makes(self, name: str) -> frozenset[str]:
        """Return the names of a flat record that a name of the raw one has a part in."""
        flat = self._flatten({**self.constants, name: "1"}) or {}
        plain = self._plain or {}
        return frozenset({name, *(one for one, value in flat.items() if one not in plain or plain[one] != value)})

    def derives(self, table: Table) -> Mapping[str, frozenset[str]]:
        """Return the fields that are derived from others.

        With each come the names of a flat record that it reads at first.
        """
        if not isinstance(table.columns, Columns):
            return {}
        reads: dict[str, frozenset[str]] = {}
        for field, read in table.columns.derived.items():
            watched = _Watched(self._plain or {})
            watched.reads = set()
            read(watched)
            reads[field] = frozenset(watched.reads)
        return reads

    def _watch(self, record: Mapping[str, Any]) -> Flat | None:
        flat = self._flatten(record)
        if flat is None:
            return None
        watched = _Watched(flat)
        watched.reads = self.reads
        return watched


class Wider(Exception):
    """A question turns out to read other names too."""


class Question:
    """What is asked of a line, and the names of a flat record that the answer reads."""

    def __init__(self, ask: Callable[[Look], Sequence[Held]], reads: AbstractSet[str]) -> None:
        self.ask = ask
        self.reads = set(reads)
        self.inputs: tuple[str, ...] = ()  # the names of lines that have a part in it


class Answers(Memo):
    """What a question answers to values of its inputs.

    One name's by themselves, several as tuples.
    """

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

    def of(self, keys: Sequence[Any]) -> Sequence[Held]:
        """Return the answer of each row, by its values."""
        found = list(map(self.__getitem__, keys))
        if not self._lacking:
            return found
        lacking, self._lacking = list(self._lacking), {}
        rows = [(key,) for key in lacking] if len(self.names) == 1 else lacking
        records = [{n: v for n, v in zip(self.names, row, strict=True) if v is not ABSENT} for row in rows]
        new = dict(zip(lacking, self._ask(records), strict=True))
        self._room.take(sum(1 + sum(len(v) for v in row if type(v) is str) // PAGE for row in rows))
        self.update(new)
        return [held if held is not NOTHING else new.get(key, held) for key, held in zip(keys, found, strict=True)]


class Sight:
    """Which fields lines have that none of their log source has had so far.

    One line with each is looked at whole.
    `unseen` gives the fields that are still looked for.
    """

    def __init__(self, unseen: Callable[[], AbstractSet[str]], derives: Mapping[str, AbstractSet[str]]) -> None:
        self._unseen = unseen
        self._derives = derives
        self._fields: list[str] = []
        self._blocks = 0
        self.question = Question(self._held, frozenset())

    def questions(
        self, makes: Mapping[str, AbstractSet[str]], names: Callable[[Question], tuple[str, ...]]
    ) -> Sequence[Question]:
        """Return what is to be asked of lines with some names.

        Nothing where they cannot have what is looked for.
        """
        made: AbstractSet[str] = frozenset().union(*makes.values())
        self._fields = [field for field in sorted(self._unseen()) if not self._reads(field).isdisjoint(made)]
        self._blocks = 0
        self.question.reads = set().union(*map(self._reads, self._fields))
        self.question.inputs = names(self.question)
        return [self.question] if self._fields and self.question.inputs else ()

    def _reads(self, field: str) -> AbstractSet[str]:
        """Return the names of a flat record from which a field comes, under any of its own names."""
        names = read_by(field)
        return names.union(*(self._derives[name] for name in names if name in self._derives))

    def rows(self, answers: Sequence[Held]) -> Iterator[int]:
        """Yield a row for each field that is looked for."""
        self._blocks += 1
        if set(answers) == {NOTHING}:
            return
        unseen = self._unseen()
        left = {number for number, field in enumerate(self._fields) if field in unseen}
        for row, held in enumerate(answers):
            if held and not left.isdisjoint(held):
                left -= held
                yield row

    @property
    def is_stale(self) -> bool:
        """Return whether it may pay to ask anew: some fields have been seen since."""
        return self._blocks & (self._blocks - 1) == 0 and not self._unseen() >= set(self._fields)

    def _held(self, look: Look) -> Sequence[Held]:
        found: list[set[int]] = [set() for _ in range(len(look))]
        for number, field in enumerate(self._fields):
            column, _ = look.field(field)
            for row, value in enumerate(column or ()):
                if value is not None:
                    found[row].add(number)
        return [frozenset(one) for one in found]


@lru_cache(maxsize=4096)
def read_by(field: str) -> frozenset[str]:
    """Return the names under which a field is looked for."""
    names = {field, *other_names(field)}
    return frozenset(names | {name.partition(".")[0] for name in names})
