"""`tocsin rule`: the desk of those who write and keep detection rules."""

from importlib import import_module

import click

# name → (module, one line of help), in the order of a rule's life
COMMANDS: dict[str, tuple[str, str]] = {
    "add": ("rule_add", "Bring a set of rules into the workspace, pinned by digest."),
    "list": ("rule_list", "List the rules in force, and what each needs."),
    "check": ("rule_check", "Say what is wrong with rules, and mend it."),
    "test": ("rule_test", "Run the cases of rules, and say which part of a rule decided."),
    "diff": ("rule_diff", "Show what a change of rules does, on real data."),
    "tune": ("rule_tune", "Learn a filter from false hits, and prove it."),
    "coverage": ("rule_coverage", "Show which ATT&CK techniques rules cover, and on your logs which could fire."),
    "convert": ("rule_convert", "Make queries of other systems from rules."),
}


class Desk(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click names it
        """Return the names in the order of a rule's life."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # click names it
        """Return a command by its name."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = import_module(f"tocsin.cli.{COMMANDS[cmd_name][0]}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002  # click names it
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, says) for name, (_, says) in COMMANDS.items()])


@click.command(cls=Desk)
def command() -> None:
    """Check, test, compare and tune detection rules."""
