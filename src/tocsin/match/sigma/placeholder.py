"""Placeholders: `%name%` in a value with the modifier `expand`, and what fills them.

A fill is a Sigma string: its wildcards count. Names are compared without case. `of_estate` makes fills of the facts of
an estate file, in which nothing is a wildcard.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product

from tocsin.match.sigma.text import MANY, ONE, Pattern, Token, join, parse
from tocsin.match.sigma.tree import RuleError
from tocsin.model.estate import Estate, Person

Fills = Mapping[str, Sequence[str]]
NO_FILLS: Fills = {}
MAX_FILLED = 10_000  # values that one value with placeholders may become
HINT = "name its values in estate.toml: [placeholder] {0} = ['...'], or in vars of a pipeline"

_HOLE = re.compile(r"(?<!\\)%([^%\\]{1,100})%")
_NO_NAME = re.compile(r"[^\w.-]+")
_WILD = re.compile(r"[*?\\]")


def names(text: str) -> list[str]:
    """Return the names of the placeholders of a text, in lower case."""
    return [name.lower() for name in _HOLE.findall(text)]


def filled(text: str, fills: Fills, line: int = 0) -> Iterator[Pattern]:
    """Yield the patterns that a text becomes: one for each choice of fills.

    Raises RuleError, with its name, for a placeholder that nothing fills.
    """
    pieces = _HOLE.split(text)  # plain and name by turns
    for chosen in _choices(pieces[1::2], fills, line):
        tokens: list[Token] = []
        for place, plain in enumerate(pieces[::2]):
            tokens.extend(parse(plain.replace(r"\%", "%")).tokens)
            if place < len(chosen):
                tokens.extend(parse(chosen[place]).tokens)
        yield join(tokens)


def filled_texts(text: str, fills: Fills, line: int = 0) -> Iterator[str]:
    """Yield the texts that a text becomes, where wildcards mean nothing: networks."""
    return (pattern.plain or "*" for pattern in filled(text, fills, line))


def filled_regexes(source: str, fills: Fills, line: int = 0) -> Iterator[str]:
    """Yield the regular expressions that one becomes; fills are escaped in it."""
    pieces = _HOLE.split(source)
    for chosen in _choices(pieces[1::2], fills, line):
        parts = [*map(_regex_of, chosen), ""]
        yield "".join(plain.replace(r"\%", "%") + part for plain, part in zip(pieces[::2], parts, strict=True))


def _choices(wanted: Sequence[str], fills: Fills, line: int) -> Iterator[tuple[str, ...]]:
    found = []
    many = 1
    for name in wanted:
        values = fills.get(name.lower(), ())
        if not values:
            raise RuleError(f"the placeholder %{name}% is not filled", line=line, hint=HINT.format(name))
        found.append(values)
        many *= len(values)
    if many > MAX_FILLED:
        raise RuleError(f"its placeholders make {many:,} values of one; {MAX_FILLED:,} are the most", line=line)
    return product(*found)


def _regex_of(fill: str) -> str:
    signs = {MANY: ".*", ONE: "."}
    return "".join(re.escape(token) if isinstance(token, str) else signs[token] for token in parse(fill).tokens)


def escaped(text: str) -> str:
    """Return a plain text as a Sigma string in which nothing is a wildcard."""
    return _WILD.sub(r"\\\g<0>", text)


def of_estate(estate: Estate) -> dict[str, tuple[str, ...]]:
    """Return what an estate fills: for each placeholder, by its name, the values.

    `docs/guide/rules.md` lists the names. The estate's own `[placeholder]` table comes first.
    """
    found: dict[str, list[str]] = {
        "networks": [network.cidr for network in estate.network],
        "domains": [domain.name for domain in estate.domain],
        "hosts": [host.name for host in estate.host],
        "host_addresses": [address for host in estate.host for address in host.addresses],
        "critical_hosts": [host.name for host in estate.host if host.critical],
        "critical_addresses": [address for host in estate.host if host.critical for address in host.addresses],
        "protected_hosts": [host.name for host in estate.host if host.protected],
        "people": _known_as(estate.person),
    }
    for network in estate.network:
        if network.name:
            found.setdefault(f"network_{_named(network.name)}", []).append(network.cidr)
    for team in dict.fromkeys(person.team for person in estate.person if person.team):
        known = _known_as(person for person in estate.person if person.team == team)
        found.setdefault(f"team_{_named(team)}", []).extend(known)
    found["admins"] = [*found.get("team_admins", ())]
    found.update({name.lower(): [*values] for name, values in estate.placeholder.items()})
    return {name: tuple(dict.fromkeys(map(escaped, values))) for name, values in found.items() if values}


def _known_as(people: Iterable[Person]) -> list[str]:
    return [name for person in people for name in (person.name, *person.aliases)]


def _named(text: str) -> str:
    return _NO_NAME.sub("_", text.strip().removeprefix("@")).lower()
