from tests.match.sigma.test_matcher import columns, rule
from tocsin.match.sigma.look import Look
from tocsin.match.sigma.plan import Plan, Residue
from tocsin.match.sigma.slots import Memo, Room


def plan(*detections: dict[str, object]) -> Plan:
    return Plan([(number, rule(one).expression) for number, one in enumerate(detections)], Room())


def test_rules_that_cannot_match_what_all_rows_share_fall_out() -> None:
    made = plan({"s": {"e": 1, "f": "a"}, "condition": "s"}, {"s": {"e": 2, "g": "a"}, "condition": "s"})
    shared = made.slots[0].answers(Look(columns([{"e": 2}])))
    assert isinstance(shared, list)
    assert [index for index, _ in Residue(made, {0: shared[0]}).rules] == [1]


def test_matches_come_in_the_order_of_rows_and_then_of_rules() -> None:
    made = plan({"s": {"f": "b"}, "condition": "s"}, {"s": {"f|contains": ["a", "b"]}, "condition": "s"})
    assert list(made.run(Look(columns([{"f": "a"}, {"f": "c"}, {"f": "b"}])))) == [(1, 0), (0, 2), (1, 2)]


def test_a_full_room_empties_all_that_share_it() -> None:
    room = Room(3)
    one, other = Memo(), Memo()
    for memo in (one, other):
        room.share(memo)
        room.take()
        memo["a"] = 1
    room.take(2)
    assert (one, other) == ({}, {})
