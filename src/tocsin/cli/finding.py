"""`tocsin finding`: the queue of findings."""

from datetime import date
from pathlib import Path
from typing import Any

import click

from tocsin.cli.options import find_workspace, format_option, store_option, workspace_option
from tocsin.model.text import counted


@click.group(epilog="\b\nExamples:\n  tocsin finding list --at-least high\n  tocsin finding show 1f0c22ab")
def command() -> None:
    """List, show and suppress findings."""


def _place(workspace_here: Path | None, store_url: str | None) -> tuple[Any, str]:
    workspace = find_workspace(workspace_here)
    return workspace, store_url or workspace.store_url


@command.command(
    name="list",
    epilog="""\b
Examples:
  tocsin finding list --at-least high
  tocsin finding list --entity ip:203.0.113.66 --state all
""",
)
@click.option("--state", type=click.Choice(["open", "suppressed", "gone", "closed", "all"]), help="Default: open.")
@click.option(
    "--at-least", type=click.Choice(["info", "low", "medium", "high", "critical"]), help="The least severity."
)
@click.option("--rule", help="Only findings of this rule.")
@click.option("--entity", metavar="TYPE:VALUE", help="Only findings with this entity.")
@click.option("--limit", type=click.IntRange(1), help="At most so many.")
@format_option("json", "jsonl", "csv")
@click.option("--raw", is_flag=True, help="Show domains and URLs as they are, not defanged.")
@store_option
@workspace_option
def list_(
    state: str | None,
    at_least: str | None,
    rule: str | None,
    entity: str | None,
    limit: int | None,
    form: str,
    store_url: str | None,
    workspace_here: Path | None,
    *,
    raw: bool,
) -> None:
    """List findings, worst last."""
    from tocsin.app import queue

    workspace, url = _place(workspace_here, store_url)
    query = queue.query(state=state, at_least=at_least, rule=rule, entity=entity, limit=limit)
    found = queue.list_findings(url, query)
    if form != "text":
        _machine(form, [stored.finding for stored in found])
        return
    import sys

    from tocsin.cli.draw import finding_line
    from tocsin.cli.paint import Paint

    paint = Paint(sys.stdout, own=frozenset(d.name.lower() for d in workspace.estate.domain), raw=raw)
    for stored in reversed(found):
        mark = "" if stored.state == "open" else f"  {stored.state}"
        click.echo(f"{stored.finding.fingerprint[:8]}  {finding_line(stored.finding, paint)}{mark}")
    click.echo(counted(len(found), "finding"), err=True)


def _machine(form: str, findings: list[Any]) -> None:
    from tocsin.model.codec import json_text

    if form == "json":
        click.echo(json_text({"findings": findings}))
    elif form == "jsonl":
        for finding in findings:
            click.echo(json_text(finding))
    else:
        from tocsin.app.outputs.table import rows

        for row in rows(findings):
            click.echo(row)


@command.command(epilog="\b\nExample:\n  tocsin finding show 1f0c22ab")
@click.argument("fingerprint")
@format_option("json")
@click.option("--raw", is_flag=True, help="Show domains and URLs as they are, not defanged.")
@store_option
@workspace_option
def show(fingerprint: str, form: str, store_url: str | None, workspace_here: Path | None, *, raw: bool) -> None:
    """Show a finding whole: what, who, when, where, its evidence and what to do."""
    from tocsin.app import queue

    workspace, url = _place(workspace_here, store_url)
    stored = queue.get_finding(url, fingerprint)
    if form == "json":
        from tocsin.model.codec import json_text

        click.echo(json_text(stored.finding))
        return
    import sys

    from tocsin.cli.pages import finding_page
    from tocsin.cli.paint import Paint

    paint = Paint(sys.stdout, own=frozenset(d.name.lower() for d in workspace.estate.domain), raw=raw)
    for line in finding_page(stored.finding, paint, state=stored.state, seen=(stored.seen_first, stored.seen_last)):
        click.echo(line)


@command.command(
    epilog="""\b
Example:
  tocsin finding suppress 1f0c22ab --reason "known scanner of ours" --owner @secops --until 2027-06-30
"""
)
@click.argument("fingerprint")
@click.option("--reason", required=True, help="Why it need not be shown.")
@click.option("--owner", required=True, help="Who answers for that.")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The last day on which it counts.")
@store_option
@workspace_option
def suppress(
    fingerprint: str, reason: str, owner: str, until: Any, store_url: str | None, workspace_here: Path | None
) -> None:
    """Suppress a finding until a day, with a reason and an owner.

    Written to the workspace's suppressions.toml, or to the store where there is no workspace. It stays counted.
    """
    from tocsin.app import queue
    from tocsin.model import UserError

    day: date = until.date()
    if day < queue.now().date():
        raise UserError(f"{day} is past", hint="name the last day on which the finding need not be shown")
    workspace, url = _place(workspace_here, store_url)
    place = queue.suppress(url, workspace, fingerprint, reason=reason, owner=owner, until=day)
    click.echo(f"suppressed until {day}, written to {place}")
