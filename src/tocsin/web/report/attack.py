"""ATT&CK seen: the tactics in the order of an intrusion, with the techniques that the findings name.

A technique that the table (formats/attack.py) does not have stands under the tactic that the finding's own tags name,
else under "not stated". Version 19 split "Defense Evasion" into "Stealth" and "Defense Impairment".
"""

from dataclasses import dataclass

from tocsin.formats.attack import matrix, techniques_of
from tocsin.web.report.material import Material, Record, texts, worst

UNSTATED = "Tactic not stated"
_OLD_NAMES = {"defense-evasion": "stealth", "defence-evasion": "stealth"}


@dataclass(frozen=True, kw_only=True)
class Seen:
    """One technique and the findings that name it."""

    id: str
    name: str
    severity: str
    findings: int


def seen(material: Material) -> list[tuple[str, list[Seen]]]:
    """Return the tactics that findings touch, in order, each with its techniques."""
    columns: dict[str, dict[str, list[Record]]] = {}
    for finding in material.findings:
        tags = texts(finding, "tags")
        stated = _stated(tags)
        for technique in techniques_of(tags):
            columns.setdefault(_tactic(technique, stated), {}).setdefault(technique, []).append(finding)
    return [(tactic, _cells(columns[tactic])) for tactic in (*tactics(), UNSTATED) if tactic in columns]


def tactics() -> tuple[str, ...]:
    """Return the titles of the tactics, in the order of an intrusion."""
    return tuple(matrix().tactics.values())


def _cells(techniques: dict[str, list[Record]]) -> list[Seen]:
    return [
        Seen(id=technique, name=_name(technique), severity=worst(findings), findings=len(findings))
        for technique, findings in sorted(techniques.items())
    ]


def _stated(tags: list[str]) -> list[str]:
    """Return the short names of the tactics that tags name."""
    names = (tag.lower().removeprefix("attack.").replace("_", "-") for tag in tags)
    return [name for name in (_OLD_NAMES.get(name, name) for name in names) if name in matrix().tactics]


def _tactic(technique: str, stated: list[str]) -> str:
    known = matrix().techniques
    entry = known.get(technique) or known.get(technique.partition(".")[0])
    served = entry.tactics if entry else ()
    both = [tactic for tactic in served if tactic in stated]
    return next((matrix().tactics[name] for name in (*both, *served, *stated) if name in matrix().tactics), UNSTATED)


def _name(technique: str) -> str:
    known = matrix().name(technique)
    parent = matrix().name(technique.partition(".")[0])
    return known or (f"{parent}, sub-technique" if parent else "name not in our table")
