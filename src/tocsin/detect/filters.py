"""Sigma filters: conditions of a team's own, put into the rules that they name."""

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from tocsin.match.sigma.detection import together
from tocsin.match.sigma.expression import every
from tocsin.match.sigma.placeholder import Fills
from tocsin.match.sigma.rule import Chain, Draft, Filter, Rule
from tocsin.match.sigma.tree import RuleError


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """Why a rule could not be loaded: where, what is wrong, and what to do."""

    path: str
    line: int
    says: str
    hint: str = ""

    def __str__(self) -> str:
        """Return one line for people."""
        place = f"line {self.line}: " if self.line else ""
        return f"{place}{self.says}" + (f" ({self.hint})" if self.hint else "")


def problem(error: RuleError, path: str) -> Problem:
    """Return an error of a file as a problem."""
    return Problem(path=path, line=error.line, says=error.says, hint=error.hint)


def filtered(
    rules: Sequence[Rule | Draft], chains: Sequence[Chain], filters: Sequence[Filter], problems: list[Problem],
    fills: Fills,
) -> list[Rule | Draft]:  # fmt: skip
    """Return the rules with the filters in them.

    What a filter names in vain is a problem. Drafts get its items, which their pipelines have still to change.
    """
    found = list(rules)
    places = {name: place for place, rule in enumerate(found) for name in (rule.about.id, rule.about.name) if name}
    groups = {name for chain in chains for name in (chain.about.id, chain.about.name) if name}
    for one in filters:
        problems.extend(_in_vain(one, found, places, groups))
        try:
            for place in _places(one, found, places):
                found[place] = _with(found[place], one, fills)
        except RuleError as error:
            problems.append(problem(error, one.about.path))
    return found


def _with(rule: Rule | Draft, one: Filter, fills: Fills) -> Rule | Draft:
    filters = (*rule.filters, one.about.id)
    if isinstance(rule, Draft):
        return msgspec.structs.replace(rule, clauses=[*rule.clauses, one.clause(None)], filters=filters)
    added = together([one.clause(fills)], one.about.line)
    return msgspec.structs.replace(rule, expression=every([rule.expression, added]), filters=filters)


def _places(one: Filter, rules: Sequence[Rule | Draft], places: Mapping[str, int]) -> Iterator[int]:
    if one.rules:
        named = sorted({places[name] for name in one.rules if name in places})
        yield from (place for place in named if one.covers(rules[place].source))
    else:
        yield from (place for place, rule in enumerate(rules) if one.covers(rule.source))


def _in_vain(
    one: Filter, rules: Sequence[Rule | Draft], places: Mapping[str, int], groups: set[str]
) -> Iterator[Problem]:
    for name in one.rules:
        if name in groups:
            says = f"the filter names {name!r}, which is a correlation"
            hint = "name the rules that it is made of"
        elif name not in places:
            says = f"the filter names {name!r}, which is no rule that was loaded"
            hint = "name a rule's id or name"
        elif not one.covers(rules[places[name]].source):
            says = f"the filter is for {one.source}, but {name!r} is for {rules[places[name]].source}"
            hint = "make the filter's logsource that of the rule, or a wider one"
        else:
            continue
        yield Problem(path=one.about.path, line=one.node.line, says=says, hint=hint)
