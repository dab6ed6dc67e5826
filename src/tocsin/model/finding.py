"""A finding: one thing wrong. Everything that any part of Tocsin reports is one."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from hashlib import blake2b
from typing import Any

import msgspec

from tocsin.model.severity import Confidence, Severity

MAX_PLACES = 20  # places listed under `where`; the count goes on


class FindingKind(StrEnum):
    """Which part of the world a finding is about."""

    LOG = "log"
    INTEL = "intel"
    CODE = "code"
    SECRET = "secret"  # noqa: S105  # a kind of finding, and none itself
    DEPENDENCY = "dependency"
    PROVENANCE = "provenance"
    ASSET = "asset"
    MAIL = "mail"
    NETWORK = "network"
    TOOL = "tool"
    POLICY = "policy"
    HEALTH = "health"


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where a finding was seen; only the fields that apply are set."""

    path: str
    line: int | None = None
    column: int | None = None
    end_line: int | None = None
    record: int | None = None
    component: str | None = None
    event: Mapping[str, Any] | None = None


class Suppression(msgspec.Struct, frozen=True, kw_only=True):
    """A person's word that a finding need not be shown, with reason, owner and expiry."""

    reason: str
    owner: str
    until: str


class Finding(msgspec.Struct, frozen=True, kw_only=True):
    """One thing wrong: how bad, how sure, who and what is in it, and what to do.

    `count` is the number of occurrences, `first` and `last` are their times (None for code). `evidence` holds at most
    the first and the last five raw lines, redacted. `entities` are `type:value` texts.
    """

    fingerprint: str
    kind: FindingKind
    rule: str
    title: str
    severity: Severity
    confidence: Confidence
    message: str
    count: int = 1
    first: datetime | None = None
    last: datetime | None = None
    entities: tuple[str, ...] = ()
    owner: str | None = None
    where: tuple[Place, ...] = ()
    evidence: tuple[str, ...] = ()
    remedy: str = ""
    tags: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    case: str | None = None
    suppressed: Suppression | None = None


def fingerprint(rule: str, *key: str) -> str:
    """Return the 20 hex digits that name a finding.

    They come of its rule and what makes it the same one.
    Path, line number and time never enter the key (HOUSE.md, "Records").
    """
    digest = blake2b(digest_size=10)
    for part in (rule, *key):
        raw = part.encode("utf-8", "surrogatepass")
        digest.update(len(raw).to_bytes(4, "big"))
        digest.update(raw)
    return digest.hexdigest()
