"""Keywords: patterns searched anywhere in a raw record, and first the texts that each record with one holds."""

import re
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from typing import Any, AnyStr

from tocsin.match.sigma.expression import Keyword
from tocsin.match.sigma.literals import Engine, hyperscan
from tocsin.match.sigma.look import Look
from tocsin.match.sigma.predicate import Test, fits, test, text_of
from tocsin.match.sigma.questions import NOTHING, Answers

PAYS = 1 << 20  # characters of records, from which on a database of keywords' texts is cheaper than to build it
_LOWERED = {"\u0130", "\u212a"}  # the letters beyond ASCII that are lowered to letters of ASCII


class KeywordSlot:
    r"""Keywords, searched in the raw records.

    Where records are objects, they are searched in their values as well.
    The raw text of an object may write a value with escapes (`C:\\Windows`), so the values count too.
    """

    fields = ()

    def __init__(self, engine: Engine = hyperscan) -> None:
        self.asked: dict[Keyword, int] = {}
        self._tests: list[tuple[str, Keyword, Test]] = []
        self._engine = engine
        self._anchors: Anchors | None = None  # of `_anchored` keywords
        self._anchored = 0
        self._credit = PAYS  # characters of records until a database pays

    def number(self, keyword: Keyword) -> int:
        """Return the number of a keyword, new or known."""
        number = self.asked.get(keyword)
        if number is None:
            number = self.asked[keyword] = len(self.asked)
            pattern = keyword.pattern if keyword.cased else keyword.pattern.lower()
            holds = test(keyword.predicate) if keyword.predicate else fits(pattern)
            self._tests.append((anchor(keyword), keyword, holds))
        return number

    def weigh(self, number: int) -> float:
        """Return a guess of how often a keyword is there."""
        return 0.01 if number < len(self.asked) else 0.0

    def answers(self, look: Look) -> Answers:
        """Return the answer of each row."""
        rows = self._rows_worth(look)
        if not rows:
            return NOTHING
        lows = [look.texts[row].lower() for row in rows]
        whole = "\n".join(lows)
        ends = list(accumulate(len(low) + 1 for low in lows))
        found: dict[int, list[int]] = {}
        for number, (needed, keyword, holds) in enumerate(self._tests):
            for place in _rows(whole, ends, needed) if needed else range(len(lows)):
                row = rows[place]
                raw = keyword.cased or keyword.predicate is not None
                if holds(look.texts[row] if raw else lows[place]) or _in_values(look, row, holds, lower=not raw):
                    found.setdefault(row, []).append(number)
        if not found:
            return NOTHING
        return [frozenset(found[row]) if row in found else NOTHING for row in range(len(look))]

    def _rows_worth(self, look: Look) -> Sequence[int]:
        """Return the rows that may have a keyword; all of them until a database pays."""
        if self._credit > 0:
            self._credit -= sum(map(len, look.texts))
            return range(len(look))
        if self._anchors is None or self._anchored != len(self.asked):
            self._anchors = Anchors(self.asked, self._engine())
            self._anchored = len(self.asked)
        if not self._anchors.is_fast:
            return range(len(look))
        return sorted(self._anchors.rows([text.encode("utf-8", "surrogatepass") for text in look.texts]))


def _in_values(look: Look, row: int, holds: Test, *, lower: bool) -> bool:
    if look.objects is None:
        return False
    text = "\n".join(map(text_of, _values(look.objects[row])))
    return holds(text.lower() if lower else text)


def _values(value: Any) -> Iterable[Any]:
    if isinstance(value, Mapping):
        for inner in value.values():
            yield from _values(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _values(inner)
    elif value is not None:
        yield value


def anchor(keyword: Keyword) -> str:
    """Return the longest text that each raw record with the keyword holds, or nothing."""
    parts = [part for literal in keyword.pattern.literals for part in re.findall(r"[A-Za-z0-9 _.,:;=@#-]+", literal)]
    return max(parts, key=len, default="").lower()


def _rows(whole: AnyStr, ends: Sequence[int], anchor: AnyStr) -> Iterable[int]:
    """Yield the rows of a joined text in which an anchor stands."""
    row = 0
    where = whole.find(anchor)
    while where >= 0:
        while ends[row] <= where:
            row += 1
        yield row
        where = whole.find(anchor, ends[row])


class Anchors:
    """Which raw lines hold an anchor of some keywords, in one pass.

    `module` is Hyperscan's, or None. A keyword without an anchor may stand in any line, and any keyword in a line with
    a letter that would have to be lowered first to show an anchor.
    """

    def __init__(self, keywords: Iterable[Keyword], module: Any) -> None:
        texts = {anchor(keyword) for keyword in keywords}
        self._texts = sorted(text.encode() for text in (texts | _LOWERED if texts else texts))
        self._database = None
        if module is not None and self._texts and all(self._texts):
            size = len(self._texts)
            self._database = module.Database()
            self._database.compile(
                expressions=self._texts, ids=list(range(size)), elements=size,
                flags=[module.HS_FLAG_CASELESS] * size, literal=True,
            )  # fmt: skip

    @property
    def is_fast(self) -> bool:
        """Return whether a database finds them."""
        return self._database is not None

    def rows(self, lines: Sequence[bytes]) -> set[int]:
        """Return the lines that hold one."""
        if not self._texts:
            return set()
        if not all(self._texts):
            return set(range(len(lines)))
        whole = b"\n".join(lines)
        starts = list(accumulate((len(line) + 1 for line in lines), initial=0))
        if self._database is not None:
            ends: set[int] = set()
            self._database.scan(whole, match_event_handler=lambda _id, _from, end, _flags, _context: ends.add(end))
            return {bisect_left(starts, end) - 1 for end in ends}
        low = whole.lower()
        return {row for text in self._texts for row in _rows(low, starts[1:], text)}
