"""Cases of a rule: events, and what the rule must say of them, as they stand under `tocsin: tests:` in its file.

A case has a name, and `expect`: `match`, `no match`, or how many matches (of a correlation: findings). What is asked
stands under `event` (fields, as an event of the rule's own log source), `raw` (lines of a log, whose parser is found
by their content) or `events` (a list of these, each with `at`, and `repeat` and `every` for many alike).
"""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import msgspec

from tocsin.match.sigma.correlation import SECONDS
from tocsin.match.sigma.rule import Source
from tocsin.match.sigma.tree import Node, RuleError

KEYS = frozenset({"name", "event", "raw", "events", "expect", "logsource"})
STEP_KEYS = frozenset({"event", "raw", "at", "repeat", "every", "logsource"})
MAX_EVENTS = 100_000  # of one case, repeats counted
START = datetime(2026, 1, 1, tzinfo=UTC)  # where times that are written as spans begin
_SPAN = re.compile(r"(\d{1,9})\s*([smhdw])")


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """What one step of a case gives to the rule: fields, or lines of a log.

    `at` is in microseconds since 1970, None for the time that lines carry themselves.
    """

    event: dict[str, Any] | None = None
    raw: str = ""
    at: int | None = None
    source: Source | None = None
    line: int = 0


class Case(msgspec.Struct, frozen=True, kw_only=True):
    """A case: its steps in order, and how many matches are expected.

    That many, or any number from `least`.
    """

    name: str
    line: int
    steps: tuple[Step, ...]
    least: int
    most: int | None = None

    @property
    def expects(self) -> str:
        """Return what is expected, in words."""
        if self.most == 0:
            return "no match"
        return "a match" if self.most is None and self.least == 1 else f"{self.least}"

    def holds(self, found: int) -> bool:
        """Return whether so many matches are what was expected."""
        return self.least <= found and (self.most is None or found <= self.most)


def cases_of(document: Node) -> Iterator[Case | RuleError]:
    """Yield the cases of a rule's document.

    An error in place of each that is malformed.
    """
    own = document.map.get("tocsin")
    if own is None or not isinstance(own.value, dict) or "tests" not in own.value:
        return
    tests = own.value["tests"]
    if tests.value is None:
        return
    if not isinstance(tests.value, list):
        yield RuleError("tests is a list of cases", line=tests.line, hint="- {name: ..., event: {...}, expect: match}")
        return
    for place, node in enumerate(tests.value, 1):
        try:
            yield _case(node, place)
        except RuleError as error:
            yield error


def _case(node: Node, place: int) -> Case:
    entries = node.map
    _known(entries, KEYS, "a case")
    given = [key for key in ("event", "raw", "events") if key in entries]
    if len(given) != 1:
        raise RuleError("a case has one of event, raw and events", line=node.line)
    if "expect" not in entries:
        raise RuleError("a case says what to expect", line=node.line, hint="expect: match, no match, or a number")
    least, most = _expected(entries["expect"])
    steps = tuple(_steps(entries["events"])) if given == ["events"] else (_step(node),)
    if not steps:
        raise RuleError("a case without events says nothing", line=node.line)
    name = entries["name"].text if "name" in entries else f"case {place}"
    return Case(name=" ".join(name.split()), line=node.line, steps=steps, least=least, most=most)


def _known(entries: dict[str, Node], keys: frozenset[str], what: str) -> None:
    for key, value in entries.items():
        if key not in keys:
            raise RuleError(f"{what} has no {key!r}", line=value.line, hint=f"known: {', '.join(sorted(keys))}")


def _expected(node: Node) -> tuple[int, int | None]:
    value = node.scalar
    if value == "match" or value is True:
        return 1, None
    if value == "no match" or value is False:
        return 0, 0
    if isinstance(value, int) and value >= 0:
        return value, value
    raise RuleError(f"{node.text!r} is nothing to expect", line=node.line, hint="match, no match, or a number")


def _steps(node: Node) -> Iterator[Step]:
    left = MAX_EVENTS
    for one in node.items:
        _known(one.map, STEP_KEYS, "an event of a case")
        if ("event" in one.map) is ("raw" in one.map):
            raise RuleError("an event of a case has event, or raw", line=one.line)
        step = _step(one)
        many = _whole(one.map["repeat"]) if "repeat" in one.map else 1
        every = _span(one.map["every"]) if "every" in one.map else 0
        left -= many
        if left < 0:
            raise RuleError(f"a case has at most {MAX_EVENTS:,} events", line=one.line)
        for number in range(many):
            at = step.at if step.at is None else step.at + number * every
            yield msgspec.structs.replace(step, at=at)


def _step(node: Node) -> Step:
    entries = node.map
    source = _source(entries["logsource"]) if "logsource" in entries else None
    at = _moment(entries["at"]) if "at" in entries else None
    if "raw" in entries:
        text = entries["raw"].text
        if not text.strip():
            raise RuleError("raw holds no line of a log", line=entries["raw"].line)
        return Step(raw=text, at=at, source=source, line=node.line)
    event = plain(entries["event"])
    if not isinstance(event, dict) or not event:
        raise RuleError("an event is a map of fields", line=entries["event"].line)
    at = _micros(START) if at is None else at
    return Step(event=event, at=at, source=source, line=node.line)


def plain(node: Node) -> Any:
    """Return what a node holds, without its lines."""
    if isinstance(node.value, dict):
        return {key: plain(one) for key, one in node.value.items()}
    if isinstance(node.value, list):
        return [plain(one) for one in node.value]
    return node.value


def _source(node: Node) -> Source:
    words = {key: one.text.lower() for key, one in node.map.items()}
    _known(node.map, frozenset({"product", "category", "service"}), "a log source")
    return Source(**words)


def _whole(node: Node) -> int:
    value = node.scalar
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise RuleError(f"{node.text!r} is no number of events", line=node.line)
    return value


def _span(node: Node) -> int:
    found = _SPAN.fullmatch(node.text)
    if found is None:
        raise RuleError(f"{node.text!r} is no span of time", line=node.line, hint="as 30s, 5m, 2h or 1d")
    return int(found[1]) * SECONDS[found[2]] * 1_000_000


def _moment(node: Node) -> int:
    text = node.text
    if _SPAN.fullmatch(text) or text == "0":
        return _micros(START) + (0 if text == "0" else _span(node))
    try:
        moment = datetime.fromisoformat(text.replace(" ", "T", 1))
    except ValueError:
        raise RuleError(
            f"{text!r} is no time", line=node.line, hint="as 2026-01-01T10:00:00Z, or a span from the start: 90s"
        ) from None
    return _micros(moment if moment.tzinfo else moment.replace(tzinfo=UTC))


def _micros(moment: datetime) -> int:
    return round((moment - datetime(1970, 1, 1, tzinfo=UTC)).total_seconds() * 1_000_000)
