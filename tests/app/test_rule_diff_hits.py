"""Hits of two runs compared: what was gained and lost, by whom."""

from datetime import UTC, datetime

from tocsin.app.detect import Hit
from tocsin.app.rule_diff_hits import Keys, moved
from tocsin.model import Severity


def hit(path: str, record: int, *entities: str, rule: str = "r") -> Hit:
    return Hit(
        rule=rule, title=rule, severity=Severity.LOW, path=path, record=record,
        at=datetime(2026, 11, 1, tzinfo=UTC), fingerprint="f", entities=entities, tags=(), event={"Image": "x"},
        text="line", digest="00",
    )  # fmt: skip


def both(before: list[Hit], after: list[Hit]) -> tuple[Keys, Keys]:
    paths: dict[str, int] = {}
    found = Keys(paths), Keys(paths)
    for keys, hits in zip(found, (before, after), strict=True):
        for one in hits:
            keys.take(one)
    return found


def test_a_hit_is_the_same_where_path_and_record_are() -> None:
    before, after = both([hit("a", 1), hit("a", 2), hit("b", 1)], [hit("b", 1), hit("a", 1), hit("b", 2)])
    assert before.without(after, "r") == {before.of(hit("a", 2))}
    assert after.without(before, "r") == {after.of(hit("b", 2))}


def test_hits_of_another_rule_are_another_matter() -> None:
    before, after = both([hit("a", 1)], [hit("a", 1, rule="other")])
    assert len(before.without(after, "r")) == 1


def test_a_record_that_hits_a_rule_twice_counts_once() -> None:
    hits = [hit("a", 1, "host:x"), hit("a", 1, "host:x")]
    before, after = both(hits, [])
    found = moved(hits, before, {"r": before.without(after, "r")}, 3)["r"]
    assert (before.count("r"), found.count, found.by, len(found.examples)) == (1, 1, (("host:x", 1),), 1)


def test_entities_are_counted_by_type_the_most_frequent_first() -> None:
    hits = [hit("a", n, "host:x" if n < 3 else "host:y", "user:u", "process:p") for n in range(1, 5)]
    before, after = both(hits, [])
    found = moved(hits, before, {"r": before.without(after, "r")}, 3)["r"]
    assert found.by == (("host:x", 2), ("host:y", 2), ("user:u", 4))


def test_examples_come_from_as_many_inputs_as_there_are() -> None:
    hits = [hit("a", n) for n in range(1, 6)] + [hit("b", 1), hit("c", 1)]
    before, after = both(hits, [])
    found = moved(hits, before, {"r": before.without(after, "r")}, 3)["r"]
    assert {one.path for one in found.examples} == {"a", "b", "c"}
    assert found.count == 7


def test_no_example_is_shown_where_none_is_wanted() -> None:
    hits = [hit("a", 1)]
    before, after = both(hits, [])
    assert moved(hits, before, {"r": before.without(after, "r")}, 0)["r"].examples == ()
