"""`tocsin rule tune`: a filter learnt from false hits, and proven."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from tocsin.cli.options import find_workspace, format_option, rules_option, workspace_option
from tocsin.model.text import counted

EPILOG = """\b
Examples:
  tocsin rule tune RULE --bad false.jsonl --good incident.evtx
  tocsin rule tune rules/odd.yml --bad 'day.jsonl#17' --bad 'day.jsonl#204' --good case.evtx --out rules/ours.yml

\b
FILE#N is the record of that number, as findings and `rule diff` name it.
Exit codes: 0 a filter was found and proven, 1 there is none, 3 not all records could be read.
"""

FEW = 5  # inputs that are named


@click.command(epilog=EPILOG)
@click.argument("name", metavar="RULE")
@click.option(
    "--bad", multiple=True, required=True, metavar="FILE", help="Records whose hits are false (repeatable; FILE#N)."
)
@click.option("--good", multiple=True, metavar="FILE", help="Records whose hits must stay (repeatable; FILE#N).")
@rules_option("Folders of Sigma rules to look in besides our own")
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Write the filter there.")
@click.option("--force", is_flag=True, help="Write over a file that is there.")
@format_option("json")
@workspace_option
def command(
    name: str,
    bad: tuple[str, ...],
    good: tuple[str, ...],
    rule_folders: tuple[Path, ...],
    out: Path | None,
    form: str,
    workspace_here: Path | None,
    *,
    force: bool,
) -> int:
    """Learn the Sigma filter that takes false hits of RULE away, and no others.

    RULE is an id, a name or a rule file. The filter rests on what will be the same next time (paths, accounts,
    services), not on numbers of processes or moments; of those that would do, the one that lets least through is taken.
    """
    from tocsin.app.rule_tune import tune
    from tocsin.model import UserError

    if out is not None and out.exists() and not force:
        raise UserError(f"{out} is there already", where=str(out), hint="another name, or --force")
    workspace = find_workspace(workspace_here, [Path(one) for one in (*bad, *good)])
    found = tune(name, bad, good, workspace, rule_folders)
    if form == "json":
        from tocsin.model.codec import json_text, to_builtins

        click.echo(json_text(to_builtins(found)))
    else:
        for line in _lines(found):
            click.echo(line)
    if not found.yaml:
        return 1
    if out is not None:
        out.write_text(found.yaml, encoding="utf-8", newline="\n")
        click.echo(f"written to {out}", err=True)
    return 3 if found.missed else 0


def _lines(found: Any) -> Iterator[str]:
    import sys

    from tocsin.cli.paint import Paint

    paint = Paint(sys.stdout, raw=True)
    if found.yaml:
        yield from (paint.safe(line) for line in found.yaml.splitlines())
        yield ""
    title = paint.strong(paint.safe(found.title))
    yield f"The rule {title} matches {_side(found.bad)} bad records and {_side(found.good)} good ones."
    yield from _unmatched(found.bad, paint)
    for one in found.missed[:10]:
        yield f"  {paint.bad('NOT LOOKED AT')}  {paint.safe(one.path)}: {paint.safe(one.why)}"
    yield from _chosen(found, paint) if found.yaml else _refused(found, paint)


def _unmatched(side: Any, paint: Any) -> Iterator[str]:
    """Yield the bad records that the rule does not match: whoever gave them should know."""
    if side.unmatched:
        yield f"  Not matched, so that no filter is needed: {counted(side.records - side.hits, 'bad record')}"
    yield from (f"    {paint.safe(one)}" for one in side.unmatched[:FEW])
    if len(side.unmatched) > FEW:
        yield f"    and records of {len(side.unmatched) - FEW} inputs more"


def _side(side: Any) -> str:
    return f"{side.hits:,} of {side.records:,}"


def _chosen(found: Any, paint: Any) -> Iterator[str]:
    proof = found.proof
    yield f"Risk that it lets more through: {paint.strong(found.choice.risk)}."
    yield from (f"  {paint.safe(why)}" for why in found.choice.why)
    if found.others:
        yield "These would do as well:"
    for one in found.others:
        yield f"  {one.risk:<7} {paint.safe(' | '.join(one.asks))[:160]}"
    if not found.good.hits:
        yield paint.bad("No hit was given that must stay:") + " nothing shows that the filter does not take too much."
    yield (
        f"Proven by running rule and filter: {proof.removed:,} of {found.bad.hits:,} bad hits are gone, "
        f"{proof.kept:,} of {found.good.hits:,} good hits stay. Its selection fits "
        f"{counted(proof.others, 'other good record')}, which the rule does not match."
    )


def _refused(found: Any, paint: Any) -> Iterator[str]:
    yield paint.bad("No filter takes the bad hits away and keeps the good ones.")
    for one in found.alike[:10]:
        if not one.good:
            yield f"  {paint.safe(one.bad)}: nothing in it will be the same the next time"
            continue
        differ = ", ".join(map(paint.safe, one.differ[:6])) + (" ..." if len(one.differ) > 6 else "")
        yield f"  {paint.safe(one.bad)} and {paint.safe(one.good)} differ only in {differ or 'nothing'}"
    if not found.alike:
        yield "  Each can be told apart, but it would take a list of them: split the bad records by their cause."
