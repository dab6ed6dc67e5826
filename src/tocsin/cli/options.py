"""Options that several commands share, and what they settle: workspace, store, format."""

import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from tocsin.model import UserError

F = TypeVar("F", bound=Callable[..., Any])
FORMATS = frozenset(
    {"text", "json", "jsonl", "csv", "sarif", "html", "markdown", "ocsf", "attack-layer", "junit"}
)  # of all commands together


def workspace_option(function: F) -> F:
    """Add `--workspace DIR`, which may stand before or after the command."""
    return click.option(
        "--workspace",
        "workspace_here",
        type=click.Path(path_type=Path, file_okay=False),
        metavar="DIR",
        help="The workspace to use: a folder with tocsin.toml.",
    )(function)


def store_option(function: F) -> F:
    """Add `--store URL`."""
    return click.option(
        "--store",
        "store_url",
        metavar="URL",
        envvar="TOCSIN_STORE",
        help="Where findings are kept: sqlite:///PATH or postgresql://...",
    )(function)


def rules_option(says: str) -> Callable[[F], F]:
    """Add `--rules DIR`, which may be given several times."""
    return click.option(
        "--rules",
        "rule_folders",
        multiple=True,
        type=click.Path(path_type=Path),
        metavar="DIR",
        help=f"{says} (repeatable).",
    )


def only_rules_option(function: F) -> F:
    """Add `--only-rules`."""
    return click.option("--only-rules", is_flag=True, help="Use the rules of --rules alone.")(function)


class _Format(click.Option):
    """`--format`; a TOCSIN_FORMAT that names a format of other commands only is no error."""

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """Return the variable's word, unless it is a format of other commands."""
        word = super().resolve_envvar_value(ctx)
        mine = self.type.choices if isinstance(self.type, click.Choice) else ()
        return None if word in FORMATS and word not in mine else word


def format_option(*formats: str, default: str = "text") -> Callable[[F], F]:
    """Add `--format F` with the formats that make sense for a command."""
    return click.option(
        "--format",
        "form",
        cls=_Format,
        type=click.Choice(list(dict.fromkeys((default, *formats)))),
        default=default,
        envvar="TOCSIN_FORMAT",
        show_default=True,
        help="How the result is written to standard output.",
    )


def voice_options(function: F) -> F:
    """Add `--quiet`, `--verbose` and `--raw`."""
    for option in (
        click.option("--raw", is_flag=True, help="Show domains and URLs as they are, not defanged."),
        click.option("--verbose", "-v", is_flag=True, help="Show every input and finding."),
        click.option("--quiet", "-q", is_flag=True, help="Show the closing block only."),
    ):
        function = option(function)
    return function


def agreed(question: str) -> bool:
    """Ask a person; without one at the keyboard nothing is agreed to."""
    try:
        return click.confirm(question, default=False, err=True)
    except click.Abort as error:
        if isinstance(error.__context__, KeyboardInterrupt):
            raise
        click.echo("", err=True)
        return False


def named_workspace(here: Path | None) -> Path | None:
    """Return the workspace that was named, before or after the command."""
    context = click.get_current_context()
    return here or (context.obj or {}).get("workspace")


def find_workspace(here: Path | None, scanned: Sequence[Path] = ()) -> Any:
    """Return the workspace in force (runtime/workspace.py)."""
    from tocsin.runtime import workspace

    return workspace.find(named_workspace(here), Path.cwd(), scanned)


def severity(text: str | None) -> Any:
    """Return the severity of a gate, or None.

    Raises UserError for a word that is none.
    """
    from tocsin.model import Severity

    if not text:
        return None
    try:
        return Severity(text)
    except ValueError:
        known = ", ".join(Severity)
        raise UserError(f"{text!r} is no severity", hint=f"one of {known}") from None


def columns() -> int:
    """Return the width of the screen: COLUMNS, else that of the terminal, else 100."""
    import shutil

    return (
        int(os.environ["COLUMNS"])
        if os.environ.get("COLUMNS", "").isdigit()
        else shutil.get_terminal_size((100, 24)).columns
    )
