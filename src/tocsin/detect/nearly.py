"""What a value nearly was: why a leaf did not hold though a reader may think that it does."""

import re
from collections.abc import Callable, Iterator

import msgspec

from tocsin.detect.sight import Sight
from tocsin.match.sigma.expression import Atom, Keyword
from tocsin.match.sigma.moment import part_of
from tocsin.match.sigma.parts import Part
from tocsin.match.sigma.predicate import Ask, Predicate, address_of, fits, members, number_of, test, text_of
from tocsin.match.sigma.text import DASH, DASHES, MANY, Pattern, join

_BLANKS = re.compile(r"\s+")
TELLS = 3  # characters of a text of which it is worth saying that it stands elsewhere in the value
COMPARES = frozenset({Ask.LT, Ask.LTE, Ask.GT, Ask.GTE})


def nearly(value: Part, sight: Sight) -> str:
    """Return why a value of a rule does not hold on a record though it nearly does.

    Nothing where it is far.
    """
    leaf = value.leaf or (value.parts[0].leaf if value.parts else None)
    if isinstance(leaf, Keyword) or not isinstance(leaf, Atom):
        return ""
    if leaf.other:
        other = sight.seen(leaf.other)
        return f"{leaf.other} is {other.state}" if other.state != "value" else f'{leaf.other} is "{other.says[:80]}"'
    found = sight.value(leaf.field)
    predicate = leaf.predicate
    if found is None:
        return "absent is not empty" if predicate.ask is Ask.TEXT and predicate.pattern.plain == "" else ""
    texts = [text_of(one) for one in members(found)]
    return next((says for text in texts for says in _of_text(predicate, text)), "")


def _of_text(predicate: Predicate, text: str) -> Iterator[str]:
    match predicate.ask:
        case Ask.NULL:
            yield "empty is not null" if not text.strip() else "null means absent or null"
        case Ask.TEXT:
            yield from (says for says, holds in _text_changes(predicate) if holds(text))
        case Ask.REGEX:
            if test(msgspec.structs.replace(predicate, flags="".join(sorted({*predicate.flags, "i"}))))(text):
                yield "it differs by case only: re|i would hold"
        case Ask.CIDR:
            if address_of(text) is None:
                yield "that is no address"
        case Ask.TIME:
            number = part_of(text, predicate.source)
            yield f"its {predicate.source} is {number}" if number is not None else "that is no moment"
        case _:
            if predicate.ask in COMPARES and number_of(text) is None:
                yield "that is no number"


def _text_changes(predicate: Predicate) -> Iterator[tuple[str, Callable[[str], bool]]]:
    pattern = predicate.pattern
    if predicate.cased:
        yield "it differs by case only", _low(pattern)
    if pattern.tokens[:1] != (MANY,) or pattern.tokens[-1:] != (MANY,):
        wider = pattern.around(before=True, after=True)
        if any(len(text) >= TELLS and not text.isdigit() for text in pattern.literals):
            yield _widening(pattern), _low(wider)
    dashed = _dashed(pattern)
    if dashed != pattern:
        yield "another dash stands there: windash would hold", _low(dashed)
    yield "it differs by blanks only", _spaced(pattern)


def _spaced(pattern: Pattern) -> Callable[[str], bool]:
    """Return whether a text with runs of blanks is of a pattern once each run is one blank."""
    holds = _low(Pattern(tuple(_BLANKS.sub(" ", one) if isinstance(one, str) else one for one in pattern.tokens)))
    return lambda text: holds(_BLANKS.sub(" ", text))


def _low(pattern: Pattern) -> Callable[[str], bool]:
    holds = fits(pattern.lower())
    return lambda text: holds(text.lower())


def _widening(pattern: Pattern) -> str:
    if pattern.tokens[0] == MANY:
        return "it stands within, not at the end: contains would hold"
    if pattern.tokens[-1] == MANY:
        return "it stands within, not at the beginning: contains would hold"
    return "it stands within, and the rule asks for the whole value: contains would hold"


def _dashed(pattern: Pattern) -> Pattern:
    tokens: list[str | int] = []
    for token in pattern.tokens:
        if isinstance(token, str):
            tokens.extend(DASH if char in DASHES else char for char in token)
        else:
            tokens.append(token)
    return join(tokens)
