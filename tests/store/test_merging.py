from tests.store.made import HOUR, NOW, finding
from tocsin.model.finding import MAX_PLACES, Place
from tocsin.store.merging import next_state, united
from tocsin.store.states import State


def places(*records: int) -> tuple[Place, ...]:
    return tuple(Place(path="a.log", record=record) for record in records)


def test_the_newer_words_stand() -> None:
    assert united(finding("a", message="old"), finding("a", message="new")).message == "new"


def test_places_unite_without_doubles() -> None:
    assert united(finding("a", where=places(1, 2)), finding("a", where=places(2, 3))).where == places(1, 2, 3)


def test_places_stop_at_the_limit() -> None:
    old, new = finding("a", where=places(*range(15))), finding("a", where=places(*range(15, 30)))
    assert len(united(old, new).where) == MAX_PLACES


def test_a_time_that_one_does_not_know_is_the_others() -> None:
    both = united(finding("a", first=None, last=None), finding("a", first=NOW, last=NOW + HOUR))
    assert (both.first, both.last) == (NOW, NOW + HOUR)


def test_evidence_keeps_the_first_and_the_last_lines_by_time() -> None:
    late = finding("a", first=NOW + HOUR, evidence=tuple(f"late {n}" for n in range(10)))
    early = finding("a", first=NOW, evidence=tuple(f"early {n}" for n in range(10)))
    kept = united(late, early).evidence
    assert kept[:5] == tuple(f"early {n}" for n in range(5))
    assert kept[5:] == tuple(f"late {n}" for n in range(5, 10))


def test_entities_and_tags_unite_in_order() -> None:
    both = united(finding("a", entities=("user:b", "ip:1"), tags=("x",)), finding("a", entities=("ip:1", "user:a")))
    assert both.entities == ("user:b", "ip:1", "user:a")
    assert both.tags == ("x",)


def test_a_suppressed_finding_is_suppressed_whatever_it_was() -> None:
    assert next_state(State.CLOSED, was_closed=True, suppressed=True, grew=3, counted=True) is State.SUPPRESSED


def test_a_gone_finding_that_is_seen_is_open() -> None:
    assert next_state(State.GONE, was_closed=False, suppressed=False, grew=0, counted=True) is State.OPEN
