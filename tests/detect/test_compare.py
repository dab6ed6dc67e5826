"""Two versions of a set of rules: what changed, and what must run."""

from tocsin.detect.compare import Comparison, Effect, State, Version, compare, to_run

ONE = "11111111-1111-4111-8111-111111111111"
TWO = "22222222-2222-4222-8222-222222222222"


def rule(id_: str = ONE, *, image: str = "'\\evil.exe'", level: str = "high", title: str = "Evil") -> str:
    return (
        f"title: {title}\nid: {id_}\ntags:\n  - attack.t1059\nlogsource:\n  product: windows\n"
        f"  category: process_creation\ndetection:\n  selection:\n    Image|endswith: {image}\n"
        f"  condition: selection\nlevel: {level}\n"
    )


RULE = rule()
CHAIN = (
    "title: Many\nid: many\ncorrelation:\n  type: event_count\n  rules: [{rules}]\n  group-by: [host.name]\n"
    "  timespan: 5m\n  condition:\n    gte: 3\n"
)
FILTER = (
    "title: Ours\nid: ours\nlogsource:\n  product: windows\nfilter:\n  rules: [{rules}]\n  selection:\n"
    "    User: '{user}'\n  condition: not selection\n"
)


def version(**files: str) -> Version:
    return Version("v", [(f"{name}.yml", text.encode()) for name, text in files.items()])


def states(found: Comparison) -> list[tuple[str, State, Effect]]:
    return [(change.id, change.state, change.effect) for change in found.changes]


def test_equal_versions_have_no_changes() -> None:
    found = compare(version(a=RULE), version(a=RULE))
    assert (found.changes, found.same, found.affected) == ((), 1, frozenset())


def test_rules_are_the_same_by_id_wherever_they_lie() -> None:
    found = compare(version(a=RULE), version(b=RULE))
    assert states(found) == [(ONE, State.MOVED, Effect.WORDS)]
    assert found.changes[0].before == "a.yml"
    assert not found.affected


def test_a_rule_that_came_and_one_that_went_must_run() -> None:
    found = compare(version(a=RULE), version(b=rule(TWO, title="Other")))
    assert {(id_, state) for id_, state, _ in states(found)} == {(ONE, State.REMOVED), (TWO, State.ADDED)}
    assert found.affected == {ONE, TWO}


def test_a_change_of_words_need_not_run() -> None:
    found = compare(version(a=RULE), version(a=f"{RULE}description: more\n"))
    assert states(found) == [(ONE, State.CHANGED, Effect.WORDS)]
    assert not found.affected


def test_a_comment_is_no_change() -> None:
    assert compare(version(a=RULE), version(a=f"# a word\n{RULE}")).changes == ()


def test_a_change_of_level_must_run_since_findings_are_worse() -> None:
    found = compare(version(a=RULE), version(a=rule(level="low")))
    assert states(found) == [(ONE, State.CHANGED, Effect.TELLING)]
    assert found.affected == {ONE}


def test_a_changed_value_changes_what_matches_and_shows_its_lines() -> None:
    found = compare(version(a=RULE), version(a=rule(image="'\\bad.exe'")))
    assert states(found) == [(ONE, State.CHANGED, Effect.MATCHES)]
    assert "-    Image|endswith: '\\evil.exe'" in found.changes[0].diff
    assert "+    Image|endswith: '\\bad.exe'" in found.changes[0].diff


def test_only_the_document_of_a_file_that_changed_is_shown() -> None:
    other = rule(TWO, title="Other")
    found = compare(version(a=f"{other}---\n{RULE}"), version(a=f"{other}---\n{rule(level='low')}"))
    assert [change.id for change in found.changes] == [ONE]
    assert [line for line in found.changes[0].diff if line.startswith(("+", "-"))] == ["-level: high", "+level: low"]


def test_a_correlation_of_a_changed_rule_must_run_too_with_all_its_parts() -> None:
    chain = CHAIN.format(rules=f"{ONE}, {TWO}")
    files = {"b": rule(TWO, title="Other"), "c": chain}
    after = version(a=rule(image="'\\bad.exe'"), **files)
    found = compare(version(a=RULE, **files), after)
    assert [change.id for change in found.changes] == [ONE]
    assert found.affected == {ONE, "many"}
    assert [one.about.id for one in to_run(after, found.affected)] == [ONE, TWO, "many"]


def test_rules_that_nothing_links_to_do_not_run() -> None:
    others = {f"r{n}": rule(f"id-{n}", title=f"Rule {n}") for n in range(50)}
    after = version(a=rule(image="'\\bad.exe'"), **others)
    found = compare(version(a=RULE, **others), after)
    assert [one.about.id for one in to_run(after, found.affected)] == [ONE]
    assert found.same == 50


def test_a_filter_that_came_changes_the_rules_that_it_is_for() -> None:
    found = compare(version(a=RULE), version(a=RULE, f=FILTER.format(rules=ONE, user="bob")))
    by_id = {change.id: change for change in found.changes}
    assert by_id[ONE].what == ("filter 'Ours' is put into it",)
    assert by_id[ONE].effect is Effect.MATCHES
    assert (by_id["ours"].kind, by_id["ours"].state, by_id["ours"].what) == ("filter", State.ADDED, ("is for 'Evil'",))


def test_a_filter_that_changed_is_told_with_its_rules() -> None:
    first, second = (version(a=RULE, f=FILTER.format(rules=ONE, user=user)) for user in ("bob", "eve"))
    by_id = {change.id: change for change in compare(first, second).changes}
    assert by_id[ONE].what == ("filter 'Ours', which is put into it, changed",)
    assert by_id["ours"].what[0] == "selection: User: 'bob' -> 'eve'"


def test_a_rule_that_no_longer_loads_is_not_told_as_removed() -> None:
    found = compare(version(a=RULE), version(a=RULE.replace("condition: selection", "condition: selektion")))
    assert states(found) == [(ONE, State.BROKEN, Effect.MATCHES)]
    assert "selektion" in found.changes[0].what[0]
    assert [problem.path for problem in found.broken] == ["a.yml"]


def test_a_problem_of_both_versions_is_not_news() -> None:
    broken = RULE.replace("condition: selection", "condition: selektion")
    assert compare(version(a=broken), version(a=broken)).broken == ()


def test_a_rule_that_loads_again_says_what_was_wrong() -> None:
    found = compare(version(a=RULE.replace("condition: selection", "condition: selektion")), version(a=RULE))
    assert states(found) == [(ONE, State.MENDED, Effect.MATCHES)]


def test_a_pipeline_that_came_changes_the_rules_below_its_folder() -> None:
    pipeline = "name: p\ntransformations:\n  - type: field_name_mapping\n    mapping:\n      Image: proc.path\n"
    found = compare(version(a=RULE), version(a=RULE, p=pipeline))
    assert states(found) == [(ONE, State.CHANGED, Effect.MATCHES)]
    assert found.changes[0].what == ("a pipeline or a placeholder makes another rule of it",)


def test_a_file_that_is_no_yaml_is_a_problem_and_the_rest_is_compared() -> None:
    found = compare(version(a=RULE), version(a=RULE, b="a: [\n"))
    assert [problem.path for problem in found.broken] == ["b.yml"]
    assert found.same == 1
