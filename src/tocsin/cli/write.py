"""A scan's result in every format, to the screen or to a file."""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from secrets import token_hex

import click
import msgspec

from tocsin.app.scan import Scanned
from tocsin.cli.draw import View
from tocsin.cli.hush import hush
from tocsin.model import Exit, TocsinError, UserError
from tocsin.model.codec import json_text


class Voice(msgspec.Struct, frozen=True, kw_only=True):
    """How much is said, and what was written besides."""

    raw: bool = False
    quiet: bool = False
    verbose: bool = False
    each: bool = False
    reports: tuple[str, ...] = ()


def everywhere(form: str, scanned: Scanned, reports: Iterable[tuple[Path, str]], voice: Voice) -> int:
    """Write a result to reports and screen, and return the exit code.

    What was found is shown whatever became of the reports and of the store; then what failed is raised.
    """
    written, troubles = to_files(reports, scanned, raw=voice.raw)
    if scanned.trouble is not None:
        troubles.append(scanned.trouble)
    if troubles and scanned.code != Exit.INTERRUPTED:
        scanned = msgspec.structs.replace(scanned, code=troubles[0].code)
    try:
        to_screen(form, scanned, msgspec.structs.replace(voice, reports=tuple(written)))
    except BrokenPipeError:
        hush()  # a gate is not passed because the reader went away
    if not troubles:
        return int(scanned.code)
    error = UserError("; ".join(trouble.says for trouble in troubles), where=troubles[0].where, hint=troubles[0].hint)
    error.code = scanned.code
    raise error


def to_screen(form: str, scanned: Scanned, voice: Voice) -> None:
    """Write a result to standard output."""
    if form != "text":
        for piece in pieces(form, scanned, raw=voice.raw):
            click.echo(piece, nl=False)
        return
    for line in screen(scanned, voice):
        click.echo(line)


def screen(scanned: Scanned, voice: Voice) -> Iterator[str]:
    """Yield what a person sees: inputs, findings, cases, and the closing block last."""
    from tocsin.cli.draw import closing
    from tocsin.cli.paint import Paint

    paint = Paint(sys.stdout, own=scanned.own, raw=voice.raw)
    view = View(scanned.result, scanned.detail, paint, scanned.news, scanned.kept)
    view.folders = scanned.folders
    if voice.verbose:
        view.show_all()
    if not voice.quiet:
        yield from _body(scanned, view, voice)
    yield from closing(view, gate=scanned.gate, code=scanned.code, kept=_kept(scanned), reports=voice.reports)


def _body(scanned: Scanned, view: View, voice: Voice) -> Iterator[str]:
    """Yield what stands above the closing block: of a run of rules each rule or each hit, else each finding."""
    if scanned.result.command != "detect":
        yield from view.lines()
        return
    from tocsin.cli.draw_detect import Screen, each_line

    if voice.each and scanned.hits is not None:
        yield from (each_line(hit, view.paint, view.root) for hit in scanned.hits.by_time())
        yield from view.missed()
        return
    yield from Screen(view, scanned).lines()


def _kept(scanned: Scanned) -> str:
    if scanned.kept:
        return f"Kept in: {scanned.kept}"
    return "Nothing was kept: the store failed" if scanned.trouble else "Nothing was kept (--no-store)"


def to_files(
    reports: Iterable[tuple[Path, str]], scanned: Scanned, *, raw: bool
) -> tuple[list[str], list[TocsinError]]:
    """Write reports, each with its format.

    Returns those that were written, and what kept others from it.
    """
    written: list[str] = []
    troubles: list[TocsinError] = []
    for path, form in reports:
        try:
            to_file(path, form, scanned, raw=raw)
        except UserError as error:
            troubles.append(error)
        else:
            written.append(str(path))
    return written, troubles


def to_file(path: Path, form: str, scanned: Scanned, *, raw: bool) -> None:
    """Write a report, whole or not at all; raises UserError when it cannot be written.

    Its name until then is no one's to guess, so that no link of another waits there, and two scans have two.
    """
    part = path.with_name(f".{token_hex(8)}.part")
    try:
        with part.open("x", encoding="utf-8", newline="\n") as file:
            for piece in pieces(form, scanned, raw=raw):
                file.write(piece)
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise UserError(f"{path} cannot be written: {error.strerror}", where=str(path)) from error


def pieces(form: str, scanned: Scanned, *, raw: bool) -> Iterator[str]:
    """Yield a result in a format, piece by piece."""
    result = scanned.result
    if form == "json":
        profile = {"profile": list(_profile(scanned))} if scanned.costs else {}
        yield json_text({**msgspec.structs.asdict(result), **profile}) + "\n"
    elif form == "jsonl":
        yield from (json_text(finding) + "\n" for finding in result.findings)
    elif form == "csv":
        from tocsin.app.outputs.table import rows

        yield from _lines(rows(result.findings))
    elif form == "sarif":
        from tocsin.app.outputs.sarif import sarif

        yield json_text(sarif(result)) + "\n"
    elif form == "markdown":
        yield from _lines(_markdown(scanned))
    elif form == "ocsf":
        from tocsin.app.outputs.ocsf import findings

        yield from (json_text(finding) + "\n" for finding in findings(result))
    elif form == "attack-layer":
        from tocsin.app.outputs.attack_layer import findings_layer

        yield json_text(findings_layer(result.findings)) + "\n"
    elif form in ("timeline-csv", "timeline-jsonl"):
        from tocsin.app.outputs import timeline

        hits = scanned.hits.by_time() if scanned.hits is not None else ()
        yield from _lines(timeline.rows(hits) if form == "timeline-csv" else timeline.lines(hits))
    else:
        yield from _html(scanned, raw=raw)


def _profile(scanned: Scanned) -> Iterator[dict[str, object]]:
    """Yield what each rule cost over the sample, the dearest first."""
    for cost in sorted(scanned.costs, key=lambda cost: -cost.nanos):
        about = scanned.rules.rules[cost.rule].about
        yield {
            "rule": about.id,
            "title": about.title,
            "seconds": cost.nanos / 1e9,
            "events": cost.events,
            "hits": cost.hits,
        }


def _markdown(scanned: Scanned) -> Iterator[str]:
    from tocsin.app.outputs.markdown import summary

    yield from summary(scanned.result)
    if scanned.result.command == "detect":
        from tocsin.app.outputs.markdown_detect import tables
        from tocsin.app.summary import summary as counted

        yield from tables(counted(scanned.result.findings, scanned.hits))


def _lines(lines: Iterable[str]) -> Iterator[str]:
    return (line + "\n" for line in lines)


def _html(scanned: Scanned, *, raw: bool) -> Iterator[str]:
    from tocsin.app.outputs.envelope import envelope
    from tocsin.web.report.html import report

    return iter(report(envelope(scanned.result, scanned.detail, own=scanned.own, raw=raw)))
