"""The report as HTML: one file that loads nothing, runs one known script and shows text only as text."""

from base64 import b64encode
from collections.abc import Iterator, Mapping
from hashlib import sha256
from importlib.resources import files
from typing import IO, Any
from urllib.parse import quote

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup

from tocsin.web.report import show
from tocsin.web.report.attack import seen
from tocsin.web.report.hours import timeline
from tocsin.web.report.material import Material, amount, gather, mapping, records
from tocsin.web.report.rows import WORST, embedded, row
from tocsin.web.report.show import SEVERITIES
from tocsin.web.report.story import actions, sentences, shortfalls, told
from tocsin.web.report.survey import entities, inputs, method, python, silences, suppressed

_MOST_CASES = 100  # told as stories; the rest are listed by title
_LINKS = ("https://", "http://")


def write_report(result: Mapping[str, Any], out: IO[str]) -> None:
    """Write the report of a result to an open text file."""
    for piece in report(result):
        out.write(piece)


def report(result: Mapping[str, Any]) -> Iterator[str]:
    """Yield the report of a result, piece by piece.

    `result` is the JSON envelope as plain values, and under `report` what the JSON does not hold: argv, inputs, lanes,
    silent, timeline, entities, python, suppressed, versions, rules_digest, evidence_lines. Each may be absent: its
    section then says so. Every text may come from an attacker.
    """
    material = gather(result)
    style, script = _static("report.css"), _static("report.js")
    page = _environment().get_template("report.html.j2")
    yield from page.generate(
        **_context(material),
        style=Markup(style),  # noqa: S704 - our own file, read from the package
        script=Markup(script),  # noqa: S704 - our own file, read from the package
        policy=_policy(style, script),
        data=(Markup(piece) for piece in embedded(material)),  # noqa: S704 - JSON with <, > and & escaped
    )


def _context(material: Material) -> dict[str, Any]:
    now, later = actions(material)
    return {
        "material": material,
        "envelope": material.envelope,
        "coverage": material.coverage,
        "looked": mapping(material.coverage, "looked_at"),
        "rules": mapping(material.coverage, "rules"),
        "severities": SEVERITIES,
        "counts": material.counts,
        "sentences": sentences(material),
        "shortfalls": shortfalls(material),
        "now": now,
        "later": later,
        "cases": [told(material, case) for case in material.cases[:_MOST_CASES]],
        "more_cases": material.cases[_MOST_CASES:],
        "timeline": timeline(material),
        "silences": silences(material),
        "grid": entities(material),
        "rows": [row(material, finding) for finding in material.findings[:WORST]],
        "worst": WORST,
        "python": python(material),
        "attack": seen(material),
        "inputs": inputs(material),
        "suppressed": suppressed(material),
        "method": method(material),
    }


def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("tocsin.web.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        undefined=StrictUndefined,
        finalize=_finalize,
    )
    environment.filters.update(
        number=show.number,
        size=show.size,
        stamp=show.stamp,
        span=show.span,
        short=show.short,
        anchor=_anchor,
    )
    environment.globals.update(counted=show.counted, records=records, amount=amount, is_link=_is_link, zip=zip)
    return environment


def _finalize(value: object) -> object:
    # Every value that a template prints passes here before it is escaped for HTML.
    return show.visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _anchor(name: object) -> str:
    return quote(show.visible(name), safe="=")


def _is_link(reference: str) -> bool:
    return reference.startswith(_LINKS)


def _policy(style: str, script: str) -> str:
    return (
        f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; "
        "base-uri 'none'; form-action 'none'"
    )


def _digest(text: str) -> str:
    return f"sha256-{b64encode(sha256(text.encode()).digest()).decode()}"


def _static(name: str) -> str:
    return files("tocsin.web.report").joinpath("static", name).read_text(encoding="utf-8")
