import pytest

from tocsin.app.rule_test import Outcome, Report, State, Tried, Unloaded, Untested
from tocsin.app.rule_test_mutate import Mutated
from tocsin.cli.draw_rule_test import draw
from tocsin.cli.paint import Paint


def rule(number: int, state: State, **more: Mutated) -> Tried:
    case = Outcome(name="a", kind="inline", where="r.yml:3", state=state, says="because")
    return Tried(rule=f"r{number}", title="R", path="r.yml", line=1, cases=(case,), **more)


def drawn(capsys: pytest.CaptureFixture[str], *rules: Tried, voice: str = "", list_untested: bool = False) -> str:
    report = Report(
        rules=rules, untested=(Untested(rule="bare", title="B", path="b.yml"),),
        unloaded=tuple(Unloaded(path=f"{n}.yml", line=1, why="no\x1b[2J") for n in range(12)), malformed=(),
    )  # fmt: skip
    draw(report, Paint(None), 100, voice=voice, list_untested=list_untested)
    return capsys.readouterr().out


def test_rules_that_pass_are_counted_and_not_listed(capsys: pytest.CaptureFixture[str]) -> None:
    out = drawn(capsys, rule(1, State.PASSED), rule(2, State.FAILED))
    assert "r1 " not in out
    assert "r2 " in out
    assert "2 cases of 2 rules: 1 passed, 1 failed." in out


def test_of_cases_that_were_not_run_a_few_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    out = drawn(capsys, *(rule(n, State.UNREAD) for n in range(15)))
    assert out.count("NOT RUN a: because") == 10
    assert "cases of 5 more rules (--verbose)" in out
    assert drawn(capsys, *(rule(n, State.UNREAD) for n in range(15)), voice="verbose").count("NOT RUN a:") == 15


def test_rules_that_could_not_be_loaded_make_it_incomplete(capsys: pytest.CaptureFixture[str]) -> None:
    out = drawn(capsys)
    assert "and 2 more (--verbose)" in out
    assert "\x1b[2J" not in out
    assert out.endswith("1 rule without a case (--list-untested).\n12 rules could not be loaded: INCOMPLETE.\n")


def test_rules_without_a_case_are_listed_when_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    assert "no test  bare  b.yml" in drawn(capsys, list_untested=True)


def test_changes_that_no_case_noticed_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    changes = Mutated(tried=12, unnoticed=tuple(f"change {n}" for n in range(10)))
    out = drawn(capsys, rule(1, State.PASSED, mutants=changes))
    assert "2 of 12 changes of the rule noticed, not:" in out
    assert "change 7" in out
    assert "and 2 more (--verbose)" in out
    assert "12 changes tried, 2 noticed by a case." in out
