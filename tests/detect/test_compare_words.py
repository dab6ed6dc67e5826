"""What differs between two documents, in words."""

from tests.detect.test_compare import RULE, rule
from tocsin.detect.compare_words import what_changed
from tocsin.match.sigma.tree import Node, documents


def words(old: str, new: str) -> list[str]:
    first, second = (next(documents(text.encode())) for text in (old, new))
    assert isinstance(first, Node)
    assert isinstance(second, Node)
    return list(what_changed(first, second))


def test_equal_documents_say_nothing() -> None:
    assert words(RULE, RULE) == []


def test_values_gained_and_lost_are_named_with_their_blanks() -> None:
    new = rule(image="[' \\a.exe', '\\b.exe', '\\c.exe']")
    assert words(rule(image="['\\a.exe', '\\b.exe']"), new) == [
        "selection: Image|endswith gains ' \\a.exe', '\\c.exe'",
        "selection: Image|endswith loses '\\a.exe'",
    ]


def test_one_value_for_another_is_told_as_such() -> None:
    assert words(rule(image="'x'"), rule(image="' x'")) == ["selection: Image|endswith: 'x' -> ' x'"]


def test_a_modifier_for_another_is_told_as_such() -> None:
    assert words(RULE, RULE.replace("Image|endswith", "Image|contains")) == [
        "selection: Image|endswith became Image|contains"
    ]


def test_a_new_selection_comes_with_what_it_asks_and_the_condition() -> None:
    new = RULE.replace("  condition: selection", "  filter:\n    User: 'bob'\n  condition: selection and not filter")
    assert words(RULE, new) == ["condition: `selection` -> `selection and not filter`", "filter: is new: User 'bob'"]


def test_a_selection_that_only_got_another_name_is_not_new() -> None:
    new = RULE.replace("selection", "process")
    assert words(RULE, new) == ["condition: `selection` -> `process`", "selection: is now called process"]


def test_alternatives_are_compared_one_by_one() -> None:
    old = RULE.replace("    Image|endswith: '\\evil.exe'", "    - Image: 'a'\n    - User: 'b'")
    assert words(old, old.replace("User: 'b'", "User: 'c'")) == ["selection, alternative 2: User: 'b' -> 'c'"]


def test_level_tags_and_log_source_are_told() -> None:
    new = (
        RULE.replace("level: high", "level: low")
        .replace("attack.t1059", "attack.t1106")
        .replace("category: process_creation", "category: image_load")
    )
    assert words(RULE, new) == [
        "log source: product: windows; category: process_creation -> product: windows; category: image_load",
        "level: high -> low",
        "tags: +attack.t1106 -attack.t1059",
    ]


def test_what_is_for_people_only_is_told_by_its_name() -> None:
    assert words(RULE, f"{RULE}description: what it sees\nauthor: x\n") == ["description, author: changed"]


def test_a_correlation_is_compared_leaf_by_leaf() -> None:
    old = "title: c\ncorrelation:\n  type: event_count\n  timespan: 5m\n  condition:\n    gte: 3\n"
    assert words(old, old.replace("5m", "10m").replace("gte: 3", "gte: 5")) == [
        "timespan: 5m -> 10m",
        "condition.gte: 3 -> 5",
    ]
