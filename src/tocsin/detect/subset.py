"""Some rules of a set by themselves, with those that their correlations are made of."""

import re
from collections.abc import Iterable

from tocsin.detect.rules import RuleSet

_START = re.compile(r"[0-9a-f]{8}[0-9a-f-]{0,28}", re.IGNORECASE)


def subset(rules: RuleSet, numbers: Iterable[int]) -> RuleSet:
    """Return a set in which just these rules and chains tell, each with its parts."""
    telling = sorted(set(numbers))
    needed = _needed(rules, telling)
    size = len(rules.rules)
    kept_rules = [number for number in needed if number < size]
    kept_chains = [number for number in needed if number >= size]
    place = {number: at for at, number in enumerate([*kept_rules, *kept_chains])}
    return RuleSet(
        rules=tuple(rules.rules[number] for number in kept_rules),
        chains=tuple(rules.chains[number - size] for number in kept_chains),
        parts=tuple(tuple(place[part] for part in rules.parts[number - size]) for number in kept_chains),
        silent=frozenset(at for number, at in place.items() if number not in telling),
    )


def number_of(rules: RuleSet, name: str) -> int | None:
    """Return the number of the rule or chain with an id or name.

    Of a UUID the first digits will do. None where there is none.
    """
    abouts = [rules.document(number).about for number in range(len(rules.rules) + len(rules.chains))]
    whole = whole_id(name, [about.id for about in abouts])
    for number, about in enumerate(abouts):
        if name == about.name or whole == about.id:
            return number
    return None


def whole_id(name: str, ids: Iterable[str]) -> str:
    """Return the id that a name means.

    It is itself, or the only UUID that begins with its eight or more digits.
    """
    known = set(ids)
    if name in known or not _START.fullmatch(name):
        return name
    beginning = [id_ for id_ in known if id_.lower().startswith(name.lower())]
    return beginning[0] if len(beginning) == 1 else name


def _needed(rules: RuleSet, telling: Iterable[int]) -> list[int]:
    found: set[int] = set()
    todo = list(telling)
    while todo:
        number = todo.pop()
        if number in found:
            continue
        found.add(number)
        if number >= len(rules.rules):
            todo.extend(rules.parts[number - len(rules.rules)])
    return sorted(found)
