"""Every rule of SigmaHQ against real Windows events, as the matcher has it and as the naive evaluator does."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import yaml

from tests.match.sigma import naive
from tocsin.formats import evtx
from tocsin.formats.windows_event import flat_system
from tocsin.formats.windows_tables import batch
from tocsin.kit import Columns, Table
from tocsin.kit.parse import dig
from tocsin.match.sigma.expression import leaves
from tocsin.match.sigma.literals import Engine
from tocsin.match.sigma.matcher import Matcher, fields_of, fits
from tocsin.match.sigma.rule import Rule, read
from tocsin.model.fields import other_names


def rules(folder: Path) -> list[tuple[Rule, dict[str, Any]]]:
    """Return the rules for Windows, each with its detection as YAML gives it; only files of one document."""
    found = []
    for path in sorted(folder.rglob("*.yml")):
        raw = path.read_bytes()
        made = list(read(raw, str(path)))
        if len(made) == 1 and isinstance(made[0], Rule) and made[0].source.product == "windows":
            found.append((made[0], yaml.load(raw, Loader=yaml.CSafeLoader)["detection"]))  # a safe loader
    return found


def tables(files: Sequence[Path], chance: Random | None = None, at_most: int = 0) -> Iterator[Table]:
    """Yield the events of EVTX files as tables; a few rows of each, chosen by chance, when told so."""
    for file in files:
        with file.open("rb") as stream:
            for head, raw in evtx.cuts(stream):
                for table in batch(evtx.records(head, raw).chunk(file.name), flat_system).tables:
                    if chance is not None and len(table) > at_most:
                        yield table.pick(sorted(chance.sample(range(len(table)), at_most)))
                    else:
                        yield table


def event(table: Table, row: int, names: frozenset[str]) -> dict[str, Any]:
    """Return the fields of one row by the names that rules use, found one by one."""
    assert isinstance(table.columns, Columns)
    record = table.columns.objects[row]
    found = {}
    for name in names:
        for candidate in (name, *other_names(name)):
            if candidate in table.columns.derived:
                found[name] = table.columns.derived[candidate](record)
                break
            value = record.get(candidate, dig(record, candidate.split(".")))
            if value is None and candidate not in table.same:
                continue
            found[name] = table.same[candidate] if value is None else value
            break
    return {name: value for name, value in found.items() if value is not None}


def texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from texts(inner)
    elif value is not None:
        yield value if isinstance(value, str) else msgspec.json.encode(value).decode()


def differences(
    pairs: Sequence[tuple[Rule, dict[str, Any]]], given: Iterator[Table], engine: Engine
) -> tuple[int, int, list[str]]:
    """Return how many (rule, event) pairs were asked, how many matched, and those on which the two disagree."""
    matcher = Matcher([rule for rule, _ in pairs], engine=engine)
    fields = [frozenset(name for leaf in leaves(rule.expression) for name in fields_of(leaf)) for rule, _ in pairs]
    asked = matched = 0
    wrong = []
    for table in given:
        fast = set(matcher.run(table))
        matched += len(fast)
        fitting = [index for index, (rule, _) in enumerate(pairs) if fits(rule.source, table.logsource)]
        names = frozenset().union(*(fields[index] for index in fitting))
        for row in range(len(table)):
            seen = event(table, row, names)
            assert isinstance(table.columns, Columns)
            raw = "\n".join((table.texts[row], *texts(table.columns.objects[row])))
            for index in fitting:
                asked += 1
                if naive.matches(pairs[index][1], seen, raw) is not ((index, row) in fast):
                    wrong.append(f"{pairs[index][0].about.title}: {table.what}, record {table.numbers[row]}")
    return asked, matched, wrong
