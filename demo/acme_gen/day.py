"""The day that is told, and how time passes in it.

Sunday, 22 November 2026, UTC: the last Sunday before Black Friday, on which the shop works. Every
moment is a number of seconds since midnight, so that no generator reads a clock.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from random import Random

MIDNIGHT = datetime(2026, 11, 22, tzinfo=UTC)
DAY = 86_400
LAST_SECOND = int((MIDNIGHT + timedelta(seconds=DAY - 1)).timestamp())

# The weight of each hour. Staff keeps office hours; shoppers come in the evening; machines never stop.
STAFF = (0, 0, 0, 0, 0, 0, 1, 6, 22, 30, 29, 27, 17, 22, 26, 25, 21, 14, 6, 3, 2, 1, 0, 0)
SHOPPERS = (7, 4, 3, 2, 2, 3, 6, 10, 15, 19, 22, 23, 24, 24, 23, 23, 24, 26, 29, 33, 35, 31, 22, 13)
MACHINES = (1,) * 24


def at(clock: str) -> float:
    """Return the seconds since midnight of `hh:mm` or `hh:mm:ss`."""
    hours, minutes, *seconds = (int(part) for part in clock.split(":"))
    return float(hours * 3600 + minutes * 60 + (seconds[0] if seconds else 0))


def moment(seconds: float) -> datetime:
    """Return the aware time of a number of seconds since midnight, to the microsecond."""
    return MIDNIGHT + timedelta(microseconds=round(seconds * 1_000_000))


def moments(rng: Random, count: int, weights: Sequence[int], *, until: float = DAY - 1) -> list[float]:
    """Return `count` sorted moments that follow the weights of the hours."""
    hours = rng.choices(range(24), weights=weights, k=count)
    return sorted(min(hour * 3600 + rng.random() * 3600, until) for hour in hours)


def iso(seconds: float, digits: int = 3) -> str:
    """Return an ISO 8601 time in UTC with `digits` digits after the second, and Z."""
    when = moment(seconds)
    fraction = f".{when.microsecond:06d}"[: digits + 1].ljust(digits + 1, "0") if digits else ""
    return when.strftime("%Y-%m-%dT%H:%M:%S") + fraction + "Z"


def hexes(rng: Random, length: int) -> str:
    """Return `length` lower-case hexadecimal digits."""
    return f"{rng.getrandbits(4 * length):0{length}x}"


def uuid(rng: Random) -> str:
    """Return a random UUID of version 4."""
    digits = hexes(rng, 30)
    return f"{digits[:8]}-{digits[8:12]}-4{digits[12:15]}-{rng.choice('89ab')}{digits[15:18]}-{digits[18:30]}"


def stream(seed: int, name: str) -> Random:
    """Return the random numbers of one source, so that a change to one source moves no other."""
    return Random(f"{seed}/{name}")  # a demo must be repeatable, and guards no secret


def steps(first: float, last: float, gap: Callable[[], float]) -> list[float]:
    """Return moments from `first` on, each `gap()` seconds after the one before, up to `last`."""
    found = []
    while first <= last:
        found.append(first)
        first += gap()
    return found
