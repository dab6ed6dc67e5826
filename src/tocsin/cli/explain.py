"""`tocsin explain`: why a rule fires, what it misses, and what to do; or the same of one finding."""

import sys
from pathlib import Path
from typing import Any

import click

from tocsin.cli.options import columns, find_workspace, format_option, rules_option, store_option, workspace_option

EPILOG = """\b
Examples:
  tocsin explain ssh-guessed
  tocsin explain code-shell
  tocsin explain 1f0c22ab
  tocsin explain win-dcsync --event security.evtx
  tocsin explain rules/encoded_command.yml --event 'sysmon.jsonl#12'
  tocsin explain 6f3e2987-db24-4c78-a860-b4f4095a7095 --rules sigma/rules --event '{"CommandLine": "whoami"}'
"""


@click.command(epilog=EPILOG)
@click.argument("name", metavar="RULE|FINDING")
@rules_option("Folders of Sigma rules to look in besides our own")
@click.option(
    "--event",
    metavar="E",
    help="Say why the rule fires on a record or does not: FILE, FILE#N, - or a JSON object.",
)
@click.option(
    "--record", type=int, metavar="N", help="The record's number in FILE, from 1. Else the nearest to a match."
)
@click.option("--raw", is_flag=True, help="Show domains and URLs as they are, not defanged.")
@format_option("json")
@store_option
@workspace_option
def command(
    name: str, rule_folders: tuple[Path, ...], event: str | None, record: int | None, form: str,
    store_url: str | None, workspace_here: Path | None, **claims: bool,
) -> None:  # fmt: skip
    """Explain a rule, check, kind of secret or finding.

    A finding is named by its fingerprint, everything else by its id; a rule also by the path of its file. With --event
    it says which parts of the rule held on a record, and which did not.
    """
    from tocsin.cli.paint import Paint
    from tocsin.model import UserError

    workspace = find_workspace(workspace_here)
    if event is not None:
        own = frozenset(domain.name.lower() for domain in workspace.estate.domain)
        _event(name, rule_folders, event, record, form, workspace, Paint(sys.stdout, own=own, raw=claims["raw"]))
        return
    if record is not None:
        raise UserError("--record numbers a record of --event FILE", hint="name the file with --event")
    from tocsin.app.explain import explain

    page = explain(name, workspace, store_url or workspace.store_url, rule_folders)
    if form == "json":
        from tocsin.model.codec import json_text

        click.echo(json_text(page))
        return
    from tocsin.model.text import safe

    paint = Paint(sys.stdout)
    click.echo(f"{paint.strong(safe(page.id))}  {safe(page.title)}")
    click.echo(f"  {safe(page.about)}")
    for heading, text in page.sections.items():
        click.echo(f"\n{paint.strong(heading)}")
        for line in text.splitlines():
            click.echo(f"  {safe(line)}" if line.strip() else "")


def _event(
    name: str, folders: tuple[Path, ...], event: str, record: int | None, form: str, workspace: Any, paint: Any,
) -> None:  # fmt: skip
    from tocsin.app.explain_event import explain_event
    from tocsin.app.rule_named import named
    from tocsin.match.sigma.rule import Chain

    found = named(name, workspace, folders)
    if isinstance(found.document, Chain):
        from tocsin.app.explain_chain import explain_chain
        from tocsin.cli.why import draw_chain

        chain = explain_chain(found, event, record, workspace, sys.stdin.buffer)
        _echo_json(chain) if form == "json" else draw_chain(chain, columns(), paint)
        return
    told = explain_event(found.document, found.outlines, event, record, workspace, sys.stdin.buffer)
    if form == "json":
        _echo_json(told)
        return
    from tocsin.cli.why import draw

    draw(told, columns(), paint)


def _echo_json(told: Any) -> None:
    from tocsin.model.codec import json_text

    click.echo(json_text(told))
