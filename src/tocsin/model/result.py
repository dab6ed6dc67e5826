"""The result of a run: the one envelope of scan, check, detect, mail, network and intel match (CLI.md)."""

from datetime import datetime
from enum import StrEnum

import msgspec

from tocsin.model.case import Case
from tocsin.model.coverage import Coverage
from tocsin.model.finding import Finding


class Says(StrEnum):
    """What a gate says."""

    ALLOW = "allow"
    DENY = "deny"
    UNDECIDED = "undecided"


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What the gate says, and why."""

    says: Says
    why: tuple[str, ...] = ()


class News(msgspec.Struct, frozen=True, kw_only=True):
    """How a look differs from the last one over the same paths: fingerprints."""

    new: frozenset[str] = frozenset()
    known: frozenset[str] = frozenset()
    gone: frozenset[str] = frozenset()


class Result(msgspec.Struct, frozen=True, kw_only=True):
    """All that a run has to say; its JSON is the contract of CLI.md."""

    tocsin: str
    command: str
    started: datetime
    seconds: float
    findings: tuple[Finding, ...]
    cases: tuple[Case, ...]
    verdict: Verdict
    coverage: Coverage
