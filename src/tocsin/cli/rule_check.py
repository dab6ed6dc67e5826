"""`tocsin rule check`: what is wrong with rules, and mending it."""

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import click

from tocsin.app import rule_check as app
from tocsin.cli.options import find_workspace, format_option, workspace_option
from tocsin.cli.paint import Paint
from tocsin.detect.lint.catalogue import LINTS
from tocsin.detect.lint.check import Checked
from tocsin.detect.lint.remark import Remark, State
from tocsin.match.sigma.placeholder import of_estate
from tocsin.model import Severity
from tocsin.model.codec import json_text
from tocsin.model.text import counted, safe

EPILOG = """\b
Examples:
  tocsin rule check rules/
  tocsin rule check rules/ --fix
  tocsin rule check rules/my_rule.yml --convention sigmahq --strict
  tocsin rule check rules/ --format sarif > lint.sarif
  tocsin rule check --list

A comment `# tocsin: allow LINT` beside a line allows what the lint says of it; on a line of its own, of the file.

Exit codes: 0 no errors, 1 errors (with --strict: warnings too), 2 wrong use, 3 a file could not be read.
"""


@click.command(epilog=EPILOG)
@click.argument("paths", nargs=-1, metavar="PATH...", type=click.Path(path_type=Path))
@click.option("--fix", is_flag=True, help="Mend what can be mended without changing what a rule asks, and show it.")
@click.option("--diff", is_flag=True, help="Show what --fix would do, and write nothing, whatever else is said.")
@click.option("--strict", is_flag=True, help="Take warnings for errors.")
@click.option(
    "--convention",
    "conventions",
    multiple=True,
    metavar="NAME",
    help="Hold a set of house rules too: sigmahq, portable (repeatable).",
)
@click.option("--only", multiple=True, metavar="LINT", help="Only this lint (repeatable).")
@click.option("--skip", multiple=True, metavar="LINT", help="All but this lint (repeatable).")
@click.option("--exclude", multiple=True, metavar="GLOB", help="Leave out files whose path fits (repeatable).")
@click.option("--list", "lists", is_flag=True, help="List the lints, and check nothing.")
@click.option("--quiet", "-q", is_flag=True, help="Show the closing block only.")
@format_option("json", "csv", "sarif", "github")
@workspace_option
def command(
    paths: tuple[Path, ...],
    conventions: tuple[str, ...],
    only: tuple[str, ...],
    skip: tuple[str, ...],
    exclude: tuple[str, ...],
    form: str,
    workspace_here: Path | None,
    **claims: bool,
) -> int:
    """Check the rules in PATH, files and folders.

    What cannot load, cannot fire, or does not do what it says.
    Each remark names the file, the line, what is wrong and what to do.
    """
    if claims["lists"]:
        return _list(form)
    if not paths:
        raise click.UsageError("Missing argument 'PATH...'.")
    workspace = find_workspace(workspace_here, paths)
    request = app.Request(
        paths=paths, conventions=conventions, only=only, skip=skip, exclude=exclude, strict=claims["strict"],
        fills=of_estate(workspace.estate),
    )  # fmt: skip
    found = app.rule_check(request)
    done: list[app.Change] = []
    writes = claims["fix"] and not claims["diff"]
    if claims["fix"] or claims["diff"]:
        done = list(app.changes(request, found))
        if writes:
            for change in (one for one in done if one.done):
                app.write(change)
            found = app.rule_check(request)
    _show(found, done, form, quiet=claims["quiet"], written=writes)
    return int(app.code(found))


def _list(form: str) -> int:
    if form == "json":
        rows = [{"id": one.id, "state": one.state, "convention": one.convention, "about": one.about} for one in LINTS]
        click.echo(json_text({"lints": rows}))
        return 0
    for one in LINTS:
        click.echo(f"{one.id:<22} {one.convention or one.state:<8} {one.about}")
    click.echo(f"{len(LINTS)} lints", err=True)
    return 0


def _show(found: Checked, done: Sequence[app.Change], form: str, *, quiet: bool, written: bool) -> None:
    told = [one for one in found.remarks if one.state is not State.OK]
    match form:
        case "json":
            click.echo(json_text(app.shape(found, done if written else ())))
        case "sarif":
            click.echo(json_text(app.sarif(found)))
        case "csv":
            _csv(found)
        case "github":
            for one in told:
                click.echo(_annotation(one))
        case _:
            _text(found, done, told, quiet=quiet, written=written)


def _csv(found: Checked) -> None:
    from tocsin.app.outputs.table import line

    click.echo(line(("path", "line", "id", "state", "lint", "says", "hint", "fix")))
    for one in found.remarks:
        click.echo(line((one.path, str(one.line), one.id, one.state, one.lint, one.says, one.hint, one.fix or "")))


def _annotation(one: Remark) -> str:
    """Return a remark as GitHub's annotation (docs.github.com, "Workflow commands")."""

    def value(text: str) -> str:
        return safe(text).replace("%", "%25").replace("\n", "%0A").replace(":", "%3A").replace(",", "%2C")

    message = safe(f"{one.says}. {one.hint}" if one.hint else one.says).replace("%", "%25")
    return f"::{one.state} file={value(one.path)},line={max(1, one.line)},title={value(one.lint)}::{message}"


def _text(
    found: Checked, done: Sequence[app.Change], told: Sequence[Remark], *, quiet: bool, written: bool
) -> None:  # fmt: skip
    paint = Paint(sys.stdout)
    for change in () if quiet else done:
        for line in change.diff.splitlines():
            click.echo(_diff_line(line, paint))
    if not quiet:
        for one in sorted(told, key=lambda one: one.state != "warning"):
            _remark(one, paint)
        for path, why in found.unread:
            click.echo(f"{paint.bad('unread')}  {paint.safe(path)}: {paint.safe(why)}")
    _closing(found, done, told, paint, written=written)


def _diff_line(line: str, paint: Paint) -> str:
    text = paint.safe(line)
    if line.startswith(("---", "+++", "@@")):
        return paint.dim(text)
    return (
        paint.of(Severity.LOW, text)
        if line.startswith("+")
        else paint.of(Severity.MEDIUM, text)
        if line.startswith("-")
        else text
    )


def _remark(one: Remark, paint: Paint) -> None:
    state = paint.of(Severity.HIGH if one.state == "error" else Severity.MEDIUM, f"{one.state:<7}")
    place = paint.link(f"{one.path}:{one.line or 1}", one.path)
    click.echo(f"{state}  {place}  {paint.strong(one.lint)}  {paint.safe(one.says)}")
    hint = " ".join(one.hint.split())
    more = f"{hint}  [--fix: {one.fix}]" if one.fix else hint
    if more:
        click.echo(paint.dim(f"         {paint.safe(more)}"))


def _closing(
    found: Checked, done: Sequence[app.Change], told: Sequence[Remark], paint: Paint, *, written: bool
) -> None:  # fmt: skip
    if told:
        click.echo("")
    counts = Counter((one.state, one.lint) for one in told)
    for (state, lint), many in sorted(counts.items(), key=lambda pair: (pair[0][0] == "error", pair[1])):
        click.echo(f"{many:>6,}  {state:<7}  {paint.safe(lint)}")
    mended = sum(len(change.done) for change in done)
    refused = sum(len(change.refused) for change in done)
    if done:
        verb = "mended" if written else "can be mended (--fix writes it)"
        click.echo(f"{counted(mended, 'remark')} {verb} in {counted(sum(bool(c.done) for c in done), 'file')}")
    if refused:
        click.echo(f"{counted(refused, 'edit')} left to you: it would change what the rule asks, or where is not clear")
    errors, warnings = found.count(State.ERROR), found.count(State.WARNING)
    allowed = f", {found.allowed} allowed by comments" if found.allowed else ""
    click.echo(
        f"{counted(found.files, 'file')}, {counted(found.documents, 'rule')}: {found.count(State.OK):,} ok, "
        f"{counted(errors, 'error')}, {counted(warnings, 'warning')}{allowed}"
    )
    fixable = sum(one.edit is not None for one in told)
    if fixable and not done:
        click.echo(f"{counted(fixable, 'remark')} can be mended: add --fix (--diff shows how)")
    if found.unread:
        click.echo(paint.bad(f"INCOMPLETE: {counted(len(found.unread), 'file')} could not be read"))
    if errors:
        click.echo(f"Exit code 1: there {'is an error' if errors == 1 else 'are errors'}.")
