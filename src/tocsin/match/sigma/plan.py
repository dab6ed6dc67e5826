"""Plans: the rules that look at one kind of row, made ready to be asked.

What all rows share is folded away. Of the rules that are left, each names atoms of which one holds in every match (the
rarest it has): so the answers of a row point to the few rules that are worth asking. What a tuple of answers matches is
kept, and rows that answer alike are asked once.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import repeat
from typing import Any, TypeVar

from tocsin.match.sigma.expression import Exists, Expression, Keyword, Leaf
from tocsin.match.sigma.keywords import KeywordSlot
from tocsin.match.sigma.literals import Engine, hyperscan
from tocsin.match.sigma.look import Look
from tocsin.match.sigma.nodes import All, Contrary, Holds, Least, Need, Node, One, fold, holds, need, node
from tocsin.match.sigma.questions import NOTHING, Answers, Held
from tocsin.match.sigma.slots import ExistsSlot, FieldSlot, Memo, PairSlot, Room

MAX_RESIDUES = 64  # of a plan: what tables of one log source share is nearly always the same
TUPLE = 4  # values that are kept take as much memory as one tuple of answers

Slot = FieldSlot | ExistsSlot | PairSlot | KeywordSlot
S = TypeVar("S", FieldSlot, ExistsSlot, PairSlot, KeywordSlot)


class Plan:
    """The rules that look at one log source."""

    def __init__(self, rules: Sequence[tuple[int, Expression]], room: Room, engine: Engine = hyperscan) -> None:
        self.indexes = [index for index, _ in rules]
        self.slots: list[Slot] = []
        self.room = room
        self.engine = engine
        self._where: dict[Any, int] = {}
        self._has_keyword = False
        self.with_keywords: list[Node] = []
        self.nodes = [self._node(expression) for _, expression in rules]
        self.fields = frozenset(name for slot in self.slots for name in slot.fields)
        self._residues: dict[tuple[tuple[int, Held], ...], Residue] = {}
        self._needs: dict[int, tuple[Node, Need | None]] = {}

    def run(self, look: Look) -> Iterator[tuple[int, int]]:
        """Yield (rule index, row) of each match, in the order of rows."""
        fixed: dict[int, Held] = {}
        for place, slot in enumerate(self.slots):
            if isinstance(slot, FieldSlot) and not slot.names.isdisjoint(look.table.same):
                column, shared = look.field(slot.field)
                if column is None and shared is not None:
                    fixed[place] = slot.of_value(shared)
        left = self.residue(fixed)
        if not left.is_empty:
            yield from left.run({place: self.slots[place].answers(look) for place in left.slots}, len(look))

    def residue(self, fixed: Mapping[int, Held], of: "Residue | None" = None) -> "Residue":
        """Return what is left of the rules where some slots answer alike for all rows.

        `of` is what was left where fewer of them were known.
        """
        key = tuple(sorted(fixed.items(), key=lambda item: item[0]))
        found = self._residues.get(key)
        if found is None:
            if len(self._residues) >= MAX_RESIDUES:
                self._residues.clear()
                self._needs.clear()
            found = self._residues[key] = Residue(self, fixed, of)
        return found

    def need(self, whole: Node) -> Need | None:
        """Return atoms of which one holds wherever a node does; None where there are none."""
        found = self._needs.get(id(whole))
        if found is None or found[0] is not whole:  # a node of many residues is asked once; another's id may be reused
            found = self._needs[id(whole)] = (whole, need(whole, self._weigh))
        return found[1]

    def _weigh(self, slot: int, number: int) -> float:
        """Return a guess of how often an atom holds: of texts, the longer the rarer."""
        return self.slots[slot].weigh(number)

    def _node(self, expression: Expression) -> Node:
        self._has_keyword = False
        made = node(expression, self._place)
        if self._has_keyword:
            self.with_keywords.append(made)
        return made

    def _place(self, leaf: Leaf) -> tuple[int, int]:
        if isinstance(leaf, Exists):
            return self._slot(("exists", leaf.field), lambda: ExistsSlot(leaf.field))[0], 0
        if isinstance(leaf, Keyword):
            self._has_keyword = True
            where, keywords = self._slot("keywords", lambda: KeywordSlot(self.engine))
            return where, keywords.number(leaf)
        if leaf.other:
            where, pair = self._slot(("pair", leaf.field, leaf.other), lambda: PairSlot(leaf.field, leaf.other))
            return where, pair.number(leaf.predicate)
        where, field = self._slot(leaf.field, lambda: FieldSlot(leaf.field, self.room, self.engine))
        return where, field.number(leaf.predicate)

    def _slot(self, key: Any, make: Callable[[], S]) -> tuple[int, S]:
        where = self._where.get(key)
        if where is None:
            where = self._where[key] = len(self.slots)
            self.slots.append(make())
        return where, self.slots[where]  # type: ignore[return-value]  # the key says which slot it is


class Residue(Memo):
    """The rules of a plan that can still match.

    As a dict, what each tuple of answers matches.
    """

    def __init__(self, plan: Plan, fixed: Mapping[int, Held], of: "Residue | None" = None) -> None:
        super().__init__()
        self._plan = plan
        plan.room.share(self)
        rules: Iterable[tuple[int, Node]] = zip(plan.indexes, plan.nodes, strict=True) if of is None else of.rules
        folded = ((index, fold(whole, fixed)) for index, whole in rules)
        self.rules: list[tuple[int, Node]] = [(index, left) for index, left in folded if left is not False]
        used: set[int] = set()
        for _, left in self.rules:
            add_slots(left, used)
        self.slots = sorted(used)
        self._holds: dict[int, Holds] = {}
        self._worth: dict[int, dict[int, list[int]]] | None = None  # by slot and number, the rules worth asking
        self._always: list[int] = []

    @property
    def is_empty(self) -> bool:
        """Return whether no rule can match."""
        return not self.rules

    def run(self, answers: Mapping[int, Answers], rows: int) -> Iterator[tuple[int, int]]:
        """Yield (rule index, row) of each match; `answers` are by slot."""
        used = [answers[slot] for slot in self.slots]
        if all(isinstance(held, frozenset) for held in used):
            found: tuple[int, ...] = self[tuple(used)] if self.rules else ()
            yield from ((rule, row) for row in range(rows) for rule in found)
            return
        columns = [repeat(held, rows) if isinstance(held, frozenset) else held for held in used]
        for row, found in enumerate(map(self.__getitem__, zip(*columns, strict=False))):
            if found:
                yield from ((rule, row) for rule in found)

    def __missing__(self, key: tuple[Held, ...]) -> tuple[int, ...]:
        answers: list[Held] = [NOTHING] * len(self._plan.slots)
        worth = self._pointers()
        asked = set(self._always)
        for slot, held in zip(self.slots, key, strict=True):
            answers[slot] = held
            if held and (by_number := worth.get(slot)):
                for number in held:
                    asked.update(by_number.get(number, ()))
        found = tuple(self.rules[place][0] for place in sorted(asked) if self._asks(place)(answers))
        self._plan.room.take(TUPLE)
        self[key] = found
        return found

    def _asks(self, place: int) -> Holds:
        made = self._holds.get(place)
        if made is None:
            made = self._holds[place] = holds(self.rules[place][1])
        return made

    def _pointers(self) -> dict[int, dict[int, list[int]]]:
        if self._worth is None:
            self._worth = {}
            for place, (_, left) in enumerate(self.rules):
                needed = self._plan.need(left)
                if needed is None:
                    self._always.append(place)
                for slot, number in needed[1] if needed is not None else ():
                    self._worth.setdefault(slot, {}).setdefault(number, []).append(place)
        return self._worth


def add_slots(whole: Node, to: set[int]) -> None:
    """Add the slots that a node asks."""
    if isinstance(whole, Least):
        for part in whole.parts:
            add_slots(part, to)
    elif isinstance(whole, One | All):
        to.add(whole.slot)
    elif isinstance(whole, Contrary):
        add_slots(whole.part, to)
