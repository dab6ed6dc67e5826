"""Changes of a value before it is compared: wildcards at its ends, encodings, dashes."""

from base64 import b64encode
from collections.abc import Callable
from itertools import product

from tocsin.match.sigma.text import DASH, DASHES, MANY, ONE, Pattern, Token, join
from tocsin.match.sigma.tree import RuleError

ENDS = {"contains": (True, True), "startswith": (False, True), "endswith": (True, False)}
WIDE = {"utf16le": "utf-16-le", "wide": "utf-16-le", "utf16be": "utf-16-be", "utf16": "utf-16-le"}
ENCODINGS = frozenset({*WIDE, "base64", "base64offset"})
MAX_DASHED = 3_125  # texts that the dashes of one value may make before it is encoded: five dashes of five kinds

Value = Pattern | bytes
Change = Callable[[Value], list[Value]]


def pattern_of(value: Value) -> Pattern:
    """Return a value as a pattern.

    Bytes that are no UTF-8 stand for the characters of their numbers.
    """
    if isinstance(value, Pattern):
        return value
    try:
        return Pattern((value.decode(),)) if value else Pattern(())
    except UnicodeDecodeError:
        return Pattern((value.decode("latin-1"),))


def _plains(value: Value) -> list[bytes]:
    """Return the plain texts of a value: one, unless dashes vary in it."""
    if isinstance(value, bytes):
        return [value]
    if value.plain is not None:
        return [value.plain.encode("utf-8", "surrogatepass")]
    if MANY in value.tokens or ONE in value.tokens:
        raise RuleError("a text with wildcards cannot be encoded")
    many = len(DASHES) ** value.tokens.count(DASH)
    if many > MAX_DASHED:
        raise RuleError(f"its dashes make {many:,} texts to encode; {MAX_DASHED:,} are the most")
    choices = product(*(DASHES if token == DASH else (str(token),) for token in value.tokens))
    return ["".join(chosen).encode("utf-8", "surrogatepass") for chosen in choices]


def _contains(value: Value) -> list[Value]:
    tokens = pattern_of(value).tokens
    if len(tokens) == 1 and isinstance(tokens[0], str):
        return [Pattern((MANY, tokens[0], MANY))]
    return [join((MANY, *tokens, MANY))]


def _startswith(value: Value) -> list[Value]:
    return [join((*pattern_of(value).tokens, MANY))]


def _endswith(value: Value) -> list[Value]:
    tokens = pattern_of(value).tokens
    if len(tokens) == 1 and isinstance(tokens[0], str):
        return [Pattern((MANY, tokens[0]))]
    return [join((MANY, *tokens))]


def _windash(value: Value) -> list[Value]:
    tokens: list[Token] = []
    for token in pattern_of(value).tokens:
        if isinstance(token, str):
            tokens.extend(DASH if char in DASHES else char for char in token)
        else:
            tokens.append(token)
    return [join(tokens)]


def _wide(codec: str, mark: bytes) -> Change:
    def change(value: Value) -> list[Value]:
        try:
            texts = [plain.decode("utf-8", "surrogatepass") for plain in _plains(value)]
        except UnicodeDecodeError as error:
            raise RuleError("what was made UTF-16 once is no text for another encoding") from error
        return [mark + text.encode(codec, "surrogatepass") for text in texts]

    return change


def _base64(value: Value) -> list[Value]:
    return [Pattern((b64encode(plain).decode(),)) for plain in _plains(value)]


def _base64offset(value: Value) -> list[Value]:
    """Return the characters that a value surely has inside Base64 when 0, 1 or 2 bytes of a group stand before it."""
    found: list[Value] = []
    for raw in _plains(value):
        if not raw:
            raise RuleError("an empty text has no Base64 inside another")
        for before in range(3):
            text = b64encode(b"\0" * before + raw).decode()
            start = (0, 2, 3)[before]
            stop = (None, -3, -2)[(len(raw) + before) % 3]
            found.append(join([text[start:stop]]))
    return found


CHANGES: dict[str, Change] = {
    "contains": _contains,
    "startswith": _startswith,
    "endswith": _endswith,
    **{name: _wide(codec, b"\xff\xfe" if name == "utf16" else b"") for name, codec in WIDE.items()},
    "windash": _windash,
    "base64": _base64,
    "base64offset": _base64offset,
}
