"""The one codec: stable JSON."""

from datetime import UTC, datetime

import msgspec
import pytest

from tocsin.model import Confidence, Finding, FindingKind, Place, Severity
from tocsin.model.codec import from_json, json_text, to_builtins, to_json

FINDING = Finding(
    fingerprint="f" * 20, kind=FindingKind.LOG, rule="ssh-guessing", title="Guessing", severity=Severity.HIGH,
    confidence=Confidence.MEDIUM, message="ü", first=datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
    where=(Place(path="a.log", record=7),),
)  # fmt: skip


def test_keys_stand_in_the_order_of_the_declaration_and_times_end_in_z() -> None:
    finding = msgspec.structs.replace(FINDING, message="m")
    raw = to_json(finding)
    assert raw.startswith(b'{"fingerprint":"ffffffffffffffffffff","kind":"log","rule":"ssh-guessing"')
    assert b'"first":"2026-01-02T03:04:05Z"' in raw
    assert from_json(raw, Finding) == finding


def test_a_place_says_only_what_applies() -> None:
    assert to_builtins(FINDING.where[0]) == {"path": "a.log", "record": 7}


def test_what_is_no_record_is_refused() -> None:
    for raw in (b"{", b"[]", b'{"fingerprint": 7}'):
        with pytest.raises(msgspec.MsgspecError):
            from_json(raw, Finding)


def test_json_that_is_shown_is_the_same_json_and_printable() -> None:
    text = "\x1b[2J\x9b\u202e\u2028\u200b\U000e0041 ü 日本"
    shown = json_text({"a": text})
    assert shown.isprintable()
    assert from_json(shown, dict[str, str]) == {"a": text}
