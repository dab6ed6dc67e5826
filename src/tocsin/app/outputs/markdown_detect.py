"""The summary of a run of rules as Markdown: tables by rule, host, user and hour, the worst first."""

from collections.abc import Iterator, Sequence

from tocsin.app.outputs.markdown import plain
from tocsin.app.summary import EntityRow, Summary
from tocsin.model import Severity
from tocsin.model.times import iso

MOST = 50  # rows of a table; the other formats hold them all


def tables(summary: Summary) -> Iterator[str]:
    """Yield the lines of the tables."""
    yield from _rules(summary)
    yield from _entities("Hosts", summary.hosts)
    yield from _entities("Users", summary.users)
    yield from _entities("Addresses", summary.addresses)
    yield from _hours(summary)


def _rules(summary: Summary) -> Iterator[str]:
    if not summary.rules:
        return
    yield from ("", "## Rules that matched", "", "| severity | rule | title | hits | where | first | last |")
    yield "|---|---|---|---:|---|---|---|"
    for row in summary.rules[::-1][:MOST]:
        who = ", ".join(map(plain, row.who[:3])) + (f" and {len(row.who) - 3} more" if len(row.who) > 3 else "")
        first, last = (iso(when) if when else "" for when in (row.first, row.last))
        yield f"| {row.severity} | {plain(row.rule)} | {plain(row.title)} | {row.hits} | {who} | {first} | {last} |"
    yield from _more(len(summary.rules), "rules")


def _entities(title: str, rows: Sequence[EntityRow]) -> Iterator[str]:
    if not rows:
        return
    yield from (
        "",
        f"## {title}",
        "",
        "| who | findings | rules | hits | first | last |",
        "|---|---|---:|---:|---|---|",
    )
    for row in rows[::-1][:MOST]:
        counts = ", ".join(f"{row.counts[s]} {s}" for s in reversed(Severity) if row.counts.get(s))
        first, last = (iso(when) if when else "" for when in (row.first, row.last))
        yield f"| {plain(row.value)} | {counts} | {row.rules} | {row.hits} | {first} | {last} |"
    yield from _more(len(rows), title.lower())


def _hours(summary: Summary) -> Iterator[str]:
    if not summary.hours:
        return
    yield from ("", "## Hours with hits, UTC", "", "| hour | hits |", "|---|---:|")
    busiest = sorted(sorted(summary.hours, key=lambda hour: -hour[1])[:MOST])
    for hour, count in busiest:
        yield f"| {hour:%Y-%m-%d %H:%M} | {count} |"
    yield from _more(len(summary.hours), "hours, less busy than these")


def _more(number: int, what: str) -> Iterator[str]:
    if number > MOST:
        yield f"\n{number - MOST} more {what}."
