"""Predicates: what a rule asks of one value.

A value is a text, number, boolean, null, or a list of these; a list satisfies what one of its members satisfies. All
comparisons but `lt` and its like are of texts: numbers and booleans are compared as they are written in JSON, objects
as compact JSON. Texts compare without case by `str.lower` unless the rule says `cased`.
"""

import operator
from collections.abc import Callable, Sequence
from enum import StrEnum
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

import msgspec

from tocsin.match.sigma.moment import asks
from tocsin.match.sigma.search import searches
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
    TIME = "time"  # of a part of the moment that a value writes


class Predicate(
    msgspec.Struct, frozen=True, gc=False, array_like=True
):  # no cycle can form; the collector takes a tenth of loading
    """One question to one value; equal questions are equal records.

    What fills it depends on `ask`.
    """

    ask: Ask
    pattern: Pattern = Pattern(())
    cased: bool = False
    source: str = ""  # a regular expression, a network, a part of a moment, or how a fieldref compares
    flags: str = ""  # of a regular expression; of a part of a moment how it compares, nothing for equal
    number: float = 0.0


Test = Callable[[str], bool]
MAPPED = 96  # bits before an IPv4 address inside IPv6 (RFC 4291, 2.5.5.2)


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
    """Return the function that asks a predicate of a text.

    It is not for CIDR, NULL and SAME. A TEXT that is not cased asks of a text in lower case.
    """
    match predicate.ask:
        case Ask.TEXT:
            return fits(predicate.pattern if predicate.cased else predicate.pattern.lower())
        case Ask.REGEX:
            return searches(predicate.source, predicate.flags)
        case Ask.TIME:
            return asks(predicate.source, _comparison(predicate.flags, predicate.number))
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
    """Return the network that a text writes; raises ValueError.

    One of IPv4 addresses inside IPv6 counts as IPv4, as such addresses do.
    """
    if ":" in source:
        network = IPv6Network(source, strict=False)
        inner = network.network_address.ipv4_mapped
        if inner is None or network.prefixlen < MAPPED:
            return network
        return IPv4Network((inner, network.prefixlen - MAPPED))
    return IPv4Network(source, strict=False)


def _comparison(ask: str, bound: float) -> Callable[[float], bool]:
    """Return whether a number compares with a bound as asked; nothing asked is equality."""
    return {"lt": bound.__gt__, "lte": bound.__ge__, "gt": bound.__lt__, "gte": bound.__le__}.get(ask, bound.__eq__)


def _number_test(predicate: Predicate) -> Test:
    compare = _comparison(predicate.ask, predicate.number)

    def compares(text: str) -> bool:
        number = number_of(text)
        return number is not None and compare(number)

    return compares


def same(predicate: Predicate, left: Any, right: Any) -> bool:
    """Return whether a member of one value fits a member of another.

    It equals, contains, starts or ends with it, or is the smaller or greater number, as the predicate asks.
    """
    fits_it = _PAIRS[predicate.source]
    for one in members(left):
        for other in members(right):
            a, b = text_of(one), text_of(other)
            if not predicate.cased:
                a, b = a.lower(), b.lower()
            if fits_it(a, b):
                return True
    return False


def _numbers(compare: Callable[[float, float], bool]) -> Callable[[str, str], bool]:
    def compares(left: str, right: str) -> bool:
        one, other = number_of(left), number_of(right)
        return one is not None and other is not None and compare(one, other)

    return compares


_PAIRS: dict[str, Callable[[str, str], bool]] = {
    "": str.__eq__,
    "contains": str.__contains__,
    "startswith": str.startswith,
    "endswith": str.endswith,
    "lt": _numbers(operator.lt),
    "lte": _numbers(operator.le),
    "gt": _numbers(operator.gt),
    "gte": _numbers(operator.ge),
}
