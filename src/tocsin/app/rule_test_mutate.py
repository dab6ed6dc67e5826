"""Changing rules leaf by leaf, to see which changes no case of theirs notices."""

from collections.abc import Iterator, Sequence

import msgspec

from tocsin.app.rule_test_run import Trial
from tocsin.detect.mutate import mutants, of_correlation
from tocsin.detect.outline import Outlines
from tocsin.detect.rules import RuleSet
from tocsin.match.sigma.pipeline import apply
from tocsin.match.sigma.placeholder import Fills
from tocsin.match.sigma.rule import Rule
from tocsin.match.sigma.tree import RuleError


class Mutated(msgspec.Struct, frozen=True, kw_only=True):
    """How many changes of a rule were tried, and those that every case let pass."""

    tried: int
    unnoticed: tuple[str, ...]


def mutated(rules: RuleSet, outlines: Outlines, trials: Sequence[Trial], fills: Fills) -> Mutated:
    """Return which changes of a rule and its parts no trial notices.

    All trials pass as the rule is.
    """
    tried = 0
    unnoticed: list[str] = []
    for says, changed in _changes(rules, outlines, fills):
        tried += 1
        if all(trial.run(changed).passed for trial in trials):
            unnoticed.append(says)
    return Mutated(tried=tried, unnoticed=tuple(unnoticed))


def _changes(rules: RuleSet, outlines: Outlines, fills: Fills) -> Iterator[tuple[str, RuleSet]]:
    for place, rule in enumerate(rules.rules):
        name = f"{rule.about.name or rule.about.title}: " if rules.chains else ""
        for says, changed in _of_rule(rule, outlines, fills):
            those = (*rules.rules[:place], changed, *rules.rules[place + 1 :])
            yield f"{name}{says}", msgspec.structs.replace(rules, rules=those)
    for place, chain in enumerate(rules.chains):
        name = f"{chain.about.name or chain.about.title}: " if len(rules.chains) > 1 else ""
        for says, correlation in of_correlation(chain.correlation):
            other = msgspec.structs.replace(chain, correlation=correlation)
            chains = (*rules.chains[:place], other, *rules.chains[place + 1 :])
            yield f"{name}{says}", msgspec.structs.replace(rules, chains=chains)


def _of_rule(rule: Rule, outlines: Outlines, fills: Fills) -> Iterator[tuple[str, Rule]]:
    found = outlines.draft(rule)
    if found is None:
        return
    draft, said, _ = found
    for mutant in mutants(draft.clauses[0], said, fills):
        again = outlines.draft(rule)
        if again is None:
            return
        fresh, _, steps = again
        fresh.clauses[0] = mutant.clause
        try:
            changed = apply(steps, fresh, fills) if steps else fresh.rule()
        except RuleError:
            continue  # nothing is left of it, or its condition names what is gone
        yield mutant.says, changed
