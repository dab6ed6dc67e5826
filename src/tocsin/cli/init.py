"""`tocsin init`: make a workspace."""

from pathlib import Path

import click


@click.command(epilog="\b\nExample:\n  tocsin init security && tocsin --workspace security scan /var/log")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False), default=".")
def command(folder: Path) -> None:
    """Make a workspace in FOLDER.

    Settings, estate, suppressions, and folders for rules and plug-ins.
    Nothing that is already there is changed.
    """
    from tocsin.app.init import make

    for path, is_new in make(folder):
        click.echo(f"{'made' if is_new else 'kept'}  {path}")
    click.echo(f"Next:  describe your networks, hosts and people in {folder / 'estate.toml'}", err=True)
