"""OCSF: every finding is a Detection Finding that the schema takes."""

from datetime import UTC, datetime
from typing import Any

import msgspec
import pytest
from jsonschema import Draft202012Validator
from ocsf_json_schema import OcsfJsonSchemaEmbedded, get_ocsf_schema

from tocsin.app.outputs.ocsf import OBSERVABLES, VERSION, event
from tocsin.model import Confidence, Finding, FindingKind, Place, Severity, Suppression
from tocsin.model.coverage import Coverage, Looked
from tocsin.model.observable import ObservableType
from tocsin.model.result import Result, Says, Verdict

AT = datetime(2026, 11, 22, 2, 11, 5, tzinfo=UTC)
RESULT = Result(
    tocsin="0.1.0", command="detect", started=datetime(2026, 11, 24, tzinfo=UTC), seconds=1.0, findings=(), cases=(),
    verdict=Verdict(says=Says.ALLOW), coverage=Coverage(complete=True, looked_at=Looked()),
)  # fmt: skip
LOG = Finding(
    fingerprint="0f599c15ad827a1c958f", kind=FindingKind.LOG, rule="ssh-guessing", title="Passwords guessed",
    severity=Severity.HIGH, confidence=Confidence.HIGH, message="412 failures", count=412, first=AT, last=AT,
    entities=("host:bastion", "ip:203.0.113.66", "user:root", "app:sshd"),
    where=(Place(path="auth.log", record=7, event={"source.ip": "203.0.113.66"}), Place(path="auth.log", record=9)),
    evidence=("Failed password for root",), remedy="block 203.0.113.66",
    tags=("attack.credential-access", "attack.t1110.001"), references=("https://example.org/",),
)  # fmt: skip
CODE = Finding(
    fingerprint="1f599c15ad827a1c958f", kind=FindingKind.CODE, rule="code-shell", title="A shell", count=1,
    severity=Severity.INFO, confidence=Confidence.LOW, message="reaches a shell", tags=("cwe-78",),
    where=(Place(path="tool.py", line=4),),
)  # fmt: skip


@pytest.fixture(scope="module")
def validator() -> Draft202012Validator:
    """Return what checks an event against the schema of Detection Finding, as OCSF publishes it."""
    schema = OcsfJsonSchemaEmbedded(get_ocsf_schema(VERSION)).get_class_schema("detection_finding")
    return Draft202012Validator(schema)


def errors(validator: Draft202012Validator, finding: Finding) -> list[str]:
    made: Any = msgspec.json.decode(msgspec.json.encode(event(finding, RESULT)))
    return [f"{list(error.path)}: {error.message}" for error in validator.iter_errors(made)]


@pytest.mark.parametrize("finding", [LOG, CODE], ids=["log", "code"])
def test_the_schema_takes_it(validator: Draft202012Validator, finding: Finding) -> None:
    assert errors(validator, finding) == []


@pytest.mark.parametrize("severity", list(Severity))
@pytest.mark.parametrize("confidence", list(Confidence))
def test_every_severity_and_confidence_has_its_number(
    validator: Draft202012Validator, severity: Severity, confidence: Confidence
) -> None:
    assert errors(validator, msgspec.structs.replace(LOG, severity=severity, confidence=confidence)) == []


def test_the_schema_would_refuse_what_is_wrong(validator: Draft202012Validator) -> None:
    made = {**event(LOG, RESULT), "severity_id": 42}
    assert list(validator.iter_errors(made))


def test_every_type_of_observable_is_taken(validator: Draft202012Validator) -> None:
    every = msgspec.structs.replace(LOG, entities=tuple(f"{kind}:x" for kind in ObservableType))
    assert errors(validator, every) == []
    names = get_ocsf_schema(VERSION)["objects"]["observable"]["attributes"]["type_id"]["enum"]
    assert dict(OBSERVABLES.values()) == {number: names[str(number)]["caption"] for number, _ in OBSERVABLES.values()}


def test_it_says_what_the_finding_says() -> None:
    made = event(LOG, RESULT)
    assert (made["class_uid"], made["type_uid"], made["severity_id"]) == (2004, 200401, 4)
    assert made["start_time"] == 1795313465000
    assert made["finding_info"]["attacks"] == [{"technique": {"uid": "T1110"}, "sub_technique": {"uid": "T1110.001"}}]
    assert made["resources"] == [{"name": "bastion", "type": "host"}]
    assert made["evidences"][0] == {"data": {"path": "auth.log", "record": 7, "event": {"source.ip": "203.0.113.66"}}}


def test_a_tactic_stands_where_no_technique_is_named() -> None:
    made = event(msgspec.structs.replace(LOG, tags=("attack.credential-access",)), RESULT)
    assert made["finding_info"]["attacks"] == [{"tactic": {"name": "Credential Access"}}]


def test_what_is_suppressed_says_so(validator: Draft202012Validator) -> None:
    words = Suppression(reason="our scanner", owner="@secops", until="2026-12-31")
    hidden = msgspec.structs.replace(LOG, suppressed=words)
    assert errors(validator, hidden) == []
    assert event(hidden, RESULT)["status_id"] == 3
