"""Layers of the ATT&CK Navigator: what the format asks for, and what a reader of the matrix sees."""

import msgspec

from tests.app.outputs.layer_spec import wrong
from tocsin.app.outputs.attack_layer import MAX_COMMENT, Mark, findings_layer, layer
from tocsin.model import Confidence, Finding, FindingKind, Severity
from tocsin.model.finding import Suppression


def finding(title: str, severity: Severity, *tags: str) -> Finding:
    return Finding(
        fingerprint=title, kind=FindingKind.LOG, rule=title, title=title, severity=severity,
        confidence=Confidence.HIGH, message=title, tags=tags,
    )  # fmt: skip


def technique(found: dict[str, object], id_: str) -> dict[str, object]:
    techniques = found["techniques"]
    assert isinstance(techniques, list)
    return next(one for one in techniques if one["techniqueID"] == id_)


def test_a_layer_is_of_format_4_5() -> None:
    marks = {"T1110": Mark(score=2), "T1059.001": Mark(score=7, comment="x", colour="#aabbcc", facts=(("a", "b"),))}
    assert wrong(layer(marks, name="n", about="d", legend=[("l", "#000000")])) == []


def test_a_layer_of_nothing_is_of_the_format_too() -> None:
    assert wrong(layer({}, name="n", about="d")) == []


def test_the_gradient_ends_at_the_highest_score() -> None:
    found = layer({"T1110": Mark(score=3), "T1078": Mark(score=41)}, name="n", about="d")
    assert found["gradient"]["maxValue"] == 41


def test_a_technique_is_opened_where_only_a_sub_technique_has_a_mark() -> None:
    parent = technique(layer({"T1059.001": Mark(score=1)}, name="n", about="d"), "T1059")
    assert parent["showSubtechniques"] is True
    assert "score" not in parent


def test_a_layer_of_findings_counts_them_and_takes_the_colour_of_the_worst() -> None:
    found = findings_layer([
        finding("a", Severity.LOW, "attack.t1110.001"), finding("b", Severity.CRITICAL, "attack.T1110.001", "cwe-1"),
    ])  # fmt: skip
    said = technique(found, "T1110.001")
    colours = {one["label"]: one["color"] for one in found["legendItems"]}
    assert (said["score"], said["color"]) == (2, colours["worst is critical"])
    assert said["comment"] == "critical: b\nlow: a"
    assert wrong(found) == []


def test_a_suppressed_finding_does_not_count() -> None:
    hidden = Suppression(reason="known", owner="@x", until="2030-01-01")
    one = msgspec.structs.replace(finding("a", Severity.HIGH, "attack.t1110"), suppressed=hidden)
    assert findings_layer([one])["techniques"] == []


def test_a_comment_is_bounded() -> None:
    many = [finding(f"{n} " + "x" * 200, Severity.LOW, "attack.t1110") for n in range(40)]
    assert len(str(technique(findings_layer(many), "T1110")["comment"])) <= MAX_COMMENT
