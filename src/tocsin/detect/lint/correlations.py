"""Lints of correlations: bounds that never or always hold, one rule, no group."""

from collections.abc import Iterator
from fractions import Fraction

from tocsin.detect.lint.document import Document
from tocsin.detect.lint.remark import Said, error, warning
from tocsin.match.sigma.correlation import METRICS, TEMPORAL, Correlation, Type, exact
from tocsin.match.sigma.rule import Chain


def _correlation(document: Document) -> Correlation | None:
    return document.made.correlation if isinstance(document.made, Chain) else None


def _line(document: Document, key: str) -> int:
    node = document.map["correlation"].map.get(key)
    return document.line("correlation") if node is None else document.text.key(key, node.line)


@error("correlation-never", "bounds that no count meets")
def correlation_never(document: Document) -> Iterator[Said]:
    """Name correlations whose bounds exclude each other, or more rules than there are."""
    made = _correlation(document)
    if made is None or made.expression is not None or not made.bounds:
        return
    if made.type in TEMPORAL:
        if not any(made.holds(many) for many in range(1, len(made.rules) + 1)):
            yield Said(
                line=_line(document, "condition"),
                says=f"no number of its {len(made.rules)} rules meets the condition",
                hint=f"gte: {len(made.rules)}, or no condition",
            )
    elif not any(made.holds(count) for count in _counts(made)):
        yield Said(
            line=_line(document, "condition"), says="no count meets the condition", hint="its bounds exclude each other"
        )


def _counts(made: Correlation) -> Iterator[int | Fraction]:
    """Yield counts of which one meets the bounds if any does: each bound, and its neighbours."""
    step: int | Fraction = Fraction(1, 1_000) if made.type in METRICS else 1
    for bound in made.bounds:
        number = exact(bound.number)
        yield from (n for n in (number - step, number, number + step) if made.type in METRICS or n >= 1)


@warning("correlation-each", "a bound that one event meets: the correlation says no more than its rule")
def correlation_each(document: Document) -> Iterator[Said]:
    """Name counts that a single event meets."""
    made = _correlation(document)
    if (
        made is not None
        and made.type in {Type.EVENT_COUNT, Type.VALUE_COUNT}
        and made.bounds
        and made.holds(1)
        and len(made.rules) == 1
    ):
        yield Said(
            line=_line(document, "condition"),
            says="one event meets the condition",
            hint="raise the bound, or use the rule without a correlation",
        )


@warning("correlation-one-rule", "a temporal correlation of one rule")
def correlation_one_rule(document: Document) -> Iterator[Said]:
    """Name sequences of one."""
    made = _correlation(document)
    if made is not None and made.type in TEMPORAL and len(made.rules) < 2:
        yield Said(
            line=_line(document, "rules"),
            says=f"{made.type} of one rule fires whenever that rule does",
            hint="name two rules or more",
        )


@warning("correlation-no-group", "a correlation without `group-by`: events of all hosts and users count together")
def correlation_no_group(document: Document) -> Iterator[Said]:
    """Name correlations that do not tell anything apart."""
    made = _correlation(document)
    if made is not None and not made.group_by:
        yield Said(
            line=document.line("correlation"),
            says="events of all hosts, users and addresses count together",
            hint="group-by: the fields that belong together",
        )


@warning("correlation-few", "an upper bound alone, which every quiet window meets")
def correlation_few(document: Document) -> Iterator[Said]:
    """Name counts that have no lower bound."""
    made = _correlation(document)
    if (
        made is not None
        and made.type is Type.EVENT_COUNT
        and made.bounds
        and all(b.compare in {"lt", "lte"} for b in made.bounds)
    ):
        yield Said(
            line=_line(document, "condition"),
            says="a window with few events meets the condition, and so does the first event of each",
            hint="add gte; the absence of events cannot be told by a count",
        )
