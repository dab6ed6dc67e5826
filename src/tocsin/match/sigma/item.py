"""Field items: `field|modifier|modifier: values` as an expression.

Modifiers: https://github.com/SigmaHQ/sigma-specification/blob/main/specification/sigma-appendix-modifiers.md (2.1.0).
`windash` lets each dash of a value be any of the five; `base64offset` gives the three texts that a value can have
inside longer Base64. The time modifiers and `expand` are known and refused with that reason.
"""

from base64 import b64encode
from collections.abc import Callable
from difflib import get_close_matches

import msgspec

from tocsin.match.sigma.expression import Atom, Exists, Expression, Keyword, Not, either, every
from tocsin.match.sigma.predicate import Ask, Predicate, network_of, text_of
from tocsin.match.sigma.regex import compiled
from tocsin.match.sigma.text import DASH, DASHES, Pattern, Token, join, parse
from tocsin.match.sigma.tree import Node, RuleError, Scalar

WIDE = {"utf16le": "utf-16-le", "wide": "utf-16-le", "utf16be": "utf-16-be", "utf16": "utf-16-le"}
ENDS = {"contains": (True, True), "startswith": (False, True), "endswith": (True, False)}
COMPARE = ("lt", "lte", "gt", "gte")
LATER = {
    **dict.fromkeys(("minute", "hour", "day", "week", "month", "year"), "time modifiers are not supported yet"),
    "expand": "placeholders are not supported yet",
}
KNOWN = frozenset({
    *WIDE, *ENDS, *COMPARE, *LATER, "all", "cased", "exists", "neq", "windash", "re", "i", "m", "s", "base64",
    "base64offset", "cidr", "fieldref",
})  # fmt: skip

Value = Pattern | bytes


class _Item(msgspec.Struct):
    """A field item while its modifiers are applied."""

    field: str
    line: int
    modifiers: list[str]

    def has(self, *names: str) -> bool:
        return any(name in self.modifiers for name in names)

    def wrong(self, says: str, hint: str = "") -> RuleError:
        return RuleError(f"{'|'.join([self.field, *self.modifiers])}: {says}", line=self.line, hint=hint)


def item(key: str, node: Node) -> Expression:
    """Return the expression of one entry of a selection.

    A key without a field name is a keyword search.
    """
    field, *modifiers = key.split("|")
    made = _Item(field, node.line, modifiers)
    for modifier in modifiers:
        if modifier not in KNOWN:
            near = get_close_matches(modifier, sorted(KNOWN), 1)
            raise made.wrong(f"no modifier is named {modifier!r}", hint=f"did you mean {near[0]!r}?" if near else "")
        if modifier in LATER:
            raise made.wrong(f"{LATER[modifier]} ({modifier!r})")
    if made.has("i", "m", "s") and not made.has("re"):
        raise made.wrong("i, m and s belong to a regular expression", hint="write re before them")
    nodes = node.items
    if not nodes:
        raise made.wrong("an empty list matches nothing")
    if made.has("exists"):
        return _exists(made, nodes)
    parts = [part for value in nodes for part in _atoms(made, value.scalar)]
    joined = every(parts) if made.has("all") else either(parts)
    return Not(joined) if made.has("neq") else joined


def _exists(made: _Item, nodes: list[Node]) -> Expression:
    value = nodes[0].scalar
    if len(nodes) != 1 or not isinstance(value, bool) or not made.field:
        raise made.wrong("exists takes one true or false")
    found = Exists(made.field)
    return found if value else Not(found)


def _atoms(made: _Item, value: Scalar) -> list[Expression]:
    cased = made.has("cased")
    if made.has("re"):
        return [_ask(made, _regex(made, value))]
    if made.has("cidr"):
        return [_ask(made, _cidr(made, value))]
    for ask in COMPARE:
        if made.has(ask):
            return [_ask(made, _number(made, ask, value))]
    if made.has("fieldref"):
        ends = next((name for name in ENDS if made.has(name)), "")
        if not isinstance(value, str) or not made.field:
            raise made.wrong("fieldref takes the name of a field")
        return [Atom(made.field, Predicate(Ask.SAME, source=ends, cased=cased), other=value)]
    if value is None:
        if made.has(*ENDS, "windash", "base64", "base64offset", *WIDE):
            raise made.wrong("null has no text to change")
        if not made.field:
            raise made.wrong("null is no keyword")
        return [Atom(made.field, Predicate(Ask.NULL))]
    return [_ask(made, Predicate(Ask.TEXT, pattern=p, cased=cased)) for p in _patterns(made, value)]


def _ask(made: _Item, predicate: Predicate) -> Expression:
    if made.field:
        return Atom(made.field, predicate)
    if predicate.ask is Ask.TEXT:
        return Keyword(predicate.pattern.around(before=True, after=True), predicate.cased)
    if predicate.ask is Ask.REGEX:
        return Keyword(Pattern(()), predicate=predicate)
    raise made.wrong("a keyword is a text or a regular expression")


def _regex(made: _Item, value: Scalar) -> Predicate:
    if not isinstance(value, str):
        raise made.wrong("a regular expression is a text")
    if made.has("windash", "base64", "base64offset", *WIDE, *COMPARE, "cidr", "fieldref"):
        raise made.wrong("a regular expression takes no other change")
    source = value
    if made.has("startswith") and not source.startswith("^"):
        source = f"^(?:{source})"
    if made.has("endswith") and not source.endswith("$"):
        source = f"(?:{source})$"
    flags = "".join(letter for letter in "ims" if made.has(letter))
    compiled(source, flags, made.line)
    return Predicate(Ask.REGEX, source=source, flags=flags)


def _cidr(made: _Item, value: Scalar) -> Predicate:
    try:
        return Predicate(Ask.CIDR, source=str(network_of(str(value))))
    except ValueError as error:
        raise made.wrong(f"{value!r} is no network", hint="write it as 192.0.2.0/24 or 2001:db8::/32") from error


def _number(made: _Item, ask: str, value: Scalar) -> Predicate:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise made.wrong(f"{value!r} is no number", hint="write the number without quotes")
    return Predicate(Ask(ask), number=float(value))


def _patterns(made: _Item, value: Scalar) -> list[Pattern]:
    pattern = parse(value) if isinstance(value, str) else Pattern((text_of(value),))
    values: list[Value] = [pattern]
    for modifier in made.modifiers:
        change = _CHANGES.get(modifier)
        if change is not None:
            values = [changed for one in values for changed in change(made, one)]
    return [_as_pattern(one) for one in values]


def _as_pattern(value: Value) -> Pattern:
    if isinstance(value, Pattern):
        return value
    try:
        return Pattern((value.decode(),)) if value else Pattern(())
    except UnicodeDecodeError:
        return Pattern((value.decode("latin-1"),))


def _plain(made: _Item, value: Value) -> bytes:
    if isinstance(value, bytes):
        return value
    if value.plain is None:
        raise made.wrong("a text with wildcards cannot be encoded")
    return value.plain.encode("utf-8", "surrogatepass")


def _ends(before: bool, after: bool) -> "Callable[[_Item, Value], list[Value]]":  # noqa: FBT001  # see Pattern.around
    return lambda _made, value: [_as_pattern(value).around(before, after)]


def _windash(_made: _Item, value: Value) -> list[Value]:
    tokens: list[Token] = []
    for token in _as_pattern(value).tokens:
        if isinstance(token, str):
            tokens.extend(DASH if char in DASHES else char for char in token)
        else:
            tokens.append(token)
    return [join(tokens)]


def _wide(codec: str, mark: bytes = b"") -> "Callable[[_Item, Value], list[Value]]":
    def change(made: _Item, value: Value) -> list[Value]:
        raw = _plain(made, value)
        return [mark + raw.decode("utf-8", "surrogatepass").encode(codec, "surrogatepass")]

    return change


def _base64(made: _Item, value: Value) -> list[Value]:
    return [Pattern((b64encode(_plain(made, value)).decode(),))]


def _base64offset(made: _Item, value: Value) -> list[Value]:
    """Return the characters that a value surely has inside Base64 when 0, 1 or 2 bytes of a group stand before it."""
    raw = _plain(made, value)
    if not raw:
        raise made.wrong("an empty text has no Base64 inside another")
    found: list[Value] = []
    for before in range(3):
        text = b64encode(b"\0" * before + raw).decode()
        start = (0, 2, 3)[before]
        stop = (None, -3, -2)[(len(raw) + before) % 3]
        found.append(join([text[start:stop]]))
    return found


_CHANGES: dict[str, Callable[[_Item, Value], list[Value]]] = {
    **{name: _ends(before, after) for name, (before, after) in ENDS.items()},
    **{name: _wide(codec, b"\xff\xfe" if name == "utf16" else b"") for name, codec in WIDE.items()},
    "windash": _windash,
    "base64": _base64,
    "base64offset": _base64offset,
}
