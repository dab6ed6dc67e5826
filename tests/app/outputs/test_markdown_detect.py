"""The summary of a run of rules as Markdown."""

from datetime import UTC, datetime

from tests.app.test_summary import FINDINGS
from tocsin.app.outputs.markdown_detect import MOST, tables
from tocsin.app.summary import RuleRow, Summary, summary
from tocsin.model import Severity


def row(number: int, title: str = "A rule") -> RuleRow:
    return RuleRow(
        rule=f"r{number}",
        title=title,
        severity=Severity.LOW,
        hits=1,
        findings=1,
        who=(),
        first=None,
        last=None,
        tags=(),
    )


def test_tables_stand_with_the_worst_first() -> None:
    text = "\n".join(tables(summary(FINDINGS, None)))
    rules = [line.split(" | ")[1] for line in text.splitlines() if line.startswith(("| critical", "| medium", "| low"))]
    assert rules == ["login", "guessing", "sweep"]
    assert "| bastion | 1 critical, 1 medium | 2 | 41 | 2026-11-22T02:11:00Z | 2026-11-22T03:11:00Z |" in text


def test_text_from_outside_stays_text() -> None:
    (line,) = (line for line in tables(Summary(rules=(row(1, "<b>|x|</b>"),))) if "r1" in line)
    assert r"\<b\>\|x\|\</b\>" in line


def test_what_is_not_listed_is_counted() -> None:
    text = "\n".join(tables(Summary(rules=tuple(row(n) for n in range(MOST + 7)))))
    assert text.endswith("7 more rules.")


def test_hours_stand_in_order() -> None:
    hours = ((datetime(2026, 11, 22, 2, tzinfo=UTC), 3), (datetime(2026, 11, 22, 9, tzinfo=UTC), 40))
    assert list(tables(Summary(hours=hours)))[-2:] == ["| 2026-11-22 02:00 | 3 |", "| 2026-11-22 09:00 | 40 |"]


def test_nothing_found_is_no_table() -> None:
    assert list(tables(Summary())) == []
