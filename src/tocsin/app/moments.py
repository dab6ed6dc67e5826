"""Moments as people name them on a command line: a day, a time, or how long ago."""

import re
from datetime import UTC, datetime, time, timedelta

from tocsin.app.zones import zone_named
from tocsin.model import UserError
from tocsin.model.times import to_micros

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
_AGO = re.compile(r"(\d{1,6})([mhdw])")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def moment(text: str, now: datetime, *, zone: str = "", is_end: bool = False) -> int:
    """Return a moment in microseconds since 1970.

    `24h` and `7d` are so long ago. A day is its first moment, or its last where an end is asked for. What names no zone
    is in `zone`, else UTC. Raises UserError for what is none of these.
    """
    ago = _AGO.fullmatch(text.strip())
    try:
        if ago:
            return to_micros(now - timedelta(**{UNITS[ago[2]]: int(ago[1])}))
        when = datetime.fromisoformat(text.strip())
        if _DAY.fullmatch(text.strip()) and is_end:
            when = datetime.combine(when.date(), time.max)
        return to_micros(when if when.tzinfo else when.replace(tzinfo=zone_named(zone) if zone else UTC))
    except (ValueError, OverflowError) as error:
        says = f"{text!r} is no moment"
        raise UserError(
            says, hint="a day as 2026-11-24, a time as 2026-11-24T06:30, or so long ago: 24h, 7d"
        ) from error
