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


class Unparsed(msgspec.Struct, frozen=True, kw_only=True):
    """A record that no parser knew, shown so that a person can see why."""

    record: int
    text: str
    why: str


class InputDetail(msgspec.Struct, frozen=True, kw_only=True):
    """One input as the report shows it.

    `time_rule` is the sentence that settled zone and year.
    """

    path: str
    what: str
    bytes: int = 0
    records: int = 0
    parsed: int = 0
    note: str = ""
    sha256: str = ""
    first: datetime | None = None
    last: datetime | None = None
    time_rule: str = ""
    unparsed_samples: tuple[Unparsed, ...] = ()


class KindDetail(msgspec.Struct, frozen=True, kw_only=True):
    """One kind of log.

    How many records of it there are, in how many inputs, and whether a parser knows them.
    """

    what: str
    records: int
    inputs: int
    parsed: bool


class LaneEvent(msgspec.Struct, frozen=True, kw_only=True):
    """One dot in a lane of a case."""

    at: datetime
    severity: str
    finding: str
    says: str


class Lane(msgspec.Struct, frozen=True, kw_only=True):
    """What one source saw of a case."""

    source: str
    events: tuple[LaneEvent, ...]


class Hour(msgspec.Struct, frozen=True, kw_only=True):
    """Findings of one hour by severity."""

    hour: datetime
    counts: dict[str, int]


class EntityDetail(msgspec.Struct, frozen=True, kw_only=True):
    """One entity, the inputs and the findings in which it is."""

    entity: str
    inputs: tuple[str, ...]
    findings: tuple[str, ...]
    critical: bool = False


class PythonDetail(msgspec.Struct, frozen=True, kw_only=True):
    """One Python file: whose it is, and what it reaches for."""

    path: str
    owner: str | None
    lines: int
    findings: tuple[str, ...] = ()
    hosts: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    secrets: int = 0


class EvidenceLines(msgspec.Struct, frozen=True, kw_only=True):
    """The first and the last raw lines of a finding, at most five each, redacted."""

    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()


class Detail(msgspec.Struct, frozen=True, kw_only=True):
    """What the report shows and the JSON result does not hold.

    `root` is the one folder that was named, empty where several were; `unopened` counts the inputs that were not
    opened. `ended` are the fingerprints of what is shown again, since its suppression has ended.
    """

    argv: str = ""
    root: str = ""
    unopened: int = 0
    inputs: tuple[InputDetail, ...] = ()
    kinds: tuple[KindDetail, ...] = ()
    lanes: dict[str, tuple[Lane, ...]] = {}
    timeline: tuple[Hour, ...] = ()
    entities: tuple[EntityDetail, ...] = ()
    python: tuple[PythonDetail, ...] = ()
    suppressed: tuple[Finding, ...] = ()
    ended: tuple[str, ...] = ()
    versions: dict[str, str] = {}
    rules_digest: str = ""
    evidence_lines: dict[str, EvidenceLines] = {}
