"""A comparison of rules as a person reads it: change by change, what it does, and the sum at the end."""

from collections.abc import Iterator
from textwrap import wrap

from tocsin.app.rule_diff import Cost, Diffed, Effect, Run
from tocsin.app.rule_diff_hits import Example, Moved
from tocsin.cli.paint import Paint
from tocsin.detect.compare import Change, State
from tocsin.model import Severity
from tocsin.model.text import counted

FEW = 3  # rules that the sum names
SLOWER = 1.25  # how much dearer a rule must become before that is told


def lines(found: Diffed, paint: Paint, width: int) -> Iterator[str]:
    """Yield the lines of a comparison, the sum last."""
    yield from _made_of(found, paint, width)
    for change in sorted(found.changes, key=lambda one: _weight(one, found.effect(one.id))):
        yield from _change(change, found.effect(change.id), paint, width)
    yield from _problems(found, paint)
    yield from _end(found, paint)


def _weight(change: Change, effect: Effect | None) -> tuple[bool, bool, int, int]:
    """Return how much a change does: what loses hits that nobody meant to lose stands last, beside the sum."""
    if effect is None:
        return (False, False, 0, 0)
    moves = bool(effect.lost.count or effect.gained.count)
    return (moves, change.state is not State.REMOVED, effect.lost.count, effect.gained.count)


def _change(change: Change, effect: Effect | None, paint: Paint, width: int) -> Iterator[str]:
    word = paint.bad(change.state.upper()) if change.state is State.BROKEN else paint.strong(change.state.upper())
    kind = "" if change.kind == "rule" else f"{change.kind} "
    level = f"{change.level}  " if change.level else ""
    yield f"{word}  {kind}{paint.strong(paint.outside(change.title))}"
    yield f"  {paint.dim(level + paint.safe(change.id) + '  ' + paint.safe(change.path))}"
    for line in change.what:
        yield from _wrapped(paint.outside(line), width, "  - ", "    ")
    for line in change.diff if change.state in {State.CHANGED, State.MOVED} else ():
        yield f"    {paint.dim(paint.outside(line)[: max(40, width - 4)])}"
    if effect is not None:
        yield from _effect(effect, paint, width)
    yield ""


def _wrapped(text: str, width: int, first: str, then: str) -> Iterator[str]:
    yield from wrap(
        text, max(40, width), initial_indent=first, subsequent_indent=then, break_on_hyphens=False,
    ) or [first]  # fmt: skip


def _effect(effect: Effect, paint: Paint, width: int) -> Iterator[str]:
    lost, gained = effect.lost.count, effect.gained.count
    said = [f"hits {effect.before:,} -> {effect.after:,}"]
    if lost:
        said.append(paint.of(Severity.HIGH, f"{lost:,} lost"))
    if gained:
        said.append(paint.of(Severity.LOW, f"{gained:,} gained"))
    if not (lost or gained):
        said.append("the same records" if effect.before else "none on this data")
    if effect.cost is not None and _is_dearer(effect.cost):
        said.append(f"{effect.cost.before:g} -> {effect.cost.after:g} microseconds an event")
    yield f"  {'   '.join(said)}"
    yield from _moved("lost", effect.lost, paint, width)
    yield from _moved("gained", effect.gained, paint, width)
    if effect.asleep:
        yield f"  {paint.bad('can no longer fire on this data')}: {paint.outside(effect.asleep)}"


def _is_dearer(cost: Cost) -> bool:
    return not 1 / SLOWER < cost.after / cost.before < SLOWER


def _moved(word: str, moved: Moved, paint: Paint, width: int) -> Iterator[str]:
    if moved.by:
        named = ", ".join(f"{paint.outside(name)} {count:,}" for name, count in moved.by)
        yield from _wrapped(f"{word} by {named}", width, "    ", "      ")
    for one in moved.examples:
        yield f"    {word}  {_place(one, paint)}"
        yield from _wrapped(paint.outside(one.why) or _clue(one, paint), width, "      ", "      ")
    rest = moved.count - len(moved.examples)
    if rest > 0 and moved.examples:
        yield f"    {paint.dim(f'and {rest:,} more {word}')}"


def _place(one: Example, paint: Paint) -> str:
    return f"{paint.outside(one.path)}#{one.record}"


def _clue(one: Example, paint: Paint) -> str:
    """Return what a record is, where it cannot be told which part decided."""
    said = [f"{paint.safe(name)}={paint.outside(value)}" for name, value in one.event.items()]
    return "; ".join(said)[:300] or paint.outside(one.text)


def _made_of(found: Diffed, paint: Paint, width: int) -> Iterator[str]:
    """Yield the correlations that did not change themselves, and are made of rules that did."""
    changed = {change.id for change in found.changes}
    for effect in found.effects:
        if effect.rule not in changed:
            yield f"{paint.strong('MADE OF THESE')}  correlation {paint.strong(paint.outside(effect.title))}"
            yield f"  {paint.dim(paint.safe(effect.rule))}"
            yield from _effect(effect, paint, width)
            yield ""


def _problems(found: Diffed, paint: Paint) -> Iterator[str]:
    told = {change.path for change in found.changes if change.state is State.BROKEN}
    for problem in (one for one in found.broken if one.path not in told):
        yield f"{paint.bad('NOT LOADED')}  {paint.safe(problem.path)}: {paint.safe(str(problem))}"
    if found.run is not None:
        for missed in found.run.coverage.not_looked_at[:20]:
            place = f"{missed.path}#{missed.record}" if missed.record else missed.path
            yield f"{paint.bad('NOT LOOKED AT')}  {paint.outside(place)}: {paint.safe(missed.why)}"


def _end(found: Diffed, paint: Paint) -> Iterator[str]:
    counts: dict[str, int] = {}
    for change in found.changes:
        if change.kind != "filter":
            counts[change.state] = counts.get(change.state, 0) + 1
    said = ", ".join(f"{count} {state}" for state, count in counts.items()) or "nothing changed"
    filters = sum(change.kind == "filter" for change in found.changes)
    said += f", {counted(filters, 'filter')} changed" if filters else ""
    yield f"{paint.safe(found.before)} -> {paint.safe(found.after)}: {said}; {found.same:,} as before."
    if found.run is not None:
        yield from _run(found, found.run, paint)
    elif any(change.effect != "words" for change in found.changes):
        yield "Name logs with --on to see what that does."


def _run(found: Diffed, run: Run, paint: Paint) -> Iterator[str]:
    looked = run.coverage.looked_at
    yield (
        f"Ran what the change can have touched, {run.before:,} of {found.rules_before:,} rules before and "
        f"{run.after:,} of {found.rules_after:,} after, over {counted(looked.records, 'record')} of "
        f"{counted(looked.files, 'input')}: {run.cpu_before:.1f} s and {run.cpu_after:.1f} s of CPU, reading included."
    )
    yield "  findings of these   before    after"
    for severity in reversed(Severity):
        was, now = run.findings_before.get(severity, 0), run.findings_after.get(severity, 0)
        if was or now:
            yield f"    {paint.severity(severity)}       {was:>6,}   {now:>6,}{_sign(now - was)}"
    lost = paint.of(Severity.HIGH, f"{counted(found.lost, 'hit')} lost") if found.lost else "no hit lost"
    silent = [effect.title for effect in found.effects if effect.before and not effect.after]
    more = f"; no hit is left of {', '.join(map(paint.outside, silent[:FEW]))}" if silent else ""
    more += f" and {len(silent) - FEW} more" if len(silent) > FEW else ""
    incomplete = "" if found.complete else "  INCOMPLETE: see above."
    yield f"{lost}, {found.gained:,} gained{more}.{incomplete}"


def _sign(difference: int) -> str:
    return f"   {difference:+,}" if difference else ""
