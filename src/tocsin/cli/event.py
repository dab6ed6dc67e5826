"""`tocsin event`: search the events of files."""

import os
import sys
from collections.abc import Iterable
from itertools import islice
from pathlib import Path

import click

from tocsin.cli.options import find_workspace, format_option, workspace_option
from tocsin.model import Event

EPILOG = """\b
Examples:
  tocsin event auth.log --where 'source.ip=203.0.113.66 and event.outcome=failure'
  tocsin event access.log.gz --where 'url.original|contains=../' --count-by source.ip
  tocsin event cloudtrail.json.gz --where 'eventName=StopLogging' --format jsonl
"""


@click.command(epilog=EPILOG)
@click.argument("paths", nargs=-1, metavar="[FILE...]")
@click.option(
    "--where",
    default="",
    metavar="QUERY",
    help="Sigma terms: field=value, field|contains=value, words; and, or, not, ( ).",
)
@click.option("--count-by", metavar="FIELD", help="Count the values of a field instead of listing events.")
@click.option("--limit", type=click.IntRange(1), metavar="N", help="At most so many events.")
@click.option("--tz", default="", metavar="ZONE", help="The time zone of logs that name none.")
@format_option("json", "jsonl")
@workspace_option
def command(
    paths: tuple[str, ...],
    where: str,
    count_by: str | None,
    limit: int | None,
    tz: str,
    form: str,
    workspace_here: Path | None,
) -> int:
    """Search the events of FILEs, or of standard input.

    A field may be named as its source does, or by its ECS or Sigma name. Secrets in events are masked.
    """
    from tocsin.app import search
    from tocsin.app.mask import masker

    named = paths or ("-",)
    workspace = find_workspace(workspace_here, [Path(p) for p in named if p != "-"])
    journey = search.Search(workspace, where=where, tz=tz, workers=os.cpu_count() or 1)
    events = islice(masker()(journey.run(named, sys.stdin.buffer)), limit)
    if count_by:
        _counts(search.count_by(events, count_by), form)
    else:
        _list(events, form)
    from tocsin.model.text import safe

    for missed in journey.missed[:20]:
        click.echo(f"NOT LOOKED AT  {safe(missed.path)}: {safe(missed.why)}", err=True)
    return 3 if journey.missed else 0


def _counts(rows: list[tuple[str, int]], form: str) -> None:
    from tocsin.model.codec import json_text
    from tocsin.model.text import safe

    if form != "text":
        click.echo(json_text({"counts": [{"value": value, "count": count} for value, count in rows]}))
        return
    for value, count in rows:
        click.echo(f"{count:>10,}  {safe(value)}")


def _list(events: Iterable[Event], form: str) -> None:
    from tocsin.model.codec import json_text
    from tocsin.model.text import counted, safe
    from tocsin.model.times import iso

    if form == "json":
        click.echo(json_text({"events": list(events)}))
        return
    shown = 0
    for event in events:
        shown += 1
        if form == "jsonl":
            click.echo(json_text(event))
        else:
            at = iso(event.at) if event.at else "no time"
            click.echo(f"{at}  {safe(event.path)}:{event.record}  {safe(event.what)}  {safe(event.raw)}")
    if form == "text":
        click.echo(counted(shown, "event"), err=True)
