"""Lints of what a rule's logic comes to: never, always, on everything else; and selections that change nothing."""

from collections.abc import Iterator, Mapping, Sequence

from tocsin.detect.lint.conditions import clause_line, over_names
from tocsin.detect.lint.document import Document
from tocsin.detect.lint.logic import EVENT_CODE, NOTHING, Claim, Found, possible
from tocsin.detect.lint.remark import Said, error, q, warning
from tocsin.detect.lint.sources import event_ids
from tocsin.match.sigma.condition import condition
from tocsin.match.sigma.expression import Atom, Exists, Expression, Keyword, Not, Some, either, leaves
from tocsin.match.sigma.predicate import Ask, Predicate
from tocsin.match.sigma.rule import Rule
from tocsin.match.sigma.text import Pattern
from tocsin.match.sigma.tree import RuleError

MANY_SELECTIONS = 64  # more are not asked one by one whether they matter; SigmaHQ's rules have 34 at most
PLAIN = frozenset({"windows"})  # products whose events have no lists


def given(document: Document) -> tuple[Claim, ...]:
    """Return what the log source of a rule says of its records before the rule asks."""
    ids = event_ids(document.source)
    asked = tuple(Predicate(Ask.TEXT, Pattern((number,))) for number in ids)
    return (Claim(EVENT_CODE, asked, True, "EventID"),) if asked else ()


def _expression(document: Document) -> Expression | None:
    return document.made.expression if isinstance(document.made, Rule) else None


def _repeats(expression: Expression) -> bool:
    """Return whether a field is asked more than once, or something is denied: without that nothing can clash."""
    seen: set[str] = set()
    parts = (
        expression.parts
        if isinstance(expression, Some) and expression.least == len(expression.parts)
        else (expression,)
    )
    for part in parts:
        if isinstance(part, Not):
            return True
        names = {one.field if isinstance(one, Atom | Exists) else "" for one in leaves(part)}
        if names & seen or (isinstance(part, Some) and part.least != 1):
            return True
        seen |= names
    return False


@error("never-fires", "the condition cannot hold: what it asks excludes itself, or its log source")
def never_fires(document: Document) -> Iterator[Said]:
    """Name rules that no record satisfies."""
    says, needs_list = _verdict(document)
    if says and not needs_list:
        yield Said(line=clause_line(document), says=f"the rule can never fire: {says}", hint="correct the condition")


@warning("needs-list", "the condition wants two values of one field at once: only a field that is a list has them")
def needs_list(document: Document) -> Iterator[Said]:
    """Name rules that a record satisfies only by a list of values."""
    says, only_list = _verdict(document)
    if says and only_list:
        yield Said(
            line=clause_line(document), says=f"the rule fires only where a field is a list: {says}",
            hint="correct the condition, unless the field is a list",
        )  # fmt: skip


def _verdict(document: Document) -> tuple[str, bool]:
    """Return why a rule cannot fire, and whether a list of values would let it; nothing where it can."""
    expression = _expression(document)
    if expression is None:
        return "", False
    known = given(document)
    asks = {one.field for one in leaves(expression) if isinstance(one, Atom)}
    if not {"EventID", EVENT_CODE} & asks:
        known = ()
    if not known and not _repeats(expression):
        return "", False
    found = possible([(expression, True)], known)
    if found.possible:
        return "", False
    if known and possible([(expression, True)]).possible:
        return f"events of {document.source} have {_ids(document)}, and it asks for another id", False
    if found.clash is None:
        return "fewer selections are named so than `of` asks for", False
    both = found.clash.one.holds and found.clash.other.holds
    return found.why, both and document.source.product not in PLAIN


def _ids(document: Document) -> str:
    ids = event_ids(document.source)
    return f"EventID {', '.join(ids[:5])}"


@error("always-fires", "the condition always holds: the rule fires on every record of its log source")
def always_fires(document: Document) -> Iterator[Said]:
    """Name rules that every record satisfies."""
    expression = _expression(document)
    if expression is None or not any(True for _ in _negations(expression)):
        return
    if not possible([(expression, False)]).possible:
        yield Said(
            line=clause_line(document),
            says="the rule fires on every record of its log source",
            hint="one of its parts, or its contrary, always holds: take it out",
        )


def _negations(expression: Expression) -> Iterator[Expression]:
    if isinstance(expression, Not):
        yield expression
    elif isinstance(expression, Some):
        for part in expression.parts:
            yield from _negations(part)


@warning("only-denies", "the condition only says what must not be: it holds for nearly every record")
def only_denies(document: Document) -> Iterator[Said]:
    """Name rules that records satisfy by lacking everything the rule asks for."""
    expression = _expression(document)
    if expression is None or not any(True for _ in _negations(expression)):
        return
    if _empty_fits(expression, null=True) and _empty_fits(expression, null=False):
        yield Said(
            line=clause_line(document),
            says="a record that has nothing the rule asks for satisfies it",
            hint="add a selection that says what must be there",
        )


def _empty_fits(expression: Expression, *, null: bool) -> bool:
    """Return whether a record without any field and text satisfies an expression.

    `null` is what an item says that asks for null: the rule must fit either way, since asking for it is asking.
    """
    if isinstance(expression, Not):
        return not _empty_fits(expression.part, null=null)
    if isinstance(expression, Some):
        return sum(_empty_fits(part, null=null) for part in expression.parts) >= expression.least
    return isinstance(expression, Atom) and expression.predicate.ask is Ask.NULL and null


@warning("selection-idle", "a selection that never makes a difference: it excludes the others, or excludes nothing")
def selection_idle(document: Document) -> Iterator[Said]:
    """Name selections that cannot hold together with the rest.

    And filters that have nothing to exclude.
    """
    if not isinstance(document.made, Rule) or document.clause is None or len(document.selections) > MANY_SELECTIONS:
        return
    names = over_names(document)
    if names is None:
        return
    try:
        made = {name: group.expression() for name, group in document.clause.selections.items()}
    except RuleError:
        return
    signs = _signs(names, holds=True)
    known = given(document)
    whole = _with(document, made)
    for name in made:
        found = _idle(document, name, made, signs, known)
        if found is not None and possible([(whole, True)], known).possible:
            yield _told(document, name, found, signs)


def _idle(
    document: Document,
    name: str,
    made: Mapping[str, Expression],
    signs: Mapping[str, set[bool]],
    known: Sequence[Claim],
) -> Found | None:
    sign = signs.get(name, set())
    if len(sign) != 1 or isinstance(made[name], Keyword) or len(made) == 1:
        return None
    if not any(_shares(made[name], other) for key, other in made.items() if key != name) and not known:
        return None
    stand_in: Expression = NOTHING if True in sign else Not(NOTHING)
    rest = _with(document, {**made, name: stand_in})
    found = possible([(rest, True), (made[name], True)], known)
    alone = possible([(made[name], True)], known)
    return found if not found.possible and alone.possible else None


def _shares(one: Expression, other: Expression) -> bool:
    fields = {leaf.field for leaf in leaves(one) if isinstance(leaf, Atom | Exists)}
    return any(isinstance(leaf, Atom | Exists) and leaf.field in fields for leaf in leaves(other))


def _told(document: Document, name: str, found: Found, signs: Mapping[str, set[bool]]) -> Said:
    why = f": {found.why}" if found.why else ""
    if True in signs[name]:
        says = f"the selection {q(name)} never holds together with the rest{why}"
    elif found.clash is not None and not (found.clash.one.holds and found.clash.other.holds):
        says = f"what the selection {q(name)} excludes, another part excludes already{why}"
    else:
        says = f"the selection {q(name)} excludes nothing that the rest lets through{why}"
    line = document.text.key(name, document.selections[name].line)
    return Said(line=line, says=says, hint="correct it, or take it out")


def _with(document: Document, selections: Mapping[str, Expression]) -> Expression:
    return either([condition(text, selections, line) for text, line in document.conditions])


def _signs(expression: Expression, *, holds: bool) -> dict[str, set[bool]]:
    """Return for each name whether it must hold, must not, or both."""
    found: dict[str, set[bool]] = {}
    if isinstance(expression, Exists):
        return {expression.field: {holds}}
    parts = (
        (expression.part,) if isinstance(expression, Not) else expression.parts if isinstance(expression, Some) else ()
    )
    for part in parts:
        for name, signs in _signs(part, holds=holds is not isinstance(expression, Not)).items():
            found.setdefault(name, set()).update(signs)
    return found
