"""`tocsin scan`: look at anything, say what went wrong."""

from pathlib import Path

import click

from tocsin.cli import look
from tocsin.cli.options import (
    find_workspace,
    format_option,
    named_workspace,
    severity,
    store_option,
    voice_options,
    workspace_option,
)

EPILOG = """\b
Examples:
  tocsin scan firewall.log audit-export.csv ./scripts
  tocsin scan /var/log --report report.html --fail-on high
  journalctl -o short-iso | tocsin scan -
"""


@click.command(epilog=EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...")
@look.rule_options
@look.report_option(timeline=False)
@format_option("json", "jsonl", "csv", "sarif", "html", "markdown", "ocsf", "attack-layer")
@look.run_options
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
    look.agree(quiet=quiet, verbose=verbose, only_new=only_new, no_store=no_store, has_rules=has_rules)
    wanted = list(look.formats(reports, timeline=False))
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
        argv=look.argv("scan", named_workspace(workspace_here)),
    )
    if dry_run:
        return look.rehearse(scan.dry_run(request, look.stdin(paths)))
    with progress.progress("tocsin scan", wanted=not quiet and form == "text") as show:
        scanned = scan.scan(request, stdin=look.stdin(paths), progress=show)
    return write.everywhere(form, scanned, wanted, write.Voice(raw=raw, quiet=quiet, verbose=verbose))
