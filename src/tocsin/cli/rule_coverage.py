"""`tocsin rule coverage`: which ATT&CK techniques rules cover, and which of them could fire on your logs."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click

from tocsin.cli.options import columns, find_workspace, format_option, only_rules_option, rules_option, workspace_option

EPILOG = """\b
Examples:
  tocsin rule coverage
  tocsin rule coverage --rules sigma/rules --on logs/
  tocsin rule coverage --rules sigma/rules --on logs/ --format attack-layer > layer.json

A layer opens in the ATT&CK Navigator: "Open Existing Layer", "Upload from local".
"""
FEW = 12  # lines of a list that are shown without --verbose


@click.command(epilog=EPILOG)
@rules_option("Folders of Sigma rules besides our own")
@only_rules_option
@click.option("--on", multiple=True, metavar="DATA", help="Logs on which the rules should fire (repeatable).")
@click.option("--verbose", "-v", is_flag=True, help="Name every technique.")
@format_option("json", "attack-layer")
@workspace_option
def command(
    rule_folders: tuple[Path, ...],
    on: tuple[str, ...],
    form: str,
    workspace_here: Path | None,
    *,
    only_rules: bool,
    verbose: bool,
) -> int:
    """Show which ATT&CK techniques the rules in force cover.

    With --on: which could fire on these logs, which log sources are missing for which techniques, and the kinds of
    event that no rule looks at.
    """
    from tocsin.app.rule_coverage import as_json, coverage, coverage_layer
    from tocsin.cli.progress import progress
    from tocsin.model.codec import json_text

    workspace = find_workspace(workspace_here, [Path(one) for one in on])
    with progress("tocsin rule coverage", wanted=form == "text") as show:
        found = coverage(rule_folders, workspace, on, show, only=only_rules)
    if form == "text":
        for line in _lines(found, verbose=verbose):
            click.echo(line)
    else:
        click.echo(json_text(as_json(found) if form == "json" else coverage_layer(found)))
    return 3 if found.data is not None and found.data.not_looked_at else 0


def _lines(found: Any, *, verbose: bool) -> Iterator[str]:
    import sys

    from tocsin.cli.paint import Paint

    paint = Paint(sys.stdout)
    has_data = found.data is not None
    if verbose:
        yield from _techniques(found, paint)
    yield paint.strong(f"{'TACTIC':<24} {'techniques with a rule':>24} {'rules':>7}") + (
        paint.strong(f" {'could fire':>11}") if has_data else ""
    )
    for one in found.tactics:
        share = f"{one.covered} of {one.techniques}"
        yield f"{one.title:<24} {share:>24} {one.rules:>7,}" + (f" {one.could_fire:>11,}" if has_data else "")
    yield ""
    yield from _retired(found, paint)
    if has_data:
        yield from _data(found, paint, verbose=verbose)
    yield (
        f"ATT&CK {found.version}: {found.covered} of {found.in_force} techniques and sub-techniques have a rule; "
        f"{found.rules:,} rules in force, {found.untagged:,} of them name no technique."
    )
    if has_data:
        yield (
            f"On this data {found.active:,} of {found.rules:,} rules could fire, for {found.could_fire} of "
            f"{found.covered} techniques."
        )
    if not verbose:
        yield "Every technique: --verbose, or --format attack-layer for the Navigator."


def _techniques(found: Any, paint: Any) -> Iterator[str]:
    for one in found.techniques:
        levels = ", ".join(f"{count} {level}" for level, count in one.levels.items())
        state = ""
        if found.data is not None:
            could = sum(bool(rule.could_fire) for rule in one.rules)
            state = f"  {could} could fire" if could else f"  none could fire: {paint.safe(one.rules[0].why)}"
        name = paint.safe(one.name) or "no technique of ATT&CK"
        yield f"{one.id:<10} {name[:60]:<60} {len(one.rules):>4}  {levels}{state}"
    yield ""


def _retired(found: Any, paint: Any) -> Iterator[str]:
    old = [one for one in found.techniques if one.retired]
    if old:
        rules = len({rule.id for one in old for rule in one.rules})
        names = "rule names" if rules == 1 else "rules name"
        yield f"{rules:,} {names} techniques that ATT&CK {found.version} no longer has; tag them anew:"
        yield from _wrapped(", ".join(f"{one.id} {one.name}".strip() for one in old), paint)
        yield ""


def _data(found: Any, paint: Any, *, verbose: bool) -> Iterator[str]:
    missing = found.missing if verbose else found.missing[:FEW]
    if missing:
        yield paint.strong(f"{'RULES':>7}  NO SUCH LOG SOURCE IN THIS DATA")
    for one in missing:
        only = f"; nothing else could see {', '.join(one.only[:6])}" if one.only else ""
        more = f" and {len(one.only) - 6} more" if len(one.only) > 6 else ""
        yield f"{one.rules:>7,}  {paint.safe(one.source)}{only}{more}"
    if len(found.missing) > len(missing):
        yield f"{'':>7}  and {len(found.missing) - len(missing)} log sources more"
    unruled = found.data.unruled if verbose else found.data.unruled[:FEW]
    if unruled:
        yield ""
        yield paint.strong(f"{'EVENTS':>7}  NO RULE LOOKS AT THESE")
    for one in unruled:
        yield f"{one.count:>7,}  {paint.safe(one.what)}"
    if len(found.data.unruled) > len(unruled):
        yield f"{'':>7}  and {len(found.data.unruled) - len(unruled)} kinds more"
    for one in found.data.not_looked_at[:FEW]:
        yield f"{paint.bad('NOT LOOKED AT')}  {paint.outside(one.path)}: {paint.safe(one.why)}"
    yield ""


def _wrapped(text: str, paint: Any) -> Iterator[str]:
    from textwrap import wrap

    yield from wrap(paint.safe(text), max(40, columns()), initial_indent="  ", subsequent_indent="  ")
