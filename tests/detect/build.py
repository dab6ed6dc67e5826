"""Rules, tables and settled times for tests of detection."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from tocsin.detect.gather import Found, Gather
from tocsin.detect.matches import Needs, find
from tocsin.detect.rules import RuleSet, together
from tocsin.kit import LogSource, Table
from tocsin.match.sigma.matcher import Matcher

SOURCE = LogSource("linux", frozenset({"authentication"}), frozenset({"sshd"}))
SECOND = 1_000_000


def rule_set(*texts: str) -> RuleSet:
    rules = together((f"rules/{number}.yml", text.encode()) for number, text in enumerate(texts))
    assert not rules.problems, [str(problem) for problem in rules.problems]
    return rules


def table(rows: Sequence[Mapping[str, Any]], *, clock: str = "utc", source: LogSource = SOURCE) -> Table:
    """Return a table of rows; `at` is the time in seconds."""
    names = dict.fromkeys(name for row in rows for name in row if name != "at")
    times = [None if row.get("at") is None else round(row["at"] * SECOND) for row in rows]
    return Table(
        what="test", logsource=source, numbers=range(len(rows)), texts=[repr(dict(row)) for row in rows],
        columns={name: [row.get(name) for row in rows] for name in names}, times=times, clock=clock,
    )  # fmt: skip


def at(_source: str, clock: str, micros: int | None, _record: int, _host: str) -> int | None:
    return micros if clock else None


def key_entity(value: str) -> str:
    return f"key:{value[:4]}...{value[-4:]}(fp 00)"


def found(rules: RuleSet, inputs: Mapping[str, Iterable[Table]] | Iterable[Table]) -> list[Found]:
    named = inputs if isinstance(inputs, Mapping) else {"a.log": inputs}
    gather = Gather(rules, key_entity)
    matcher, needs = Matcher(rules.rules), Needs(rules)
    for source, tables in named.items():
        first = 0
        for one in tables:
            gather.add(source, find(one, matcher, needs), first)
            first += len(one)
        gather.close(source)
    return list(gather.findings(at))
