"""Mask secrets in text that is about to be shown: evidence lines, values of events, messages.

More is masked here than is reported: a line may hold what is no finding (`password=...` in a log, a bearer token), and
still must not be printed.
"""

import re
from collections.abc import Iterator

from tocsin.match.secrets import Found, Kinds, mask

_GIVEN = re.compile(  # a name that speaks of a secret, and the value given to it
    r"""(?:passw(?:or)?d|passphrase|pwd|secret|token|api[_-]?key|apikey|access[_-]?key(?!_?id)|sig|signature)
        [\w-]{0,20}["'\]]{0,2}\s{0,4}(?:=>|:=|=(?!=)|:(?!:))\s{0,4}["']?(?P<value>[^\s"'&,;<>(){}\[\]]{4,400})""",
    re.IGNORECASE | re.VERBOSE,
)
_SCHEME = re.compile(r"(?:bearer|basic)\s{1,4}(?P<value>[A-Za-z0-9._~+/=-]{12,4000})", re.IGNORECASE)
_ADDRESS = re.compile(r"://[^\s:/@\"']{0,64}:(?P<value>[^\s/@\"']{1,128})(?=@)")
_SIGNS = {
    **dict.fromkeys(
        (
            "passw",
            "passphrase",
            "pwd",
            "secret",
            "token",
            "api_key",
            "api-key",
            "apikey",
            "access_key",
            "access-key",
            "accesskey",
            "sig=",
            "signature=",
        ),
        _GIVEN,
    ),
    "bearer": _SCHEME,
    "basic": _SCHEME,
    "://": _ADDRESS,
}
_ANY_SIGN = re.compile("|".join(map(re.escape, sorted(_SIGNS, key=len, reverse=True))))
_MASKED = re.compile(r"\S{0,12}\.\.\.\S{0,6} \(\d+ chars, fp ")
_PLAIN = frozenset(
    {"none", "null", "true", "false", "str", "bytes", "accepted", "failed", "expired", "invalid", "required"}
)


SHORTEST = 8  # characters: no sign with the least value behind it is shorter, nor any key that a kind knows


class Redactor:
    """Masks every secret that the kinds know, and what stands where secrets stand.

    `installation_key` keys the fingerprints, so that equal secrets look equal within one installation only.
    """

    def __init__(self, kinds: Kinds, installation_key: bytes) -> None:
        self.kinds = kinds
        self._key = installation_key
        words = {word for kind in kinds.kinds for word in kind.keywords if not kind.ignores_case}
        self._words = tuple(sorted(words))

    def text(self, text: str) -> str:
        """Return a text with each secret masked, other text as it is."""
        if len(text) < SHORTEST:
            return text
        for word in self._words:
            if word in text:
                text = self._known(text)
                break
        lowered = text.lower()
        if len(lowered) != len(text):  # folding a few letters changes the length, and with it all places
            lowered = text
        spans = [(start, end, mask(text[start:end], self._key, (0, 0))) for start, end in _given(text, lowered)]
        return _replaced(text, spans)

    def _known(self, text: str) -> str:
        raw = text.encode("utf-8", "surrogatepass")
        found = self.kinds.find(raw, "text")
        if not found:
            return text
        spans = [(one.start, one.end, self.shown(one)) for one in found]
        for one in found:
            if one.near is not None:
                start, end = one.near
                spans.append((start, end, mask(raw[start:end].decode("ascii", "replace"), self._key, (0, 0))))
        spans = [(_chars(raw, start), _chars(raw, end), shown) for start, end, shown in spans]
        return _replaced(text, spans)

    def shown(self, found: Found) -> str:
        """Return a found secret as it may be shown."""
        return mask(found.value, self._key, found.kind.shows)


def _given(text: str, lowered: str) -> Iterator[tuple[int, int]]:
    """Yield the spans of values that stand where secrets stand, but are neither masked yet nor plainly none."""
    for sign in _ANY_SIGN.finditer(lowered):
        match = _SIGNS[sign[0]].match(text, sign.start())
        if match is not None:
            value = match["value"]
            is_plain = value.lower() in _PLAIN or value.startswith(("$", "%"))
            if not is_plain and not _MASKED.match(text, match.start("value")):
                yield match.span("value")


def _replaced(text: str, spans: list[tuple[int, int, str]]) -> str:
    if not spans:
        return text
    parts: list[str] = []
    at = 0
    for start, end, shown in sorted(spans):
        if start >= at:
            parts += [text[at:start], shown]
            at = end
    return "".join([*parts, text[at:]])


def _chars(raw: bytes, offset: int) -> int:
    return len(raw[:offset].decode("utf-8", "surrogatepass"))
