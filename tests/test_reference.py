"""The reference says what the code says: every command, option, plug-in, rule and record."""

import re
from collections.abc import Iterator

import click
import pytest

from tests.house.sources import ROOT
from tocsin.cli.main import run
from tocsin.model import Exit
from tools import reference

PAGE = ROOT / "docs" / "reference" / "commands.md"


def commands(command: click.Command, context: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    yield command, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None, f"{context.command_path} lists {name} and does not have it"
            yield from commands(child, click.Context(child, info_name=name, parent=context))


def section(path: str) -> str:
    """Return what the page says under a command's heading."""
    found = re.search(
        rf"^## {re.escape(path)}\n(.*?)(?=^## |\Z)", PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    return found[1] if found else ""


def everything() -> list[tuple[click.Command, click.Context]]:
    context = reference.command_line()
    return list(commands(context.command, context))


def test_every_command_says_what_it_does() -> None:
    assert [context.command_path for command, context in everything() if not command.help] == []


def test_every_command_has_its_section() -> None:
    assert [context.command_path for _, context in everything() if not section(context.command_path)] == []


def test_every_option_is_documented_under_its_command() -> None:
    missing = [
        (context.command_path, name)
        for command, context in everything()
        for option in command.params
        if isinstance(option, click.Option) and not option.hidden
        for name in option.opts
        if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", section(context.command_path))
    ]
    assert missing == []


def test_every_option_says_what_it_does() -> None:
    silent = [
        (context.command_path, option.name)
        for command, context in everything()
        for option in command.params
        if isinstance(option, click.Option) and not option.help
    ]
    assert silent == []


def test_the_pages_are_those_that_the_code_makes(monkeypatch: pytest.MonkeyPatch) -> None:
    run(["scan", "-h"])  # whatever was asked before: a command keeps the first `--help` that it makes
    monkeypatch.setattr("sys.argv", ["reference.py", "--check"])
    assert reference.main() == 0


def test_every_exit_code_has_its_meaning() -> None:
    assert set(reference.MEANING) == set(Exit)


def test_a_bar_in_a_cell_does_not_break_the_table() -> None:
    assert reference.table(("a", "b"), [("x|y", "line\nbreak")]).splitlines()[2] == "| x\\|y | line break |"


@pytest.mark.parametrize(
    ("kind", "says"),
    [
        (str, "text"),
        (str | None, "text or null"),
        (tuple[str, ...], "list of text"),
        (dict[str, int], "object of int"),
    ],
)
def test_a_type_is_told_in_a_readers_words(kind: object, says: str) -> None:
    assert reference.type_name(kind) == says


def test_addresses_after_see_become_links() -> None:
    doc = "Title.\n\nSee: https://a.example/x https://b.example/y"
    assert reference.linked(doc) == "Title.\n\nSee: <https://a.example/x> <https://b.example/y>"
