"""Words: a rule's literal templates filled with what its finding is made of.

`{field}` is the value of a field (up to three, then "and 5 more"), `{this|that}` the first that is known,
`{field:count}` how many different ones there are, `{count}` how often it happened, `{name:events}` how many events of
the part called so, `{gap}` the time between the last two parts of a sequence, `{span}` that from first to last. What is
not known reads "unknown". A noun after a hole is written `{count} failure(s)`: "1 failure", "2 failures".
"""

import re
from collections.abc import Mapping

from tocsin.detect.tally import MAX_SHOWN, Tally

MAX_WORDS = 500  # characters of a message
_HOLE = re.compile(r"\{([^{}:]{1,200})(?::(\w{1,10}))?\}(?:( [a-z ]{1,40})\((e?s)\))?")
UNKNOWN = "unknown"


def fill(template: str, tally: Tally, facts: Mapping[str, str]) -> str:
    """Return a template with its holes filled."""

    def filled(hole: re.Match[str]) -> str:
        value = _filled(hole[1].split("|"), hole[2] or "", tally, facts)
        return value + _noun(value, hole[3], hole[4]) if hole[3] else value

    return _HOLE.sub(filled, template)[:MAX_WORDS]


def _noun(count: str, noun: str, ending: str) -> str:
    return noun if count == "1" else noun + ending


def _filled(names: list[str], form: str, tally: Tally, facts: Mapping[str, str]) -> str:
    values = (_value(name.strip(), form, tally, facts) for name in names)
    return next((value for value in values if value != UNKNOWN), UNKNOWN)


def _value(name: str, form: str, tally: Tally, facts: Mapping[str, str]) -> str:
    if form == "events":
        return facts.get(f"{name}:events", "0")
    if form == "" and name in facts:
        return facts[name]
    shown, many = tally.values(name)
    if form == "count":
        return f"{many:,}"
    if not shown:
        return UNKNOWN
    text = ", ".join(value[:120] for value in shown)
    return f"{text} and {many - MAX_SHOWN} more" if many > MAX_SHOWN else text


def plain(tally: Tally, title: str) -> str:
    """Return the message of a rule without a template: its title, who and how often."""
    named = [entity.partition(":")[2] for entity in list(tally.entities)[:4]]
    times = f", {tally.count:,} times" if tally.count > 1 else ""
    return (f"{title}: {', '.join(named)}{times}" if named else f"{title}{times}")[:MAX_WORDS]


def span_words(micros: int) -> str:
    """Return a span of time as people say it: 41 s, 12 minutes, 3 hours, 2 days."""
    seconds = micros // 1_000_000
    if seconds < 120:
        return f"{seconds} s"
    for unit, size in (("days", 172_800), ("hours", 7_200)):
        if seconds >= size:
            return f"{seconds // (size // 2)} {unit}"
    return f"{seconds // 60} minutes"
