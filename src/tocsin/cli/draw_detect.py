"""How a run of rules looks on a terminal: logs, hours, users, hosts, then the rules that matched, the worst last."""

from collections.abc import Iterator, Sequence
from datetime import datetime

from tocsin.app.hits import Hit
from tocsin.app.scan import Scanned
from tocsin.app.summary import EntityRow, RuleRow, Summary, summary
from tocsin.cli.draw import View, columns
from tocsin.cli.paint import Paint
from tocsin.cli.short import short_rule
from tocsin.model import Severity
from tocsin.model.text import counted

MOST_LOGS = 12
MOST_KINDS = 6
MOST_RULES = 40
MOST_WHO = 10
MOST_HOURS = 12
MOST_CASES = 10
MOST_COSTS = 20
BAR = 24  # columns of the longest bar
TITLE, WHO, CASE = 58, 44, 60  # columns; what is longer is cut
SEVERITIES = tuple(reversed(Severity))


class Screen:
    """What is drawn of a run of rules."""

    def __init__(self, view: View, scanned: Scanned) -> None:
        self.view = view
        self.paint: Paint = view.paint
        self.scanned = scanned
        self.summary: Summary = summary(scanned.result.findings, scanned.hits)

    def lines(self) -> Iterator[str]:
        """Yield the screen, line by line, without the closing block."""
        yield ""
        yield from self._looked()
        yield from self.view.missed()
        yield from self._rules_that_could_not()
        yield from self._unruled()
        yield from self._hours()
        yield from self._entities("address", self.summary.addresses)
        yield from self._entities("user", self.summary.users)
        yield from self._entities("host", self.summary.hosts)
        yield from self._costs()
        yield from self._rules()
        yield from self._cases()
        yield ""

    def _looked(self) -> Iterator[str]:
        coverage = self.scanned.result.coverage
        looked, rules = coverage.looked_at, coverage.rules
        yield (
            f"Looked at {counted(looked.files, 'input')}: {counted(looked.records, 'record')}. "
            f"{counted(rules.loaded, 'rule')}, {rules.active:,} could fire here. "
            f"{self.scanned.result.seconds:.1f} s"
        )
        kinds = self.scanned.detail.kinds
        rows = [
            (
                self.paint.safe(kind.what),
                counted(kind.records, "record"),
                counted(kind.inputs, "input"),
                "" if kind.parsed else "no parser knows them; searched as text",
            )
            for kind in kinds
        ]
        yield from columns(rows[:MOST_LOGS])
        if rest := kinds[MOST_LOGS:]:
            more = counted(sum(kind.records for kind in rest), "record")
            yield f"  and {counted(len(rest), 'more kind')} of log: {more} (--report FILE lists every input)"

    def _rules_that_could_not(self) -> Iterator[str]:
        """Yield why rules could not fire here, by reason: the log sources that are absent, then fields."""
        idle = self.scanned.result.coverage.rules.idle
        if not idle:
            return
        absent = sum(one.why.startswith("no ") and one.why.endswith("in this data") for one in idle)
        rest = len(idle) - absent
        parts = [f"{absent:,} are for log sources that are not here"] if absent else []
        parts += [f"{rest:,} need fields that no record has"] if rest else []
        yield self.paint.dim(f"  could not fire  {counted(len(idle), 'rule')}: {', '.join(parts)}")

    def _unruled(self) -> Iterator[str]:
        kinds = self.scanned.result.coverage.unruled
        if not kinds:
            return
        shown = kinds[:MOST_KINDS]
        names = ", ".join(f"{self.paint.safe(kind.what)} ({kind.count:,})" for kind in shown)
        rest = kinds[MOST_KINDS:]
        more = f" and {len(rest):,} more kinds ({sum(kind.count for kind in rest):,})" if rest else ""
        yield self.paint.dim(f"  no rule for     {names}{more}")

    def _hours(self) -> Iterator[str]:
        hours = self.summary.hours
        if len(hours) < 2:  # one hour is told by the rules' times
            return
        busiest = sorted(sorted(hours, key=lambda hour: -hour[1])[:MOST_HOURS])
        most = max(count for _, count in busiest)
        title = "Hits by hour" if len(hours) <= MOST_HOURS else f"Busiest of {len(hours):,} hours with hits"
        yield ""
        yield self.paint.strong(f"{title}, UTC")
        rows = [
            (f"{hour:%Y-%m-%d %H:%M}", f"{count:>7,}", "#" * max(1, round(count / most * BAR)))
            for hour, count in busiest
        ]
        yield from columns(rows)

    def _entities(self, name: str, rows: Sequence[EntityRow]) -> Iterator[str]:
        if not rows:
            return
        shown = rows[-MOST_WHO:]
        yield ""
        more = f", the worst {len(shown)} of {len(rows):,}" if len(rows) > len(shown) else ""
        yield self.paint.strong(f"By {name}{more}")
        table = [
            (
                self.paint.outside(row.value),
                self._counts(row),
                f"{counted(row.rules, 'rule')}, {counted(row.hits, 'hit')}",
                self._span(row.first, row.last),
            )
            for row in shown
        ]
        yield from columns(table)

    def _counts(self, row: EntityRow) -> str:
        parts = [f"{row.counts[severity]:,} {severity}" for severity in SEVERITIES if row.counts.get(severity)]
        return ", ".join(parts[:3])

    def _rules(self) -> Iterator[str]:
        rows = self.summary.rules
        if not rows:
            return
        most = len(rows) if self.view.is_whole else MOST_RULES
        shown = rows[-most:]
        findings = counted(sum(row.findings for row in rows), "finding")
        hits = counted(sum(row.hits for row in rows), "hit")
        yield ""
        yield self.paint.strong(f"{counted(len(rows), 'rule')} matched: {hits}, {findings}")
        if len(rows) > len(shown):
            yield f"  {len(rows) - len(shown):,} more, none worse than these, not listed here (--verbose, --report)"
        yield from columns([self._rule(row) for row in shown], first_width=9)

    def _rule(self, row: RuleRow) -> tuple[str, ...]:
        tag = next((t.removeprefix("attack.").upper() for t in row.tags if t.startswith("attack.t")), "")
        who = ", ".join(self.paint.outside(value) for value in row.who[:2])
        if len(row.who) > 2:  # as many as are named
            who += f" and {len(row.who) - 2} more"
        return (
            self.paint.severity(row.severity),
            self.paint.safe(short_rule(row.rule)),
            clipped(self.paint.safe(row.title), TITLE),
            f"x{row.hits:,}",
            clipped(who, WHO),
            self._span(row.first, row.last),
            self.paint.dim(self.paint.safe(tag)),
        )

    def _span(self, first: datetime | None, last: datetime | None) -> str:
        if first is None or last is None:
            return ""
        if first.replace(second=0, microsecond=0) == last.replace(second=0, microsecond=0):
            return f"{first:%Y-%m-%d %H:%M}"
        if first.date() == last.date():
            return f"{first:%Y-%m-%d %H:%M}-{last:%H:%M}"
        return f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"

    def _cases(self) -> Iterator[str]:
        cases = sorted(self.scanned.result.cases, key=lambda c: (c.severity.rank, len(c.findings)))
        if not cases:
            return
        shown = cases[-MOST_CASES:]
        yield ""
        more = f", the worst {len(shown)}" if len(cases) > len(shown) else ""
        yield self.paint.strong(f"{counted(len(cases), 'case')}{more}")
        yield from columns(
            [
                (
                    self.paint.severity(case.severity),
                    f"case {case.id}",
                    clipped(self.paint.outside(case.title), CASE),
                    counted(len(case.findings), "finding"),
                    f"{case.first:%Y-%m-%d %H:%M}" if case.first else "",
                )
                for case in shown
            ],
            first_width=9,
        )

    def _costs(self) -> Iterator[str]:
        """Yield the rules that cost most, each evaluated alone."""
        costs = sorted(self.scanned.costs, key=lambda cost: cost.nanos)
        whole = sum(cost.nanos for cost in costs)
        if not whole:
            return
        yield ""
        yield self.paint.strong(
            f"Cost of rules, each alone over a sample, {whole / 1e9:.2f} s in all; the dearest last"
        )
        rows = []
        for cost in costs[-MOST_COSTS:]:
            about = self.scanned.rules.rules[cost.rule].about
            rows.append(
                (
                    f"{cost.nanos / whole:>6.1%}",
                    f"{cost.nanos / 1e6:,.1f} ms",
                    f"{cost.nanos / 1000 / cost.events:,.1f} us an event" if cost.events else "",
                    f"{counted(cost.events, 'event')}, {counted(cost.hits, 'hit')}",
                    self.paint.safe(short_rule(about.id)),
                    self.paint.safe(about.title),
                )
            )
        yield from columns(rows)


def clipped(text: str, most: int) -> str:
    """Return a text cut to so many columns."""
    return text if len(text) <= most else f"{text[: most - 3].rstrip()}..."


def each_line(hit: Hit, paint: Paint, root: str = "") -> str:
    """Return one match as a line: when, how bad, which rule, where and who."""
    when = f"{hit.at:%Y-%m-%d %H:%M:%S}" if hit.at else f"{'no time':<19}"
    who = ", ".join(paint.outside(entity.partition(":")[2]) for entity in hit.entities[:3])
    place = paint.safe(f"{hit.path.removeprefix(root)}, record {hit.record}{' (copy)' if hit.is_copy else ''}")
    return f"{when}  {paint.severity(hit.severity)} {paint.safe(hit.title)}: {who}  {paint.dim(place)}".rstrip()
