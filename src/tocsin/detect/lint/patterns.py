"""What can be known of two predicates without a value: that one covers the other, or that no value fits both.

Both answers are safe: False means perhaps. One value is meant; a field that holds a list may satisfy two predicates by
two of its members.
"""

import re
from collections.abc import Callable, Mapping

from tocsin.detect.lint.remark import q
from tocsin.match.sigma.predicate import Ask, Predicate, address_of, network_of, number_of
from tocsin.match.sigma.text import DASH, MANY, ONE, Glob, Pattern

BOUNDS = frozenset({Ask.LT, Ask.LTE, Ask.GT, Ask.GTE})
_MANY_SIGN = "\ue000"  # private: stands for what a `*` of the other pattern may be
_ONE_SIGN = "\ue001"
_ANY = Pattern((MANY,))


def covers(wide: Predicate, narrow: Predicate) -> bool:
    """Return whether each value that fits `narrow` surely fits `wide`."""
    if wide == narrow:
        return True
    return _COVERS.get((wide.ask, narrow.ask), _never)(wide, narrow)


def disjoint(one: Predicate, other: Predicate) -> bool:
    """Return whether surely no value fits both."""
    if one == other:
        return False
    if Ask.NULL in {one.ask, other.ask}:
        return one.ask is not other.ask and {one.ask, other.ask} <= _KNOWN
    check = _DISJOINT.get((one.ask, other.ask))
    if check is not None:
        return check(one, other)
    check = _DISJOINT.get((other.ask, one.ask), _never)
    return check(other, one)


def fits_all(predicate: Predicate) -> bool:
    """Return whether every value fits, null apart."""
    if predicate.ask is Ask.TEXT:
        return predicate.pattern == _ANY
    return predicate.ask is Ask.REGEX and predicate.source in {"", ".*", "^.*", ".*$", "^.*$", "^", "$"}


def shown(predicate: Predicate) -> str:
    """Return a predicate as people write it."""
    if predicate.ask is Ask.TEXT:
        signs = {MANY: "*", ONE: "?", DASH: "-"}
        return q("".join(signs[t] if isinstance(t, int) else t for t in predicate.pattern.tokens))
    if predicate.ask is Ask.NULL:
        return "null"
    if predicate.ask in BOUNDS:
        signs_of = {Ask.LT: "<", Ask.LTE: "<=", Ask.GT: ">", Ask.GTE: ">="}
        return f"{signs_of[predicate.ask]} {predicate.number:g}"
    return q(predicate.source)


def _never(_one: Predicate, _other: Predicate) -> bool:
    return False


def _text_covers(wide: Predicate, narrow: Predicate) -> bool:
    if wide.cased and not narrow.cased:
        return wide.pattern == _ANY
    w, n = (wide.pattern, narrow.pattern) if wide.cased else (wide.pattern.lower(), narrow.pattern.lower())
    if w in (n, _ANY):
        return True
    if DASH in n.tokens or DASH in w.tokens or ONE in w.tokens:
        return False
    signs = {MANY: _MANY_SIGN, ONE: _ONE_SIGN}
    text = "".join(signs[t] if isinstance(t, int) else t for t in n.tokens)
    return Glob(w).fits(text)


def _texts_disjoint(one: Predicate, other: Predicate) -> bool:
    a, b = _folded(one, other)
    if a.plain is not None and DASH not in b.tokens:
        return not Glob(b).fits(a.plain)
    if b.plain is not None and DASH not in a.tokens:
        return not Glob(a).fits(b.plain)
    return _ends_differ(_head(a), _head(b), str.startswith) or _ends_differ(_tail(a), _tail(b), str.endswith)


def _folded(one: Predicate, other: Predicate) -> tuple[Pattern, Pattern]:
    if one.cased and other.cased:
        return one.pattern, other.pattern
    return one.pattern.lower(), other.pattern.lower()


def _ends_differ(one: str, other: str, fits: Callable[[str, str], bool]) -> bool:
    short, long = sorted((one, other), key=len)
    return not fits(long, short)


def _head(pattern: Pattern) -> str:
    first = pattern.tokens[0] if pattern.tokens else ""
    return first if isinstance(first, str) else ""


def _tail(pattern: Pattern) -> str:
    last = pattern.tokens[-1] if pattern.tokens else ""
    return last if isinstance(last, str) else ""


def _regex_covers(wide: Predicate, narrow: Predicate) -> bool:
    plain = narrow.pattern.plain
    if fits_all(wide):
        return True
    exact = "i" in wide.flags or (narrow.cased or (plain is not None and plain.lower() == plain.upper()))
    return plain is not None and exact and _found(wide, plain, re.IGNORECASE if "i" in wide.flags else 0)


def _regex_disjoint(regex: Predicate, text: Predicate) -> bool:
    plain = text.pattern.plain
    return plain is not None and not _found(regex, plain, re.IGNORECASE)


def _found(regex: Predicate, text: str, bits: int) -> bool:
    from tocsin.match.sigma.regex import compiled

    made = compiled(regex.source, regex.flags)
    return re.compile(made.pattern, made.flags | bits).search(text) is not None


def _number_disjoint(bound: Predicate, text: Predicate) -> bool:
    plain = text.pattern.plain
    if plain is None:
        return False
    number = number_of(plain)
    return number is None or not _within(bound, number)


def _number_covers(bound: Predicate, text: Predicate) -> bool:
    number = number_of(text.pattern.plain or "")
    return number is not None and _within(bound, number)


def _within(bound: Predicate, number: float) -> bool:
    match bound.ask:
        case Ask.LT:
            return number < bound.number
        case Ask.LTE:
            return number <= bound.number
        case Ask.GT:
            return number > bound.number
        case _:
            return number >= bound.number


def _bounds_disjoint(one: Predicate, other: Predicate) -> bool:
    low, high = (one, other) if one.ask in {Ask.GT, Ask.GTE} else (other, one)
    if low.ask not in {Ask.GT, Ask.GTE} or high.ask not in {Ask.LT, Ask.LTE}:
        return False
    touches = low.ask is Ask.GTE and high.ask is Ask.LTE
    return low.number > high.number or (low.number == high.number and not touches)


def _bound_covers(wide: Predicate, narrow: Predicate) -> bool:
    up = {Ask.GT, Ask.GTE}
    if (wide.ask in up) is not (narrow.ask in up):
        return False
    if wide.number == narrow.number:
        return wide.ask in {Ask.GTE, Ask.LTE}
    return narrow.number > wide.number if wide.ask in up else narrow.number < wide.number


def _networks_disjoint(one: Predicate, other: Predicate) -> bool:
    a, b = network_of(one.source), network_of(other.source)
    return a.version == b.version and not a.overlaps(b)


def _network_covers(wide: Predicate, narrow: Predicate) -> bool:
    a, b = network_of(wide.source), network_of(narrow.source)
    if a.version != b.version:
        return False
    return int(a[0]) <= int(b[0]) and int(a[-1]) >= int(b[-1])


def _holds_address(network: Predicate, text: Predicate) -> bool:
    address = address_of(text.pattern.plain or "")
    return address is not None and address in network_of(network.source)


def _no_address(network: Predicate, text: Predicate) -> bool:
    return text.pattern.plain is not None and not _holds_address(network, text)


Check = Callable[[Predicate, Predicate], bool]
_KNOWN = frozenset({Ask.NULL, Ask.TEXT, Ask.REGEX, Ask.CIDR, *BOUNDS})
_COVERS: Mapping[tuple[Ask, Ask], Check] = {
    (Ask.TEXT, Ask.TEXT): _text_covers,
    (Ask.REGEX, Ask.TEXT): _regex_covers,
    (Ask.CIDR, Ask.TEXT): _holds_address,
    (Ask.CIDR, Ask.CIDR): _network_covers,
    **{(ask, Ask.TEXT): _number_covers for ask in BOUNDS},
    **{(ask, other): _bound_covers for ask in BOUNDS for other in BOUNDS},
    **{(Ask.TEXT, ask): lambda wide, _narrow: fits_all(wide) for ask in (*BOUNDS, Ask.REGEX, Ask.CIDR)},
}
_DISJOINT: Mapping[tuple[Ask, Ask], Check] = {
    (Ask.TEXT, Ask.TEXT): _texts_disjoint,
    (Ask.REGEX, Ask.TEXT): _regex_disjoint,
    (Ask.CIDR, Ask.TEXT): _no_address,
    (Ask.CIDR, Ask.CIDR): _networks_disjoint,
    **{(ask, Ask.TEXT): _number_disjoint for ask in BOUNDS},
    **{(ask, other): _bounds_disjoint for ask in BOUNDS for other in BOUNDS},
}
