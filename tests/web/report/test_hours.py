from typing import Any

from tests.web.report.results import acme, many
from tocsin.web.report.hours import Timeline, timeline
from tocsin.web.report.material import gather


def line_of(result: dict[str, Any]) -> Timeline:
    line = timeline(gather(result))
    assert line is not None
    return line


def hour(moment: str, **counts: int) -> dict[str, Any]:
    return {"hour": moment, "counts": counts}


def test_rows_stand_worst_first_with_their_totals() -> None:
    result = {
        "report": {"timeline": [hour("2026-11-22T01:00:00Z", critical=1, low=3), hour("2026-11-22T04:00:00Z", low=2)]}
    }

    assert [(row.severity, row.total) for row in line_of(result).rows] == [
        ("critical", 1),
        ("high", 0),
        ("medium", 0),
        ("low", 5),
        ("info", 0),
    ]


def test_one_critical_finding_is_seen_beside_thousands() -> None:
    result = {"report": {"timeline": [hour("2026-11-22T01:00:00Z", critical=1, info=100_000)]}}

    assert line_of(result).rows[0].bars[0].height >= 8


def test_a_month_is_drawn_in_bars_that_can_be_told_apart() -> None:
    line = line_of(many(3000))

    assert line.bin == "6 h"
    assert min(bar.width for row in line.rows for bar in row.bars) >= 1.5
    assert max(len(row.bars) for row in line.rows) <= 240


def test_the_table_holds_what_the_drawing_holds() -> None:
    line = line_of(many(3000))

    for row in line.rows:
        assert row.total == sum(counts[row.severity] for _, counts in line.table)


def test_without_counts_each_finding_counts_once_and_this_is_said() -> None:
    result = acme()
    del result["report"]["timeline"]
    line = line_of(result)

    assert line.is_derived
    assert [row.total for row in line.rows] == [1, 3, 4, 0, 0]


def test_each_silent_source_has_a_hatched_row() -> None:
    line = line_of(acme())

    assert [silence.source for silence in line.silences] == ["cloud/cloudtrail.json.gz", "m365/audit-export.csv"]
    assert line.silences[1].says == "silent for 5 h 58 min in 1 span"


def test_spans_of_silence_that_touch_are_one_veil() -> None:
    assert len(line_of(acme()).veils) == 1


def test_a_result_without_times_has_no_timeline() -> None:
    assert timeline(gather({"findings": [{"fingerprint": "1", "first": None}]})) is None


def test_an_hour_that_is_no_time_is_left_out() -> None:
    result = {"report": {"timeline": [hour("soon", low=1), hour("2026-11-22T01:00:00Z", low=2)]}}

    assert [row.total for row in line_of(result).rows if row.severity == "low"] == [2]
