"""A learnt filter as YAML: it reads back as what was learnt."""

from hypothesis import given
from hypothesis import strategies as st

from tests.detect.test_compare import RULE
from tocsin.detect.tune import Learnt, Selection
from tocsin.detect.tune_atoms import Atom, Risk
from tocsin.detect.tune_yaml import document, literal, quoted
from tocsin.match.sigma.expression import leaves
from tocsin.match.sigma.rule import Filter, Rule, read
from tocsin.match.sigma.text import parse
from tocsin.match.sigma.tree import Node, documents


def made(*selections: Selection) -> tuple[str, Filter]:
    rule = next(read(RULE.encode(), "a.yml"))
    assert isinstance(rule, Rule)
    text = document(Learnt(selections), rule, 2, 3)
    found = next(read(text.encode(), "f.yml"))
    assert isinstance(found, Filter), found
    return text, found


def selection(field: str, way: str, *values: str) -> Selection:
    return Selection((Atom(field, way, values, Risk.LOW, ""),))


def test_it_is_a_filter_for_the_rule_and_its_log_source() -> None:
    _, found = made(selection("User", "", "bob"))
    assert found.rules == ("11111111-1111-4111-8111-111111111111",)
    assert (found.source.product, found.source.category) == ("windows", "process_creation")


def test_one_selection_is_negated_by_its_name() -> None:
    assert "    condition: not selection\n" in made(selection("User", "", "bob"))[0]


def test_several_selections_are_negated_together() -> None:
    text, found = made(selection("User", "", "bob"), selection("Image", "endswith", "\\a.exe", "\\b.exe"))
    assert "    condition: not 1 of selection_*\n" in text
    assert len(list(leaves(found.clause().expression()))) == 3


def test_the_same_filter_has_the_same_id() -> None:
    assert made(selection("User", "", "bob"))[0] == made(selection("User", "", "bob"))[0]
    assert made(selection("User", "", "bob"))[0] != made(selection("User", "", "eve"))[0]


@given(st.text(max_size=40))
def test_a_value_means_just_itself(text: str) -> None:
    assert parse(literal(text)).plain == text


@given(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=40))
def test_a_text_reads_back_as_it_was(text: str) -> None:
    node = next(documents(f"a: {quoted(text)}\n".encode()))
    assert isinstance(node, Node)
    assert node.map["a"].value == text


def test_wildcards_and_backslashes_of_a_value_are_escaped() -> None:
    assert literal("a*b?c\\d\\\\e\\*") == "a\\*b\\?c\\d\\\\\\e\\\\\\*"
