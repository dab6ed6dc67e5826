"""`tocsin trust`: let the plug-ins of a workspace run, by digest."""

from pathlib import Path

import click

from tocsin.cli.options import agreed, find_workspace, workspace_option
from tocsin.model import UserError


@click.command(
    epilog="\b\nExamples:\n  tocsin --workspace security trust\n  tocsin trust --revoke --workspace security"
)
@click.option("--yes", is_flag=True, help="Do not ask: for set-up by a script.")
@click.option("--revoke", is_flag=True, help="Forget what was trusted; its plug-ins no longer run.")
@click.option("--list", "only_list", is_flag=True, help="Show what is trusted and what is not, and change nothing.")
@workspace_option
def command(workspace_here: Path | None, *, yes: bool, revoke: bool, only_list: bool) -> int | None:
    """Pin the digests of a workspace's plug-ins, so that just these bytes may run.

    The code of a workspace never runs before, and not after a change. Pins lie in your own data folder.
    """
    from tocsin.app import trust as journey

    workspace = find_workspace(workspace_here)
    if workspace.folder is None:
        raise UserError(
            "there is no workspace here to trust", hint="name one with --workspace, or make one: tocsin init"
        )
    if revoke:
        click.echo("forgotten" if journey.revoke(workspace.folder) else "nothing was trusted")
        return None
    standing = journey.standing(workspace.folder)
    for line in journey.describe(standing, workspace.folder):
        click.echo(line)
    if only_list or not standing.refused:
        return None
    if not yes and not agreed(f"Let these {len(standing.refused)} run with your rights?"):
        click.echo("nothing was changed", err=True)
        return 4
    journey.pin(workspace.folder, standing)
    click.echo(f"trusted {len(standing.refused) + len(standing.trusted)} plug-ins of {workspace.folder}")
    return None
