"""Why a rule fired or did not, drawn: one sentence first, then the record, then the rule part by part."""

import sys
from collections.abc import Sequence
from textwrap import wrap

import click

from tocsin.app.explain_chain import ChainTold, PartTold, group_words
from tocsin.app.explain_event import Told
from tocsin.cli.paint import Paint
from tocsin.detect.say import Line
from tocsin.detect.sight import Seen
from tocsin.model.text import counted, safe
from tocsin.model.times import iso

INDENT = 2


def draw(told: Told, width: int, paint: Paint) -> None:
    """Print why a rule matches a record, or what it lacks for that."""
    click.echo(f"{paint.strong(safe(told.rule))}  {safe(told.title)}")
    word = paint.strong("MATCH") if told.matched else paint.bad("NO MATCH")
    paragraph(f"{word}  ", paint.outside(told.says), width, len("MATCH" if told.matched else "NO MATCH") + 2)
    event = told.event
    where = f"record {event.record:,} of {event.records:,}" + (f": {event.chosen}" if event.chosen else "")
    click.echo(f"\n{paint.strong('Record')}  {safe(event.path)}, {where}")
    at = f", {iso(event.at)}" if event.at else ""
    click.echo(f"  it is     {safe(told.gate.record)}{at}")
    looks = "and looks at this record" if told.gate.fits else paint.bad("and does not look at this record")
    click.echo(f"  rule is   for {safe(told.gate.rule)}, {looks}\n")
    room = max((len(safe(seen.field)) for seen in told.fields), default=0) + 4
    for seen in told.fields:
        paragraph(f"  {safe(seen.field):<{room - 2}}", paint.outside(field_words(seen)), width, room)
    click.echo(f"\n{paint.strong('Rule, part by part')}")
    lines(told.lines, paint, width)
    for missed in told.missed:
        click.echo(f"NOT LOOKED AT  {safe(missed)}", err=True)


def lines(found: Sequence[Line], paint: Paint, width: int, indent: int = INDENT) -> None:
    """Print the lines of a tree, each with its mark and the word for it."""
    held, lacking = marks()
    for line in found:
        pad = " " * (indent + 2 * line.depth)
        mark = f"{held} yes" if line.held else paint.bad(f"{lacking} no ")
        room = len(pad) + 7
        says = paint.outside(line.says + (f"   [{line.note}]" if line.note else ""))
        paragraph(f"{pad}{mark}  ", says, width, room)


def marks() -> tuple[str, str]:
    """Return the marks for what held and what did not, such as the terminal can write."""
    try:
        "\u2713\u2717".encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return "+", "-"
    return "\u2713", "\u2717"


def field_words(seen: Seen) -> str:
    """Return what a record has of a field, in words."""
    if seen.state != "value":
        return f"({seen.state})"
    under = f"   (as {seen.under})" if seen.under != seen.field else ""
    return ", ".join(seen.texts) + under


def paragraph(head: str, text: str, width: int, indent: int) -> None:
    """Print a text after a head, its further lines indented."""
    room = max(width - indent, 30)
    found = wrap(text, room, break_on_hyphens=False) or [""]
    click.echo(head + found[0])
    for line in found[1:]:
        click.echo(" " * indent + line)


def draw_chain(told: ChainTold, width: int, paint: Paint) -> None:
    """Print why a correlation fires on the events of an input, or does not."""
    held, lacking = marks()
    click.echo(f"{paint.strong(safe(told.rule))}  {safe(told.title)}")
    word = "MATCH" if told.matched else "NO MATCH"
    painted = paint.strong(word) if told.matched else paint.bad(word)
    paragraph(f"{painted}  ", paint.outside(told.says), width, len(word) + 2)
    click.echo(f"\n{paint.strong('Records')}  {safe(told.path)}, {counted(told.records, 'record')}")
    by = f", by {', '.join(told.group_by)}" if told.group_by else ""
    click.echo(f"  needs     {safe(told.needs)} within {told.span}{safe(by)}")
    click.echo(f"\n{paint.strong('Parts')}")
    for part in told.parts:
        mark = f"{held} yes" if part.matched else paint.bad(f"{lacking} no ")
        says = _part_words(part)
        paragraph(f"  {mark}  ", f"{safe(part.name)}: {paint.outside(says)}", width, 9)
    if told.groups:
        click.echo(f"\n{paint.strong('Groups')}  {told.groups_in_all:,}, the nearest first")
    for group in told.groups:
        counts = ", ".join(f"{name} {many:,}" for name, many in group.parts.items())
        when = f"; {iso(group.first)} to {iso(group.last)}" if group.first and group.last else "; no time"
        most = f"{group.most:,} within {told.span}"
        paragraph("  ", f"{paint.outside(group_words(group.by))}: {most} ({safe(counts)}{when})", width, 4)
    for missed in told.missed:
        click.echo(f"NOT LOOKED AT  {safe(missed)}", err=True)


def _part_words(part: PartTold) -> str:
    if not part.matched:
        return f"nothing; record {part.nearest} comes nearest: {part.says}" if part.nearest else "nothing"
    which = ", ".join(map(str, part.records)) + (", ..." if part.matched > len(part.records) else "")
    verb = "are" if part.matched > 1 else "is"
    what = f", which {verb} what this correlation is made of" if part.is_correlation else ""
    return f"{counted(part.matched, 'record')}{what} ({which})"
