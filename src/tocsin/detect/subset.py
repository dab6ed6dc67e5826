"""Some rules of a set by themselves, with those that their correlations are made of."""

from collections.abc import Iterable

from tocsin.detect.rules import RuleSet


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

    None where there is none.
    """
    for number in range(len(rules.rules) + len(rules.chains)):
        about = rules.document(number).about
        if name in {about.id, about.name}:
            return number
    return None


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
