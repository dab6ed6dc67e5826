"""The command `tocsin`: global options, and commands that are imported when they are called."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import click

from tocsin import __version__
from tocsin.cli.hush import hush
from tocsin.model.errors import Exit, TocsinError, UserError

# name → (module, one line of help). A command's module is imported only when it is called or its own help is asked.
COMMANDS = {
    "scan": ("scan", "Look at logs and Python of any kind, and say what went wrong."),
    "detect": ("detect", "Run Sigma rules over logs."),
    "finding": ("finding", "List, show and suppress findings."),
    "case": ("case", "List, show, edit and export cases."),
    "explain": ("explain", "Explain a rule, a check or a finding."),
    "about": ("about", "Show everything known of an address, user, host or key."),
    "event": ("event", "Search the events of files."),
    "rule": ("rule", "Add, check, test, compare and tune detection rules."),
    "plugin": ("plugin", "List and show plug-ins; start a new one."),
    "trust": ("trust", "Let the plug-ins of a workspace run, by digest."),
    "store": ("store", "Back up, restore and purge what is kept."),
    "config": ("config", "Show the settings in force, and where each comes from."),
    "init": ("init", "Make a workspace."),
    "doctor": ("doctor", "Check that this installation works."),
}
PLURALS = {
    "findings": "finding", "cases": "case", "events": "event", "rules": "rule", "plugins": "plugin", "stores": "store",
}  # fmt: skip


class Commands(click.Group):
    """A group whose commands are imported when they are needed."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click names it
        """Return the names in the order of a working day, not of the alphabet."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click names it
        """Return a command by its name, singular or plural."""
        name = PLURALS.get(cmd_name, cmd_name)
        if name not in COMMANDS:
            return None
        module = import_module(f"tocsin.cli.{COMMANDS[name][0]}")
        command: click.Command = module.command
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Say which command was meant when a name is not known."""
        name = args[0] if args else ""
        if name and not name.startswith("-") and PLURALS.get(name, name) not in COMMANDS:
            from difflib import get_close_matches

            near = get_close_matches(name, COMMANDS, 1)
            hint = f" Did you mean {near[0]!r}?" if near else " `tocsin --help` lists them."
            raise click.UsageError(f"There is no command {name!r}.{hint}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click names it
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in COMMANDS.items()])


EPILOG = """\b
Examples:
  tocsin scan firewall.log audit-export.csv ./scripts
  tocsin scan /var/log --report report.html
  tocsin case show 1

Exit codes: 0 done, 1 over your gate, 2 wrong use, 3 could not look at everything, 4 refused, 5 a remote system failed.
"""


@click.command(
    cls=Commands, epilog=EPILOG, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110}
)
@click.option(
    "--workspace",
    type=click.Path(path_type=Path, file_okay=False),
    metavar="DIR",
    help="The workspace to use: a folder with tocsin.toml.",
)
@click.version_option(__version__, prog_name="tocsin")
@click.pass_context
def tocsin(ctx: click.Context, workspace: Path | None) -> None:
    """Find what went wrong in your logs, and in the Python your security team runs."""
    ctx.obj = {"workspace": workspace}
    if os.environ.get("FORCE_COLOR"):
        ctx.color = True  # or click takes out what cli/paint.py put in, which knows when it is wanted


def main(argv: Sequence[str] | None = None) -> None:
    """Run the command line and end the process with the exit code of its table."""
    sys.exit(run(argv))


def run(argv: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code.

    Errors become one sentence on stderr, never a traceback.
    """
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        result: Any = tocsin.main(arguments, prog_name="tocsin", standalone_mode=False)
        if sys.stdout is not None:
            sys.stdout.flush()  # here, where it can still be said that it was not written
    except click.exceptions.Exit as done:
        return done.exit_code
    except click.exceptions.NoArgsIsHelpError as error:
        _say_help(error, arguments)
        return Exit.USAGE
    except click.ClickException as error:
        _say_usage(error, arguments)
        return Exit.USAGE
    except click.Abort:
        _say(TocsinError("interrupted; what was done is kept"), arguments)
        return Exit.INTERRUPTED
    except TocsinError as error:
        _say(error, arguments)
        return error.code
    except SystemExit:
        hush()  # click ends the process itself, with 1, when it writes to a reader that went away
        return Exit.DONE
    except BrokenPipeError:
        hush()  # the reader of stdout went away (`| head`): not an error of ours
        return Exit.DONE
    except OSError as error:
        hush()
        _say(_refused_by_system(error), arguments)
        return Exit.USAGE
    return result if isinstance(result, int) else Exit.DONE


def _refused_by_system(error: OSError) -> UserError:
    """Return what the system would not do, in words: what names no file is standard output, full or closed."""
    why = error.strerror or str(error) or type(error).__name__
    return UserError(f"{error.filename if error.filename is not None else 'standard output'}: {why}")


def _wants_json(arguments: Sequence[str]) -> bool:
    for index, word in enumerate(arguments):
        if word in ("--format=json", "--format=jsonl"):
            return True
        if word == "--format" and arguments[index + 1 : index + 2] and arguments[index + 1] in ("json", "jsonl"):
            return True
    return os.environ.get("TOCSIN_FORMAT") in ("json", "jsonl") and not any(a.startswith("--format") for a in arguments)


def _say(error: TocsinError, arguments: Sequence[str]) -> None:
    from tocsin.model.text import safe

    if _wants_json(arguments):
        _say_json(error.says, error.where, error.hint)
        return
    click.echo(f"tocsin: {safe(error.says)}", err=True)
    if error.hint:
        click.echo(f"  hint: {safe(error.hint)}", err=True)


def _say_usage(error: click.ClickException, arguments: Sequence[str]) -> None:
    from tocsin.model.text import safe

    hint = ""
    context = getattr(error, "ctx", None)
    if isinstance(context, click.Context):
        hint = f"{context.command_path} --help"
    if _wants_json(arguments):
        _say_json(error.format_message(), "", hint)
        return
    click.echo(f"tocsin: {safe(error.format_message())}", err=True)
    if hint:
        click.echo(f"  hint: {hint}", err=True)


def _say_help(error: click.exceptions.NoArgsIsHelpError, arguments: Sequence[str]) -> None:
    """Show what there is to choose from where no command was named."""
    if _wants_json(arguments):
        _say_json("no command is named", "", f"{error.ctx.command_path} --help")
        return
    click.echo(error.format_message(), err=True)


def _say_json(says: str, where: str, hint: str) -> None:
    from tocsin.model.codec import json_text

    click.echo(json_text({"error": {"says": says, "where": where, "hint": hint}}), err=True)
