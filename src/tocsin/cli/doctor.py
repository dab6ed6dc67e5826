"""`tocsin doctor`: check that this installation works."""

from pathlib import Path

import click

from tocsin.cli.options import find_workspace, format_option, store_option, workspace_option


@click.command(epilog="\b\nExample:\n  tocsin doctor --format json")
@format_option("json")
@store_option
@workspace_option
def command(form: str, store_url: str | None, workspace_here: Path | None) -> int:
    """Check this installation, and say what to do.

    Python, packages, folders, rules, plug-ins, worker processes and the store.
    Ends with 0 when nothing fails, else with 3.
    """
    from tocsin.app.doctor import checks

    found = list(checks(find_workspace(workspace_here), store_url))
    if form == "json":
        from tocsin.model.codec import json_text

        click.echo(json_text({"checks": found}))
    else:
        for check in found:
            click.echo(f"{check.state:<5} {check.name:<18} {check.says}")
            if check.hint:
                click.echo(f"      {'':<18} hint: {check.hint}")
    return 3 if any(check.state == "fail" for check in found) else 0
