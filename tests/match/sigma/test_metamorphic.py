"""Changes of rules and events that must change no answer: names, letters, order, form, logic written otherwise."""

import json
import string
from random import Random
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.match.sigma.generate import CONDITIONS, EVENTS, SELECTIONS
from tests.match.sigma.made import made, written
from tests.match.sigma.test_matcher import FILLS, columns, objects, rule
from tocsin.match.sigma.literals import hyperscan
from tocsin.match.sigma.matcher import Matcher
from tocsin.match.sigma.rule import Rule, read

SEED = 20261124
NAMES = {"f": "Zf Name", "g": "zg.h-1", "h": "Zh_0"}
PLAIN = frozenset({"contains", "startswith", "endswith", "all", "neq", "cased", "windash"})

_LOWERED_TO_ASCII = frozenset("\u0130\u0307\u212a")

Events = list[dict[str, Any]]
Detection = dict[str, Any]


def held(detection: Detection, events: Events) -> list[int]:
    return [row for _, row in Matcher([rule(detection)]).run(objects(events))]


def renamed(value: Any, names: dict[str, str]) -> Any:
    """Return a selection in which each field has its other name."""
    if isinstance(value, list):
        return [renamed(one, names) for one in value]
    if not isinstance(value, dict):
        return value
    made_of = {}
    for key, inner in value.items():
        field, *modifiers = key.split("|")
        refers = "fieldref" in modifiers
        inner = [names[one] for one in inner] if refers and isinstance(inner, list) else inner
        inner = names[inner] if refers and isinstance(inner, str) else inner
        made_of["|".join((names.get(field, field), *modifiers))] = inner
    return made_of


def translated(value: Any, letters: dict[int, int]) -> Any:
    if isinstance(value, dict):
        return {key: translated(inner, letters) for key, inner in value.items()}
    if isinstance(value, list):
        return [translated(inner, letters) for inner in value]
    return value.translate(letters) if isinstance(value, str) else value


def shuffled(value: Any, chance: Random) -> Any:
    """Return a selection with its lists and maps in another order."""
    if isinstance(value, dict):
        items = [(key, shuffled(inner, chance)) for key, inner in value.items()]
        return dict(chance.sample(items, len(items)))
    if isinstance(value, list):
        return chance.sample([shuffled(inner, chance) for inner in value], len(value))
    return value


def detections() -> st.SearchStrategy[Detection]:
    keys = {"sel_a": SELECTIONS, "sel_b": SELECTIONS, "_sel_c": SELECTIONS}
    return st.fixed_dictionaries({**keys, "condition": CONDITIONS})


def rules_of(detection: Detection) -> list[Rule]:
    return [one for one in read(written(detection), "rule.yml", FILLS) if isinstance(one, Rule)]


@settings(max_examples=200, deadline=None)
@given(detection=detections(), events=EVENTS)
def test_fields_by_other_names_in_rule_and_event_give_the_same(detection: Detection, events: Events) -> None:
    condition = detection.pop("condition")
    other = {**{name: renamed(one, NAMES) for name, one in detection.items()}, "condition": condition}
    moved = [{NAMES[name]: value for name, value in event.items()} for event in events]
    # raw texts without the names of fields, so that no keyword finds one
    raws = [json.dumps(list(event.values())) for event in events]
    whole = {**detection, "condition": condition}
    one = [row for _, row in Matcher([rule(whole)]).run(objects(events, raws))]
    assert [row for _, row in Matcher([rule(other)]).run(objects(moved, raws))] == one


def test_letters_exchanged_in_rule_and_event_give_the_same() -> None:
    chance = Random(SEED)
    order = chance.sample(string.ascii_lowercase, 26)
    letters = str.maketrans(string.ascii_lowercase + string.ascii_uppercase, "".join(order) + "".join(order).upper())
    asked = 0
    for pair in made(SEED, 3_000):
        texts = [value for part in pair.detection.values() if isinstance(part, dict) for value in part.values()]
        event = {name: value for name, value in pair.event.items() if not isinstance(value, dict)}
        if (
            not PLAIN.issuperset(pair.modifiers)
            or "|".join(("", *pair.modifiers)) in pair.detection["s"]  # keywords, which the raw text holds
            or any(isinstance(one, bool) for one in (*texts, *event.values()))  # true is what it is
            or not _LOWERED_TO_ASCII.isdisjoint(json.dumps([texts, event], ensure_ascii=False))
        ):
            continue
        other = {name: translated(one, letters) for name, one in pair.detection.items() if name != "condition"}
        other["condition"] = pair.detection["condition"]
        asked += 1
        assert held(other, [translated(event, letters)]) == held(pair.detection, [event]), pair
    assert asked > 150


@settings(max_examples=150, deadline=None)
@given(detection=detections(), events=EVENTS, seed=st.integers(0, 99))
def test_the_order_of_rows_values_items_and_selections_changes_nothing(
    detection: Detection, events: Events, seed: int
) -> None:
    chance = Random(seed)
    order = chance.sample(range(len(events)), len(events))
    condition = detection["condition"]
    other = {**shuffled({k: v for k, v in detection.items() if k != "condition"}, chance), "condition": condition}
    found = held(other, [events[place] for place in order])
    assert sorted(order[row] for row in found) == held(detection, events)


@settings(max_examples=150, deadline=None)
@given(detection=detections(), events=EVENTS)
def test_a_field_more_that_no_rule_asks_for_changes_nothing(detection: Detection, events: Events) -> None:
    raws = ["" for _ in events]
    one = [row for _, row in Matcher([rule(detection)]).run(columns(events, raws))]
    more = [{**event, "zz": f"of row {row}"} for row, event in enumerate(events)]
    assert [row for _, row in Matcher([rule(detection)]).run(columns(more, raws))] == one


@settings(max_examples=150, deadline=None)
@given(detection=detections(), events=EVENTS)
def test_columns_and_objects_tables_whole_and_cut_and_both_engines_agree(detection: Detection, events: Events) -> None:
    events = [{name: value for name, value in event.items() if value is not None} for event in events]
    raws = [json.dumps(event) for event in events]
    (one,) = rules_of(detection)
    whole = [row for _, row in Matcher([one]).run(objects(events, raws))]
    plain = Matcher([one], engine=lambda: None)
    assert [row for _, row in plain.run(objects(events, raws))] == whole
    again = Matcher([one], engine=hyperscan)
    cut = [row for row in range(len(events)) if list(again.run(objects([events[row]], [raws[row]])))]
    assert cut == whole
    if not any(isinstance(part, list | str) or "|all" in part for part in detection.values() if part):
        assert [row for _, row in Matcher([one]).run(columns(events, raws))] == whole


@settings(max_examples=100, deadline=None)
@given(several=st.lists(detections(), min_size=2, max_size=5), events=EVENTS, seed=st.integers(0, 99))
def test_other_rules_and_their_order_change_no_answer_of_a_rule(
    several: list[Detection], events: Events, seed: int
) -> None:
    rules = [rule(one) for one in several]
    alone = {(place, row) for place, one in enumerate(rules) for _, row in Matcher([one]).run(objects(events))}
    order = Random(seed).sample(range(len(rules)), len(rules))
    found = Matcher([rules[place] for place in order]).run(objects(events))
    assert {(order[place], row) for place, row in found} == alone


@settings(max_examples=200, deadline=None)
@given(detection=detections(), events=EVENTS)
def test_the_same_logic_written_otherwise_gives_the_same(detection: Detection, events: Events) -> None:
    for one, other in (
        ("not (sel_a and sel_b)", "not sel_a or not sel_b"),
        ("not (sel_a or _sel_c)", "not sel_a and not _sel_c"),
        ("sel_a", "not not sel_a"),
        ("sel_a and sel_b", "sel_b and (sel_a)"),
        ("sel_a and (sel_b or _sel_c)", "sel_a and sel_b or sel_a and _sel_c"),
        ("1 of sel_*", "sel_a or sel_b"),
        ("all of sel_*", "sel_a and sel_b"),
        ("1 of them", "any of sel*"),
        ("2 of sel_*", "all of them"),
        ("not 1 of sel_*", "not sel_b and not sel_a"),
    ):
        assert held({**detection, "condition": one}, events) == held({**detection, "condition": other}, events)
    first, second = "sel_a and not sel_b", "_sel_c"
    joined = held({**detection, "condition": f"({first}) or {second}"}, events)
    assert held({**detection, "condition": [first, second]}, events) == joined


@settings(max_examples=100, deadline=None)
@given(detection=detections(), events=EVENTS)
def test_a_list_of_maps_is_the_selections_joined_by_or(detection: Detection, events: Events) -> None:
    maps = [one for one in (detection["sel_a"], detection["sel_b"]) if isinstance(one, dict)]
    if maps:
        parts = {f"p{place}": one for place, one in enumerate(maps)}
        joined = held({**parts, "condition": " or ".join(parts)}, events)
        assert held({"s": maps, "condition": "s"}, events) == joined


def test_a_value_and_its_negation_part_the_events() -> None:
    for pair in made(SEED + 1, 400):
        if "neq" not in pair.modifiers:
            one = {"s": pair.detection["s"], "condition": "s"}
            both = sorted(held(one, [pair.event]) + held({**one, "condition": "not s"}, [pair.event]))
            assert both == [0], pair
