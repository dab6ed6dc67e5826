"""Parsers as a worker holds them: what they declare, and how a record finds its own."""

import re
from collections.abc import Iterable, Sequence
from enum import IntEnum

import msgspec

from tocsin.kit import declared
from tocsin.kit.parse import ParserFunction
from tocsin.kit.sift import Flattening

MAX_SHAPES = 8192  # sets of names whose parsers are kept


class Fit(IntEnum):
    """Whether records with some names have a parser's keys.

    Those within others show in each record only.
    """

    NO = 0
    PERHAPS = 1
    YES = 2


class Parser(msgspec.Struct, frozen=True):
    """A parser as it is used here: its function and what its declaration says."""

    name: str
    read: ParserFunction
    frame: str
    within: str
    like: str
    looks: re.Pattern[str] | None
    looks_within: re.Pattern[str] | None
    programs: frozenset[str]
    keys: tuple[str, ...]
    weight: int
    flattening: Flattening | None = None


def parser_of(function: ParserFunction) -> Parser:
    """Return a plug-in's function as a parser; raises PluginError when it is none."""
    declaration = declared(function)
    says = declaration.says
    looks = says.get("looks")
    within = says.get("looks_within", looks)
    return Parser(
        name=declaration.name,
        read=function,
        frame=says.get("frame", ""),
        within=says.get("within", ""),
        like=says.get("like", ""),
        looks=re.compile(looks) if looks else None,
        looks_within=re.compile(within) if within else None,
        programs=frozenset(says.get("programs", ())),
        keys=tuple(says.get("keys", ())),
        weight=says.get("weight", 10),
        flattening=getattr(function, "__flattening__", None),
    )


class Choice:
    """Parsers told apart by one alternation of what their records look like.

    With `is_within` it is what stands in another's records that is looked at. The weightier stand first, then they go
    by name.
    The empty group behind each alternative closes last, so `lastgroup` names it.
    """

    def __init__(self, parsers: Iterable[Parser], *, is_within: bool = False) -> None:
        self.parsers = sorted((p for p in parsers if p.looks), key=lambda p: (-p.weight, p.name))
        looks = [p.looks_within if is_within else p.looks for p in self.parsers]
        parts = [f"(?:{pattern.pattern})(?P<p{n}>)" for n, pattern in enumerate(looks) if pattern]
        self.pattern = re.compile("|".join(parts)) if parts else None

    def pick(self, texts: Sequence[str], rows: Iterable[int]) -> tuple[dict[int, list[int]], list[int]]:
        """Return rows by the place of the parser they look like; those of none."""
        chosen: dict[int, list[int]] = {}
        rest: list[int] = []
        if self.pattern is None:
            return chosen, list(rows)
        every = list(rows)
        named: dict[str, list[int]] = {}
        for row, found in zip(every, map(self.pattern.match, [texts[row] for row in every]), strict=True):
            if found is None or found.lastgroup is None:
                rest.append(row)
            elif (mine := named.get(found.lastgroup)) is None:
                named[found.lastgroup] = [row]
            else:
                mine.append(row)
        chosen.update((int(name[1:]), found_rows) for name, found_rows in named.items())
        return chosen, rest


class Parsers:
    """All parsers, ready to read blocks; made once in each worker."""

    def __init__(self, functions: Iterable[ParserFunction]) -> None:
        self.all = {p.name: p for p in (parser_of(f) for f in functions)}
        self.lines = [p for p in self.all.values() if p.frame == "lines"]
        self.choice = Choice(self.lines)
        self.objects: dict[str, list[Parser]] = {}
        self.inner: dict[str, list[Parser]] = {}
        for parser in sorted(self.all.values(), key=lambda p: (-p.weight, p.name)):
            if parser.frame and parser.frame != "lines":
                self.objects.setdefault(parser.frame, []).append(parser)
            if parser.within:
                self.inner.setdefault(parser.within, []).append(parser)
        self.inner_choice = {
            within: Choice((p for p in found if not p.programs), is_within=True) for within, found in self.inner.items()
        }
        self.by_program: dict[str, dict[str, list[Parser]]] = {}
        for within, found in self.inner.items():
            programs = self.by_program.setdefault(within, {})
            for parser in found:
                for program in parser.programs:
                    programs.setdefault(program, []).append(parser)
        self._fitting: dict[tuple[str, tuple[str, ...]], Sequence[Fit]] = {}

    def flattening(self) -> tuple[Flattening, Sequence[frozenset[str]]] | None:
        """Return how a parser of JSON reads each record, of the first that says so.

        With it comes what goes to others before it: what has all of some names. None where there is no such parser, or
        where names do not tell its records.
        """
        found = self.objects.get("json", ())
        for place, parser in enumerate(found):
            if parser.flattening is not None and parser.name not in self.inner and not parser.like:
                keys = [set(other.keys) - set(parser.keys) for other in found[:place]]
                if all(keys):
                    return parser.flattening, [frozenset(key.partition(".")[0] for key in names) for names in keys]
        return None

    def fitting(self, frame: str, names: tuple[str, ...]) -> Sequence[Fit]:
        """Return for each parser of a frame whether records with some names have its keys."""
        found = self._fitting.get((frame, names))
        if found is None:
            if len(self._fitting) >= MAX_SHAPES:
                self._fitting.clear()
            has = frozenset(names)
            found = [_fit(parser.keys, has) for parser in self.objects.get(frame, ())]
            self._fitting[frame, names] = found
        return found


def _fit(keys: Sequence[str], names: frozenset[str]) -> Fit:
    inner = [key for key in keys if key not in names]
    if any(key.partition(".")[0] not in names or "." not in key for key in inner):
        return Fit.NO
    return Fit.PERHAPS if inner else Fit.YES
