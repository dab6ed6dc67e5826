"""`tocsin detect`: Sigma rules over logs."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click
import msgspec

from tocsin.cli import look
from tocsin.cli.options import format_option, store_option, voice_options, workspace_option

EPILOG = """\b
Examples:
  tocsin detect logs/ --rules sigma/rules
  tocsin detect Security.evtx --since 2026-11-01 --report hits.timeline.csv
  tocsin detect logs/ --each --format jsonl > hits.jsonl
  zcat audit.log.gz | tocsin detect - --format json
"""
EACH = {"text": "text", "jsonl": "timeline-jsonl", "csv": "timeline-csv"}


@click.command(epilog=EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="LOG...")
@look.rule_options
@click.option("--since", metavar="TIME", help="Only what was at or after: 2026-11-24, 2026-11-24T06:30, 24h ago, 7d.")
@click.option("--until", metavar="TIME", help="Only what was at or before.")
@click.option("--each", is_flag=True, help="Show every single match, by time: as lines, --format jsonl or csv.")
@click.option("--profile", is_flag=True, help="Show what each rule costs.")
@look.report_option(timeline=True)
@format_option("json", "jsonl", "csv", "sarif", "html", "markdown", "ocsf", "attack-layer")
@look.run_options
@store_option
@workspace_option
@voice_options
def command(
    paths: tuple[str, ...],
    since: str | None,
    until: str | None,
    reports: tuple[Path, ...],
    form: str,
    *,
    each: bool,
    profile: bool,
    **how: Any,
) -> int:
    """Run Sigma rules over LOGs, and say which fired, where, and which could not.

    Files and folders of logs in any format that is known by its content; - is standard input. Our own rules are used,
    and those of --rules: every rule that cannot be loaded is named, and every kind of event that no rule looks at.
    """
    from tocsin.app import detect, scan
    from tocsin.cli import progress, write

    if each and form not in EACH:
        raise click.UsageError("--each is written as lines, or with --format jsonl or csv.")
    asked = look.Asked(**how)
    request = look.request("detect", paths, asked)
    window = _window(since, until, request.tz or request.workspace.settings.scan.tz)
    request = msgspec.structs.replace(request, window=window, profile=profile)
    wanted = list(look.formats(reports, timeline=True))
    if asked.dry_run:
        return look.rehearse(scan.dry_run(request, look.stdin(paths)))
    with progress.progress("tocsin detect", wanted=not asked.quiet and form == "text") as show:
        detected = detect.detect(request, stdin=look.stdin(paths), progress=show)
    voice = write.Voice(raw=asked.raw, quiet=asked.quiet, verbose=asked.verbose, each=each)
    return write.everywhere(EACH[form] if each else form, detected, wanted, voice)


def _window(since: str | None, until: str | None, zone: str) -> Any:
    from tocsin.app.moments import moment
    from tocsin.app.scan_held import Window
    from tocsin.model import UserError

    now = datetime.now(UTC)
    window = Window(
        since=moment(since, now, zone=zone) if since else None,
        until=moment(until, now, zone=zone, is_end=True) if until else None,
    )
    if window.since is not None and window.until is not None and window.since > window.until:
        raise UserError(f"--since {since} is after --until {until}", hint="exchange them")
    return window
