from pathlib import Path

from tocsin.detect.rules import load, together

RULE = "title: t\nname: {0}\nlogsource: {{product: x}}\ndetection: {{s: {{f: x}}, condition: s}}\n"
CHAIN = "title: t\nid: {0}\ncorrelation: {{type: temporal, rules: [{1}], timespan: 5m, group-by: [u]}}\n"


def problems(*texts: str) -> list[str]:
    return [str(one) for one in together((f"{n}.yml", text.encode()) for n, text in enumerate(texts)).problems]


def test_rules_that_cannot_be_loaded_do_not_take_others_with_them(tmp_path: Path) -> None:
    (tmp_path / "good.yml").write_text(RULE.format("a"))
    (tmp_path / "bad.yml").write_text(
        "title: t\ndetection: {s: {f|contians: x}, condition: s}\nlogsource: {product: x}\n"
    )
    (tmp_path / "read.me").write_text("no rule")
    rules = load([tmp_path])
    assert [rule.about.name for rule in rules.rules] == ["a"]
    (problem,) = rules.problems
    assert (problem.path, problem.line) == (str(tmp_path / "bad.yml"), 2)
    assert "'contians'" in problem.says
    assert str(problem).endswith("(did you mean 'contains'?)")


def test_a_file_that_is_not_there_is_a_problem(tmp_path: Path) -> None:
    assert "cannot be read" in load([tmp_path / "none.yml"]).problems[0].says


def test_a_chain_stands_after_its_parts_whatever_the_order_of_files() -> None:
    rules = together([
        ("1", CHAIN.format("outer", "inner, a").encode()), ("2", CHAIN.format("inner", "a, b").encode()),
        ("3", RULE.format("a").encode()), ("4", RULE.format("b").encode()),
    ])  # fmt: skip
    assert [chain.about.id for chain in rules.chains] == ["inner", "outer"]
    assert rules.parts == ((0, 1), (2, 0))
    assert [rules.document(number).about.id for number in rules.telling] == ["outer"]


def test_a_correlation_of_an_unknown_rule_names_it() -> None:
    assert "'nope', which is no rule" in problems(CHAIN.format("c", "nope"))[0]


def test_a_correlation_of_itself_is_refused() -> None:
    assert "made of itself" in problems(CHAIN.format("c", "d"), CHAIN.format("d", "c"))[0]


def test_two_rules_of_one_name_are_a_problem_of_the_second() -> None:
    assert problems(RULE.format("a"), RULE.format("a")) == [
        "line 1: another rule is called 'a' already, in 0.yml, line 1 (give each document an id of its own)"
    ]
