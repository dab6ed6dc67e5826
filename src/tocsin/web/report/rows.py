"""Findings as rows: what a reader sees of each, and the same as the compact JSON that the page filters."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tocsin.web.report.material import Material, Record, amount, mapping, records, severity, texts
from tocsin.web.report.show import brief, place, span, visible

WORST = 200  # rows that stand in the page as HTML, so that it reads and prints without JavaScript
COLUMNS = (
    "fingerprint", "sort", "severity", "confidence", "message", "count", "first", "last", "entities", "owner",
    "where", "places", "case", "first_lines", "last_lines", "event",
)  # fmt: skip
_ENTITIES, _PLACES, _FIELDS, _LINE = 24, 5, 24, 600
_EVIDENCE = 8_000_000  # characters of raw lines and event fields in one report; the worst findings come first
_STEP = 500  # findings to a chunk of output


@dataclass(frozen=True, kw_only=True)
class Row:
    """One finding as the page shows it, every text escaped for the eye."""

    fingerprint: str
    kind: str
    rule: str
    title: str
    severity: str
    confidence: str
    message: str
    count: int
    time: str
    span: str
    entities: list[str]
    more_entities: int
    owner: str
    place: str
    where: list[str]
    more_places: int
    remedy: str
    tags: list[str]
    references: list[str]
    case: str
    first_lines: list[str]
    last_lines: list[str]
    event: list[tuple[str, str]]


def row(material: Material, finding: Record) -> Row:
    """Return what the page shows of one finding."""
    entities = texts(finding, "entities")
    where = records(finding, "where")
    first, last = lines(material, finding)
    return Row(
        fingerprint=visible(finding.get("fingerprint", "")),
        kind=visible(finding.get("kind", "")),
        rule=visible(finding.get("rule", "")),
        title=visible(finding.get("title", "")),
        severity=severity(finding),
        confidence=visible(finding.get("confidence") or "unknown"),
        message=visible(finding.get("message", "")),
        count=amount(finding),
        time=brief(finding.get("first")),
        span=span(finding.get("first"), finding.get("last")),
        entities=[visible(entity, _LINE) for entity in entities[:_ENTITIES]],
        more_entities=max(len(entities) - _ENTITIES, 0),
        owner=visible(finding.get("owner") or ""),
        place=visible(place(where[0])) if where else "",
        where=[visible(_place(item)) for item in where[:_PLACES]],
        more_places=max(len(where) - _PLACES, 0),
        remedy=visible(finding.get("remedy") or ""),
        tags=[visible(tag) for tag in texts(finding, "tags")],
        references=[visible(reference) for reference in texts(finding, "references")],
        case=visible(finding.get("case") or ""),
        first_lines=first,
        last_lines=last,
        event=event(finding),
    )


def lines(material: Material, finding: Record) -> tuple[list[str], list[str]]:
    """Return the first and the last raw lines of a finding; a finding of few lines has no last ones.

    They come from `report.evidence_lines`; where that is absent, from the finding's own evidence.
    """
    given = mapping(mapping(material.extra, "evidence_lines"), str(finding.get("fingerprint")))
    first = texts(given, "first") or texts(finding, "evidence")
    last = [line for line in texts(given, "last") if line not in first]
    return [visible(line, _LINE) for line in first[:5]], [visible(line, _LINE) for line in last[-5:]]


def event(finding: Record) -> list[tuple[str, str]]:
    """Return the fields of the first event of a finding, the longest first ones only."""
    where = records(finding, "where")
    fields = mapping(where[0], "event") if where else {}
    return [(visible(name, 80), visible(value, 300)) for name, value in list(fields.items())[:_FIELDS]]


def _place(where: Record) -> str:
    text = place(where)
    if where.get("record") is not None:
        text += f", record {where['record']}"
    if where.get("component") and where.get("path"):
        text += f", {where['component']}"
    return text


def embedded(material: Material) -> Iterator[str]:
    """Yield the findings as one JSON document that is safe inside a `script` element.

    `sorts` holds once what findings of a rule share; a row names its sort by index. Columns are named by `columns`.
    """
    sorts: dict[str, int] = {}
    budget = _EVIDENCE
    yield f'{{"columns":{_json(list(COLUMNS))},"findings":['
    for start in range(0, len(material.findings), _STEP):
        chunk = []
        for finding in material.findings[start : start + _STEP]:
            cells = _cells(row(material, finding), finding, sorts)
            budget -= sum(len(line) for line in (*cells[-3], *cells[-2])) + sum(len(a) + len(b) for a, b in cells[-1])
            if budget < 0:
                cells[-3:] = [None, None, None]
            chunk.append(_json(cells))
        yield ("," if start else "") + ",\n".join(chunk)
    yield f'],"sorts":[{",".join(sorts)}]}}'


def _cells(shown: Row, finding: Record, sorts: dict[str, int]) -> list[Any]:
    sort = _json([shown.kind, shown.rule, shown.title, shown.remedy, shown.tags, shown.references])
    return [
        shown.fingerprint,
        sorts.setdefault(sort, len(sorts)),
        shown.severity,
        shown.confidence,
        shown.message,
        shown.count,
        visible(finding.get("first") or ""),
        visible(finding.get("last") or ""),
        shown.entities,
        shown.owner,
        shown.where,
        shown.more_places,
        shown.case,
        shown.first_lines,
        shown.last_lines,
        shown.event,
    ]


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character, escape in (("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029")):
        text = text.replace(character, escape)
    return text
