"""The body of the report beside cases and findings: entities, Python by owner, coverage, suppressed, method."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from tocsin.web.report.material import Material, Record, amount, main_place, mapping, records, severity, texts, worst
from tocsin.web.report.show import SEVERITIES, duration, number, place, size, span, stamp, visible, when

_MOST_ENTITIES = 40
_MOST_COLUMNS = 14  # inputs as columns of the grid; the busiest ones where there are more
UNOWNED = "no owner"


@dataclass(frozen=True, kw_only=True)
class Entity:
    """Someone or something seen, and in which inputs."""

    type: str
    value: str
    text: str
    severity: str
    findings: int
    inputs: list[bool]
    elsewhere: int
    seen_in: int
    is_critical: bool


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Entities against inputs, the most widely seen first."""

    inputs: list[str]
    entities: list[Entity]
    more_entities: int
    more_inputs: int
    is_derived: bool


def entities(material: Material) -> Grid:
    """Return who and what was seen where.

    Rows come from `report.entities`; where they are absent, from the findings' own entities and places.
    """
    given = records(material.extra, "entities")
    everyone = given or _derived(material)
    busy: dict[str, int] = defaultdict(int)
    for item in everyone:
        for path in texts(item, "inputs"):
            busy[path] += 1
    columns = sorted(sorted(busy), key=lambda path: -busy[path])[:_MOST_COLUMNS]
    shown = sorted((_entity(material, item, columns) for item in everyone), key=_entity_order)
    return Grid(
        inputs=columns,
        entities=shown[:_MOST_ENTITIES],
        more_entities=max(len(shown) - _MOST_ENTITIES, 0),
        more_inputs=max(len(busy) - len(columns), 0),
        is_derived=not given,
    )


def _derived(material: Material) -> list[Record]:
    found: dict[str, Record] = {}
    for finding in material.findings:
        paths = [str(where["path"]) for where in records(finding, "where") if where.get("path")]
        for entity in texts(finding, "entities"):
            item = found.setdefault(entity, {"entity": entity, "inputs": {}, "findings": []})
            item["inputs"].update(dict.fromkeys(paths))
            item["findings"].append(str(finding.get("fingerprint")))
    return [{**item, "inputs": list(item["inputs"])} for item in found.values()]


def _entity(material: Material, item: Record, columns: list[str]) -> Entity:
    text = str(item.get("entity"))
    type_, _, value = text.partition(":")
    paths = set(texts(item, "inputs"))
    fingerprints = texts(item, "findings")
    return Entity(
        type=type_ if value else "value",
        value=value or text,
        text=text,
        severity=worst(material.by_fingerprint[f] for f in fingerprints if f in material.by_fingerprint),
        findings=len(fingerprints),
        inputs=[path in paths for path in columns],
        elsewhere=len(paths - set(columns)),
        seen_in=len(paths),
        is_critical=item.get("critical") is True,
    )


def _entity_order(entity: Entity) -> tuple[int, int, int, int, str]:
    gravest = SEVERITIES.index(entity.severity)
    return -entity.seen_in, gravest, -int(entity.is_critical), -entity.findings, entity.text


@dataclass(frozen=True, kw_only=True)
class Script:
    """One Python file of an owner, and what it reaches."""

    path: str
    lines: int
    secrets: int
    hosts: list[str]
    packages: list[str]
    counts: list[tuple[str, int]]


@dataclass(frozen=True, kw_only=True)
class Owner:
    """One owner's Python, the worst files first."""

    name: str
    lines: int
    secrets: int
    findings: int
    severity: str
    scripts: list[Script]


def python(material: Material) -> list[Owner]:
    """Return the Python of each owner, the owner with the gravest findings first."""
    by_owner: dict[str, list[Record]] = defaultdict(list)
    for item in records(material.extra, "python"):
        by_owner[str(item.get("owner") or UNOWNED)].append(item)
    owners = [_owner(material, name, items) for name, items in by_owner.items()]
    return sorted(owners, key=lambda owner: (SEVERITIES.index(owner.severity), -owner.findings, owner.name))


def _owner(material: Material, name: str, items: list[Record]) -> Owner:
    ranked = sorted(items, key=lambda item: (_ranks(material, item), str(item.get("path"))))
    found = [finding for item in items for finding in _findings(material, item)]
    return Owner(
        name=name,
        lines=sum(amount(item, "lines") for item in items),
        secrets=sum(amount(item, "secrets") for item in items),
        findings=len(found),
        severity=worst(found),
        scripts=[_script(material, item) for item in ranked],
    )


def _findings(material: Material, item: Record) -> list[Record]:
    return [material.by_fingerprint[f] for f in texts(item, "findings") if f in material.by_fingerprint]


def _ranks(material: Material, item: Record) -> list[int]:
    ranks = sorted(SEVERITIES.index(severity(finding)) for finding in _findings(material, item))
    return ranks or [len(SEVERITIES)]


def _script(material: Material, item: Record) -> Script:
    found = _findings(material, item)
    counts = [(name, sum(1 for finding in found if severity(finding) == name)) for name in SEVERITIES]
    return Script(
        path=str(item.get("path")),
        lines=amount(item, "lines"),
        secrets=amount(item, "secrets"),
        hosts=texts(item, "hosts"),
        packages=texts(item, "packages"),
        counts=[(name, count) for name, count in counts if count],
    )


@dataclass(frozen=True, kw_only=True)
class Input:
    """One input, and how much of it could be read."""

    path: str
    what: str
    size: str
    records: int
    share: str
    span: str
    note: str
    is_short: bool
    samples: list[tuple[str, str, str]]


def inputs(material: Material) -> list[Input]:
    """Return the inputs, how much of each was parsed, and samples of the rest."""
    return [_input(item) for item in material.inputs]


def _input(item: Record) -> Input:
    count, parsed = amount(item, "records"), amount(item, "parsed")
    samples = [
        (number(sample.get("record")), visible(sample.get("why") or ""), visible(sample.get("text") or "", 300))
        for sample in records(item, "unparsed_samples")
    ]
    return Input(
        path=str(item.get("path")),
        what=str(item.get("what") or "not recognised"),
        size=size(amount(item, "bytes")),
        records=count,
        share=_share(parsed, count),
        span=span(item.get("first"), item.get("last")),
        note=str(item.get("note") or ""),
        is_short=parsed < count,
        samples=samples,
    )


def _share(part: int, whole: int) -> str:
    if not whole:
        return ""
    if part >= whole:
        return "all"
    # Never rounded up to 100: a single lost record must show.
    return f"{int(part * 1000 / whole) / 10:.1f} %"


def suppressed(material: Material) -> list[Record]:
    """Return what people asked not to see: why, who says so, until when."""
    rows = []
    for finding in material.suppressed:
        word = mapping(finding, "suppressed")
        rows.append(
            {
                "severity": severity(finding),
                "rule": finding.get("rule", ""),
                "message": finding.get("message") or finding.get("title") or "",
                "place": place(main_place(finding)),
                "fingerprint": finding.get("fingerprint", ""),
                "reason": word.get("reason") or "no reason given",
                "owner": word.get("owner") or "nobody",
                "until": word.get("until") or "no end",
            }
        )
    return rows


def method(material: Material) -> list[tuple[str, str]]:
    """Return how the result was made, or a plain word where that is not known."""
    envelope, extra = material.envelope, material.extra
    versions: Record = mapping(extra, "versions")
    rules = mapping(material.coverage, "rules")
    seconds: Any = envelope.get("seconds")
    started = when(envelope.get("started"))
    return [
        ("Command", str(extra.get("argv") or "not recorded")),
        ("Started", f"{stamp(started)} UTC" if started else "not recorded"),
        ("Took", f"{seconds:.1f} s" if isinstance(seconds, int | float) else "not recorded"),
        ("Tocsin", str(versions.get("tocsin") or envelope.get("tocsin") or "not recorded")),
        ("Python", str(versions.get("python") or "not recorded")),
        ("Platform", str(versions.get("platform") or "not recorded")),
        ("Rules", f"{number(amount(rules, 'active'))} of {number(amount(rules, 'loaded'))} could fire on this data"),
        ("Digest of the rules", str(extra.get("rules_digest") or "not recorded")),
    ]


def silences(material: Material) -> list[tuple[str, str, str, str]]:
    """Return the spans in which a source says nothing: source, from, to, length."""
    rows = []
    for gap in records(material.extra, "silent"):
        start, end = when(gap.get("from")), when(gap.get("to"))
        length = duration(end - start) if start and end else ""
        rows.append((str(gap.get("source")), stamp(start), stamp(end), length))
    return rows
