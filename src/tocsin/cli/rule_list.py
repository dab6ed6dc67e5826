"""`tocsin rule list`: the rules in force."""

import sys
from pathlib import Path

import click

from tocsin.app.outputs.table import line
from tocsin.app.rule_list import Listed, Request, Row, rule_list, shape
from tocsin.cli.options import columns, find_workspace, format_option, only_rules_option, rules_option, workspace_option
from tocsin.cli.paint import Paint
from tocsin.match.sigma.placeholder import of_estate
from tocsin.match.sigma.rule import LEVELS
from tocsin.model import Severity
from tocsin.model.codec import json_text
from tocsin.model.text import counted

EPILOG = """\b
Examples:
  tocsin rule list
  tocsin rule list --rules sigma/rules --only-rules --product windows --level high
  tocsin rule list --tag attack.t1059 --format json

Exit codes: 0 done, 2 wrong use, 3 a rule could not be loaded.
"""


@click.command(epilog=EPILOG)
@rules_option("Folders of Sigma rules, besides our own")
@only_rules_option
@click.option("--product", "products", multiple=True, metavar="NAME", help="Only rules for this product (repeatable).")
@click.option(
    "--level", "levels", multiple=True, type=click.Choice(LEVELS), help="Only rules of this level (repeatable)."
)
@click.option(
    "--tag",
    "tags",
    multiple=True,
    metavar="TAG",
    help="Only rules with this tag; a technique takes in its sub-techniques (repeatable).",
)
@click.option("--verbose", "-v", is_flag=True, help="Show below each rule what it needs: records, fields, parts.")
@format_option("json", "csv")
@workspace_option
def command(
    rule_folders: tuple[Path, ...],
    products: tuple[str, ...],
    levels: tuple[str, ...],
    tags: tuple[str, ...],
    form: str,
    workspace_here: Path | None,
    *,
    only_rules: bool,
    verbose: bool,
) -> int:
    """List the rules in force, worst last.

    Each with its id, level, status, log source and title; --verbose adds what it needs.
    Rules that could not be loaded are listed after them, each with its reason.
    """
    workspace = find_workspace(workspace_here)
    request = Request(
        folders=(*workspace.rule_folders, *rule_folders), only_rules=only_rules, products=products, levels=levels,
        tags=tags, fills=of_estate(workspace.estate),
    )  # fmt: skip
    listed = rule_list(request)
    if form == "json":
        click.echo(json_text(shape(listed)))
    elif form == "csv":
        _csv(listed)
    else:
        _text(listed, verbose=verbose)
    return int(listed.code)


def _csv(listed: Listed) -> None:
    names = (
        "id",
        "level",
        "status",
        "kind",
        "title",
        "product",
        "category",
        "service",
        "tags",
        "needs",
        "fields",
        "path",
        "line",
    )
    click.echo(line(names))
    for row in listed.rules:
        said = (getattr(row, name) for name in names)
        click.echo(line([" | ".join(one) if isinstance(one, tuple) else str(one) for one in said]))


def _text(listed: Listed, *, verbose: bool) -> None:
    paint = Paint(sys.stdout)
    wide = max((len(row.id) for row in listed.rules), default=0)
    for row in listed.rules:
        _row(row, paint, min(wide, 36), verbose=verbose)
    for one in listed.unloaded:
        click.echo(f"{paint.bad('NOT LOADED')}  {paint.safe(one.path)}: {paint.safe(str(one))}")
    if listed.rules or listed.unloaded:
        click.echo("")
    levels = [(level, sum(row.level == level for row in listed.rules)) for level in reversed(LEVELS)]
    by_level = ", ".join(f"{many:,} {level}" for level, many in levels if many)
    of = f" of {listed.loaded:,}" if len(listed.rules) != listed.loaded else ""
    serving = sum(row.serves for row in listed.rules)
    parts = f"; {serving:,} of them serve correlations only" if serving else ""
    click.echo(f"{counted(len(listed.rules), 'rule')}{of}: {by_level or 'none'}{parts}")
    if listed.unloaded:
        click.echo(paint.bad(f"INCOMPLETE: {counted(len(listed.unloaded), 'rule')} could not be loaded, see above"))


def _row(row: Row, paint: Paint, wide: int, *, verbose: bool) -> None:
    severity = Severity("info" if row.level == "informational" else row.level)
    id_ = paint.safe(row.id)
    source = paint.safe(row.logsource or ("several logs" if row.kind == "correlation" else "any log"))
    head = f"{paint.of(severity, f'{row.level:<13}')} {id_:<{wide}} {row.status or '-':<12} {source:<30} "
    room = max(20, columns() - 13 - max(wide, len(id_)) - 12 - max(30, len(source)) - 5)
    title = paint.safe(row.title)
    click.echo(head + (title if len(title) <= room or not paint.colour else f"{title[: room - 3]}..."))
    if verbose:
        for word, said in (
            ("needs", row.needs),
            ("asks for", row.fields),
            ("made of", row.parts),
            ("filtered by", row.filters),
        ):
            if said:
                click.echo(paint.dim(f"    {word}: {paint.safe(', '.join(said))}"))
