"""`tocsin rule diff`: what a change of rules does, on real data."""

from pathlib import Path
from typing import Any

import click

from tocsin.cli.options import columns, find_workspace, format_option, workspace_option

EPILOG = """\b
Examples:
  tocsin rule diff main.. --on logs/                 what I changed since main
  tocsin rule diff v1..v2 --rules-path rules/windows --on day1.jsonl --on day2.jsonl
  tocsin rule diff rules-old..rules-new --on logs/ --format markdown > comment.md
  tocsin rule diff HEAD~1..HEAD --on logs/ --fail-on-lost

\b
A and B are commits of the git repository that one stands in; without B it is the working tree.
Where both are files or folders, these are compared.
Exit codes: 0 done, 1 hits were lost and --fail-on-lost was given, 3 not everything could be looked at.
"""


@click.command(epilog=EPILOG)
@click.argument("words", nargs=-1, required=True, metavar="A..B")
@click.option(
    "--on", "on", multiple=True, metavar="DATA", help="Logs, or a folder of them, to run both sides over (repeatable)."
)
@click.option(
    "--rules-path",
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The folder of rules in the repository; else the one that one stands in.",
)
@click.option(
    "--limit", type=click.IntRange(0), default=3, show_default=True, metavar="N", help="Examples for each rule."
)
@click.option("--fail-on-lost", is_flag=True, help="Exit with 1 when hits were lost.")
@click.option("--tz", default="", metavar="ZONE", help="The time zone of logs that name none.")
@click.option("--workers", type=click.IntRange(1), metavar="N", help="Worker processes.")
@click.option("--raw", is_flag=True, help="Show domains and URLs as they are, not defanged.")
@format_option("json", "markdown")
@workspace_option
def command(
    words: tuple[str, ...],
    on: tuple[str, ...],
    rules_path: Path | None,
    limit: int,
    tz: str,
    workers: int | None,
    form: str,
    workspace_here: Path | None,
    *,
    fail_on_lost: bool,
    raw: bool,
) -> int:
    """Show what a change of rules does, on DATA in hits gained and lost.

    Rules added, removed and changed are told in words and as lines of their text. Only rules that the change can have
    touched are run: those that changed, and the correlations made of them.
    """
    from tocsin.app.rule_diff import rule_diff
    from tocsin.app.rule_diff_run import Data
    from tocsin.app.rule_diff_sides import sides
    from tocsin.cli.progress import progress

    if len(words) > 2:
        raise click.UsageError("Name A..B, or A and B; data is named by --on, once for each.")
    workspace = find_workspace(workspace_here, [Path(one) for one in on])
    for one in on:
        if not Path(one).exists():
            from tocsin.model import UserError

            raise UserError(f"{one}: there is no such file or folder", where=one, hint="--on names logs")
    data = Data(paths=on, workspace=workspace, tz=tz, workers=workers or 0) if on else None
    with progress("tocsin rule diff", wanted=form == "text") as show:
        found = rule_diff(sides(words, rules_path), workspace, data, limit=limit, progress=show)
    _print(found, form, raw=raw)
    if fail_on_lost and found.lost:
        return 1
    return 0 if found.complete else 3


def _print(found: Any, form: str, *, raw: bool) -> None:
    if form == "json":
        from tocsin.app.rule_diff_json import as_json
        from tocsin.model.codec import json_text

        click.echo(json_text(as_json(found)))
        return
    if form == "markdown":
        from tocsin.app.rule_diff_markdown import markdown

        click.echo(markdown(found))
        return
    import sys

    from tocsin.cli.draw_rule_diff import lines
    from tocsin.cli.paint import Paint

    for line in lines(found, Paint(sys.stdout, raw=raw), columns()):
        click.echo(line)
