from datetime import UTC, datetime, timedelta

import pytest

from tocsin.web.report import show


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("plain text", "plain text"),
        ("Grüße, 世界 🙂", "Grüße, 世界 🙂"),
        ("\x1b[31m", "\\x1b[31m"),
        ("a\tb\nc\rd", "a\\tb\\nc\\rd"),
        ("\x00\x07\x7f\x9b", "\\x00\\x07\\x7f\\x9b"),
        ("\u202egnp", "\\u202egnp"),
        ("\u200b\u2066\ufeff", "\\u200b\\u2066\\ufeff"),
        ("\u2028", "\\u2028"),
        ("\udc80", "\\udc80"),
        ("\U000e0041", "\\U000e0041"),
        ("10\u00a0000", "10\u00a0000"),
    ],
)
def test_what_cannot_be_seen_is_written_out(text: str, seen: str) -> None:
    assert show.visible(text) == seen


def test_a_long_text_is_cut_and_says_how_long_it_was() -> None:
    assert show.visible("x" * 3000, 10) == "xxxxxxxxxx… (3,000 characters in all)"


def test_a_number_has_its_thousands_apart() -> None:
    assert show.number(48625) == "48,625"


def test_one_is_not_many() -> None:
    assert (show.counted(1, "case"), show.counted(2, "case")) == ("1 case", "2 cases")


@pytest.mark.parametrize(
    ("count", "text"), [(0, "0 B"), (999, "999 B"), (1500, "1.5 kB"), (6_412_330, "6.4 MB"), (5 * 10**12, "5000 GB")]
)
def test_a_size_has_the_unit_that_reads_best(count: int, text: str) -> None:
    assert show.size(count) == text


@pytest.mark.parametrize("value", [None, "", "yesterday", 7, "2026-13-01T00:00:00Z"])
def test_what_is_no_time_is_none(value: object) -> None:
    assert show.when(value) is None


def test_a_time_with_another_zone_is_shown_in_utc() -> None:
    assert show.stamp("2026-11-22T03:11:07+01:00") == "22 Nov 2026 02:11:07"


def test_a_span_within_a_day_names_the_day_once() -> None:
    assert show.span("2026-11-22T01:58:03Z", "2026-11-22T02:41:22Z") == "22 Nov 2026, 01:58:03 to 02:41:22"


def test_a_span_over_days_names_both() -> None:
    seen = show.span("2026-11-22T23:00:00Z", "2026-11-23T01:00:00Z")
    assert seen == "22 Nov 2026 23:00:00 to 23 Nov 2026 01:00:00"


def test_a_moment_is_no_span() -> None:
    assert show.span("2026-11-22T01:58:03Z", "2026-11-22T01:58:03.2Z") == "22 Nov 2026, 01:58:03"


@pytest.mark.parametrize(
    ("seconds", "text"), [(0, "0 s"), (41, "41 s"), (2599, "43 min 19 s"), (4980, "1 h 23 min"), (90000, "1 d 1 h")]
)
def test_a_duration_has_its_two_largest_units(seconds: int, text: str) -> None:
    assert show.duration(timedelta(seconds=seconds)) == text


def test_a_place_is_path_and_line() -> None:
    assert show.place({"path": "tools/a.py", "line": 3}) == "tools/a.py:3"


def test_a_place_without_a_path_is_its_component() -> None:
    assert show.place({"component": "pkg:pypi/x@1"}) == "pkg:pypi/x@1"


def test_a_list_says_how_many_it_leaves_out() -> None:
    assert show.listed(["a", "b", "c"], 2) == "a, b and 1 more"
    assert show.listed(["a", "b", "c"], 3) == "a, b and c"


def test_a_naive_time_is_taken_as_utc() -> None:
    assert show.when("2026-11-22T01:00:00") == datetime(2026, 11, 22, 1, tzinfo=UTC)


def test_a_long_path_is_cut_in_the_middle() -> None:
    cut = show.short("var/log/containers/very/deep/folder/kube-audit.log")

    assert len(cut) == 30
    assert cut.startswith("var/log/c")
    assert cut.endswith("/kube-audit.log")
