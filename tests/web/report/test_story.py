from typing import Any

from tests.web.report.results import acme, finding
from tocsin.web.report.material import gather
from tocsin.web.report.story import Told, actions, sentences, shortfalls, told


def said(result: dict[str, Any]) -> dict[str, str]:
    return dict(sentences(gather(result)))


def case_one(result: dict[str, Any]) -> Told:
    material = gather(result)
    return told(material, material.cases[0])


def test_three_sentences_say_what_happened_how_sure_and_whether_complete() -> None:
    assert said(acme()) == {
        "What happened": "17 findings in 48,625 records of 13 files: 8 of them make 2 cases, 9 stand alone. "
        "The gravest, case 1 (critical), 22 Nov 2026, 01:58:03 to 02:41:22 UTC (43 min 19 s), joins 6 findings.",
        "How sure": "All 7 critical or high findings are of high confidence.",
        "Complete": "No: 2 inputs were not looked at, 1 rule could not be loaded and 1 data set is stale.",
    }


def test_a_clean_result_says_what_was_looked_at() -> None:
    coverage = {"complete": True, "looked_at": {"files": 2, "records": 10}, "rules": {"loaded": 38, "active": 7}}
    words = said({"coverage": coverage})

    assert words["What happened"] == "Nothing was found in 10 records of 2 files."
    assert words["How sure"].startswith("7 of 38 rules could fire on this data")
    assert words["Complete"].startswith("Yes.")


def test_mixed_confidence_is_told_by_level() -> None:
    items = [finding("a", "high", str(i), confidence=c) for i, c in enumerate(("high", "high", "low"))]

    assert said({"findings": items})["How sure"] == "Of 3 critical or high findings, 2 of high and 1 of low confidence."


def test_a_shortfall_names_input_count_and_reason() -> None:
    coverage = {"not_looked_at": [{"path": "a.log", "record": 4, "why": "a line of 100 MB", "count": 3}]}

    assert shortfalls(gather({"coverage": coverage})) == ["3 records of a.log (a line of 100 MB)"]


def test_what_to_do_now_leads_to_its_case_gravest_case_first() -> None:
    now, _ = actions(gather(acme()))

    assert [(action.says, action.link) for action in now[3:5]] == [
        ("Start the trail acme-main again", "case=1"),
        ('Remove the inbox rule "."', "case=2"),
    ]


def test_grave_findings_outside_cases_have_their_remedy_after() -> None:
    _, later = actions(gather(acme()))

    assert [action.about for action in later] == ["tools/ioc_fetch.py:52", "tools/block_ip.py:31"]


def test_steps_are_in_order_of_time_and_code_comes_last() -> None:
    steps = case_one(acme()).steps

    assert [step.time for step in steps] == ["01:58:03", "02:11:09", "02:26:12", "02:27:40", "02:41:22", "in code"]
    assert [step.number for step in steps] == [1, 2, 3, 4, 5, 6]
    assert [step.day for step in steps] == ["22 Nov 2026", "", "", "", "", ""]


def test_what_is_silent_within_a_case_would_settle_it_own_sources_first() -> None:
    settle = case_one(acme()).would_settle

    assert settle[0].startswith("cloud/cloudtrail.json.gz is silent")
    assert settle[1].startswith("m365/audit-export.csv is silent")
    assert "mail/invoice.eml was not looked at: this version has no mail reader" in settle


def test_findings_of_a_case_that_are_not_in_the_result_are_counted() -> None:
    result = acme()
    result["findings"] = result["findings"][1:]

    assert case_one(result).absent == 1


def test_a_count_without_a_record_is_left_to_the_reason() -> None:
    coverage = {"not_looked_at": [{"path": "requirements.txt", "why": "no lock: 6 packages not audited", "count": 6}]}

    assert shortfalls(gather({"coverage": coverage})) == ["requirements.txt (no lock: 6 packages not audited)"]
