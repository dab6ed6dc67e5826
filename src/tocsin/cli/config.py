"""`tocsin config show`: the settings in force, and where each comes from."""

from pathlib import Path

import click

from tocsin.cli.options import find_workspace, format_option, store_option, workspace_option


@click.group()
def command() -> None:
    """Show the settings in force, and where each comes from."""


@command.command(epilog="\b\nExample:\n  tocsin --workspace security config show")
@format_option("json")
@store_option
@workspace_option
def show(form: str, store_url: str | None, workspace_here: Path | None) -> None:
    """Show each setting, its value, and where it comes from.

    That is a file, a variable or a default.
    """
    from tocsin.app.config import settings

    rows = settings(find_workspace(workspace_here), store_url)
    if form == "json":
        from tocsin.model.codec import json_text

        click.echo(json_text({"settings": rows}))
        return
    wide = max(len(row.name) for row in rows)
    for row in rows:
        click.echo(f"{row.name:<{wide}}  {row.value}   ({row.origin})")
