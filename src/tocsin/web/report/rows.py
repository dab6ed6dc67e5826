"""Findings as rows: what a reader sees of each, and the same as the compact JSON that the page filters."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tocsin.web.report.material import (
    Material,
    Record,
    amount,
    is_flow,
    main_place,
    mapping,
    records,
    severity,
    texts,
)
from tocsin.web.report.show import brief, place, span, visible, when

WORST = 200  # rows that stand in the page as HTML, so that it reads and prints without JavaScript
COLUMNS = (
    *("fingerprint", "sort", "severity", "confidence", "message", "count", "first", "last", "entities", "owner"),
    *("where", "places", "case", "first_lines", "last_lines", "event"),
)
_ENTITIES, _PLACES, _FIELDS, _LINES, _LINE = 24, 5, 24, 5, 600
_EVIDENCE = 3_000_000  # characters of raw lines and event fields in one report; the worst findings come first
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
    where: list[tuple[str, str]]
    is_flow: bool
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
        place=visible(place(main_place(finding))),
        where=[_place(item) for item in ([*where[: _PLACES - 1], where[-1]] if len(where) > _PLACES else where)],
        is_flow=is_flow(finding),
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
    """Return the first and the last raw lines of a finding.

    A finding of few lines has no last ones. They come from `report.evidence_lines`; where that is absent, from the
    finding's own evidence, which holds the first five and then the last five.
    """
    given = mapping(mapping(material.extra, "evidence_lines"), str(finding.get("fingerprint")))
    own = texts(finding, "evidence")
    first = (texts(given, "first") or own)[:_LINES]
    last = [line for line in texts(given, "last") or own[_LINES:] if line not in first]
    return [visible(line, _LINE) for line in first], [visible(line, _LINE) for line in last[-_LINES:]]


def event(finding: Record) -> list[tuple[str, str]]:
    """Return the fields of the first event of a finding, only as many as fit a screen."""
    where = records(finding, "where")
    fields = mapping(where[0], "event") if where else {}
    return [(visible(name, 80), visible(value, 300)) for name, value in list(fields.items())[:_FIELDS]]


def _place(where: Record) -> tuple[str, str]:
    path = str(where.get("path") or where.get("component") or "")
    line = f":{where['line']}" if where.get("line") else ""
    record = f", record {where['record']}" if where.get("record") is not None else ""
    component = f", {where['component']}" if where.get("component") and where.get("path") else ""
    return visible(path), visible(f"{line}{record}{component}")


class Pool:
    """Texts that come often, each stored once and named by its index."""

    def __init__(self) -> None:
        self.texts: dict[str, int] = {}

    def __call__(self, text: str) -> int:
        """Return the index of a text."""
        return self.texts.setdefault(text, len(self.texts))


def embedded(material: Material) -> Iterator[str]:
    """Yield the findings as one JSON document that is safe inside a `script` element.

    A row has the columns that `columns` names. `sorts` holds once what findings of a rule share, `texts` what comes
    often (severity, confidence, entities, owner, case and the paths of `where`); rows name both by index. Times are
    seconds since 1970.
    """
    sorts, pool = Pool(), Pool()
    budget = _EVIDENCE
    yield f'{{"columns":{_json(list(COLUMNS))},"findings":['
    for start in range(0, len(material.findings), _STEP):
        chunk = []
        for finding in material.findings[start : start + _STEP]:
            cells = _cells(row(material, finding), finding, sorts, pool)
            budget -= sum(len(line) for line in (*cells[-3], *cells[-2])) + sum(len(a) + len(b) for a, b in cells[-1])
            if budget < 0:
                cells[-3:] = [0, 0, 0]
            chunk.append(_json(cells))
        yield ("," if start else "") + ",\n".join(chunk)
    yield f'],"sorts":[{",".join(sorts.texts)}],"texts":{_json(list(pool.texts))}}}'


def _cells(shown: Row, finding: Record, sorts: Pool, pool: Pool) -> list[Any]:
    return [
        shown.fingerprint,
        sorts(_json([shown.kind, shown.rule, shown.title, shown.remedy, shown.tags, shown.references])),
        pool(shown.severity),
        pool(shown.confidence),
        shown.message,
        shown.count,
        _seconds(finding.get("first")),
        _seconds(finding.get("last")),
        [pool(entity) for entity in shown.entities],
        pool(shown.owner),
        [[pool(path), detail] for path, detail in shown.where],
        shown.more_places,
        pool(shown.case),
        shown.first_lines,
        shown.last_lines,
        shown.event,
    ]


def _seconds(value: object) -> float | None:
    moment = when(value)
    if moment is None:
        return None
    seconds = moment.timestamp()
    return int(seconds) if seconds.is_integer() else seconds


def _json(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    for character, escape in (
        ("<", "\\u003c"),
        (">", "\\u003e"),
        ("&", "\\u0026"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
    ):
        text = text.replace(character, escape)
    return text
