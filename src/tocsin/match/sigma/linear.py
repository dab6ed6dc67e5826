"""Regular expressions searched in time that grows with the text only, whatever the text says.

Python's engine tries ways one after another: `a.*b.*c` in a hostile text of a megabyte takes years. Here all ways go
on at once (Thompson 1968): the set of places in the pattern that a text can have led to is one state, and what each
character makes of a state is computed once. Patterns that look around or back cannot be read so; `automaton` returns
None for them.
"""

import re
from collections.abc import Iterator, Sequence
from enum import IntEnum

import msgspec

from tocsin.match.sigma.regex import ENDLESS, FLAGS, Piece, pieces

MAX_NODES = 10_000  # places in a pattern, its repeats written out
MAX_CELLS = 20_000  # effects of a character on a state that are kept, 100 bytes each; past it all are computed anew
MAX_KNOWN = 4_096  # characters of which is kept what they fit
STEP = 4_096  # characters that are read before it is asked whether the pattern was found

_SCOPED = re.compile(r"\(\?([imsx]*)(?:-([imsx]+))?:")
_NAMED = re.compile(r"\(\?P<\w+>")
_PLACES = frozenset({"^", "$", r"\A", r"\Z", r"\b", r"\B"})


class _Side(IntEnum):
    """What stands beside a place in a text."""

    EDGE = 0  # the beginning or the end
    OTHER = 1
    WORD = 2
    LINE = 3  # the end of a line
    LAST = 4  # the end of the last line, behind which nothing comes


class Node(msgspec.Struct):
    """A place in a pattern.

    Either a character of `atom` leads to `then`, or an assertion does (`holds`: pairs of sides), or all of `then` are
    reached at once.
    """

    then: list[int]
    atom: int = -1
    holds: frozenset[tuple[int, int]] | None = None


class _NotRegularError(Exception):
    """A part of a pattern looks around or back, or is too large."""


def automaton(pattern: str, flags: re.RegexFlag) -> "Automaton | None":
    """Return the automaton of a pattern that compiles.

    None where it has none, or too large a one.
    """
    try:
        return Automaton(_Builder(pattern, flags))
    except (_NotRegularError, RecursionError):
        return None


class _Builder:
    """The places of a pattern, made from its end to its beginning."""

    def __init__(self, pattern: str, flags: re.RegexFlag) -> None:
        if "(?x" in pattern or flags & re.VERBOSE:
            raise _NotRegularError
        self.nodes = [Node([])]  # the first is the end
        self.atoms: list[re.Pattern[str]] = []
        self._known: dict[tuple[str, int], int] = {}
        self.start = self._branches(pieces(pattern), 0, flags)

    def _branches(self, branches: Sequence[Sequence[Piece]], then: int, flags: re.RegexFlag) -> int:
        starts = [self._branch(branch, then, flags) for branch in branches]
        return starts[0] if len(starts) == 1 else self._node(Node(starts))

    def _branch(self, branch: Sequence[Piece], then: int, flags: re.RegexFlag) -> int:
        for piece in reversed(branch):
            then = self._piece(piece, then, flags)
        return then

    def _piece(self, piece: Piece, then: int, flags: re.RegexFlag) -> int:
        if piece.possessive or piece.least > MAX_NODES:
            raise _NotRegularError
        if piece.most == ENDLESS:
            loop = self._node(Node([then]))
            self.nodes[loop].then.append(self._once(piece, loop, flags))
            then = loop
        else:
            end = then
            for _ in range(piece.most - piece.least):
                then = self._node(Node([self._once(piece, then, flags), end]))
        for _ in range(piece.least):
            then = self._once(piece, then, flags)
        return then

    def _once(self, piece: Piece, then: int, flags: re.RegexFlag) -> int:
        if piece.inside is not None:
            return self._branches(piece.inside, then, _inner(piece.atom, flags))
        if piece.atom in _PLACES:
            return self._node(Node([then], holds=_holds(piece.atom, flags)))
        if re.fullmatch(r"\\[1-9]\d?", piece.atom):
            raise _NotRegularError
        return self._node(Node([then], self._atom(piece.atom, flags)))

    def _atom(self, source: str, flags: re.RegexFlag) -> int:
        key = (source, int(flags))
        if key not in self._known:
            self._known[key] = len(self.atoms)
            self.atoms.append(re.compile(source, flags))
        return self._known[key]

    def _node(self, node: Node) -> int:
        if len(self.nodes) >= MAX_NODES:
            raise _NotRegularError
        self.nodes.append(node)
        return len(self.nodes) - 1


def _inner(head: str, flags: re.RegexFlag) -> re.RegexFlag:
    """Return the flags inside a group by how it begins."""
    if not head.startswith("(?") or _NAMED.match(head):
        return flags
    scoped = _SCOPED.match(head)
    if scoped is None or "x" in scoped[0]:
        raise _NotRegularError
    for letter in scoped[1]:
        flags |= FLAGS[letter]
    for letter in scoped[2] or "":
        flags &= ~FLAGS[letter]
    return flags


def _holds(place: str, flags: re.RegexFlag) -> frozenset[tuple[int, int]]:
    """Return between which sides an assertion holds: what is before, and what comes."""
    pairs = ((before, after) for before in _Side for after in _Side)
    return frozenset((int(a), int(b)) for a, b in pairs if _stands(place, a, b, many=bool(flags & re.MULTILINE)))


def _stands(place: str, before: _Side, after: _Side, *, many: bool) -> bool:
    match place:
        case "^":
            return before is _Side.EDGE or (many and before in {_Side.LINE, _Side.LAST})
        case "$":
            return after in {_Side.EDGE, _Side.LAST} or (many and after is _Side.LINE)
        case r"\A":
            return before is _Side.EDGE
        case r"\Z":
            return after is _Side.EDGE
        case r"\B" if before is after is _Side.EDGE:
            return re.search(r"\B", "") is not None  # not before Python 3.14
        case _:
            return ((before is _Side.WORD) == (after is _Side.WORD)) is (place == r"\B")


class Automaton:
    """A pattern whose states are computed as texts ask for them."""

    def __init__(self, built: _Builder) -> None:
        self.size = len(built.nodes)
        self._nodes = built.nodes
        self._atoms = built.atoms
        self._start = built.start
        self._accepts: dict[str, frozenset[int]] = {}
        self._states: dict[tuple[frozenset[int], int], _State] = {}
        self._cells = 0
        self.found = _State(self, frozenset(), 0)

    def search(self, text: str) -> bool:
        """Return whether the pattern is found anywhere in a text."""
        if not text:
            return self._ends(frozenset(), _Side.EDGE)
        found = self.found
        last = len(text) - 1
        state = self._state(frozenset(), _Side.EDGE)
        for at in range(0, last, STEP):
            for char in text[at : min(at + STEP, last)]:
                state = state[char]
            if state is found:
                return True
        state = self.after(state.places, state.side, text[last], is_last=text[last] == "\n")
        return state is found or self._ends(state.places, state.side)

    def after(self, places: frozenset[int], side: int, char: str, *, is_last: bool) -> "_State":
        """Return the state after one more character.

        `is_last` is for the line's end that ends the text.
        """
        coming = _Side.LAST if is_last else _side(char)
        reached = set(self._closure((*places, self._start), side, coming))
        if 0 in reached:
            return self.found
        accepts = self._accepted(char)
        then = frozenset(self._nodes[one].then[0] for one in reached if self._nodes[one].atom in accepts)
        return self._state(then, coming)

    def keep(self) -> None:
        """Count one more effect that is kept.

        Past the bound all states are forgotten but the one that is being read.
        """
        self._cells += 1
        if self._cells > MAX_CELLS:
            self._cells = 0
            for state in self._states.values():
                state.clear()
            self._states.clear()
            self.found.clear()

    def _ends(self, places: frozenset[int], side: int) -> bool:
        return 0 in set(self._closure((*places, self._start), side, _Side.EDGE))

    def _state(self, places: frozenset[int], side: int) -> "_State":
        state = self._states.get((places, side))
        if state is None:
            state = self._states[places, side] = _State(self, places, side)
        return state

    def _accepted(self, char: str) -> frozenset[int]:
        known = self._accepts.get(char)
        if known is None:
            if len(self._accepts) >= MAX_KNOWN:
                self._accepts.clear()
            known = frozenset(number for number, atom in enumerate(self._atoms) if atom.fullmatch(char))
            self._accepts[char] = known
        return known

    def _closure(self, places: Sequence[int], before: int, after: int) -> Iterator[int]:
        """Yield the places that are reached without reading on, by what stands at both sides."""
        seen: set[int] = set()
        todo = list(places)
        while todo:
            one = todo.pop()
            if one in seen:
                continue
            seen.add(one)
            node = self._nodes[one]
            if node.atom >= 0 or not one:
                yield one
            elif node.holds is None or (before, after) in node.holds:
                todo.extend(node.then)


class _State(dict[str, "_State"]):
    """A state: by character, which comes next."""

    __slots__ = ("_owner", "places", "side")

    def __init__(self, owner: Automaton, places: frozenset[int], side: int) -> None:
        super().__init__()
        self._owner = owner
        self.places = places
        self.side = side

    def __missing__(self, char: str) -> "_State":
        owner = self._owner
        made = self if self is owner.found else owner.after(self.places, self.side, char, is_last=False)
        owner.keep()
        self[char] = made
        return made


def _side(char: str) -> _Side:
    if char == "\n":
        return _Side.LINE
    return _Side.WORD if char == "_" or char.isalnum() else _Side.OTHER
