"""Whether an expression can hold: never denied of one that a record satisfies."""

import itertools
import random

from tests.detect.lint.conftest import rule
from tocsin.detect.lint.document import Document, Text
from tocsin.detect.lint.logic import canonical, canonical_name, possible
from tocsin.match.sigma.expression import Atom, Expression, Keyword, Leaf, Not, Some, judge
from tocsin.match.sigma.predicate import Ask, Predicate
from tocsin.match.sigma.predicate import test as asks
from tocsin.match.sigma.rule import Rule, nodes
from tocsin.match.sigma.text import parse
from tocsin.match.sigma.tree import Node

VALUES = (None, "", "a", "b", "ab", "ba")


def atom(field: str, text: str | None) -> Atom:
    return Atom(field, Predicate(Ask.NULL) if text is None else Predicate(Ask.TEXT, parse(text)))


def made(rng: random.Random, depth: int) -> Expression:
    kind = rng.randrange(5) if depth else 0
    if kind < 2:
        return atom(rng.choice("xy"), rng.choice([None, "a", "b", "a*", "*b", "*a*", "*"]))
    if kind == 2:
        return Not(made(rng, depth - 1))
    parts = tuple(made(rng, depth - 1) for _ in range(rng.randrange(2, 4)))
    return Some(parts, rng.choice([1, len(parts), 2]))


def holds(expression: Expression, record: dict[str, str | None]) -> bool:
    def known(leaf: Leaf) -> bool:
        assert isinstance(leaf, Atom)
        value = record[leaf.field]
        if leaf.predicate.ask is Ask.NULL:
            return value is None
        return value is not None and asks(leaf.predicate)(value)

    return judge(expression, known) is True


def test_nothing_is_called_impossible_that_a_record_satisfies() -> None:
    rng = random.Random(7)
    records = [{"x": x, "y": y} for x, y in itertools.product(VALUES, VALUES)]
    denied = 0
    for _ in range(4_000):
        expression = made(rng, 3)
        satisfied = any(holds(expression, record) for record in records)
        found = possible([(expression, True)])
        denied += not found.possible
        assert found.possible or not satisfied, expression
        contrary = any(not holds(expression, record) for record in records)
        assert possible([(expression, False)]).possible or not contrary, expression
    assert denied > 100


def test_one_form_asks_what_the_expression_asked() -> None:
    rng = random.Random(11)
    records = [{"x": x, "y": y} for x, y in itertools.product(VALUES, VALUES)]
    for _ in range(1_000):
        expression = made(rng, 3)
        form = canonical(expression)
        assert all(holds(expression, record) is holds(form, record) for record in records)
        assert canonical(form) == form


def test_order_repetition_and_nesting_do_not_change_the_form() -> None:
    a, b, c = atom("x", "a"), atom("y", "b"), atom("x", "c")
    assert canonical(Some((a, Some((b, c), 2)), 2)) == canonical(Some((c, b, a, b), 4))
    assert canonical(Not(Not(a))) == a
    assert canonical(Some((a, a), 2)) == a


def test_a_clash_names_the_two_claims_in_the_order_of_writing() -> None:
    found = possible([(Some((atom("x", "a"), atom("x", "b")), 2), True)])
    assert str(found.clash) == "x cannot be 'a' and 'b' at once"


def test_keywords_stand_side_by_side_and_only_denying_one_clashes() -> None:
    one, other = Keyword(parse("*one*")), Keyword(parse("*two*"))
    assert possible([(one, True), (other, True)]).possible
    assert not possible([(one, True), (Keyword(parse("*on*")), False)]).possible


def test_an_event_id_has_one_name_and_other_fields_keep_theirs() -> None:
    assert canonical_name("EventID") == canonical_name("event.code") == "event.code"
    assert canonical_name("TargetUserName") == "TargetUserName"


def test_what_takes_too_long_is_taken_to_be_possible() -> None:
    lines = [f"s{n}:\n    f{n}|contains: [a, b]\n    g{n}|contains: [c, d]" for n in range(40)]
    text = rule("\n".join(lines) + "\ncondition: " + " and ".join(f"not s{n}" for n in range(40)))
    node = next(nodes(text.encode()))
    assert isinstance(node, Node)
    document = Document(Text("x.yml", text), node, {})
    assert isinstance(document.made, Rule)
    assert possible([(document.made.expression, True)]).possible
