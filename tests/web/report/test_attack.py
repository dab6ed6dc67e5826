from tests.web.report.results import acme, finding
from tocsin.web.report.attack import UNSTATED, seen, tactics
from tocsin.web.report.material import gather


def columns(*tags: str) -> list[tuple[str, list[str]]]:
    material = gather({"findings": [finding("a", "high", "a", tags=list(tags))]})
    return [(tactic, [technique.id for technique in techniques]) for tactic, techniques in seen(material)]


def test_tactics_stand_in_the_order_of_an_intrusion() -> None:
    shown = [tactic for tactic, _ in seen(gather(acme()))]

    assert shown == [tactic for tactic in tactics() if tactic in shown]


def test_a_technique_of_many_tactics_stands_under_the_one_that_the_finding_states() -> None:
    assert columns("attack.t1078", "attack.persistence") == [("Persistence", ["T1078"])]


def test_a_technique_without_a_stated_tactic_stands_under_its_usual_one() -> None:
    assert columns("attack.t1078") == [("Initial Access", ["T1078"])]


def test_an_unknown_technique_stands_under_the_stated_tactic() -> None:
    assert columns("attack.t9999", "attack.impact") == [("Impact", ["T9999"])]
    assert columns("attack.t9999") == [(UNSTATED, ["T9999"])]


def test_an_unknown_sub_technique_stands_with_its_parent() -> None:
    assert columns("attack.t1110.099") == [("Credential Access", ["T1110.099"])]


def test_tags_that_are_no_technique_are_left_out() -> None:
    assert columns("cwe-78", "attack.g0007", "attack.t12") == []


def test_each_technique_counts_its_findings_and_shows_the_worst() -> None:
    items = [finding("a", level, level, tags=["attack.t1046"]) for level in ("low", "high", "medium")]
    [(_, [technique])] = seen(gather({"findings": items}))

    assert (technique.findings, technique.severity, technique.name) == (3, "high", "Network Service Discovery")
