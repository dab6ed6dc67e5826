"""A learnt filter as a Sigma filter document (specification 2.1, "Sigma Filters")."""

import re
from collections.abc import Iterator
from uuid import UUID, uuid5

from tocsin.detect.tune import Learnt, Selection
from tocsin.detect.tune_atoms import Atom
from tocsin.match.sigma.rule import Rule

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_.-]*|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")
_TYPED = frozenset({"true", "false", "yes", "no", "on", "off", "null", "y", "n"})  # YAML reads these as no text
_NAMESPACE = UUID("0c5f1f0e-6f0b-4d55-9b1c-6a1d2f4f7a11")  # drawn once: the id follows from what the filter says


def document(learnt: Learnt, rule: Rule, removed: int, kept: int) -> str:
    """Return the YAML of a filter for a rule.

    It took away and kept so many hits when it was learnt.
    """
    body = "\n".join(_filter(learnt, rule))
    name = str(uuid5(_NAMESPACE, f"{rule.about.id}\n{body}"))
    lines = [
        f"title: {quoted(f'Known and harmless: {rule.about.title}'[:200])}",
        f"id: {name}",
        f"description: {quoted(f'Takes away {removed} false hits and keeps {kept}, as tocsin rule tune learnt it.')}",
        "logsource:",
        *(f"    {key}: {quoted(word)}" for key, word in _source(rule)),
        body,
    ]
    return "\n".join(lines) + "\n"


def _source(rule: Rule) -> Iterator[tuple[str, str]]:
    source = rule.source
    words = {"product": source.product, "category": source.category, "service": source.service}
    set_ = [(key, word) for key, word in words.items() if word]
    yield from set_ or [("category", "")]


def _filter(learnt: Learnt, rule: Rule) -> Iterator[str]:
    yield "filter:"
    yield "    rules:"
    yield f"        - {quoted(rule.about.id)}"
    many = len(learnt.selections)
    for number, selection in enumerate(learnt.selections, 1):
        yield f"    selection{f'_{number}' if many > 1 else ''}:"
        yield from _items(selection)
    yield f"    condition: {'not 1 of selection_*' if many > 1 else 'not selection'}"


def _items(selection: Selection) -> Iterator[str]:
    for atom in selection.atoms:
        values = [f"'{one}'" if atom.way == "cidr" else valued(literal(one)) for one in atom.values]
        if len(values) == 1:
            yield f"        {_key(atom)}: {values[0]}"
        else:
            yield f"        {_key(atom)}:"
            yield from (f"            - {value}" for value in values)


def _key(atom: Atom) -> str:
    plain = atom.key.replace("|", "").replace(".", "").replace("_", "").replace("-", "")
    return atom.key if plain.isalnum() and plain[0].isalpha() else quoted(atom.key)


def literal(text: str) -> str:
    """Return a text as a rule writes it so that it means just itself.

    Wildcards are escaped, and backslashes before one.
    """
    made = []
    for place, char in enumerate(text):
        after = text[place + 1 : place + 2]
        if char in "*?" or (char == "\\" and after and after in "*?\\"):
            made.append("\\")
        made.append(char)
    return "".join(made)


def valued(text: str) -> str:
    """Return a value of a rule, always between quotes, as rules are written."""
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(map(_escaped, text)) + '"'


def _escaped(char: str) -> str:
    if char.isprintable():
        return f"\\{char}" if char in '"\\' else char
    code = ord(char)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def quoted(text: str) -> str:
    """Return a text as a YAML scalar that reads back as the same text."""
    if _PLAIN.fullmatch(text) and text.lower() not in _TYPED:
        return text
    return valued(text)
