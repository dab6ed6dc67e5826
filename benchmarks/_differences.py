"""What makes a difference between two readings of one rule: the log source, the fields, or the reading itself."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import msgspec

from tests.detect.scan import plugins
from tests.match.sigma import naive, pairs
from tocsin.ingest.frame import blocks
from tocsin.ingest.parse import parse
from tocsin.ingest.parsers import Parsers
from tocsin.ingest.recognise import Recognised, Recogniser
from tocsin.ingest.walk import Input, inputs
from tocsin.kit import Table
from tocsin.match.sigma.expression import leaves
from tocsin.match.sigma.matcher import Matcher, fields_of, fits
from tocsin.match.sigma.rule import Rule

Match = tuple[str, str, int]  # a rule, a file, a line from 0


class Row(msgspec.Struct, frozen=True):
    """One event: where it stands, and the table and row that it became."""

    file: str
    line: int
    table: Table
    index: int


class Difference(msgspec.Struct, frozen=True):
    """One rule and event on which two disagree, with its class."""

    name: str
    rule: str
    file: str
    row: int
    is_ours: bool
    detail: str = ""


class Rules:
    """The rules for Windows of a folder, by id."""

    def __init__(self, folder: Path) -> None:
        self.by_id: dict[str, tuple[Rule, dict[str, Any]]] = {}
        for rule, detection in pairs.rules(folder):
            self.by_id.setdefault(rule.about.id, (rule, detection))
        self._fitting: dict[int, list[str]] = {}

    @cached_property
    def texts(self) -> dict[str, str]:
        """Return the rules as they are written."""
        return {name: Path(rule.about.path).read_text("utf-8") for name, (rule, _) in self.by_id.items()}

    @cached_property
    def sources(self) -> dict[str, dict[str, str]]:
        """Return the log sources by what people call them."""
        every = {str(rule.source): rule.source for rule, _ in self.by_id.values()}
        return {name: msgspec.structs.asdict(source) for name, source in every.items()}

    @cached_property
    def fields(self) -> frozenset[str]:
        """Return the fields that any rule asks for."""
        return frozenset().union(*(self.fields_of(name) for name in self.by_id))

    def fields_of(self, name: str) -> frozenset[str]:
        """Return the fields that a rule asks for."""
        return frozenset(field for leaf in leaves(self.by_id[name][0].expression) for field in fields_of(leaf))

    def fitting(self, row: Row) -> list[str]:
        """Return the rules whose log source an event is of."""
        found = self._fitting.get(id(row.table.logsource))
        if found is None:
            source = row.table.logsource
            found = [name for name, (rule, _) in self.by_id.items() if fits(rule.source, source)]
            self._fitting[id(source)] = found
        return found


class Events:
    """The events of files, as our ingest reads them."""

    def __init__(self, files: Mapping[str, str]) -> None:
        self.rows: list[Row] = []
        self._by_place: dict[tuple[str, int], Row] = {}
        parsers = Parsers(function for _, function in plugins())
        recognise = Recogniser(declaration for declaration, _ in plugins())
        self.tables: list[tuple[str, int, Table]] = []
        for name, path in files.items():
            for found in inputs([path]):  # each is closed once the next is asked for
                recognised = recognise(found) if isinstance(found, Input) else found
                if not isinstance(found, Input) or not isinstance(recognised, Recognised):
                    raise TypeError(f"{name}: {recognised}")
                self._take(name, found, recognised, parsers)

    def _take(self, name: str, found: Input, recognised: Recognised, parsers: Parsers) -> None:
        first = 0
        for block in blocks(found.open(), found.path, recognised):
            parsed = parse(block, parsers)
            if parsed.refused:
                raise ValueError(f"{name}: {parsed.refused[:3]}")
            for table in parsed.tables:
                self.tables.append((name, first, table))
                for index, number in enumerate(table.numbers):
                    row = Row(name, first + number, table, index)
                    self.rows.append(row)
                    self._by_place[name, first + number] = row
            first += parsed.records

    def at(self, name: str, line: int) -> Row:
        """Return the event of a line."""
        return self._by_place[name, line]

    def of(self, name: str) -> list[Row]:
        """Return the events of a file, by line."""
        return sorted((row for row in self.rows if row.file == name), key=lambda row: row.line)

    def matches(self, rules: Rules) -> set[Match]:
        """Return what the matcher finds."""
        every = [rule for rule, _ in rules.by_id.values()]
        matcher = Matcher(every)
        return {
            (every[rule].about.id, name, first + table.numbers[row])
            for name, first, table in self.tables
            for rule, row in matcher.run(table)
        }

    def fields(self, row: Row, names: frozenset[str]) -> dict[str, Any]:
        """Return the fields of an event by the names that rules use."""
        return pairs.event(row.table, row.index, names)

    def raw(self, row: Row) -> str:
        """Return all that keywords are searched in."""
        objects = row.table.columns.objects  # type: ignore[attr-defined]  # tables of Windows events have them
        return "\n".join((row.table.texts[row.index], *pairs.texts(objects[row.index])))

    def flat(self, row: Row, names: frozenset[str]) -> dict[str, Any]:
        """Return the fields as a database takes them, and all that keywords are searched in as `raw`."""
        found = {name: _plain(value) for name, value in self.fields(row, names).items()}
        return {**found, "raw": self.raw(row)}


def _plain(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    return value if isinstance(value, str | int | float) else json.dumps(value)


def classes(
    peer: str, answer: dict[str, Any], ours: set[Match], theirs: set[Match], rules: Rules, events: Events
) -> Iterator[Difference]:
    """Yield each difference with its class."""
    gates = {tuple(one) for one in answer.get("gates", ())}
    mended = {tuple(one) for one in answer.get("mended", ())}
    for rule, file, line in sorted(ours ^ theirs | mended - ours):
        is_ours = (rule, file, line) in ours
        row = events.at(file, line)
        if rule in answer["refused"]:
            yield Difference("a rule is refused there", rule, file, line, is_ours, answer["refused"][rule])
            continue
        if is_ours and peer == "zircolite" and (rule, file, line) in mended:
            yield Difference("a rule is lost: no event of the file has one of its fields", rule, file, line, is_ours)
            continue
        if peer != "zircolite" and rule in answer["lost"]:
            yield Difference("a rule fails there", rule, file, line, is_ours, str(answer["lost"][rule])[:80])
            continue
        source = rules.by_id[rule][0].source
        here = fits(source, row.table.logsource)
        there = (str(source), file, line) in gates if peer == "zircolite" else here
        if here is not there:
            yield Difference(f"log source: {source}", rule, file, line, is_ours, row.table.what)
            continue
        yield _of_fields(peer, Difference("", rule, file, line, is_ours), answer, rules, events)


def _of_fields(peer: str, one: Difference, answer: dict[str, Any], rules: Rules, events: Events) -> Difference:
    """Return a difference with its class, where both take the log source for theirs."""
    row, detection = events.at(one.file, one.row), rules.by_id[one.rule][1]
    names = rules.fields_of(one.rule)
    mine = events.fields(row, names)
    if naive.matches(detection, mine, events.raw(row)) is not one.is_ours:
        return msgspec.structs.replace(one, name="the naive evaluator is with the peer")
    if peer == "zircolite":
        made = {name.lower(): value for name, value in answer["rows"][one.file][one.row].items()}
        other = {name: made[name.lower()] for name in names if made.get(name.lower()) is not None}
        if naive.matches(detection, other, "") is not one.is_ours:
            return msgspec.structs.replace(
                one, name=_field_class(detection, mine, other, events.raw(row), is_ours=one.is_ours)
            )
        flags = [name for name, value in other.items() if isinstance(value, bool)]
        return msgspec.structs.replace(one, name="reading: true is the number 1" if flags else "reading")
    return msgspec.structs.replace(one, name="reading")


def items(detection: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield each item of a detection as one by itself."""
    for name, selection in detection.items():
        if name == "condition":
            continue
        parts = selection if isinstance(selection, list) else [selection]
        if not any(isinstance(part, dict) for part in parts):
            yield {"s": selection, "condition": "s"}
        for part in parts:
            if isinstance(part, dict):
                yield from ({"s": {key: value}, "condition": "s"} for key, value in part.items())


def item_class(item: dict[str, Any], row: dict[str, Any]) -> str:
    """Return what is peculiar to an item, and to what the row says of its field."""
    key, value = next(iter(item["s"].items())) if isinstance(item["s"], dict) else ("keywords", item["s"])
    field, *modifiers = key.split("|")
    values = value if isinstance(value, list) else [value]
    texts = [one for one in values if isinstance(one, str)]
    seen = row.get(field)
    words = [
        "of a list" if isinstance(seen, list) else "of nothing" if seen is None else "",
        "of an empty text" if seen == "" else "of true or false" if isinstance(seen, bool) else "",
        "null" if None in values else "",
        "a double backslash" if any("\\\\" in text for text in texts) else "",
        "a wildcard" if any(re.search(r"[*?]", text) for text in texts) and "re" not in modifiers else "",
        "an empty value" if "" in texts else "",
    ]
    way = "|".join(modifiers) or ("keywords" if not field or key == "keywords" else "plain")
    return f"reading {way}: {', '.join(word for word in words if word) or 'any'}"


def _field_class(
    detection: dict[str, Any], mine: dict[str, Any], other: dict[str, Any], raw: str, *, is_ours: bool
) -> str:
    """Return which fields make the difference: each alone, or all of them together."""
    alone = []
    for name in sorted(set(mine) | set(other)):
        mixed = {key: value for key, value in mine.items() if key != name}
        if name in other:
            mixed[name] = other[name]
        if naive.matches(detection, mixed, raw) is not is_ours:
            alone.append(name)
    if not alone:
        return "keywords" if naive.matches(detection, mine, "") is not is_ours else "fields: several together"
    name = alone[0]
    how = "absent there" if name not in other else "absent here" if name not in mine else "another value"
    return f"field {name}: {how}"
