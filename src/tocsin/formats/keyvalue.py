r"""Texts of `key=value` pairs, and the Common Event Format's header and extension.

Pairs: values stand bare up to white space or in double quotes, inside which `\"` is a quote. A key that stands twice
keeps its first value. CEF: `\|` and `\\` in the header, `\=`, `\\`, `\n`, `\r` in the extension, where a value reaches
to the next ` key=` (ArcSight Common Event Format, revision 25, "Character encoding").
"""

import re

_PAIR = re.compile(
    r'(?<![\w.@:/-])([A-Za-z_@][\w.@:/-]{0,100}+)=(?:"([^"\\]*+(?:\\.[^"\\]*+)*+)"|([^\s"]\S*+|))', re.DOTALL
)
_CEF = re.compile(r"(?:<\d{1,3}>)?\s?CEF: ?(?=\d\|)")
_PART = re.compile(r"([^|\\]*+(?:\\.[^|\\]*+)*+)\|", re.DOTALL)
_KEY = re.compile(r"(?:^|(?<=\s))([A-Za-z_][\w.\[\]-]{0,100}+)=")
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_MEANS = {"n": "\n", "r": "\r"}
HEADER = ("cef.version", "cef.vendor", "cef.product", "cef.device_version", "event.code", "cef.name", "cef.severity")


def pairs(text: str) -> dict[str, str]:
    """Return the pairs of a text in their order."""
    found: dict[str, str] = {}
    for key, quoted, bare in _PAIR.findall(text):
        if key not in found:
            value = quoted or bare
            found[key] = value.replace('\\"', '"') if quoted and "\\" in quoted else value
    return found


def cef(text: str) -> dict[str, str] | None:
    """Return the header (names of HEADER) and extension of a CEF record, or None."""
    start = _CEF.match(text)
    if start is None:
        return None
    at = start.end()
    found: dict[str, str] = {}
    for name in HEADER:
        part = _PART.match(text, at)
        if part is None:
            return None
        found[name] = _plain(part[1])
        at = part.end()
    for key, value in extension(text[at:]):
        found.setdefault(key, value)
    return found


def extension(text: str) -> list[tuple[str, str]]:
    """Return the keys and values of a CEF extension in their order."""
    keys = list(_KEY.finditer(text))
    if not keys:
        return []
    ends = [key.start() for key in keys[1:]] + [len(text)]
    return [(key[1], _plain(text[key.end() : end].strip())) for key, end in zip(keys, ends, strict=True)]


def _plain(text: str) -> str:
    return _ESCAPED.sub(lambda found: _MEANS.get(found[1], found[1]), text) if "\\" in text else text
