"""`tocsin rule convert`: rules as queries of other systems."""

import sys

import click

from tocsin.app import rule_convert as app
from tocsin.cli.options import format_option
from tocsin.cli.paint import Paint
from tocsin.model.codec import json_text
from tocsin.model.text import counted, safe

EPILOG = """\b
Examples:
  tocsin rule convert rules/my_rule.yml --to splunk --pipeline splunk_windows
  tocsin rule convert sigma/rules/windows --to esql --pipeline ecs_windows --format json
  tocsin rule convert rules/ --to kusto --pipeline our-fields.yml --pipeline microsoft_xdr
  tocsin rule convert --to lucene --list-pipelines

Needs pySigma and its backends: pip install 'tocsin[convert]'

Exit codes: 0 done, 2 wrong use or pySigma is missing, 3 a rule could not be converted.
"""


@click.command(epilog=EPILOG)
@click.argument("rules", nargs=-1, metavar="RULE...")
@click.option(
    "--to", "target", required=True, type=click.Choice(list(app.TARGETS)), help="The language of the queries."
)
@click.option(
    "--pipeline",
    "pipelines",
    multiple=True,
    metavar="FILE|NAME",
    help="What renames fields and names indexes: a YAML file, or a pipeline of pySigma (repeatable).",
)
@click.option("--list-pipelines", "lists", is_flag=True, help="List the pipelines that the target takes.")
@format_option("json")
def command(rules: tuple[str, ...], target: str, pipelines: tuple[str, ...], form: str, *, lists: bool) -> int:
    """Convert rules into queries of another system.

    RULE is a file, a folder, or the id of one of our own rules.
    A rule that cannot be converted is named with the reason. One that only serves correlations has no query of its own.
    """
    if lists:
        for name in app.pipeline_names(target):
            click.echo(name)
        return 0
    if not rules:
        raise click.UsageError("Missing argument 'RULE...'.")
    converted = app.rule_convert(rules, target, pipelines)
    if form == "json":
        click.echo(json_text(app.shape(converted)))
    else:
        _text(converted)
    return int(converted.code)


def _text(converted: app.Converted) -> None:
    paint = Paint(sys.stdout)
    alone = len(converted.queries) == 1
    for one in converted.queries:
        if not alone:
            click.echo(paint.dim(f"# {safe(one.title)} ({safe(one.id)})"))
        for line in one.query.splitlines():
            click.echo(safe(line))
        if not alone:
            click.echo("")
    for left in converted.not_converted:
        place = f"{left.path}:{left.line}" if left.line else left.path
        click.echo(f"not converted  {safe(place)}  {safe(left.title)}: {safe(left.why)}", err=True)
    for note in dict.fromkeys(note for one in converted.queries for note in one.notes):
        click.echo(f"note: {safe(note)}", err=True)
    made = {one.id for one in converted.queries}
    says = f"{counted(len(made), 'rule')} converted, {len(converted.not_converted):,} not"
    serving = f"; {len(converted.serving):,} more only serve correlations" if converted.serving else ""
    click.echo(f"{says}{serving}", err=True)
    if made and not converted.pipelines:
        usual = app.usual_pipeline(converted.target)
        click.echo(
            f"hint: fields stand as the rules name them; --pipeline {usual} maps those of Windows", err=True
        )  # fmt: skip
