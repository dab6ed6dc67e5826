"""`tocsin explain`: why a rule fires, what it misses, and what to do; or the same of one finding."""

import sys
from pathlib import Path

import click

from tocsin.cli.options import find_workspace, format_option, store_option, workspace_option


@click.command(
    epilog="\b\nExamples:\n  tocsin explain ssh-guessed\n  tocsin explain code-shell\n  tocsin explain 1f0c22ab"
)
@click.argument("name", metavar="RULE|FINDING")
@click.option(
    "--rules",
    "rule_folders",
    multiple=True,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Folders of Sigma rules to look in besides our own (repeatable).",
)
@format_option("json")
@store_option
@workspace_option
def command(
    name: str, rule_folders: tuple[Path, ...], form: str, store_url: str | None, workspace_here: Path | None
) -> None:
    """Explain a rule, check, kind of secret or finding.

    A finding is named by its fingerprint, everything else by its id.
    """
    from tocsin.app.explain import explain
    from tocsin.cli.paint import Paint
    from tocsin.model.text import safe

    workspace = find_workspace(workspace_here)
    page = explain(name, workspace, store_url or workspace.store_url, rule_folders)
    if form == "json":
        from tocsin.model.codec import json_text

        click.echo(json_text(page))
        return
    paint = Paint(sys.stdout)
    click.echo(f"{paint.strong(safe(page.id))}  {safe(page.title)}")
    click.echo(f"  {safe(page.about)}")
    for heading, text in page.sections.items():
        click.echo(f"\n{paint.strong(heading)}")
        for line in text.splitlines():
            click.echo(f"  {safe(line)}" if line.strip() else "")
