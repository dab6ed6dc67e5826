"""All documents together: what stands twice, and names that lead nowhere."""

from collections.abc import Callable

from tests.detect.lint.conftest import HEAD, Look, rule

Says = Callable[..., list[str]]

ID = "5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a11"
OTHER = "5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a12"
ONE = rule("s:\n    a: x\n    b: [y, z]\ncondition: s")
CHAIN = f"{HEAD}correlation: {{type: event_count, rules: [part], group-by: [a], timespan: 1h, condition: {{gte: 2}}}}\n"


def another(text: str = ONE) -> str:
    return text.replace(ID, OTHER).replace("A rule of a test", "Another rule")


def test_an_id_that_stands_twice_is_an_error_that_names_the_other(look: Look) -> None:
    found = look("id-twice", ONE, ONE)
    assert [(one.path, one.state, one.says) for one in found] == [
        ("rule_1.yml", "error", "rule_0.yml:1 has the same id")
    ]


def test_a_name_that_stands_twice_is_an_error(says: Says) -> None:
    named = ONE.replace(f"id: {ID}", "name: part")
    assert len(says("name-twice", named, named)) == 1


def test_a_title_that_stands_twice_is_named_whatever_its_case(says: Says) -> None:
    assert len(says("title-twice", ONE, another().replace("Another rule", "a RULE of a test"))) == 1
    assert says("title-twice", ONE, another()) == []


def test_equal_logic_in_another_order_is_named(says: Says) -> None:
    turned = another(rule("t:\n    b: [z, y]\n    a: x\ncondition: 1 of t*"))
    assert len(says("same-logic", ONE, turned)) == 1


def test_equal_logic_of_another_log_source_is_not(says: Says) -> None:
    assert says("same-logic", ONE, another().replace("process_creation", "image_load")) == []


def test_a_correlation_of_a_rule_that_is_not_there_is_an_error_where_a_folder_was_named(says: Says) -> None:
    assert len(says("rule-not-there", CHAIN)) == 1
    assert says("rule-not-there", CHAIN, complete=False) == []
    assert says("rule-not-there", CHAIN, another().replace(f"id: {OTHER}", "name: part")) == []


def test_a_relation_to_a_rule_that_is_not_there_is_named_unless_it_is_gone(says: Says) -> None:
    related = ONE.replace("status: test", f"status: test\nrelated: [{{id: {OTHER}, type: derived}}]")
    assert len(says("related-not-there", related)) == 1
    assert says("related-not-there", related, another()) == []
    assert says("related-not-there", related.replace("derived", "obsolete")) == []


def test_a_filter_for_another_log_source_is_named(says: Says) -> None:
    exception = (
        "title: An exception\nid: 5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a19\nlogsource: {product: linux}\n"
        f"filter:\n    rules: [{ID}]\n    s:\n        User: svc\n    condition: not s\n"
    )
    assert len(says("filter-elsewhere", ONE, exception)) == 1
    assert says("filter-elsewhere", ONE, exception.replace("linux", "windows")) == []


def test_a_file_of_one_name_in_two_folders_is_named_by_convention(says: Says) -> None:
    assert len(says("file-name-twice", ONE, another(), names=["a/x.yml", "b/x.yml"])) == 1
    assert says("file-name-twice", ONE, another(), names=["a/x.yml", "b/y.yml"]) == []
