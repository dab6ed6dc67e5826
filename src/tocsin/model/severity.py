"""How bad a finding is, and how sure we are of it."""

from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is; ordered, `info` lowest."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """Return 0 for `info` to 4 for `critical`."""
        return _SEVERITIES.index(self)


class Confidence(StrEnum):
    """How sure the rule is that the finding is real; ordered."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"

    @property
    def rank(self) -> int:
        """Return 0 for `low` to 2 for `high`."""
        return _CONFIDENCES.index(self)


_SEVERITIES = tuple(Severity)
_CONFIDENCES = tuple(Confidence)
