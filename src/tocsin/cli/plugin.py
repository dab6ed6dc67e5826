"""`tocsin plugin`: list and show plug-ins, start a new one."""

from pathlib import Path

import click

from tocsin.cli.options import find_workspace, format_option, workspace_option
from tocsin.kit.declare import Kind


@click.group()
def command() -> None:
    """List and show plug-ins; start a new one."""


@command.command(name="list", epilog="\b\nExample:\n  tocsin plugin list --kind check")
@click.option("--kind", type=click.Choice([k.value for k in Kind]), help="Only this kind.")
@format_option("json")
@workspace_option
def list_(kind: str | None, form: str, workspace_here: Path | None) -> None:
    """List the plug-ins, built in and of the workspace.

    Those of the workspace stand there with whether they may run.
    """
    from tocsin.app.plugins import known

    rows = [p for p in known(find_workspace(workspace_here).folder) if kind is None or p.kind == kind]
    if form == "json":
        from tocsin.model.codec import json_text

        click.echo(json_text({"plugins": rows}))
        return
    from tocsin.model.text import safe

    for row in rows:
        click.echo(f"{row.kind:<9} {safe(row.id):<28} {row.state:<9} {row.title}")
    click.echo(f"{len(rows)} plug-ins", err=True)


@command.command(epilog="\b\nExample:\n  tocsin plugin show code-shell")
@click.argument("name")
@workspace_option
def show(name: str, workspace_here: Path | None) -> None:
    """Show a plug-in's page and declaration."""
    from tocsin.app.plugins import known, page
    from tocsin.model import UserError

    found = [p for p in known(find_workspace(workspace_here).folder) if name in (p.id, p.name)]
    if not found:
        raise UserError(f"no plug-in is named {name!r}", hint="tocsin plugin list")
    for plugin in found:
        click.echo(page(plugin))


@command.command(epilog="\b\nExample:\n  tocsin --workspace security plugin new check code_my_mistake")
@click.argument("kind", type=click.Choice(["parser", "check"]))
@click.argument("name")
@workspace_option
def new(kind: str, name: str, workspace_here: Path | None) -> None:
    """Start a plug-in in the workspace: its file and its sample folder, ready to edit."""
    from tocsin.app.plugins import start
    from tocsin.model import UserError

    workspace = find_workspace(workspace_here)
    if workspace.folder is None:
        raise UserError("a new plug-in needs a workspace", hint="tocsin init DIR, then --workspace DIR")
    for path in start(workspace.folder, Kind(kind), name):
        click.echo(f"made  {path}")
    click.echo("Next:  edit it, then: tocsin trust", err=True)
