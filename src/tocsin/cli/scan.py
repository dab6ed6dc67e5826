"""`tocsin scan`: look at anything, say what went wrong."""

import sys
from collections.abc import Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import click

from tocsin.cli.options import (
    find_workspace,
    format_option,
    named_workspace,
    severity,
    store_option,
    voice_options,
    workspace_option,
)
from tocsin.model import UserError
from tocsin.model.text import safe

REPORTS = {
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".sarif": "sarif",
    ".md": "markdown",
}
EPILOG = """\b
Examples:
  tocsin scan firewall.log audit-export.csv ./scripts
  tocsin scan /var/log --report report.html --fail-on high
  journalctl -o short-iso | tocsin scan -
"""


@click.command(epilog=EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@click.option(
    "--rules",
    "rule_folders",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Sigma rules to use besides our own (repeatable).",
)
@click.option("--only-rules", is_flag=True, help="Use the rules of --rules alone.")
@click.option(
    "--report",
    "reports",
    multiple=True,
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Write a report too; its format from the suffix: .html .json .jsonl .csv .sarif .md (repeatable).",
)
@format_option("json", "jsonl", "csv", "sarif", "html", "markdown")
@click.option("--fail-on", metavar="LEVEL", help="End with 1 at or above: info, low, medium, high, critical.")
@click.option("--new", "only_new", is_flag=True, help="Show only what is new since the last look at these paths.")
@click.option("--tz", metavar="ZONE", help="The time zone of logs that name none, as Europe/Berlin. Default: UTC.")
@click.option("--no-store", is_flag=True, help="Keep nothing.")
@click.option("--dry-run", is_flag=True, help="Say what would be looked at, and look at nothing.")
@click.option("--workers", type=click.IntRange(1, 256), metavar="N", help="Worker processes. Default: one a core.")
@store_option
@workspace_option
@voice_options
def command(
    paths: tuple[str, ...],
    rule_folders: tuple[Path, ...],
    reports: tuple[Path, ...],
    form: str,
    fail_on: str | None,
    tz: str | None,
    store_url: str | None,
    workspace_here: Path | None,
    workers: int | None,
    *,
    only_rules: bool,
    only_new: bool,
    no_store: bool,
    dry_run: bool,
    raw: bool,
    verbose: bool,
    quiet: bool,
) -> int:
    """Look at PATHs of any kind, and say what is wrong there.

    Logs, event logs, Python, archives and folders of them; - is standard input. Each input is recognised by its
    content. What fits is looked at: Sigma rules over logs; checks, secrets and requirements over Python. What belongs
    together becomes a case that says why and what to do now.
    """
    from tocsin.app import scan
    from tocsin.app.scan_looked import Request
    from tocsin.cli import progress, write

    workspace = find_workspace(workspace_here, [Path(p) for p in paths if p != "-"])
    has_rules = bool(rule_folders or workspace.rule_folders) or not only_rules
    _agree(quiet=quiet, verbose=verbose, only_new=only_new, no_store=no_store, has_rules=has_rules)
    wanted = list(_formats(reports))
    request = Request(
        paths=paths,
        workspace=workspace,
        rules=rule_folders,
        only_rules=only_rules,
        tz=tz or "",
        store_url=None if no_store else store_url or workspace.store_url,
        gate=severity(fail_on or workspace.settings.scan.fail_on),
        only_new=only_new,
        workers=workers or 0,
        argv=_argv(named_workspace(workspace_here)),
    )
    if dry_run:
        return _rehearse(scan.dry_run(request, _stdin(paths)))
    with progress.progress("tocsin scan", wanted=not quiet and form == "text") as show:
        scanned = scan.scan(request, stdin=_stdin(paths), progress=show)
    return write.everywhere(form, scanned, wanted, write.Voice(raw=raw, quiet=quiet, verbose=verbose))


def _agree(*, quiet: bool, verbose: bool, only_new: bool, no_store: bool, has_rules: bool) -> None:
    """Raise UsageError for options that contradict each other."""
    if quiet and verbose:
        raise click.UsageError("--quiet and --verbose contradict each other.")
    if only_new and no_store:
        raise click.UsageError("--new compares with what the store has, and --no-store has none.")
    if not has_rules:
        raise click.UsageError("--only-rules is given, and no rules: name a folder with --rules.")


def _rehearse(lines: Iterable[str]) -> int:
    for line in lines:
        click.echo(safe(line))
    return 0


def _formats(reports: Sequence[Path]) -> Iterator[tuple[Path, str]]:
    for report in reports:
        form = REPORTS.get(report.suffix.lower())
        if form is None:
            raise UserError(f"{report}: no report has the suffix {report.suffix!r}", hint=f"one of {' '.join(REPORTS)}")
        yield report, form


def _stdin(paths: Sequence[str]) -> BinaryIO:
    if sys.stdin is not None:
        # Unbuffered: a buffer goes on reading until it is full, and Ctrl-C would wait for that.
        unbuffered: BinaryIO = getattr(sys.stdin.buffer, "raw", sys.stdin.buffer)
        return unbuffered
    if "-" in paths:
        raise UserError("standard input is closed", hint="give - something to read")
    return BytesIO()


def _argv(workspace: Path | None) -> str:
    import shlex

    from tocsin.app.config import without_password

    words: Iterator[str] = (shlex.quote(without_password(word)) for word in sys.argv[1:])
    return " ".join(("tocsin", *words)) if sys.argv else f"tocsin --workspace {workspace} scan"
