"""A comparison of rules as Markdown: the comment under a change that is to be merged."""

from collections.abc import Iterator
from html import escape

from tocsin.app.outputs.markdown import code, plain
from tocsin.app.rule_diff import Diffed, Effect, Run
from tocsin.app.rule_diff_hits import Moved
from tocsin.detect.compare import Change
from tocsin.model import Severity
from tocsin.model.text import counted, safe

MAX_RULES = 200  # rules whose details are shown; a comment of GitHub holds 65,536 characters


def markdown(found: Diffed) -> str:
    """Return a comparison as Markdown; nothing of a rule or record can steer it."""
    return "\n".join(_lines(found))


def _lines(found: Diffed) -> Iterator[str]:
    yield f"## Rules {plain(found.before)} → {plain(found.after)}"
    yield ""
    if found.run is not None:
        yield f"**{counted(found.lost, 'hit')} lost, {found.gained:,} gained**" + (
            "" if found.complete else ", **INCOMPLETE**"
        )
        yield ""
    yield from _table(found)
    for change in found.changes[:MAX_RULES]:
        yield from _details(change, found.effect(change.id))
    if len(found.changes) > MAX_RULES:
        yield f"... and {len(found.changes) - MAX_RULES} changes more."
    for problem in found.broken:
        yield f"- **not loaded**: {code(problem.path)}: {plain(str(problem))}"
    if found.run is not None:
        yield from _run(found, found.run)


def _table(found: Diffed) -> Iterator[str]:
    if not found.changes:
        yield "Nothing changed."
        return
    yield "| | rule | level | hits before | after | lost | gained |"
    yield "|---|---|---|--:|--:|--:|--:|"
    changed = {change.id for change in found.changes}
    for change in found.changes:
        effect = found.effect(change.id)
        yield f"| {change.state} | {plain(change.title)} | {change.level} | {_counts(effect)} |"
    for effect in found.effects:
        if effect.rule not in changed:
            yield f"| made of these | {plain(effect.title)} | | {_counts(effect)} |"


def _counts(effect: Effect | None) -> str:
    if effect is None:
        return "| | |"
    moved = (f"**{n:,}**" if n else "0" for n in (effect.lost.count, effect.gained.count))
    return f"{effect.before:,} | {effect.after:,} | {' | '.join(moved)}"


def _details(change: Change, effect: Effect | None) -> Iterator[str]:
    yield ""
    yield f"<details><summary>{change.state}: {escape(safe(change.title))}</summary>"
    yield ""
    yield f"{code(change.id)} in {code(change.path)}"
    yield ""
    yield from (f"- {plain(line)}" for line in change.what)
    if change.diff and change.state in {"changed", "moved"}:
        fence = "`" * (3 + max((line.count("`") for line in change.diff), default=0))
        yield from ("", f"{fence}diff", *(safe(line) for line in change.diff), fence)
    if effect is not None:
        yield from _moved("lost", effect.lost)
        yield from _moved("gained", effect.gained)
        if effect.asleep:
            yield f"- **can no longer fire on this data**: {plain(effect.asleep)}"
    yield ""
    yield "</details>"


def _moved(word: str, moved: Moved) -> Iterator[str]:
    if moved.count:
        by = ", ".join(f"{code(name)} {count:,}" for name, count in moved.by)
        yield ""
        yield f"{moved.count:,} {word}" + (f", by {by}" if by else "")
        yield ""
    for one in moved.examples:
        yield f"- {word}: {code(f'{one.path}#{one.record}')}" + (f": {plain(one.why)}" if one.why else "")


def _run(found: Diffed, run: Run) -> Iterator[str]:
    yield ""
    yield "| findings of these rules | before | after |"
    yield "|---|--:|--:|"
    for severity in reversed(Severity):
        was, now = run.findings_before.get(severity, 0), run.findings_after.get(severity, 0)
        if was or now:
            yield f"| {severity} | {was:,} | {now:,} |"
    yield ""
    looked = run.coverage.looked_at
    yield (
        f"Ran {run.before:,} of {found.rules_before:,} rules before and {run.after:,} of {found.rules_after:,} after, "
        f"over {counted(looked.records, 'record')} of {counted(looked.files, 'input')}; "
        f"{run.cpu_before:.1f} s and {run.cpu_after:.1f} s of CPU."
    )
    missed = run.coverage.not_looked_at
    yield from (f"- **not looked at**: {code(one.path)}: {plain(one.why)}" for one in missed[:20])
