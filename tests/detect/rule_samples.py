"""Samples of rules: what a rule finds in each case, and what its mutants find."""

import re
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from tests.detect.scan import RULES, Scan
from tocsin.detect.rules import RuleSet, files, together

SAMPLES = Path(__file__).parents[2] / "samples" / "rule"
_JOIN = re.compile(r"\{\{join:([^{}]*)\}\}")

Result = list[dict[str, Any]]


@cache
def sources() -> Mapping[str, tuple[str, bytes]]:
    """Return the rule files by stem."""
    found = {}
    for path, raw in files(RULES):
        assert isinstance(raw, bytes)
        found[Path(path).stem] = (path, raw)
    return found


@cache
def _defined_in() -> dict[str, str]:
    return {
        name: stem
        for stem, (_, raw) in sources().items()
        for document in yaml.safe_load_all(raw)
        for name in (document.get("id"), document.get("name"))
        if name
    }


def closure(stem: str) -> set[str]:
    """Return the files that a file's correlations need, itself included."""
    needed = {stem}
    todo = [stem]
    while todo:
        for document in yaml.safe_load_all(sources()[todo.pop()][1]):
            for name in document.get("correlation", {}).get("rules", ()):
                if _defined_in()[name] not in needed:
                    needed.add(_defined_in()[name])
                    todo.append(_defined_in()[name])
    return needed


def rules_of(stem: str, instead: bytes | None = None) -> RuleSet:
    """Return a file's rules with those they need; `instead` replaces the file's own text."""
    chosen = sorted(closure(stem))
    rules = together((sources()[one][0], instead if one == stem and instead else sources()[one][1]) for one in chosen)
    assert not rules.problems, [str(problem) for problem in rules.problems]
    return rules


def cases(stem: str) -> list[Path]:
    """Return the case folders of a rule."""
    return sorted(path for path in (SAMPLES / stem).iterdir() if path.is_dir())


def results(stem: str, rules: RuleSet, inputs: Iterable[Path]) -> Result:
    """Return what the rules of a file find in inputs, as `out.json` has it, sorted."""
    own = {document["id"] for document in yaml.safe_load_all(sources()[stem][1]) if document.get("id")}
    scan = Scan(rules)
    scan.take(inputs)
    found = [
        {
            "rule": one.finding.rule,
            "severity": str(one.finding.severity),
            "count": one.finding.count,
            "entities": sorted(one.finding.entities),
            "message": one.finding.message,
        }
        for one in scan.findings()
        if one.finding.rule in own
    ]
    return sorted(found, key=lambda one: (one["rule"], one["message"]))


def assembled(case: Path, folder: Path) -> Path:
    """Return a copy of a case's input in which `{{join:AKIA|...}}` is put together."""
    (given,) = (path for path in case.iterdir() if path.name.startswith("in."))
    made = folder / case.parent.name / case.name / given.name
    if not made.exists():
        made.parent.mkdir(parents=True, exist_ok=True)
        made.write_text(_JOIN.sub(lambda found: found[1].replace("|", ""), given.read_text("utf-8")), "utf-8")
    return made


def mutants(raw: bytes) -> Iterator[tuple[str, bytes]]:
    """Yield mutants of a rule file: what was changed, and the text."""
    documents = list(yaml.safe_load_all(raw))
    for number, document in enumerate(documents):
        name = document.get("id") or document.get("name")
        for says, changed in _changes(document):
            made = [*documents[:number], changed, *documents[number + 1 :]]
            yield f"{name}: {says}", yaml.safe_dump_all(made, sort_keys=False, allow_unicode=True).encode()


def _changes(document: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    if "correlation" in document:
        for says, correlation in _correlation_changes(document["correlation"]):
            yield says, {**document, "correlation": correlation}
        return
    detection = document["detection"]
    for name, selection in detection.items():
        if name == "condition":
            continue
        for says, changed in _selection_changes(selection):
            yield f"{name}: {says}", {**document, "detection": {**detection, name: changed}}


def _selection_changes(selection: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    for key, value in selection.items():
        rest = {k: v for k, v in selection.items() if k != key}
        yield f"without {key}", rest or {"no.such.field": None}
        yield f"not {key}", {**rest, **_negated(key, value)}


def _negated(key: str, value: Any) -> dict[str, Any]:
    if "|exists" in key:
        return {key: not value}
    return {f"{key}|neq": value}


def _correlation_changes(correlation: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    condition = correlation.get("condition", {})
    for bound in condition:
        if bound != "field":
            for step in (-1, 1):
                yield f"{bound} {step:+d}", {**correlation, "condition": {**condition, bound: condition[bound] + step}}
    for field in correlation["group-by"]:
        yield f"not by {field}", {**correlation, "group-by": [one for one in correlation["group-by"] if one != field]}
    if correlation["type"] == "temporal_ordered":
        yield "in any order", {**correlation, "type": "temporal"}
