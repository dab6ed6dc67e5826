"""Times: integer microseconds since 1970 in UTC inside, ISO 8601 with `Z` outside."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


def to_micros(when: datetime) -> int:
    """Return microseconds since 1970 of an aware time."""
    return (when - EPOCH) // _MICROSECOND


def from_micros(micros: int) -> datetime:
    """Return the aware UTC time of microseconds since 1970."""
    return EPOCH + timedelta(microseconds=micros)


def iso(when: datetime) -> str:
    """Return `2026-01-02T03:04:05Z`, with a fraction only where there is one."""
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")
