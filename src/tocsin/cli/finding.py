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
Examples:
  tocsin finding suppress 1f0c22ab --reason "known scanner of ours" --owner @secops --until 2027-06-30
  tocsin finding suppress --rule ssh-guessing --entity host:trap-* --reason "honeypots" --owner @blue --until 2027-06-30
"""
)
@click.argument("fingerprint", required=False, default="")
@click.option("--rule", metavar="ID", default="", help="Suppress what this rule finds, instead of one finding.")
@click.option(
    "--entity", multiple=True, metavar="TYPE:VALUE", help="With --rule: only on this host, user, ...; `*` fits."
)
@click.option("--path", multiple=True, metavar="GLOB", help="With --rule: only in these files.")
@click.option("--reason", required=True, help="Why it need not be shown.")
@click.option("--owner", required=True, help="Who answers for that.")
@click.option("--until", required=True, type=click.DateTime(["%Y-%m-%d"]), help="The last day on which it counts.")
@store_option
@workspace_option
def suppress(fingerprint: str, store_url: str | None, workspace_here: Path | None, **words: Any) -> None:
    """Suppress a finding, or what a rule finds, until a day, for a reason.

    Written to the workspace's suppressions.toml, or for a finding to the store where there is no workspace. It stays
    counted, and is shown again when the day has passed.
    """
    from tocsin.app import queue
    from tocsin.model import UserError
    from tocsin.runtime.suppressions import Suppress

    day: date = words["until"].date()
    if day < queue.now().date():
        raise UserError(f"{day} is past", hint="name the last day on which the finding need not be shown")
    workspace, url = _place(workspace_here, store_url)
    try:
        entry = Suppress(**{**words, "fingerprint": fingerprint, "until": day})
    except ValueError as error:
        raise UserError(f"this suppresses nothing: {error}", hint="tocsin finding suppress --help") from error
    if entry.rule:
        _suppress_rule(url, workspace, entry)
        return
    place = queue.suppress(url, workspace, fingerprint, reason=entry.reason, owner=entry.owner, until=day)
    click.echo(f"suppressed until {day}, written to {place}")


def _suppress_rule(url: str, workspace: Any, entry: Any) -> None:
    from tocsin.app.suppress_rule import suppress_rule
    from tocsin.model.text import safe

    done = suppress_rule(url, workspace, entry)
    kept = f", {counted(done.findings, 'finding')} of those kept" if done.findings else ""
    click.echo(f"suppressed {safe(str(entry))} until {entry.until}{kept}, written to {done.where}")
    if not done.is_known:
        click.echo(f"no rule is called {safe(entry.rule)!r} here: it counts when one is", err=True)
