"""What a parser and the rules agree on before records are parsed: which of them may be passed over.

A parser that makes each record flat by itself says so. Rules can then look at raw lines in its place: those that none
of them can match are counted, and only the others are parsed.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import msgspec

from tocsin.kit.parse import LogSource, ParserFunction

F = TypeVar("F", bound=ParserFunction)


class Counted(msgspec.Struct, frozen=True, kw_only=True):
    """Rows of one kind that no rule can match: they were counted, and not read whole.

    `code` is their event code. `ends` are the times of the first and last: how they were written and microseconds (as
    in formats/clock.py), and the record's number.
    """

    what: str
    logsource: LogSource
    code: str
    rows: int
    ends: Sequence[tuple[str, int, int]] = ()


class Sifted(msgspec.Struct, frozen=True):
    """What became of raw records before they are parsed.

    `whole` are the places, ascending, of those that must be read whole; `counted` tells of all others.
    """

    whole: Sequence[int]
    counted: Sequence[Counted]


class Flattening(msgspec.Struct, frozen=True):
    """How a parser of objects reads each record, whatever others stand beside it.

    `flatten` makes a record flat, or knows none in it; tables are made of flat ones by formats/windows_tables.py.
    `times` are the names under which a record's time may stand, the surest first, each with what is written behind it.
    """

    flatten: Callable[[Mapping[str, Any]], dict[str, Any] | None]
    times: Mapping[str, str]


Sift = Callable[[Sequence[bytes]], Sifted | None]  # None: one of the lines is no object


def record_by_record(flattening: Flattening) -> Callable[[F], F]:
    """Say that a parser makes of each record what a flattening does.

    So rules can look before it is parsed.
    """

    def attach(function: F) -> F:
        function.__flattening__ = flattening  # type: ignore[attr-defined]  # a mark on a function
        return function

    return attach
