"""A sieve before the matcher: which raw lines of Windows events some rule may match, at the cost of a narrow decoding.

What falls through is counted by its kind and looked at no further. What is let through is looked at whole: decoded,
parsed and matched in the ordinary way, which alone says what matches. So the sieve needs no answer of its own for a
line that it does not know; it must only let through each that matches.

A line's event id and channel are decoded first; what is done with the lines of one such kind stands in sieve_kind.py.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from operator import attrgetter

import msgspec

from tocsin.kit.sift import Counted, Sifted
from tocsin.match.sigma.expression import Keyword
from tocsin.match.sigma.keywords import Anchors
from tocsin.match.sigma.matcher import Matcher
from tocsin.match.sigma.sieve_ask import Flatten, Parser, decoded
from tocsin.match.sigma.sieve_kind import FIRST, KEYS, Kind

MAX_KINDS = 1024  # of events; lines of more kinds than that are looked at whole
Key = tuple[int | str | None, str | None, str | None]


class _Head(msgspec.Struct, gc=False):
    """What says of which kind a line is."""

    EventID: int | str | None = None
    Channel: str | None = None
    EventType: str | None = None


class _Any(msgspec.Struct, gc=False):
    """Any object."""


_NO_HEAD = _Head()  # of a line that is none, or that names its kind in another way
_HEADS = msgspec.json.Decoder(_Head)
_NO_OBJECT = _Any()
_OBJECT = msgspec.json.Decoder(_Any)
_KEY = attrgetter(*_Head.__struct_fields__)
_ROUTES = KEYS | {"TimeCreated"}  # what a parser may tell kinds apart by


class Sieve:
    """A sieve for lines of flat Windows events, one event a line.

    `flatten` is what the parser does to each record. `seen` counts the lines of each kind. `times` are the names under
    which a record's time may stand, the surest first, each with what is written behind it; `barred` those by which
    other parsers know their records: a line with all names of one is looked at whole.

    A line in which a name stands twice counts as what the last one says, as decoders have it; looked at whole, it is
    refused.
    """

    def __init__(
        self,
        matcher: Matcher,
        flatten: Flatten,
        times: Mapping[str, str] | None = None,
        barred: Sequence[AbstractSet[str]] = (frozenset({"winlog"}), frozenset({"Event"})),
    ) -> None:
        self.seen: Counter[str] = Counter()
        self._matcher = matcher
        self._flatten = flatten
        self._times = times or {}
        self._barred = barred
        self._kinds: dict[Key, Kind | None] = {}
        self._anchors: dict[frozenset[Keyword], Anchors] = {}

    def rows(self, lines: Sequence[bytes]) -> list[int]:
        """Return the rows, ascending, that must be looked at whole."""
        return sorted(self._whole(lines, decoded(_HEADS, lines, _NO_HEAD), []))

    def sift(self, lines: Sequence[bytes]) -> Sifted | None:
        """Return what becomes of lines.

        None if one of them is no object, and so may be a part of one.
        """
        heads = decoded(_HEADS, lines, _NO_HEAD)
        if _NO_HEAD in heads and not all(_is_object(lines[row]) for row, head in enumerate(heads) if head is _NO_HEAD):
            return None
        counted: list[Counted] = []
        return Sifted(sorted(self._whole(lines, heads, counted)), counted)

    def _whole(self, lines: Sequence[bytes], heads: Sequence[_Head], counted: list[Counted]) -> Iterator[int]:
        """Yield the rows that must be looked at whole, and add what tells of the others."""
        groups, others = _by_kind(heads)
        yield from others
        kinds: list[tuple[Kind, list[int]]] = []
        asking: dict[frozenset[Keyword], list[int]] = {}
        for key, rows in groups.items():
            kind = self._kind(key)
            if kind is None:
                yield from rows
                continue
            self.seen[kind.what] += len(rows)
            kinds.append((kind, rows))
            kind.get_ready([lines[row] for row in rows[:FIRST]])
            asking.setdefault(kind.keywords, []).extend(rows)
        found = {keywords: self._with_keyword(lines, rows, keywords) for keywords, rows in asking.items() if keywords}
        for kind, rows in kinds:
            keywords = kind.keywords
            its = found.get(keywords)
            sure = {place for place, row in enumerate(rows) if row in its} if its else set()
            whole, told = kind.rows([lines[row] for row in rows], sure)
            if kind.keywords != keywords:  # it has learned of others
                whole = set(range(len(rows)))
            yield from (rows[place] for place in whole)
            if len(whole) < len(rows):
                counted.append(
                    Counted(
                        what=kind.what, logsource=kind.logsource, code=kind.code or "", rows=len(rows) - len(whole),
                        ends=[(clock, micros, rows[place]) for clock, micros, place in told],
                    )
                )  # fmt: skip

    def _kind(self, key: Key) -> Kind | None:
        if key not in self._kinds:
            if len(self._kinds) >= MAX_KINDS:
                return None
            self._kinds[key] = self._new(key)
        return self._kinds[key]

    def _new(self, key: Key) -> Kind | None:
        names = zip(_Head.__struct_fields__, key, strict=True)
        parser = Parser(self._flatten, {name: value for name, value in names if value is not None})
        table = parser.table([{}])
        if table is None or not parser.reads <= _ROUTES:
            return None
        made = Kind(parser, self._matcher, table, self._times, self._barred)
        return None if self._times and made.code is None else made

    def _with_keyword(self, lines: Sequence[bytes], rows: Sequence[int], keywords: frozenset[Keyword]) -> set[int]:
        """Return those rows in which a keyword may stand: where none of its texts does, no keyword does."""
        anchors = self._anchors.get(keywords)
        if anchors is None:
            anchors = self._anchors[keywords] = Anchors(keywords, self._matcher.engine())
        return {rows[place] for place in anchors.rows([lines[row] for row in rows])}


def _by_kind(heads: Sequence[_Head]) -> tuple[dict[Key, list[int]], list[int]]:
    """Return the rows of each kind, and those that no kind can be told of."""
    groups: defaultdict[Key, list[int]] = defaultdict(list)
    for row, key in enumerate(map(_KEY, heads)):
        groups[key].append(row)
    others = [row for key in list(groups) if key[0] is None or not key[1] for row in groups.pop(key)]
    return groups, others


def _is_object(line: bytes) -> bool:
    return decoded(_OBJECT, [line], _NO_OBJECT)[0] is not _NO_OBJECT
