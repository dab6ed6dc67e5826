"""Which part of a rule decided that a record is matched on one side of a comparison and not on the other."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from tocsin.app.explain_event import gate_of, mask
from tocsin.app.records import Reading, Records
from tocsin.app.rule_diff_hits import Example, Moved
from tocsin.app.rule_diff_run import Data
from tocsin.detect.compare import Version
from tocsin.detect.outline import Outlines
from tocsin.detect.say import headline
from tocsin.detect.sight import Sight
from tocsin.kit.parse import Table
from tocsin.match.sigma.matcher import fits
from tocsin.match.sigma.parts import Kind
from tocsin.match.sigma.rule import Rule
from tocsin.match.sigma.why import Asker, Why

MAX_FILE = 64 << 20  # bytes of an input that is read again for its examples
MAX_RECORD = 500_000  # the same for what lies in an archive, whose size is not known

Place = tuple[str, int]
Says = Callable[[str, Table], str]


class Decider:
    """The rules of one version, asked which of their parts held."""

    def __init__(self, version: Version) -> None:
        self._version = version
        self._outlines = Outlines(version.sources, version.fills)
        self._askers: dict[str, Asker] = {}

    def says(self, rule: str, table: Table) -> str:
        """Return why a rule matches the one row of a table or does not.

        Nothing is said of what is no detection rule in this version.
        """
        found = self._version.documents.get(rule)
        if not isinstance(found, Rule):
            return ""
        if not fits(found.source, table.logsource):
            return gate_of(found, table).says
        if rule not in self._askers:
            self._askers[rule] = Asker(self._outlines.of(found))
        asker = self._askers[rule]
        why = asker.why(asker.held(table)[0])
        return f"{_filter_in(why)}{headline(why, Sight(table, 0, mask()))}"


def _filter_in(why: Why) -> str:
    """Return the name of the Sigma filter that keeps a rule from matching: its selections have names of their own."""
    clauses = [one for one in why.parts if one.part.kind is Kind.CLAUSE and not one.held]
    named = [one.part.name for one in clauses if one.part.name.startswith("filter ")]
    return f"{named[0]}: " if named and len(clauses) == 1 else ""


def decided(
    gained: Mapping[str, Moved], lost: Mapping[str, Moved], before: Version, after: Version, data: Data
) -> tuple[dict[str, Moved], dict[str, Moved]]:
    """Return what was gained and lost with the part that decided it in each example.

    A hit that was lost is asked of the second version; one that was gained of the first, which did not have it.
    """
    examples = (one for its in (gained, lost) for moved in its.values() for one in moved.examples)
    rows = dict(_rows({(one.path, one.record) for one in examples}, data))
    first, second = Decider(before), Decider(after)

    def came(rule: str, table: Table) -> str:
        says = first.says(rule, table)
        return f"before: {says}" if says else second.says(rule, table)

    def went(rule: str, table: Table) -> str:
        says = second.says(rule, table)
        return says or f"before: {first.says(rule, table)}"

    return _with(gained, rows, came), _with(lost, rows, went)


def _with(moved: Mapping[str, Moved], rows: Mapping[Place, Table], says: Says) -> dict[str, Moved]:
    def told(rule: str, one: Example) -> Example:
        table = rows.get((one.path, one.record))
        return one if table is None else msgspec.structs.replace(one, why=says(rule, table))

    return {
        rule: msgspec.structs.replace(its, examples=tuple(told(rule, one) for one in its.examples))
        for rule, its in moved.items()
    }


def _rows(places: Iterable[Place], data: Data) -> Iterator[tuple[Place, Table]]:
    """Yield a table of one row for each record, of inputs that are not too large.

    A file is read by itself; what lies in an archive is found again where it was named.
    """
    wanted: dict[str, set[int]] = {}
    for path, record in places:
        wanted.setdefault(path, set()).add(record)
    records = Records(data.workspace)
    files = {path for path in wanted if Path(path).is_file()}
    for path in sorted(files):
        if Path(path).stat().st_size <= MAX_FILE:
            for reading in records.read([path]):
                yield from _of(reading, wanted.get(reading.path, set()))
    inside = wanted.keys() - files
    for reading in records.read(data.paths) if inside else ():
        if reading.path in inside and max(wanted[reading.path]) <= MAX_RECORD:
            yield from _of(reading, wanted[reading.path])


def _of(reading: Reading, numbers: set[int]) -> Iterator[tuple[Place, Table]]:
    """Yield the records of some numbers, counted from 1; what comes after them is not read."""
    last = max(numbers, default=0)
    for first, tables in reading:
        for table in tables:
            for row, number in enumerate(table.numbers):
                if first + number + 1 in numbers:
                    yield (reading.path, first + number + 1), table.pick([row])
        if reading.records >= last:
            return
