from xml.etree import ElementTree as ET

from tocsin.app.outputs.junit import junit
from tocsin.app.rule_test import Outcome, Report, State, Tried, Unloaded
from tocsin.detect.say import Line


def case(state: State, name: str = "a", says: str = "") -> Outcome:
    return Outcome(name=name, kind="inline", where="r.yml:3", state=state, says=says, seconds=0.5)


def report(*cases: Outcome) -> Report:
    rule = Tried(rule="r", title="R", path="r.yml", line=1, cases=cases)
    lost = Unloaded(path="b.yml", line=2, why="no detection")
    return Report(rules=(rule,), untested=(), unloaded=(lost,), malformed=())


def test_each_case_is_a_test_case_and_what_was_not_looked_at_an_error() -> None:
    xml = ET.fromstring(  # noqa: S314  # made by us
        junit(report(case(State.PASSED), case(State.FAILED, says="no"), case(State.UNREAD), case(State.MALFORMED)))
    )
    assert dict(xml.attrib) == {"name": "tocsin rule test", "tests": "5", "failures": "1", "errors": "3"}
    assert [[child.tag for child in one] for one in xml.iter("testcase")] == [
        [], ["failure"], ["error"], ["error"], ["error"],
    ]  # fmt: skip


def test_what_a_rule_holds_cannot_break_the_document() -> None:
    bad = Outcome(
        name="\x1b[31m<&>\x00", kind="inline", where="r.yml", state=State.FAILED, says='"]]>',
        lines=(Line(depth=1, held=False, says="\x07", note="n"),),
    )  # fmt: skip
    xml = ET.fromstring(junit(report(bad)))  # noqa: S314  # made by us
    (failure,) = xml.iter("failure")
    assert failure.get("message") == '"]]>'
    assert failure.text == "\n  no  \\x07  [n]"
