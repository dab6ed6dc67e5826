from pathlib import Path

from tocsin.app.records import Records
from tocsin.app.rule_test_mutate import mutated
from tocsin.app.rule_test_run import Inline
from tocsin.detect.cases import Case, Step
from tocsin.detect.outline import Outlines
from tocsin.detect.rules import together
from tocsin.runtime import workspace

RULE = "title: T\nid: t\nlogsource: {product: linux}\ndetection: {s: {f: [1, 2]}, n: {g: 3}, condition: s and not n}\n"
FILTER = "title: F\nid: f\nlogsource: {product: linux}\nfilter: {rules: [t], h: {h: 4}, condition: not h}\n"
SOURCES: list[tuple[str, bytes | str]] = [("r.yml", RULE.encode()), ("f.yml", FILTER.encode())]


def unnoticed(*cases: tuple[dict[str, int], bool]) -> set[str]:
    records = Records(workspace.find(None, Path.cwd(), []))
    trials = [
        Inline(
            Case(name="", line=1, steps=(Step(event=event),), least=int(held), most=None if held else 0), "", records
        )
        for event, held in cases
    ]
    rules = together(SOURCES)
    assert all(trial.run(rules).passed for trial in trials)
    return set(mutated(rules, Outlines(SOURCES, {}), trials, {}).unnoticed)


def test_one_positive_case_notices_little(home: Path) -> None:
    assert home.is_dir()
    assert unnoticed(({"f": 1}, True)) == {"s: left out", "n: left out", "s: f without '2'"}


def test_cases_on_both_sides_of_each_part_notice_all(home: Path) -> None:
    assert home.is_dir()
    cases = [
        ({"f": 1}, True),
        ({"f": 2}, True),
        ({"f": 5}, False),
        ({"f": 1, "g": 3}, False),
        ({"f": 1, "h": 4}, False),
    ]
    assert unnoticed(*cases) == set()
