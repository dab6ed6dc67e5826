from itertools import pairwise
from typing import Any

from tests.web.report.results import acme, finding
from tocsin.web.report.lanes import Drawing, draw
from tocsin.web.report.material import gather


def drawn(result: dict[str, Any], number: int = 0) -> Drawing:
    material = gather(result)
    case = material.cases[number]
    drawing = draw(material, case, {fingerprint: i for i, fingerprint in enumerate(case["findings"], 1)})
    assert drawing is not None
    return drawing


def test_each_source_has_a_lane_in_the_order_of_the_story() -> None:
    assert [lane.source for lane in drawn(acme()).lanes] == [
        "logs/fw-edge.log",
        "logs/auth.log",
        "cloud/cloudtrail.json.gz",
        "tools/s3_rotate.py",
    ]


def test_each_finding_has_one_mark_with_its_number() -> None:
    numbers = [mark.number for lane in drawn(acme()).lanes for mark in lane.marks]

    assert sorted(numbers) == [1, 2, 3, 4, 5, 6]


def test_marks_of_a_lane_do_not_cover_each_other() -> None:
    result = acme()
    for fingerprint in result["cases"][0]["findings"][:4]:
        item = next(one for one in result["findings"] if one["fingerprint"] == fingerprint)
        item.update(first="2026-11-22T02:00:00Z", last="2026-11-22T02:00:00Z", where=[{"path": "one.log"}])
    del result["report"]["lanes"]

    marks = next(lane for lane in drawn(result).lanes if lane.source == "one.log").marks

    assert len({(mark.x, mark.y) for mark in marks}) == 4
    assert {round(b.y - a.y) for a, b in pairwise(marks)} == {20}


def test_without_lanes_the_findings_are_drawn_at_their_times() -> None:
    result = acme()
    del result["report"]["lanes"]

    lanes = {lane.source: lane for lane in drawn(result).lanes}

    assert [mark.number for mark in lanes["logs/auth.log"].marks] == [2, 3, 4]
    assert len(lanes["logs/fw-edge.log"].strokes) == 1


def test_code_has_a_lane_without_time() -> None:
    lane = drawn(acme()).lanes[-1]

    assert lane.is_timeless
    assert lane.marks[0].says.startswith("no time")


def test_a_silent_source_is_hatched_where_it_is_silent() -> None:
    lanes = drawn(acme()).lanes

    assert [len(lane.gaps) for lane in lanes] == [0, 0, 1, 0]
    assert lanes[2].gaps[0].x >= lanes[2].marks[0].x


def test_ten_thousand_events_are_no_more_strokes_than_can_be_told_apart() -> None:
    result = acme()
    events = result["report"]["lanes"]["1"][0]["events"]
    result["report"]["lanes"]["1"][0]["events"] = events * 200

    assert len(drawn(result).lanes[0].strokes) <= len(events)


def test_a_case_whose_findings_are_unknown_is_not_drawn() -> None:
    material = gather({"cases": [{"id": "9", "findings": ["gone"]}]})

    assert draw(material, material.cases[0], {"gone": 1}) is None


def test_findings_without_any_time_are_drawn_without_an_axis() -> None:
    items = [finding("code-shell", "high", f"place {i}", where=[{"path": "a.py"}]) for i in range(3)]
    case = {"id": "1", "severity": "high", "findings": [item["fingerprint"] for item in items]}

    drawing = drawn({"findings": items, "cases": [case]})

    assert (drawing.ticks, drawing.path) == ([], "")
    assert len({mark.x for mark in drawing.lanes[0].marks}) == 3


def test_a_finding_that_lasts_is_a_band_from_its_first_event_to_its_last() -> None:
    lane = drawn(acme()).lanes[0]

    assert [(band.x, band.width) for band in lane.bands] == [
        (lane.marks[0].x, round(max(stroke.x for stroke in lane.strokes) - lane.marks[0].x, 1))
    ]
    assert drawn(acme()).lanes[2].bands == []
