"""Predicates: what a rule asks of one value.

A value is a text, number, boolean, null, or a list of these; a list satisfies what one of its members satisfies. All
comparisons but `lt` and its like are of texts: numbers and booleans are compared as they are written in JSON, objects
as compact JSON. Texts compare without case by `str.lower` unless the rule says `cased`.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

import msgspec

from tocsin.match.sigma.regex import MAX_VALUE, compiled
from tocsin.match.sigma.text import MANY, Glob, Pattern

Network = IPv4Network | IPv6Network


class Ask(StrEnum):
    """The ways of asking."""

    TEXT = "text"
    REGEX = "re"
    CIDR = "cidr"
    LT = "lt"
    LTE = "lte"
    GT = "gt"
    GTE = "gte"
    NULL = "null"
    SAME = "fieldref"  # of a pair of values


class Predicate(msgspec.Struct, frozen=True):
    """One question to one value; equal questions are equal records.

    What fills it depends on `ask`.
    """

    ask: Ask
    pattern: Pattern = Pattern(())
    cased: bool = False
    source: str = ""  # a regular expression, a network, or the ends of a fieldref (`contains`, `startswith`...)
    flags: str = ""
    number: float = 0.0


Test = Callable[[str], bool]


def text_of(value: Any) -> str:
    """Return a value as a rule sees it; a whole float has no fraction."""
    if isinstance(value, str):
        return value
    if value is True or value is False:
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, int | float):
        return str(value)
    return msgspec.json.encode(value, enc_hook=str).decode()


def members(value: Any) -> Sequence[Any]:
    """Return the members of a list that are not null.

    One value counts as a list; nothing for null.
    """
    if value is None:
        return ()
    if isinstance(value, list | tuple):
        return [member for member in value if member is not None]
    return (value,)


def number_of(text: str) -> float | None:
    """Return the number that a text writes, or None; `nan` is no number."""
    try:
        number = float(text)
    except ValueError:
        return None
    return None if number != number or "_" in text else number  # noqa: PLR0124  # nan is not itself


def address_of(text: str) -> IPv4Address | IPv6Address | None:
    """Return the address that a text writes, or None.

    An IPv4 address inside IPv6 counts as IPv4.
    """
    try:
        address = ip_address(text.strip())
    except ValueError:
        return None
    if isinstance(address, IPv6Address):
        return address.ipv4_mapped or IPv6Address(int(address))
    return address


def test(predicate: Predicate) -> Test:
    """Return the function that asks a TEXT, REGEX or numeric predicate of a text.

    A TEXT that is not cased asks of a text in lower case.
    """
    match predicate.ask:
        case Ask.TEXT:
            return fits(predicate.pattern if predicate.cased else predicate.pattern.lower())
        case Ask.REGEX:
            search = compiled(predicate.source, predicate.flags).search
            return lambda text: search(text[:MAX_VALUE]) is not None
        case _:
            return _number_test(predicate)


def fits(pattern: Pattern) -> Test:
    """Return the cheapest function that tells whether a whole text is of a pattern."""
    tokens = pattern.tokens
    plain = pattern.plain
    if plain is not None:
        return plain.__eq__
    if tokens == (MANY,):
        return _always
    if len(tokens) == 3 and tokens[0] == tokens[2] == MANY and isinstance(inner := tokens[1], str):
        return lambda text: inner in text
    if len(tokens) == 2 and tokens[0] == MANY and isinstance(tail := tokens[1], str):
        return lambda text: text.endswith(tail)
    if len(tokens) == 2 and tokens[1] == MANY and isinstance(head := tokens[0], str):
        return lambda text: text.startswith(head)
    return Glob(pattern).fits


def _always(text: str) -> bool:
    return isinstance(text, str)


def network_of(source: str) -> Network:
    """Return the network that a text writes; raises ValueError."""
    if ":" in source:
        return IPv6Network(source, strict=False)
    return IPv4Network(source, strict=False)


def _number_test(predicate: Predicate) -> Test:
    bound = predicate.number
    compare: Callable[[float], bool] = {
        Ask.LT: bound.__gt__,
        Ask.LTE: bound.__ge__,
        Ask.GT: bound.__lt__,
        Ask.GTE: bound.__le__,
    }[predicate.ask]

    def compares(text: str) -> bool:
        number = number_of(text)
        return number is not None and compare(number)

    return compares


def same(predicate: Predicate, left: Any, right: Any) -> bool:
    """Return whether a member of one value fits a member of another.

    It equals, contains, starts or ends with it, as the predicate asks.
    """
    for one in members(left):
        for other in members(right):
            a, b = text_of(one), text_of(other)
            if not predicate.cased:
                a, b = a.lower(), b.lower()
            if _ENDS[predicate.source](a, b):
                return True
    return False


_ENDS: dict[str, Callable[[str, str], bool]] = {
    "": str.__eq__,
    "contains": str.__contains__,
    "startswith": str.startswith,
    "endswith": str.endswith,
}
