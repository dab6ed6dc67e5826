"""`tocsin scan`: look at anything, say what went wrong."""

from pathlib import Path
from typing import Any

import click

from tocsin.cli import look
from tocsin.cli.options import format_option, store_option, voice_options, workspace_option

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
def command(paths: tuple[str, ...], reports: tuple[Path, ...], form: str, **how: Any) -> int:
    """Look at PATHs of any kind, and say what is wrong there.

    Logs, event logs, Python, archives and folders of them; - is standard input. Each input is recognised by its
    content. What fits is looked at: Sigma rules over logs; checks, secrets and requirements over Python. What belongs
    together becomes a case that says why and what to do now.
    """
    from tocsin.app import scan
    from tocsin.cli import progress, write

    asked = look.Asked(**how)
    request = look.request("scan", paths, asked)
    wanted = list(look.formats(reports, timeline=False))
    if asked.dry_run:
        return look.rehearse(scan.dry_run(request, look.stdin(paths)))
    with progress.progress("tocsin scan", wanted=not asked.quiet and form == "text") as show:
        scanned = scan.scan(request, stdin=look.stdin(paths), progress=show)
    return write.everywhere(form, scanned, wanted, write.Voice(raw=asked.raw, quiet=asked.quiet, verbose=asked.verbose))
