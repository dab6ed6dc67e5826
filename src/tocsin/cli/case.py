"""`tocsin case`: the queue of cases."""

import sys
from pathlib import Path
from typing import Any

import click

from tocsin.cli.options import find_workspace, format_option, store_option, workspace_option
from tocsin.model.text import counted


@click.group(epilog="\b\nExamples:\n  tocsin case list\n  tocsin case show 1\n  tocsin case export 1 > case-1.md")
def command() -> None:
    """List, show, edit and export cases."""


def _url(workspace_here: Path | None, store_url: str | None) -> str:
    return store_url or str(find_workspace(workspace_here).store_url)


def _paint(workspace_here: Path | None, *, raw: bool) -> Any:
    from tocsin.cli.paint import Paint

    own = frozenset(d.name.lower() for d in find_workspace(workspace_here).estate.domain)
    return Paint(sys.stdout, own=own, raw=raw)


@command.command(name="list", epilog="\b\nExample:\n  tocsin case list --all")
@click.option("--all", "with_closed", is_flag=True, help="Closed cases too.")
@format_option("json")
@store_option
@workspace_option
def list_(form: str, store_url: str | None, workspace_here: Path | None, *, with_closed: bool) -> None:
    """List cases, worst last."""
    from tocsin.app import queue

    found = queue.list_cases(_url(workspace_here, store_url), closed="with" if with_closed else "without")
    if form == "json":
        from tocsin.model.codec import json_text

        click.echo(json_text({"cases": found}))
        return
    paint = _paint(workspace_here, raw=False)
    for case in reversed(found):
        who = f"  {case.assignee}" if case.assignee else ""
        state = "" if case.state == "open" else f"  {case.state}"
        size = f"({counted(len(case.findings), 'finding')})"
        click.echo(f"{case.id:>4}  {paint.severity(case.severity)} {paint.outside(case.title)}  {size}{who}{state}")
    click.echo(counted(len(found), "case"), err=True)


@command.command(epilog="\b\nExample:\n  tocsin case show 1")
@click.argument("case")
@format_option("json")
@click.option("--raw", is_flag=True, help="Show domains and URLs as they are, not defanged.")
@store_option
@workspace_option
def show(case: str, form: str, store_url: str | None, workspace_here: Path | None, *, raw: bool) -> None:
    """Show a case whole: its story, evidence, what to do now, notes and history."""
    from tocsin.app import queue

    page = queue.case_page(_url(workspace_here, store_url), case)
    if form == "json":
        from tocsin.model.codec import json_text

        click.echo(json_text(page))
        return
    from tocsin.cli.pages import case_page

    for line in case_page(page, _paint(workspace_here, raw=raw)):
        click.echo(line)


@command.command(epilog='\b\nExample:\n  tocsin case note 1 "key was deactivated at 09:14"')
@click.argument("case")
@click.argument("text")
@store_option
@workspace_option
def note(case: str, text: str, store_url: str | None, workspace_here: Path | None) -> None:
    """Add a note to a case."""
    from tocsin.app import queue

    queue.note(_url(workspace_here, store_url), case, text)
    click.echo(f"noted on case {case}")


@command.command(epilog="\b\nExample:\n  tocsin case assign 1 dana")
@click.argument("case")
@click.argument("person", required=False)
@store_option
@workspace_option
def assign(case: str, person: str | None, store_url: str | None, workspace_here: Path | None) -> None:
    """Give a case to a person; without one, to nobody."""
    from tocsin.app import queue

    queue.assign(_url(workspace_here, store_url), case, person)
    click.echo(f"case {case} is with {person or 'nobody'}")


@command.command(epilog='\b\nExample:\n  tocsin case close 2 --why "a test of ours"')
@click.argument("case")
@click.option("--why", default="", help="The reason, for the history.")
@store_option
@workspace_option
def close(case: str, why: str, store_url: str | None, workspace_here: Path | None) -> None:
    """Close a case and its open findings; what happens anew opens it again."""
    from tocsin.app import queue

    queue.close(_url(workspace_here, store_url), case, why)
    click.echo(f"closed case {case}")


@command.command(epilog="\b\nExample:\n  tocsin case merge 1 3")
@click.argument("case")
@click.argument("other")
@store_option
@workspace_option
def merge(case: str, other: str, store_url: str | None, workspace_here: Path | None) -> None:
    """Make one case of two; the older id stays, and later looks keep them together."""
    from tocsin.app import queue

    merged = queue.merge(_url(workspace_here, store_url), case, other)
    held = counted(len(merged.findings), "finding")
    click.echo(f"case {merged.id} now holds {held} (also known as {', '.join(merged.aliases)})")


@command.command(epilog="\b\nExample:\n  tocsin case split 1 1f0c22ab 77aa01")
@click.argument("case")
@click.argument("fingerprints", nargs=-1, required=True)
@store_option
@workspace_option
def split(case: str, fingerprints: tuple[str, ...], store_url: str | None, workspace_here: Path | None) -> None:
    """Take findings out of a case into a new one; later looks keep them apart."""
    from tocsin.app import queue

    made = queue.split(_url(workspace_here, store_url), case, fingerprints)
    click.echo(f"case {made.id} now holds {counted(len(made.findings), 'finding')} of case {case}")


@command.command(epilog="\b\nExample:\n  tocsin case export 1 --format markdown > case-1.md")
@click.argument("case")
@format_option("json", default="markdown")
@store_option
@workspace_option
def export(case: str, form: str, store_url: str | None, workspace_here: Path | None) -> None:
    """Write a case for a ticket or a colleague."""
    from tocsin.app import queue

    page = queue.case_page(_url(workspace_here, store_url), case)
    if form == "json":
        from tocsin.model.codec import json_text

        click.echo(json_text(page))
        return
    from tocsin.app.outputs import markdown

    for line in markdown.case_page(page.case, {f.fingerprint: f for f in page.findings}):
        click.echo(line)
