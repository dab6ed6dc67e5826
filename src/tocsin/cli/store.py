"""`tocsin store`: upkeep of what is kept."""

import re
from datetime import timedelta
from pathlib import Path

import click

from tocsin.cli.options import agreed, find_workspace, store_option, workspace_option
from tocsin.model import UserError


@click.group()
def command() -> None:
    """Back up, restore and purge what is kept."""


def _url(workspace_here: Path | None, store_url: str | None) -> str:
    return store_url or str(find_workspace(workspace_here).store_url)


@command.command(
    epilog="""\b
Example:
  tocsin store backup monday.db
  tocsin store backup monday.zst   # either database restores it
"""
)
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@store_option
@workspace_option
def backup(file: Path, store_url: str | None, workspace_here: Path | None) -> None:
    """Write a backup; others may write to the store meanwhile."""
    from tocsin.app import upkeep

    upkeep.backup(_url(workspace_here, store_url), file)
    click.echo(f"backed up to {file}")


@command.command(epilog="\b\nExample:\n  tocsin store restore monday.zst --store postgresql://tocsin@localhost/tocsin")
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@store_option
@workspace_option
def restore(file: Path, store_url: str | None, workspace_here: Path | None) -> None:
    """Fill an empty store from a backup; one that holds anything is refused."""
    from tocsin.app import upkeep

    rows = upkeep.restore(_url(workspace_here, store_url), file)
    click.echo(f"restored {sum(rows.values()):,} rows of {len(rows)} tables")


@command.command(epilog="\b\nExample:\n  tocsin store purge --older-than 365d --yes")
@click.option("--older-than", required=True, metavar="AGE", help="As 90d, 12w.")
@click.option("--yes", is_flag=True, help="Do not ask.")
@store_option
@workspace_option
def purge(older_than: str, store_url: str | None, workspace_here: Path | None, *, yes: bool) -> int | None:
    """Delete for good what was last seen before an age; findings of open cases stay."""
    from tocsin.app import upkeep

    age = re.fullmatch(r"(\d{1,5})([dw])", older_than)
    if age is None:
        raise UserError(f"{older_than!r} is no age", hint="write 90d or 12w")
    span = timedelta(days=int(age[1]) * (7 if age[2] == "w" else 1))
    if not yes and not agreed(f"Delete what was last seen more than {span.days} days ago, for good?"):
        click.echo("nothing was changed", err=True)
        return 4
    purged = upkeep.purge(_url(workspace_here, store_url), span)
    click.echo(", ".join(f"{count:,} {name.replace('_', ' ')}" for name, count in purged.items()))
    return None
