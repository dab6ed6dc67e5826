"""Runs, steps and outcomes: who ran what, to what effect, and how to undo it. Grants: what a digest may do."""

from collections.abc import Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any

import msgspec


class RunState(StrEnum):
    """Where a run stands."""

    RUNNING = "running"
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    REFUSED = "refused"
    CANCELLED = "cancelled"
    UNDONE = "undone"


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """What a digest may do, by whose word, and until when."""

    digest: str
    by: str
    until: datetime
    hosts: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    secrets: tuple[str, ...] = ()
    limits: Mapping[str, int] = {}


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What an action did; `undo` holds what its undo needs."""

    says: str
    changed: bool
    undo: Mapping[str, Any] | None = None
    data: Mapping[str, Any] = {}


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a run."""

    name: str
    state: RunState
    effect: str
    outcome: Outcome | None = None


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """Who ran which digest, in which mode, and how it ended."""

    id: str
    what: str
    digest: str
    state: RunState
    started: datetime
    by: str
    mode: str
    ended: datetime | None = None
    steps: tuple[Step, ...] = ()
