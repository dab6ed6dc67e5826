from typing import Any

from tests.web.report.results import acme
from tocsin.web.report.material import gather
from tocsin.web.report.survey import entities, inputs, method, python, suppressed


def test_entities_stand_most_widely_seen_first() -> None:
    grid = entities(gather(acme()))

    assert grid.entities[0].value == "203.0.113.66"
    assert grid.entities[0].type == "ip"
    assert sum(grid.entities[0].inputs) == 3
    assert [entity.value for entity in grid.entities if entity.is_critical] == ["bastion"]


def test_without_entities_they_are_taken_from_the_findings() -> None:
    result = acme()
    del result["report"]["entities"]
    grid = entities(gather(result))
    attacker = next(entity for entity in grid.entities if entity.value == "203.0.113.66")

    assert grid.is_derived
    assert (attacker.findings, attacker.seen_in) == (4, 3)


def test_inputs_beyond_the_grid_are_counted() -> None:
    everyone = [{"entity": "ip:192.0.2.1", "inputs": [f"{i:02d}.log" for i in range(20)], "findings": []}]
    grid = entities(gather({"report": {"entities": everyone}}))

    assert (len(grid.inputs), grid.more_inputs, grid.entities[0].elsewhere) == (14, 6, 6)


def test_an_entity_whose_value_has_colons_keeps_them() -> None:
    grid = entities(gather({"report": {"entities": [{"entity": "ip:2001:db8::1", "inputs": ["a"], "findings": []}]}}))

    assert (grid.entities[0].type, grid.entities[0].value) == ("ip", "2001:db8::1")


def test_python_is_told_by_owner_gravest_first() -> None:
    owners = python(gather(acme()))

    assert [owner.name for owner in owners] == ["@secops", "@it", "no owner"]
    assert (owners[0].lines, owners[0].secrets, owners[0].findings) == (193, 1, 3)


def share(parsed: int, records: int) -> str:
    result: dict[str, Any] = {"report": {"inputs": [{"path": "a", "records": records, "parsed": parsed}]}}
    return inputs(gather(result))[0].share


def test_a_lost_record_is_never_rounded_away() -> None:
    assert share(99_999, 100_000) == "99.9 %"
    assert share(100_000, 100_000) == "all"
    assert share(0, 0) == ""


def test_samples_of_what_was_not_parsed_show_their_reason() -> None:
    samples = next(one for one in inputs(gather(acme())) if one.path == "logs/auth.log").samples

    assert samples[1] == ("2,205", "no program name", "\\x1b[31msession opened\\x1b[0m")


def test_a_suppression_tells_reason_owner_and_end() -> None:
    told = suppressed(gather(acme()))[0]

    assert (told["reason"], told["owner"], told["until"]) == (
        "our own vulnerability scan, each Sunday",
        "@secops",
        "2027-01-31",
    )


def test_a_suppression_without_an_end_says_so() -> None:
    told = suppressed(gather({"findings": [{"fingerprint": "1", "suppressed": {"reason": "known"}}]}))[0]

    assert (told["owner"], told["until"]) == ("nobody", "no end")


def test_the_method_says_what_is_not_recorded() -> None:
    values = dict(method(gather({})))

    assert values["Command"] == "not recorded"
    assert values["Rules"] == "0 of 0 could fire on this data"
