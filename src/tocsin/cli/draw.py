"""How a result looks on a terminal: inputs, findings, cases as stories, and the closing block beside the prompt."""

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from tocsin.cli.paint import Paint
from tocsin.cli.short import short_rule
from tocsin.model import Case, Exit, Finding, Severity
from tocsin.model.coverage import Nothing
from tocsin.model.observable import ObservableType as T
from tocsin.model.result import Detail, InputDetail, Result
from tocsin.model.text import counted

MOST = 30  # inputs and findings listed before "and N more"; the report holds them all
MAX_STORY = 40
_CAME_FROM = ("source.ip", "source.address", "source.domain")
_WHO = (T.USER, T.EMAIL, T.KEY)


class View:
    """What is drawn.

    The result, what only the report knows of it, how it compares with the last look, and where it is kept.
    """

    def __init__(self, result: Result, detail: Detail, paint: Paint, news: str = "", kept: str = "") -> None:
        self.result = result
        self.detail = detail
        self.paint = paint
        self.news = news
        self.kept = kept
        self.most = MOST
        self.root = _root(detail.root)
        self.by_print = {f.fingerprint: f for f in result.findings}
        self.folders: tuple[str, ...] = ()  # of rules besides our own

    @property
    def is_whole(self) -> bool:
        """Return whether everything was asked for."""
        return self.most > MOST

    def show_all(self) -> None:
        """Leave nothing out."""
        self.most = 1 << 30

    def lines(self) -> Iterator[str]:
        """Yield the whole screen, line by line; bounded unless everything was asked for."""
        yield ""
        yield from self._inputs()
        yield from self.missed()
        yield from self._loose()
        for case in sorted(self.result.cases, key=_case_rank):
            yield ""
            yield from self._case(case)
        yield ""

    def _inputs(self) -> Iterator[str]:
        looked = self.result.coverage.looked_at
        python = len(self.detail.python)
        parts = [counted(looked.records, "log record")] if looked.records else []
        parts += [counted(python, "Python file")] if python else []
        of = counted(looked.files, "input")
        if self.detail.unopened:
            of = f"{looked.files:,} of {looked.files + self.detail.unopened:,} inputs"
        rules = self.result.coverage.rules
        yield (
            f"Looked at {of}: {', '.join(parts) or 'no log and no Python'}. "
            f"{counted(rules.loaded, 'rule')}. {self.result.seconds:.1f} s"
        )
        rows = [
            (self.paint.link(self.short(i.path), i.path), self.paint.safe(i.what), _amount(i.records), self._note(i))
            for i in self.detail.inputs
        ]
        yield from columns(rows[: self.most])
        if len(rows) > self.most:
            yield f"  and {counted(len(rows) - self.most, 'more input')} (--verbose, --report)"

    def _note(self, one: InputDetail) -> str:
        """Return what is to be said of an input; everything of it under `--verbose`."""
        if not self.is_whole or not one.records:
            return one.note
        parts = [f"{one.parsed / one.records:.1%} parsed", f"{one.bytes:,} bytes", one.note, one.time_rule]
        return "; ".join(part for part in parts if part)

    def short(self, path: str) -> str:
        """Return a path below the one folder that was named without that folder."""
        return path.removeprefix(self.root)

    def missed(self) -> Iterator[str]:
        """Yield what was not looked at.

        What had nothing to look for, what could not be looked at, and which rules could not be loaded.
        """
        coverage = self.result.coverage
        yield from self._nothing(coverage.nothing_to_look_for)
        for shown, missed in enumerate(coverage.not_looked_at):
            if shown == self.most:
                yield f"  and {len(coverage.not_looked_at) - shown:,} more that were not looked at (--format json)"
                break
            place = self.short(missed.path) + ("" if missed.record is None else f", record {missed.record}")
            times = f" (x{missed.count:,})" if missed.count > 1 else ""
            yield f"  {self.paint.bad('NOT LOOKED AT')}  {self.paint.safe(place)}: {self.paint.safe(missed.why)}{times}"
        for rule in coverage.rules.unloaded[: self.most]:
            yield f"  {self.paint.bad('RULE NOT LOADED')}  {self.paint.safe(rule.path)}: {self.paint.safe(rule.why)}"

    def _nothing(self, nothing: Iterable[Nothing]) -> Iterator[str]:
        """Yield what held nothing to look for, by its reason; by its name where it is alone or all was asked for."""
        by_reason: dict[str, list[str]] = {}
        for one in nothing:
            by_reason.setdefault(one.why, []).append(one.path)
        for why, paths in by_reason.items():
            if len(paths) == 1 or self.is_whole:
                yield from (
                    f"  nothing to look for  {self.paint.safe(self.short(p))}: {self.paint.safe(why)}" for p in paths
                )
            else:
                yield f"  nothing to look for  {counted(len(paths), 'input')}: {self.paint.safe(why)}"

    def _loose(self) -> Iterator[str]:
        cased = {print_ for case in self.result.cases for print_ in case.findings}
        loose = [f for f in self.result.findings if f.fingerprint not in cased and f.suppressed is None]
        if not loose:
            return
        groups = len({f.rule for f in loose})
        title = "Outside cases" if self.result.cases else "Findings"
        yield ""
        yield f"{title}: {counted(len(loose), 'finding')} of {counted(groups, 'rule')}"
        loose.sort(key=lambda f: (f.severity.rank, f.rule, f.count, f.message))
        hidden = max(0, len(loose) - self.most)
        if hidden:
            yield f"  {hidden:,} more, none worse than these, not listed here (--verbose, --report)"
        yield from self._finding_rows(loose[hidden:])

    def _finding_rows(self, findings: Iterable[Finding]) -> Iterator[str]:
        rows = []
        for f in findings:
            times = f"x{f.count:,}" if f.count > 1 else ""
            if f.first is None and f.where:
                place = self.paint.link(self.short(place_of(f)), f.where[0].path)
            else:
                place = self.paint.outside(place_of(f))
            rows.append(
                (
                    self.paint.severity(f.severity),
                    self.paint.safe(short_rule(f.rule)),
                    place,
                    self.paint.outside(f.message),
                    times,
                )
            )
        yield from columns(rows, first_width=9)

    def _case(self, case: Case) -> Iterator[str]:
        head = f"CASE {case.id}  {case.severity.upper()}{'' if case.state == 'open' else f'  {case.state}'}"
        yield f"{self.paint.of(case.severity, head)}  {self.paint.strong(self.paint.outside(case.title))}"
        for line in self.why(case):
            yield f"  {line}"
        findings = [self.by_print[p] for p in case.findings if p in self.by_print]
        day = case.first.date() if case.first else None
        for f in findings[:MAX_STORY]:
            yield f"  {story_line(f, day, self.paint, self.root)}"
        if len(findings) > MAX_STORY:
            yield f"  and {counted(len(findings) - MAX_STORY, 'more finding')} (tocsin case show {case.id})"
        if len(case.findings) > len(findings):
            known = counted(len(case.findings) - len(findings), "finding")
            yield f"  and {known} that were known before (tocsin case show {case.id})"
        if case.do_now:
            yield f"  {self.paint.strong('Do now')}    {self.paint.outside('; '.join(case.do_now))}"

    def why(self, case: Case) -> Iterator[str]:
        """Yield in words what joined a case, and on which day."""
        joined = ", ".join(case.why) or "one finding by itself"
        day = f" {case.first:%d %b %Y}, UTC" if case.first else ""
        yield self.paint.dim(f"Joined by {self.paint.outside(joined)}.{day}" if case.why else f"{joined}.{day}")


def story_line(f: Finding, day: object, paint: Paint, root: str = "") -> str:
    """Return one line of a story: when, how bad, which rule, what.

    Paths below `root` are written without it.
    """
    when = "in code" if f.first is None else _clock(f.first, day)
    where = f"{paint.safe(place_of(f).removeprefix(root))}, " if f.first is None else ""
    owner = f", owner {paint.safe(f.owner)}" if f.owner and f.first is None else ""
    tag = next((t.removeprefix("attack.").upper() for t in f.tags if t.startswith("attack.t")), "")
    tag = tag or next((t.upper() for t in f.tags if t.startswith("cwe-")), "")
    message = f"{where}{paint.outside(f.message)}{owner}"
    rule = f"{paint.severity(f.severity)} {paint.safe(short_rule(f.rule)):<18}"
    return f"{when:<9} {rule} {message}  {paint.dim(paint.safe(tag))}".rstrip()


def finding_line(f: Finding, paint: Paint) -> str:
    """Return a finding as one line.

    How bad, which rule, where or who, what, how often.
    """
    times = f"  x{f.count:,}" if f.count > 1 else ""
    rule = f"{paint.severity(f.severity)} {paint.safe(short_rule(f.rule)):<18}"
    place = paint.safe(place_of(f)) if f.first is None else paint.outside(place_of(f))
    return f"{rule} {place}  {paint.outside(f.message)}{times}"


def closing(view: View, *, gate: Severity | None, code: int, kept: str, reports: Iterable[str]) -> Iterator[str]:
    """Yield the last block.

    What was found, what was suppressed, whether it is complete, and why the exit code.
    """
    result = view.result
    shown = [f for f in result.findings if f.suppressed is None]
    counts = {s: sum(1 for f in shown if f.severity is s) for s in reversed(Severity)}
    by = ", ".join(f"{n:,} {s}" for s, n in counts.items() if n)
    hidden = f"{len(view.detail.suppressed):,} suppressed"
    if view.detail.ended:
        hidden += f", {len(view.detail.ended):,} shown again since their suppression has ended"
    complete = "Complete." if result.coverage.complete else view.paint.bad("INCOMPLETE: see above.")
    what = f"{counted(len(shown), 'finding')}{': ' + by if by else ''}."
    yield f"{what} {counted(len(result.cases), 'case')}. {hidden}. {complete}"
    if view.news:
        yield f"Since the last look at these paths: {view.news}."
    gone = ", ".join(reports)
    places = [f"Report: {gone}"] if gone else []
    yield "   ".join([*places, kept])
    yield f"Exit {code}: {reason(gate, code)}"
    steps = list(_next(view, shown))
    if steps:
        yield view.paint.dim("Next:   " + "   |   ".join(f"tocsin {view.paint.safe(step)}" for step in steps))


def _next(view: View, shown: Sequence[Finding]) -> Iterator[str]:
    """Yield the commands that go on from here; those that ask the store only where the result was kept."""
    worst = max(view.result.cases, key=lambda c: c.severity.rank, default=None)
    pool = [f for f in shown if worst is None or f.fingerprint in worst.findings]
    top = max(pool, key=lambda f: f.severity.rank, default=None)
    if worst is not None and view.kept:
        yield f"case show {worst.id}"
    elif top is not None and view.kept:
        yield f"finding show {top.fingerprint[:8]}"
    if top is not None:
        short = short_rule(top.rule)
        yield f"explain {short}" + "".join(f" --rules {folder}" for folder in view.folders if short != top.rule)
    if worst is not None and view.kept:
        yield f"case export {worst.id} --format markdown"


def reason(gate: Severity | None, code: int) -> str:
    """Return in words why the run ends with its exit code."""
    if code == Exit.INTERRUPTED:
        return "interrupted; what was done is kept"
    if code in (Exit.USAGE, Exit.REFUSED, Exit.REMOTE):
        return "not all that was asked for could be written; the last line says what"
    if code == Exit.GATE:
        return f"a finding is at or above the gate ({gate})"
    if code == Exit.INCOMPLETE:
        return "not everything could be looked at" + ("" if gate else "; no gate is set (--fail-on LEVEL)")
    if gate is None:
        return "complete; no gate is set (--fail-on LEVEL)"
    return f"complete, and nothing at or above the gate ({gate})"


def place_of(f: Finding) -> str:
    """Return where a finding is, short.

    File and line for code; for logs from where or who, to whom or what.
    """
    if f.first is None and f.where:
        place = f.where[-1 if f.count == 1 else 0]  # a flow ends where things happen
        return place.path if place.line is None else f"{place.path}:{place.line}"
    return " -> ".join(_from_to(f)) or (f.where[0].path if f.where else "")


def _from_to(f: Finding) -> list[str]:
    """Return where a log's finding came from, or who did it, and the first other that it names."""
    event = (f.where[0].event or {}) if f.where else {}
    sources = {str(event[name]).lower() for name in _CAME_FROM if name in event}
    named = [(kind, value.partition("(fp ")[0]) for kind, _, value in (e.partition(":") for e in f.entities)]
    first = next((pair for pair in named if pair[1].lower() in sources), None)
    first = first or next((pair for pair in named if pair[0] in _WHO), None)
    pairs = [first, *(pair for pair in named if pair != first)] if first else named
    return [value for _, value in pairs[:2]]


def _root(folder: str) -> str:
    return folder.rstrip("/\\") + "/" if folder else ""


def _clock(when: datetime, day: object) -> str:
    return f"{when:%H:%M}" if when.date() == day else f"{when:%d %b %H:%M}"


def _amount(records: int) -> str:
    return counted(records, "record") if records else ""


def _case_rank(case: Case) -> tuple[int, int]:
    return (case.severity.rank, -int(case.id) if case.id.isdigit() else 0)


def columns(rows: Sequence[tuple[str, ...]], first_width: int = 0) -> Iterator[str]:
    """Yield rows with aligned columns.

    The widths of painted cells are those of their visible text.
    """
    if not rows:
        return
    from tocsin.cli.paint import width

    widths = [max(width(row[i]) for row in rows) for i in range(len(rows[0]))]
    widths[0] = max(widths[0], first_width)
    widths = [min(w, 60) for w in widths]
    for row in rows:
        cells = [cell + " " * max(0, w - width(cell)) for cell, w in zip(row, widths, strict=True)]
        yield ("  " + "  ".join(cells)).rstrip()
