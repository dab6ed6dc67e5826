"""`tocsin about`: all that is known of a value."""

import sys
from pathlib import Path

import click

from tocsin.cli.options import find_workspace, format_option, store_option, workspace_option


@click.command(epilog="\b\nExamples:\n  tocsin about 203.0.113.66\n  tocsin about user:deploy")
@click.argument("value")
@format_option("json")
@click.option("--raw", is_flag=True, help="Show domains and URLs as they are, not defanged.")
@store_option
@workspace_option
def command(value: str, form: str, store_url: str | None, workspace_here: Path | None, *, raw: bool) -> None:
    """Show everything known of VALUE.

    An address, user, host or key, with or without its type before it.
    """
    from tocsin.app.about import about
    from tocsin.cli.paint import Paint

    workspace = find_workspace(workspace_here)
    page = about(store_url or workspace.store_url, value)
    if form == "json":
        from tocsin.model.codec import json_text

        click.echo(json_text(page))
        return
    from tocsin.cli.pages import about_page

    own = frozenset(d.name.lower() for d in workspace.estate.domain)
    for line in about_page(page, Paint(sys.stdout, own=own, raw=raw)):
        click.echo(line)
