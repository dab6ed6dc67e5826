"""Learning a filter: it takes all false hits away and keeps the others, or there is none."""

from hypothesis import given, settings
from hypothesis import strategies as st

from tocsin.detect.tune import Sample, alike, learn
from tocsin.detect.tune_atoms import Risk

AGENT = "C:\\Program Files\\Backup\\agent.exe"


def samples(*rows: dict[str, str]) -> list[Sample]:
    return [Sample(f"log#{number}", row) for number, row in enumerate(rows, 1)]


def test_a_stable_field_that_separates_is_enough() -> None:
    bad = samples({"ParentImage": AGENT, "ProcessId": "1"}, {"ParentImage": AGENT, "ProcessId": "2"})
    good = samples({"ParentImage": "C:\\Users\\eve\\x.exe", "ProcessId": "3"})
    best = learn(bad, good)[0]
    assert [(atom.key, atom.values) for atom in best.selections[0].atoms] == [("ParentImage", (AGENT,))]
    assert best.risk is Risk.LOW


def test_two_fields_are_taken_where_one_is_not_enough() -> None:
    bad = samples({"User": "svc", "ServiceName": "backup"})
    good = samples({"User": "svc", "ServiceName": "odd"}, {"User": "eve", "ServiceName": "backup"})
    assert {atom.field for atom in learn(bad, good)[0].selections[0].atoms} == {"User", "ServiceName"}


def test_several_causes_become_several_selections() -> None:
    bad = samples(
        {"ServiceName": "backup", "User": "a"}, {"ServiceName": "scanner", "User": "b"},
        {"ParentImage": AGENT, "User": "c"},
    )  # fmt: skip
    good = samples({"User": "a"}, {"User": "b"}, {"User": "c"})
    best = learn(bad, good)[0]
    assert 2 <= len(best.selections) <= 3
    assert all(best.fits(one) for one in bad)
    assert not any(best.fits(one) for one in good)


def test_a_path_that_attackers_choose_ranks_below_one_that_they_cannot() -> None:
    bad = samples({"Image": "C:\\Users\\bob\\tool.exe", "ParentImage": AGENT})
    good = samples({"Image": "C:\\Users\\eve\\evil.exe", "ParentImage": "C:\\Windows\\explorer.exe"})
    assert learn(bad, good)[0].selections[0].atoms[0].field == "ParentImage"


def test_a_whole_machine_is_silenced_only_where_nothing_else_separates() -> None:
    bad = samples({"Computer": "LT-1", "ServiceName": "backup"})
    good = samples({"Computer": "LT-2", "ServiceName": "odd"})
    assert learn(bad, good)[0].selections[0].atoms[0].field == "ServiceName"
    only = learn(samples({"Computer": "LT-1"}), samples({"Computer": "LT-2"}))[0]
    assert only.risk is Risk.HIGH


def test_two_narrow_selections_are_better_than_one_that_silences_machines() -> None:
    bad = samples(
        {"Computer": "LT-1", "ServiceName": "backup", "User": "a"},
        {"Computer": "LT-1", "ParentImage": AGENT, "User": "b"},
    )  # fmt: skip
    good = samples({"Computer": "LT-2", "User": "a"}, {"Computer": "LT-2", "User": "b"})
    best = learn(bad, good)[0]
    assert (len(best.selections), best.risk) == (2, Risk.MEDIUM)


def test_records_that_differ_in_volatile_fields_only_have_no_filter() -> None:
    bad = samples({"Image": AGENT, "ProcessId": "1", "UtcTime": "2026-11-01 10:00:00"})
    good = samples({"Image": AGENT, "ProcessId": "2", "UtcTime": "2026-11-01 10:00:01"})
    assert learn(bad, good) == []
    told = list(alike(bad, good))
    assert [(one.bad, one.good, one.differ) for one in told] == [("log#1", "log#1", ("ProcessId", "UtcTime"))]


def test_the_fields_that_a_rule_rests_on_are_not_enough_without_good_records() -> None:
    bad = samples({"Image": AGENT, "User": "svc"})
    assert all(
        {atom.field for atom in one.selections[0].atoms} != {"Image"} for one in learn(bad, [], frozenset({"Image"}))
    )


FIELDS = st.fixed_dictionaries(
    {},
    optional={
        "User": st.sampled_from(["svc", "bob", "eve"]),
        "ServiceName": st.sampled_from(["backup", "scan", "odd"]),
        "Image": st.sampled_from([AGENT, "C:\\Users\\bob\\a.exe", "C:\\Windows\\System32\\cmd.exe"]),
        "source.ip": st.sampled_from(["192.0.2.1", "192.0.2.9", "203.0.113.5"]),
        "CommandLine": st.sampled_from(["run --job a", "run --job b", "other"]),
    },
)


@settings(max_examples=300, deadline=None)
@given(st.lists(FIELDS, min_size=1, max_size=6), st.lists(FIELDS, max_size=6))
def test_what_is_learnt_always_separates(first: list[dict[str, str]], second: list[dict[str, str]]) -> None:
    bad, good = samples(*first), samples(*second)
    for one in learn(bad, good)[:3]:
        assert all(one.fits(sample) for sample in bad)
        assert not any(one.fits(sample) for sample in good)


@settings(max_examples=200, deadline=None)
@given(st.lists(FIELDS, min_size=1, max_size=4), st.lists(FIELDS, max_size=4))
def test_one_that_is_among_the_good_ones_is_never_filtered(
    first: list[dict[str, str]], second: list[dict[str, str]]
) -> None:
    bad = samples(*first)
    assert learn(bad, [*samples(*second), bad[0]]) == []
