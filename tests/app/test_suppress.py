"""What is hidden and what is shown: by the longest word that lives, and with a note when one has ended."""

from datetime import UTC, date, datetime

import msgspec

from tests.runtime.test_suppressions import entry, finding
from tocsin.app.suppress import covers, ended, suppressed
from tocsin.detect.tally import MAX_ENTITIES
from tocsin.runtime.workspace import Workspace

NOW = datetime(2027, 1, 1, tzinfo=UTC)


def test_what_is_hidden_says_why_by_whom_and_until_when() -> None:
    shown, hidden = suppressed([finding("host:a"), finding(rule="x")], Workspace(suppressions=(entry(),)), NOW)
    assert [one.rule for one in shown] == ["x"]
    (one,) = hidden
    assert one.suppressed == entry().record()


def test_the_day_after_the_last_it_is_shown_and_says_so() -> None:
    over = entry(until=date(2026, 12, 31), reason="known\nscanner")
    shown, hidden = suppressed([finding()], Workspace(suppressions=(over,)), NOW)
    assert hidden == []
    assert shown[0].message == "m (was suppressed until 2026-12-31 by @blue: known scanner)"
    assert shown[0].suppressed is None
    assert ended(shown, Workspace(suppressions=(over, entry(rule="x"))), NOW) == shown


def test_a_word_that_lives_counts_though_another_has_ended() -> None:
    several = (entry(until=date(2026, 1, 1)), entry(until=date(2027, 5, 5)), entry(until=date(2027, 2, 2)))
    _, hidden = suppressed([finding()], Workspace(suppressions=several), NOW)
    assert [one.suppressed.until for one in hidden if one.suppressed] == ["2027-05-05"]


def test_a_finding_whose_entities_are_not_all_listed_is_not_hidden_by_one_of_them() -> None:
    many = msgspec.structs.replace(finding(), entities=tuple(f"host:a{n}" for n in range(MAX_ENTITIES)))
    assert not covers(entry(entity="host:a*"), many)
    assert covers(entry(), many)
