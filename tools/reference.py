"""Make docs/reference from the code: commands, plug-ins, rules, secret kinds, exit codes, records, fields, bounds.

`python tools/reference.py` writes the pages, `--check` fails and names the pages that say something else than the code.
"""

from __future__ import annotations

import argparse
import importlib
import inspect
import pkgutil
import re
import sys
import tomllib
import types
import typing
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
import msgspec
import yaml

import tocsin.model
from tocsin.model.errors import Exit
from tocsin.model.fields import FIELDS
from tocsin.runtime.index import Entry, builtins

ROOT = Path(__file__).resolve().parent.parent
DOCS = ROOT / "docs"
CONTENT = ROOT / "src" / "tocsin" / "content"
MADE = "<!-- Made from the code by `make docs`; do not edit. -->\n"
MEANING = {
    Exit.DONE: "complete, and nothing at or above the gate (`--fail-on LEVEL`)",
    Exit.GATE: "findings at or above the gate, or a policy says no",
    Exit.USAGE: "wrong use: a bad option, file, rule, setting or plug-in named by the user",
    Exit.INCOMPLETE: "something could not be looked at, and no finding reaches the gate",
    Exit.REFUSED: "refused: a permission, grant, trust or approval is missing",
    Exit.REMOTE: "a remote system failed, after retries",
    Exit.INTERRUPTED: "interrupted; what was done is kept",
}


def main() -> int:
    """Write the pages, or check them; return the exit code."""
    parser = argparse.ArgumentParser(description="Make docs/reference from the code.")
    parser.add_argument("--check", action="store_true", help="write nothing; fail when a page is stale")
    asked = parser.parse_args()
    pages = {f"reference/{name}": text for name, text in make() if text}
    pages["reference/README.md"] = contents(pages)
    pages["decisions/README.md"] = decisions_page()
    kept = {path.relative_to(DOCS).as_posix() for path in (DOCS / "reference").glob("*.md")}
    stale = [name for name, text in sorted(pages.items()) if read(DOCS / name) != text]
    gone = sorted(kept - set(pages))
    if asked.check:
        for name in [*stale, *gone]:
            print(f"docs/{name} is stale: run `make docs`", file=sys.stderr)
        return 1 if stale or gone else 0
    (DOCS / "reference").mkdir(parents=True, exist_ok=True)
    for name in stale:
        (DOCS / name).write_text(pages[name], encoding="utf-8", newline="\n")
    for name in gone:
        (DOCS / name).unlink()
    print(f"docs: {len(pages)} pages, {len(stale)} written, {len(gone)} removed")
    return 0


def read(path: Path) -> str:
    """Return what a page says now, empty when it is not there."""
    return path.read_text(encoding="utf-8") if path.is_file() else ""


def make() -> Iterator[tuple[str, str]]:
    """Yield the name and the text of each page."""
    yield "commands.md", commands_page()
    yield "exit-codes.md", page("Exit codes", table(("code", "means"), [(int(c), MEANING[c]) for c in Exit]))
    yield "records.md", records_page()
    yield "fields.md", fields_page()
    kinds: dict[str, list[Entry]] = {}
    for entry in builtins():
        kinds.setdefault(entry.declaration.kind.value, []).append(entry)
    for kind, entries in kinds.items():
        yield f"{kind}s.md", plugins_page(kind, entries)
    yield "rules.md", rules_page()
    yield "bounds.md", bounds_page()
    yield "secret-kinds.md", secrets_page()


def contents(pages: Mapping[str, str]) -> str:
    """Return the page that lists the others."""
    return page("Reference", "\n".join(f"- [{title(text)}]({Path(name).name})" for name, text in sorted(pages.items())))


def decisions_page() -> str:
    """Return the page that lists the decision notes by their titles."""
    notes = [path for path in sorted((DOCS / "decisions").glob("*.md")) if path.name != "README.md"]
    says = "One page each: what, why, instead of what. A new record, kind of plug-in, floor or dependency gets one."
    return page("Decisions", says, "\n".join(f"- [{title(read(note))}]({note.name})" for note in notes))


def title(text: str) -> str:
    """Return the title of a page."""
    return text.split("# ", 1)[1].partition("\n")[0]


# --- text -------------------------------------------------------------------------------------------------------------


def page(title: str, *parts: str) -> str:
    """Return a page of some parts under a title."""
    return "\n".join([MADE, f"# {title}", *(f"\n{part.strip()}" for part in parts if part.strip())]) + "\n"


def table(head: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    """Return a table; a bar in a cell is escaped."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cell(value) for value in line) + " |" for line in lines)


def cell(value: object) -> str:
    """Return what stands in a table's cell: one line, its bars escaped."""
    if isinstance(value, list | tuple | set | frozenset):
        value = ", ".join(str(part) for part in value)
    return " ".join(str("" if value is None else value).split()).replace("|", "\\|")


def code(value: object) -> str:
    """Return a text set as code."""
    return f"`{value}`"


# --- commands ---------------------------------------------------------------------------------------------------------


def commands_page() -> str:
    """Return the page of every command and option."""
    context = command_line()
    return page("Commands", *(section for section in sections(context.command, context)))


def command_line() -> click.Context:
    """Return the context of `tocsin`, with its own settings: a command keeps the first `--help` that is made for it."""
    from tocsin.cli.main import tocsin as root

    return click.Context(root, info_name="tocsin", **root.context_settings)


def sections(command: click.Command, context: click.Context) -> Iterator[str]:
    """Yield the section of a command, then those of the commands below it."""
    yield section(command, context)
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None and not child.hidden:
                yield from sections(child, click.Context(child, info_name=name, parent=context))


def section(command: click.Command, context: click.Context) -> str:
    """Return what one command does, how it is called, its arguments and options."""
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    rows = []
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if isinstance(parameter, click.Option) and record and not parameter.hidden:
            rows.append((code(record[0].replace("|", " or ")), record[1]))
    parts = [f"## {context.command_path}", (command.help or command.short_help or "").replace("\b\n", "").strip()]
    parts += [f"    {usage}", table(("option", "does"), rows), epilog(command)]
    return "\n\n".join(part for part in parts if part)


def epilog(command: click.Command) -> str:
    """Return a command's closing words, as they stand."""
    lines = (command.epilog or "").replace("\b\n", "").strip().splitlines()
    return "\n".join(f"    {line}".rstrip() for line in lines)


# --- plug-ins, rules, secret kinds ------------------------------------------------------------------------------------


def plugins_page(kind: str, entries: Sequence[Entry]) -> str:
    """Return the page of one kind: each plug-in's declaration and its own words."""
    parts = [f"{len(entries)} built in. Each is one file and one sample folder, `samples/{kind}/NAME`."]
    for entry in sorted(entries, key=lambda entry: entry.declaration.name):
        rows = [(word, code(cell(value))) for word, value in entry.declaration.says.items() if value not in ("", ())]
        parts.append(f"## {entry.declaration.id}\n\n{linked(entry.doc)}\n\n{table(('declares', ''), rows)}")
    return page(f"{kind.capitalize()}s", *parts)


def linked(doc: str) -> str:
    """Return a docstring with the addresses of its `See:` line as links."""
    title, _, rest = doc.strip().partition("\nSee:")
    return title + ("\nSee:" + re.sub(r"(https?://\S+)", r"<\1>", rest) if rest else "")


def rules_page() -> str:
    """Return the page of the detection rules; empty while there are none."""
    rows: list[tuple[str, ...]] = []
    for path in sorted((CONTENT / "rules").rglob("*.y*ml")):
        rules = yaml.safe_load_all(path.read_text(encoding="utf-8"))
        rows += [
            rule_row(rule) for rule in rules if isinstance(rule, dict) and "id" in rule
        ]  # parts of chains have a name
    if not rows:
        return ""
    head = ("rule", "level", "finds", "looks at", "ATT&CK", "says")
    return page("Rules", f"{len(rows)} rules of our own.", table(head, sorted(rows)))


def rule_row(rule: Mapping[str, Any]) -> tuple[str, ...]:
    """Return a rule's row."""
    source = rule.get("logsource") or {}
    looks = " ".join(str(source[word]) for word in ("product", "category", "service") if word in source)
    if "correlation" in rule:
        looks = f"{rule['correlation'].get('type', 'correlation')} of {cell(rule['correlation'].get('rules', []))}"
    tags = [tag.removeprefix("attack.").upper() for tag in rule.get("tags", []) if tag.startswith("attack.t")]
    name = rule["id"]
    return (
        code(name),
        str(rule.get("level", "")),
        rule["title"],
        looks,
        ", ".join(tags),
        str(rule.get("description", "")),
    )


def secrets_page() -> str:
    """Return the page of the secret kinds; empty while there are none."""
    rows = []
    for path in sorted((CONTENT / "secrets").rglob("*.toml")):
        kind = tomllib.loads(path.read_text(encoding="utf-8"))
        rows.append(
            (code(path.stem.replace("_", "-")), kind.get("title", ""), kind.get("severity", ""), kind.get("rotate", ""))
        )
    return page("Secret kinds", table(("kind", "finds", "severity", "do now"), rows)) if rows else ""


# --- bounds -----------------------------------------------------------------------------------------------------------


def bounds_page() -> str:
    """Return the page of the bounds that inputs are held to: each constant MAX_... or LIMIT, as the code has it."""
    rows = []
    package = ROOT / "src" / "tocsin"
    for path in sorted(package.rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        for name, value, says in re.findall(
            r"^(MAX_\w+|LIMIT) *(?::[^=]+)?= ([^#\n]+?) *(?:# *(.+))?$", text, re.MULTILINE
        ):
            rows.append((code(path.relative_to(package).as_posix()), code(name), code(value), says))
    says = "What is over a bound is listed under coverage, counted or shortened; nothing over one is lost in silence."
    return page("Bounds", says, table(("where", "name", "value", "of what"), rows))


# --- records ----------------------------------------------------------------------------------------------------------


def records_page() -> str:
    """Return the page of the records of `tocsin.model`, with their fields as JSON shows them."""
    modules = [
        importlib.import_module(f"tocsin.model.{part.name}") for part in pkgutil.iter_modules(tocsin.model.__path__)
    ]
    own = {
        name: kind for m in modules for name, kind in vars(m).items() if getattr(kind, "__module__", "") == m.__name__
    }
    named = [own[name] for name in sorted(own) if not name.startswith("_")]
    parts = ["What goes in and out as JSON. A field without a default is always there."]
    for record in named:
        if isinstance(record, type) and issubclass(record, msgspec.Struct):
            types_of = typing.get_type_hints(record)
            rows = [
                (code(f.encode_name), type_name(types_of[f.name]), default(f)) for f in msgspec.structs.fields(record)
            ]
            parts.append(f"## {record.__name__}\n\n{words(record)}\n\n{table(('field', 'type', 'default'), rows)}")
        elif isinstance(record, type) and issubclass(record, str):
            values = ", ".join(code(member.value) for member in typing.cast("Any", record))
            parts.append(f"## {record.__name__}\n\n{words(record)}\n\nOne of {values}.")
    return page("Records", *parts)


def fields_page() -> str:
    """Return the page of the field vocabulary."""
    rows = [
        (
            code(f.ecs),
            ", ".join(code(n) for n in f.sigma),
            code(f.ocsf) if f.ocsf else "",
            f.entity.value if f.entity else "",
        )
        for f in FIELDS
    ]
    says = "A rule may use any of these names; a parser gives the ECS one beside its source's own."
    return page("Fields", says, table(("ECS", "Sigma and other names", "OCSF", "entity"), rows))


def words(record: type) -> str:
    """Return a record's docstring without its indentation."""
    return inspect.cleandoc(record.__doc__ or "")


def type_name(kind: Any) -> str:
    """Return a type as a reader would say it."""
    if kind is type(None):
        return "null"
    if isinstance(kind, types.UnionType) or typing.get_origin(kind) is typing.Union:
        return " or ".join(type_name(part) for part in typing.get_args(kind))
    arguments = [type_name(part) for part in typing.get_args(kind) if part is not ...]
    name = {"str": "text", "tuple": "list", "dict": "object", "Mapping": "object", "Any": "any value"}.get(
        getattr(kind, "__name__", str(kind)), getattr(kind, "__name__", str(kind))
    )
    if name == "object" and arguments:
        return f"object of {arguments[-1]}"
    return f"{name} of {', '.join(arguments)}" if arguments else name


def default(field: Any) -> str:
    """Return a field's default, empty when it must be given."""
    if field.default is not msgspec.NODEFAULT:
        value = field.default
    elif field.default_factory is not msgspec.NODEFAULT:
        value = field.default_factory()
    else:
        return ""
    return code(msgspec.json.encode(value).decode())


if __name__ == "__main__":
    sys.exit(main())
