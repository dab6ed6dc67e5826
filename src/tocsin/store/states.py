"""The states that stored things are in: closed sets of words."""

from enum import StrEnum


class State(StrEnum):
    """Where a finding stands."""

    OPEN = "open"
    SUPPRESSED = "suppressed"
    GONE = "gone"
    CLOSED = "closed"


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    CLOSED = "closed"


class Ended(StrEnum):
    """How a run stands; only a complete one can say that a finding is gone."""

    RUNNING = "running"
    COMPLETE = "complete"
    INCOMPLETE = "incomplete"
    INTERRUPTED = "interrupted"
