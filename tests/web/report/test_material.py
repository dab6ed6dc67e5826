from tests.web.report.results import finding
from tocsin.web.report.material import gather, records, severity, texts, worst


def test_findings_stand_gravest_surest_and_most_frequent_first() -> None:
    items = [
        finding("a", "low", "a"),
        finding("b", "high", "b", confidence="low", count=9),
        finding("c", "high", "c", confidence="high"),
        finding("d", "high", "d", confidence="high", count=5),
        finding("e", "critical", "e", confidence="low"),
    ]

    assert [item["rule"] for item in gather({"findings": items}).findings] == ["e", "d", "c", "b", "a"]


def test_the_order_does_not_depend_on_the_order_of_the_result() -> None:
    items = [finding("same", "high", str(i)) for i in range(20)]

    assert gather({"findings": items}).findings == gather({"findings": items[::-1]}).findings


def test_what_is_suppressed_stands_apart_and_once() -> None:
    word = {"reason": "known", "owner": "@it", "until": "2027-01-01"}
    quiet = finding("a", "low", "a", suppressed=word)
    material = gather({"findings": [quiet, finding("b", "low", "b")], "report": {"suppressed": [quiet]}})

    assert [item["rule"] for item in material.findings] == ["b"]
    assert [item["rule"] for item in material.suppressed] == ["a"]


def test_counts_name_each_severity() -> None:
    counts = gather({"findings": [finding("a", "low", "a")]}).counts

    assert list(counts.items()) == [("critical", 0), ("high", 0), ("medium", 0), ("low", 1), ("info", 0)]


def test_only_a_result_that_says_so_is_complete() -> None:
    assert gather({"coverage": {"complete": True}}).is_complete
    assert not gather({"coverage": {}}).is_complete
    assert not gather({"coverage": {"complete": "yes"}}).is_complete


def test_what_is_not_a_list_of_records_is_none() -> None:
    assert records({"a": [1, {"b": 2}, "c"]}, "a") == [{"b": 2}]
    assert records({"a": "text"}, "a") == []


def test_a_text_alone_is_a_list_of_one() -> None:
    assert texts({"a": "one"}, "a") == ["one"]


def test_an_unknown_severity_is_info() -> None:
    assert severity({"severity": "apocalyptic"}) == "info"


def test_the_worst_of_nothing_is_info() -> None:
    assert worst([]) == "info"
