"""Field items: `field|modifier|modifier: values` as an expression.

Modifiers: https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-modifiers.md (2.1.0).
An item is read in two steps, so that a pipeline can change it in between: what each value asks (`asked`), and the
expression of all of them (`expression`).
"""

from collections.abc import Iterator, Sequence
from difflib import get_close_matches
from itertools import count

import msgspec

from tocsin.match.sigma.change import CHANGES, ENDS, Change, Value, pattern_of
from tocsin.match.sigma.expression import Atom, Exists, Expression, Keyword, Not, either, every
from tocsin.match.sigma.moment import PARTS
from tocsin.match.sigma.placeholder import NO_FILLS, Fills, filled, filled_regexes, filled_texts, names
from tocsin.match.sigma.predicate import Ask, Predicate, network_of, text_of
from tocsin.match.sigma.regex import compiled
from tocsin.match.sigma.text import Pattern, parse
from tocsin.match.sigma.tree import Node, RuleError, Scalar

COMPARE = frozenset({"lt", "lte", "gt", "gte"})
FLAGS = {"i": "i", "m": "m", "s": "s", "ignorecase": "i", "multiline": "m", "dotall": "s"}
ALWAYS = frozenset({"all", "neq"})
TEXT = frozenset({*CHANGES, "cased", "expand", *ALWAYS})
KNOWN = frozenset({*TEXT, *COMPARE, *PARTS, *FLAGS, "exists", "re", "cidr", "fieldref"})

# What may stand beside the modifier that says how to ask; the first that is there decides.
BESIDE = {
    "exists": frozenset({"neq"}),
    "re": frozenset({*FLAGS, *ENDS, *ALWAYS, "cased", "expand"}),
    "cidr": frozenset({*ALWAYS, "cased", "expand"}),
    "fieldref": frozenset({*ENDS, *ALWAYS, *COMPARE, "cased"}),
    **dict.fromkeys(PARTS, frozenset({*ALWAYS, *COMPARE})),
    **dict.fromkeys(COMPARE, frozenset({*ALWAYS, "cased"})),
}


class Asked(msgspec.Struct, frozen=True, gc=False):  # no cycle can form; the collector takes a tenth of loading
    """What one value asks of a field, of another field too where that is named.

    Forms of one value (at the three offsets of base64) have its number, and one of them is enough; -1 stands alone.
    """

    predicate: Predicate
    other: str = ""
    form_of: int = -1


class Item(msgspec.Struct):
    """A field item: what its values ask, and how that is joined.

    `exists` stands alone: whether the field must be there. `waits` holds texts whose placeholders are not all filled
    yet, and `fills` what is known of them.
    """

    field: str
    line: int
    modifiers: Sequence[str] = ()
    asked: list[Asked] = []
    exists: bool | None = None
    waits: list[str] = []
    fills: dict[str, Sequence[str]] = {}
    applied: set[str] = set()  # the ids of the steps of a pipeline that changed it

    @property
    def joined(self) -> bool:
        """Return whether all values must hold."""
        return "all" in self.modifiers

    def wrong(self, says: str, hint: str = "") -> RuleError:
        """Return the error that names the item."""
        return RuleError(f"{'|'.join([self.field, *self.modifiers])}: {says}", line=self.line, hint=hint)

    def expression(self) -> Expression:
        """Return what the item says; raises RuleError where a placeholder is not filled."""
        for text in self.waits:
            next(filled(text, self.fills, self.line))
        if self.exists is not None:
            found: Expression = Exists(self.field)
            return found if self.exists is not ("neq" in self.modifiers) else Not(found)
        if not self.asked:
            raise self.wrong("no value is left to ask for")
        parts = [self._part(one) for one in self.asked]
        found = every(self._values(parts)) if self.joined else either(parts)
        return Not(found) if "neq" in self.modifiers else found

    def _part(self, one: Asked) -> Expression:
        return Atom(self.field, one.predicate, one.other) if self.field else _keyword(self, one.predicate)

    def _values(self, parts: Sequence[Expression]) -> list[Expression]:
        """Return an expression for each value; what it asks in several forms holds by any of them."""
        values: dict[int, list[Expression]] = {}
        for place, (one, part) in enumerate(zip(self.asked, parts, strict=True)):
            values.setdefault(one.form_of if one.form_of >= 0 else -1 - place, []).append(part)
        return [either(forms) for forms in values.values()]


def read_item(key: str, node: Node, fills: Fills | None = NO_FILLS) -> Item:
    """Return the item of one entry of a selection; raises RuleError.

    A key without a field name is a keyword search. Where `fills` is None, values with placeholders wait for `fill`.
    """
    field, *modifiers = key.split("|")
    made = Item(field, node.line, modifiers)
    for modifier in modifiers:
        if modifier not in KNOWN:
            near = get_close_matches(modifier, sorted(KNOWN), 1)
            raise made.wrong(f"no modifier is named {modifier!r}", hint=f"did you mean {near[0]!r}?" if near else "")
    way = "" if TEXT.issuperset(modifiers) else _way(made)
    nodes = node.items
    if not nodes:
        raise made.wrong("an empty list matches nothing")
    values = [one.scalar for one in nodes]
    if way == "exists":
        made.exists = _exists(made, values)
        return made
    if "expand" in modifiers and fills is None:
        made.waits = [value for value in values if isinstance(value, str) and names(value)]
        values = [value for value in values if not (isinstance(value, str) and names(value))]
    made.asked = list(_asked(made, way, values, fills or NO_FILLS))
    return made


def item(key: str, node: Node, fills: Fills = NO_FILLS) -> Expression:
    """Return the expression of one entry of a selection."""
    return read_item(key, node, fills).expression()


def fill(made: Item, fills: Fills) -> None:
    """Fill the placeholders of the values that wait.

    A value waits until all its placeholders are known.
    """
    for name in (name for text in made.waits for name in names(text)):
        if name in fills and not made.fills.get(name):
            made.fills[name] = fills[name]
    ready = [text for text in made.waits if all(made.fills.get(name) for name in names(text))]
    if ready:
        made.waits = [text for text in made.waits if text not in ready]
        way = "" if TEXT.issuperset(made.modifiers) else _way(made)
        made.asked = [*made.asked, *_asked(made, way, ready, made.fills)]


def _way(made: Item) -> str:
    """Return the modifier that says how to ask; raises RuleError for one that it cannot stand beside."""
    way = next((modifier for modifier in BESIDE if modifier in made.modifiers), "")
    if not way:
        flag = next(modifier for modifier in made.modifiers if modifier in FLAGS)
        raise made.wrong(f"{flag} belongs to a regular expression", hint="write re before it")
    for modifier in made.modifiers:
        if modifier != way and modifier not in BESIDE[way]:
            raise made.wrong(f"{modifier} cannot stand beside {way}", hint="leave one of them out")
    compares = [modifier for modifier in made.modifiers if modifier in COMPARE or modifier in ENDS]
    if way != "re" and len(compares) > 1:
        raise made.wrong(f"{compares[0]} and {compares[1]} cannot both be meant")
    return way


def _exists(made: Item, values: Sequence[Scalar]) -> bool:
    if len(values) != 1 or not isinstance(values[0], bool) or not made.field:
        raise made.wrong("exists takes one true or false")
    return values[0]


def _asked(made: Item, way: str, values: Sequence[Scalar], fills: Fills) -> Iterator[Asked]:
    if way:
        for value in values:
            yield from _special(made, way, value, fills)
        return
    cased = "cased" in made.modifiers
    expands = "expand" in made.modifiers
    changes = [CHANGES[modifier] for modifier in made.modifiers if modifier in CHANGES]
    numbers = count(1 + max((one.form_of for one in made.asked), default=-1))
    for value in values:
        if value is None:
            yield Asked(_null(made))
            continue
        if expands and isinstance(value, str):
            patterns = list(filled(value, fills, made.line))
        else:
            patterns = [parse(value) if isinstance(value, str) else Pattern((text_of(value),))]
        for pattern in patterns:
            forms = _changed(made, pattern, changes)
            number = next(numbers) if len(forms) > 1 else -1
            yield from (Asked(Predicate(Ask.TEXT, form, cased), form_of=number) for form in forms)


def _changed(made: Item, pattern: Pattern, changes: Sequence[Change]) -> list[Pattern]:
    values: list[Value] = [pattern]
    try:
        for change in changes:
            values = change(values[0]) if len(values) == 1 else [new for one in values for new in change(one)]
    except RuleError as error:
        raise made.wrong(error.says) from error
    return [pattern_of(one) for one in values]


def _null(made: Item) -> Predicate:
    if any(modifier in CHANGES for modifier in made.modifiers):
        raise made.wrong("null has no text to change")
    if not made.field:
        raise made.wrong("null is no keyword")
    return Predicate(Ask.NULL)


def _special(made: Item, way: str, value: Scalar, fills: Fills) -> Iterator[Asked]:
    if not made.field and way != "re":
        raise made.wrong("a keyword is a text or a regular expression")
    if way == "re":
        yield from (Asked(one) for one in _regexes(made, value, fills))
    elif way == "cidr":
        expands = "expand" in made.modifiers and isinstance(value, str)
        for text in filled_texts(str(value), fills, made.line) if expands else [str(value)]:
            yield Asked(_cidr(made, text))
    elif way == "fieldref":
        if not isinstance(value, str) or not value:
            raise made.wrong("fieldref takes the name of a field")
        how = next((one for one in made.modifiers if one in ENDS or one in COMPARE), "")
        yield Asked(Predicate(Ask.SAME, source=how, cased="cased" in made.modifiers), value)
    else:
        yield Asked(_number(made, way, value))


def _regexes(made: Item, value: Scalar, fills: Fills) -> Iterator[Predicate]:
    if not isinstance(value, str):
        raise made.wrong("a regular expression is a text", hint="write it between quotes")
    flags = "".join(sorted({FLAGS[modifier] for modifier in made.modifiers if modifier in FLAGS}))
    for source in filled_regexes(value, fills, made.line) if "expand" in made.modifiers else [value]:
        if "startswith" in made.modifiers and not source.startswith("^"):
            source = f"^(?:{source})"
        if "endswith" in made.modifiers and not source.endswith("$"):
            source = f"(?:{source})$"
        compiled(source, flags, made.line)
        yield Predicate(Ask.REGEX, source=source, flags=flags)


def _cidr(made: Item, text: str) -> Predicate:
    try:
        return Predicate(Ask.CIDR, source=str(network_of(text)))
    except ValueError as error:
        raise made.wrong(f"{text!r} is no network", hint="write it as 192.0.2.0/24 or 2001:db8::/32") from error


def _number(made: Item, way: str, value: Scalar) -> Predicate:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise made.wrong(f"{value!r} is no number", hint="write the number without quotes")
    if way in COMPARE:
        return Predicate(Ask(way), number=float(value))
    compare = next((modifier for modifier in made.modifiers if modifier in COMPARE), "")
    least, most = PARTS[way]
    if not compare and not (least <= value <= most and value == int(value)):
        raise made.wrong(f"no moment has the {way} {value}", hint=f"{way} goes from {least} to {most}")
    return Predicate(Ask.TIME, source=way, flags=compare, number=float(value))


def _keyword(made: Item, predicate: Predicate) -> Keyword:
    if predicate.ask is Ask.TEXT:
        return Keyword(predicate.pattern.around(before=True, after=True), predicate.cased)
    if predicate.ask is Ask.REGEX:
        return Keyword(Pattern(()), predicate=predicate)
    raise made.wrong("a keyword is a text or a regular expression")
