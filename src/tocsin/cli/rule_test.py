"""`tocsin rule test`: run the cases of rules."""

import sys
from pathlib import Path
from typing import Any

import click

from tocsin.cli.options import columns, find_workspace, format_option, rules_option, workspace_option

EPILOG = """\b
Examples:
  tocsin rule test rules/
  tocsin rule test rules/encoded_command.yml --mutate
  tocsin rule test sigma/regression_data --rules sigma/rules --format junit > report.xml

Exit codes: 0 all cases pass, 1 a case fails, 2 a case is malformed, 3 something could not be looked at.
"""


@click.command(epilog=EPILOG)
@click.argument("paths", nargs=-1, required=True, metavar="PATH...", type=click.Path(path_type=Path))
@rules_option("Folders of rules that the cases name, or that correlations are made of")
@click.option(
    "--mutate", is_flag=True, help="Change each rule leaf by leaf, and name the changes that no case notices."
)
@click.option("--list-untested", is_flag=True, help="List the rules that have no case.")
@click.option("--verbose", "-v", is_flag=True, help="Show the cases that pass as well, and failed rules part by part.")
@click.option("--quiet", "-q", is_flag=True, help="Show the closing lines only.")
@format_option("json", "junit")
@workspace_option
def command(
    paths: tuple[Path, ...], rule_folders: tuple[Path, ...], form: str, workspace_here: Path | None, **claims: bool
) -> int:
    """Run the cases of the rules in PATH.

    Files, folders, or SigmaHQ's regression data.

    Cases stand in a rule's own file (`tocsin: tests:`), in samples/rule/NAME/ beside it, and in an info.yml that names
    it. Of each case that fails it is said which part of the rule decided, and what the event has.
    """
    from tocsin.app.rule_test import Request, rule_test

    workspace = find_workspace(workspace_here, paths)
    request = Request(paths=paths, folders=rule_folders, mutate=claims["mutate"])
    report = rule_test(request, workspace)
    if form == "json":
        from tocsin.model.codec import json_text

        click.echo(json_text(shape(report)))
    elif form == "junit":
        from tocsin.app.outputs.junit import junit

        click.echo(junit(report))
    else:
        from tocsin.cli.draw_rule_test import draw
        from tocsin.cli.paint import Paint

        voice = "quiet" if claims["quiet"] else "verbose" if claims["verbose"] else ""
        draw(report, Paint(sys.stdout), columns(), voice=voice, list_untested=claims["list_untested"])
    return report.code


def shape(report: Any) -> dict[str, Any]:
    """Return the report as its JSON: rules with their cases, and what was not tested."""
    from tocsin.app.rule_test import State

    counts = {str(state).replace(" ", "_"): report.count(state) for state in State}
    return {
        "rules": report.rules,
        "untested": report.untested,
        "unloaded": report.unloaded,
        "malformed": report.malformed,
        "counts": {**counts, "rules": len(report.rules), "untested": len(report.untested)},
    }
