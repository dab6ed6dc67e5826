"""ATT&CK Navigator layers, from findings or from rules.

Format 4.5: https://github.com/mitre-attack/attack-navigator/blob/master/layers/spec/v4.5/layerformat.md
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from tocsin.formats.attack import matrix, techniques_of
from tocsin.model import Finding, Severity
from tocsin.model.text import counted

LAYER = "4.5"
NAVIGATOR = "4.9.0"  # the first that reads this format
LIGHT, DARK = "#fde0c8", "#c0392b"  # of the lowest and the highest score
MAX_COMMENT = 600  # characters that a tooltip can show
MAX_TITLES = 8
COLOURS = {
    Severity.CRITICAL: "#8e1b1b", Severity.HIGH: "#d9534f", Severity.MEDIUM: "#f0ad4e", Severity.LOW: "#9bd3e0",
    Severity.INFO: "#d5d8dc",
}  # fmt: skip


class Mark(msgspec.Struct, frozen=True, kw_only=True):
    """What a layer says of one technique; without a colour the score gives it."""

    score: float
    comment: str = ""
    colour: str = ""
    facts: tuple[tuple[str, str], ...] = ()


def layer(
    marks: Mapping[str, Mark], *, name: str, about: str, legend: Sequence[tuple[str, str]] = ()
) -> dict[str, Any]:
    """Return the layer of marked techniques, each by its id (`T1059.001`).

    A technique without a mark, of which a sub-technique has one, is opened. `legend` are (label, colour).
    """
    parents = {id_.partition(".")[0] for id_ in marks if "." in id_}
    techniques = [_technique(id_, marks.get(id_), id_ in parents) for id_ in sorted({*marks, *parents})]
    return {
        "name": name,
        "versions": {"attack": matrix().version, "navigator": NAVIGATOR, "layer": LAYER},
        "domain": "enterprise-attack",
        "description": about,
        "sorting": 3,  # the highest score first
        "layout": {"layout": "side", "showID": True, "showName": True, "expandedSubtechniques": "annotated"},
        "hideDisabled": False,
        "techniques": techniques,
        "gradient": {
            "colors": [LIGHT, DARK],
            "minValue": 0,
            "maxValue": max([1, *(mark.score for mark in marks.values())]),
        },
        "legendItems": [{"label": label, "color": colour} for label, colour in legend],
    }


def _technique(id_: str, mark: Mark | None, opens: bool) -> dict[str, Any]:  # noqa: FBT001  # private, one caller
    said: dict[str, Any] = {"techniqueID": id_, "enabled": True, "showSubtechniques": opens}
    if mark is not None:
        said |= {"score": mark.score, "comment": mark.comment[:MAX_COMMENT]}
        if mark.colour:
            said["color"] = mark.colour
        if mark.facts:
            said["metadata"] = [{"name": name, "value": value} for name, value in mark.facts]
    return said


def findings_layer(findings: Iterable[Finding], *, name: str = "Tocsin: techniques in findings") -> dict[str, Any]:
    """Return the layer of findings, those that are suppressed left out.

    The score is their number, the colour the worst severity.
    """
    by_technique: dict[str, list[Finding]] = {}
    for finding in findings:
        if finding.suppressed is None:
            for technique in techniques_of(finding.tags):
                by_technique.setdefault(technique, []).append(finding)
    marks = {}
    for technique, its in by_technique.items():
        its.sort(key=lambda finding: finding.severity.rank, reverse=True)
        worst = its[0].severity
        titles = list(dict.fromkeys(f"{finding.severity}: {finding.title}" for finding in its))
        marks[technique] = Mark(
            score=len(its),
            comment=shortened(titles),
            colour=COLOURS[worst],
            facts=(("findings", str(len(its))), ("worst", worst)),
        )
    legend = [(f"worst is {severity}", COLOURS[severity]) for severity in reversed(Severity)]
    about = f"{counted(len(marks), 'technique')} named by findings; the score is the number of findings."
    return layer(marks, name=name, about=about, legend=legend)


def shortened(lines: Sequence[str]) -> str:
    """Return lines as a comment: the first few, and how many more there are."""
    shown = list(lines[:MAX_TITLES])
    if len(lines) > MAX_TITLES:
        shown.append(f"and {len(lines) - MAX_TITLES} more")
    return "\n".join(shown)
