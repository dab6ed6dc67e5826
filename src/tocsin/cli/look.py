"""What commands that look at inputs share: their options, and how they are read."""

import shlex
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, TypeVar

import click
import msgspec

from tocsin.cli.options import find_workspace, named_workspace, only_rules_option, rules_option, severity
from tocsin.model import UserError
from tocsin.model.text import safe

F = TypeVar("F", bound=Callable[..., Any])
REPORTS = {  # the end of a report's name -> its format; the first that fits
    ".timeline.csv": "timeline-csv",
    ".timeline.jsonl": "timeline-jsonl",
    ".ocsf.jsonl": "ocsf",
    ".layer.json": "attack-layer",
    ".html": "html",
    ".htm": "html",
    ".json": "json",
    ".jsonl": "jsonl",
    ".csv": "csv",
    ".sarif": "sarif",
    ".md": "markdown",
}
TIMELINES = frozenset({".timeline.csv", ".timeline.jsonl"})


def rule_options(function: F) -> F:
    """Add `--rules DIR` and `--only-rules`."""
    return rules_option("Sigma rules to use besides our own")(only_rules_option(function))


def report_option(*, timeline: bool) -> Callable[[F], F]:
    """Add `--report FILE`; with timelines where every match is at hand."""
    known = " ".join(suffix for suffix in REPORTS if timeline or suffix not in TIMELINES)
    return click.option(
        "--report",
        "reports",
        multiple=True,
        type=click.Path(path_type=Path, dir_okay=False),
        metavar="FILE",
        help=f"Write a report too; its format from the suffix: {known.replace('.htm ', '')} (repeatable).",
    )


def run_options(function: F) -> F:
    """Add what says how a look at inputs is made and what becomes of it."""
    for option in (
        click.option(
            "--workers", type=click.IntRange(1, 256), metavar="N", help="Worker processes. Default: one a core."
        ),
        click.option("--dry-run", is_flag=True, help="Say what would be looked at, and look at nothing."),
        click.option("--no-store", is_flag=True, help="Keep nothing."),
        click.option(
            "--tz", metavar="ZONE", help="The time zone of logs that name none, as Europe/Berlin. Default: UTC."
        ),
        click.option(
            "--new", "only_new", is_flag=True, help="Show only what is new since the last look at these paths."
        ),
        click.option("--fail-on", metavar="LEVEL", help="End with 1 at or above: info, low, medium, high, critical."),
    ):
        function = option(function)
    return function


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What the options that all looks share say."""

    rule_folders: tuple[Path, ...]
    fail_on: str | None
    tz: str | None
    store_url: str | None
    workspace_here: Path | None
    workers: int | None
    only_rules: bool
    only_new: bool
    no_store: bool
    dry_run: bool
    raw: bool
    verbose: bool
    quiet: bool


def request(command: str, paths: tuple[str, ...], asked: Asked) -> Any:
    """Return what is asked for (app/scan_looked.py).

    Raises UsageError for options that contradict each other, and UserError for what is not there.
    """
    from tocsin.app.scan_looked import Request

    workspace = find_workspace(asked.workspace_here, [Path(path) for path in paths if path != "-"])
    if asked.quiet and asked.verbose:
        raise click.UsageError("--quiet and --verbose contradict each other.")
    if asked.only_new and asked.no_store:
        raise click.UsageError("--new compares with what the store has, and --no-store has none.")
    if asked.only_rules and not (asked.rule_folders or workspace.rule_folders):
        raise click.UsageError("--only-rules is given, and no rules: name a folder with --rules.")
    return Request(
        command=command,
        paths=paths,
        workspace=workspace,
        rules=asked.rule_folders,
        only_rules=asked.only_rules,
        tz=asked.tz or "",
        store_url=None if asked.no_store else asked.store_url or workspace.store_url,
        gate=severity(asked.fail_on or workspace.settings.scan.fail_on),
        only_new=asked.only_new,
        workers=asked.workers or 0,
        argv=argv(command, named_workspace(asked.workspace_here)),
    )


def rehearse(lines: Iterable[str]) -> int:
    """Print what would be looked at; return the exit code."""
    for line in lines:
        click.echo(safe(line))
    return 0


def formats(reports: Sequence[Path], *, timeline: bool) -> Iterator[tuple[Path, str]]:
    """Yield each report with its format.

    Raises UserError for a name whose end is that of no format.
    """
    known = {suffix: form for suffix, form in REPORTS.items() if timeline or suffix not in TIMELINES}
    for report in reports:
        form = next((form for suffix, form in known.items() if report.name.lower().endswith(suffix)), None)
        if form is None:
            raise UserError(f"{report}: no report has the suffix {report.suffix!r}", hint=f"one of {' '.join(known)}")
        yield report, form


def stdin(paths: Sequence[str]) -> BinaryIO:
    """Return standard input.

    Raises UserError where it is closed and wanted.
    """
    if sys.stdin is not None:
        # Unbuffered: a buffer goes on reading until it is full, and Ctrl-C would wait for that.
        unbuffered: BinaryIO = getattr(sys.stdin.buffer, "raw", sys.stdin.buffer)
        return unbuffered
    if "-" in paths:
        raise UserError("standard input is closed", hint="give - something to read")
    return BytesIO()


def argv(command: str, workspace: Path | None) -> str:
    """Return the command line as a person would type it, without passwords."""
    from tocsin.app.config import without_password

    words: Iterator[str] = (shlex.quote(without_password(word)) for word in sys.argv[1:])
    return " ".join(("tocsin", *words)) if sys.argv else f"tocsin --workspace {workspace} {command}"
