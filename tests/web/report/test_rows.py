import json
from typing import Any

from tests.web.report.results import acme, finding, many
from tocsin.web.report.material import gather
from tocsin.web.report.rows import COLUMNS, embedded, lines, row


def embedded_of(result: dict[str, Any]) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads("".join(embedded(gather(result))))
    return loaded


def test_each_row_has_all_columns() -> None:
    data = embedded_of(acme())

    assert tuple(data["columns"]) == COLUMNS
    assert {len(cells) for cells in data["findings"]} == {len(COLUMNS)}


def test_what_findings_share_is_stored_once() -> None:
    data = embedded_of(many(5000))

    assert len(data["sorts"]) < 5000 / 2
    assert len(data["texts"]) == len(set(data["texts"]))


def test_an_index_leads_back_to_the_text() -> None:
    data = embedded_of(acme())
    cells = dict(zip(COLUMNS, data["findings"][0], strict=True))

    assert data["texts"][cells["severity"]] == "critical"
    assert [data["texts"][i] for i in cells["entities"]] == ["ip:203.0.113.66", "user:deploy", "host:bastion"]
    assert data["sorts"][cells["sort"]][1] == "ssh-guessed"


def test_no_result_is_an_empty_list_and_valid() -> None:
    assert embedded_of({}) == {"columns": list(COLUMNS), "findings": [], "sorts": [], "texts": []}


def test_raw_lines_beyond_the_room_are_left_out_and_this_shows() -> None:
    long = ["x" * 600] * 10
    items = [finding("a", "low", str(i), evidence=[f"{i}{n}{line}" for n, line in enumerate(long)]) for i in range(600)]
    data = embedded_of({"findings": items})
    column = COLUMNS.index("first_lines")

    assert data["findings"][0][column] != 0
    assert data["findings"][-1][column] == 0


def test_own_evidence_is_the_first_five_lines_and_the_last_five() -> None:
    item = finding("a", "low", "a", evidence=[f"line {i}" for i in range(10)])

    first, last = lines(gather({"findings": [item]}), item)

    assert first == [f"line {i}" for i in range(5)]
    assert last == [f"line {i}" for i in range(5, 10)]


def test_evidence_lines_of_the_report_come_before_own_evidence() -> None:
    item = finding("a", "low", "a", evidence=["own"])
    result = {"findings": [item], "report": {"evidence_lines": {item["fingerprint"]: {"first": ["1"], "last": ["9"]}}}}

    assert lines(gather(result), item) == (["1"], ["9"])


def test_a_line_that_is_first_and_last_is_shown_once() -> None:
    item = finding("a", "low", "a")
    result = {"findings": [item], "report": {"evidence_lines": {item["fingerprint"]: {"first": ["1"], "last": ["1"]}}}}

    assert lines(gather(result), item) == (["1"], [])


def test_many_entities_and_places_are_counted_not_shown() -> None:
    item = finding(
        "a",
        "low",
        "a",
        entities=[f"user:u{i}" for i in range(38)],
        where=[{"path": "a.log", "record": i} for i in range(20)],
    )

    shown = row(gather({}), item)

    assert (len(shown.entities), shown.more_entities) == (24, 14)
    assert (len(shown.where), shown.more_places) == (5, 15)


def test_a_place_names_line_record_and_component() -> None:
    item = finding("a", "low", "a", where=[{"path": "a.txt", "line": 3, "record": 7, "component": "pkg:pypi/x@1"}])

    assert row(gather({}), item).where == [("a.txt", ":3, record 7, pkg:pypi/x@1")]


def test_a_flow_is_placed_where_it_ends() -> None:
    way = [{"path": "a.py", "line": line} for line in (3, 8, 21)]
    flow = row(gather({}), finding("code-shell", "high", "a", kind="code", where=way))
    repeated = row(gather({}), finding("code-shell", "high", "a", kind="code", where=way, count=3))

    assert (flow.is_flow, flow.place) == (True, "a.py:21")
    assert (repeated.is_flow, repeated.place) == (False, "a.py:3")


def test_a_long_flow_keeps_its_end() -> None:
    way = [{"path": "a.py", "line": line} for line in range(1, 12)]

    shown = row(gather({}), finding("code-shell", "high", "a", kind="code", where=way))

    assert [detail for _, detail in shown.where] == [":1", ":2", ":3", ":4", ":11"]
