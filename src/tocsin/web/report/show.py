"""Text, numbers and times as the report shows them; nothing from outside reaches a reader unescaped."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tocsin.model.severity import Severity

SEVERITIES = tuple(severity.value for severity in reversed(Severity))  # worst first
LONGEST = 2000  # characters of one text; longer ones say how long they were
_PLAIN_SPACES = "\u00a0\u202f\u3000"
_SHORT = {"\t": "\\t", "\n": "\\n", "\r": "\\r"}


def visible(value: object, longest: int = LONGEST) -> str:
    r"""Return a text with control, bidi and invisible characters written out.

    Escapes are Python's (`\x1b`, `\u202e`); a lone surrogate becomes one too, so that the result is valid UTF-8.
    """
    text = value if isinstance(value, str) else str(value)
    if len(text) > longest:
        text = f"{text[:longest]}… ({number(len(text))} characters in all)"
    if text.isprintable():
        return text
    return "".join(character if _harmless(character) else _escape(character) for character in text)


def _harmless(character: str) -> bool:
    return character.isprintable() or character in _PLAIN_SPACES


def _escape(character: str) -> str:
    code = ord(character)
    if character in _SHORT:
        return _SHORT[character]
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def number(count: object) -> str:
    """Return a count with thousands separated, `48,625`."""
    return f"{count:,}" if isinstance(count, int) else visible(count)


def counted(count: int, noun: str, plural: str | None = None) -> str:
    """Return `1 case`, `2 cases`."""
    return f"{number(count)} {noun if count == 1 else plural or noun + 's'}"


def size(count: int) -> str:
    """Return a number of bytes in the unit that reads best."""
    value = float(count)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 1000 or unit == "GB":
            return f"{value:.0f} {unit}" if unit == "B" or value >= 100 else f"{value:.1f} {unit}"
        value /= 1000
    return ""


def when(value: object) -> datetime | None:
    """Return an outside time in UTC, None where none can be read."""
    if isinstance(value, datetime):
        return value.astimezone(UTC) if value.tzinfo else value.replace(tzinfo=UTC)
    if not isinstance(value, str) or not value:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def day(moment: datetime) -> str:
    """Return `22 Nov 2026`."""
    return f"{moment.day} {moment:%b} {moment.year}"


def clock(moment: datetime) -> str:
    """Return `02:11:07`."""
    return f"{moment:%H:%M:%S}"


def stamp(value: object) -> str:
    """Return `22 Nov 2026 02:11:07`, or nothing for no time."""
    moment = when(value)
    return "" if moment is None else f"{day(moment)} {clock(moment)}"


def brief(value: object) -> str:
    """Return `2026-11-22 02:11`, which lines up in a column."""
    moment = when(value)
    return "" if moment is None else f"{moment:%Y-%m-%d %H:%M}"


def span(first: object, last: object) -> str:
    """Return when something began and ended, the date once where both share it."""
    start, end = when(first), when(last)
    if start is None:
        return stamp(end)
    if end is None or end - start < timedelta(seconds=1):
        return f"{day(start)}, {clock(start)}"
    if start.date() == end.date():
        return f"{day(start)}, {clock(start)} to {clock(end)}"
    return f"{day(start)} {clock(start)} to {day(end)} {clock(end)}"


def duration(length: timedelta) -> str:
    """Return a length of time in the two largest units that apply, `1 h 23 min`."""
    seconds = int(length.total_seconds())
    units = (("d", 86400), ("h", 3600), ("min", 60), ("s", 1))
    parts = []
    for name, worth in units:
        if seconds >= worth:
            parts.append(f"{seconds // worth} {name}")
            seconds %= worth
        elif parts:
            break
    return " ".join(parts[:2]) or "0 s"


def place(where: Any) -> str:
    """Return `path:line`, `path` or the component of one place."""
    if not isinstance(where, dict) or not where:
        return ""
    path = str(where.get("path") or where.get("component") or "")
    line = where.get("line")
    return f"{path}:{line}" if line else path


def short(text: str, most: int = 30) -> str:
    """Return a path that fits into a column, cut where it says least.

    The end stays, for the file's name is there, and a little of the beginning.
    """
    if len(text) <= most:
        return text
    head = (most - 1) // 3
    return f"{text[:head]}…{text[len(text) - (most - 1 - head) :]}"


def listed(items: list[str], most: int) -> str:
    """Return a phrase of the first items, `a, b and 3 more`."""
    shown = items[:most]
    rest = len(items) - len(shown)
    if rest:
        return f"{', '.join(shown)} and {number(rest)} more"
    if len(shown) > 1:
        return f"{', '.join(shown[:-1])} and {shown[-1]}"
    return "".join(shown)
