"""Which part of a rule decided that a record is matched on one side of a comparison and not on the other."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import msgspec

from tocsin.app.explain_event import gate_of, mask
from tocsin.app.records import Records
from tocsin.app.rule_diff_hits import Example, Moved
from tocsin.detect.compare import Version
from tocsin.detect.outline import Outlines
from tocsin.detect.say import headline
from tocsin.detect.sight import Sight
from tocsin.kit.parse import Table
from tocsin.match.sigma.matcher import fits
from tocsin.match.sigma.parts import Kind
from tocsin.match.sigma.rule import Rule
from tocsin.match.sigma.why import Asker, Why
from tocsin.runtime.workspace import Workspace

MAX_FILE = 64 << 20  # bytes of an input that is read again for its examples

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
    gained: Mapping[str, Moved], lost: Mapping[str, Moved], before: Version, after: Version, workspace: Workspace
) -> tuple[dict[str, Moved], dict[str, Moved]]:
    """Return what was gained and lost with the part that decided it in each example.

    A hit that was lost is asked of the second version; one that was gained of the first, which did not have it.
    """
    rows = dict(_rows({(e.path, e.record) for its in (gained, lost) for one in its.values() for e in one.examples},
                      workspace))  # fmt: skip
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


def _rows(places: Iterable[Place], workspace: Workspace) -> Iterator[tuple[Place, Table]]:
    """Yield a table of one row for each record, of inputs that are files and not too large."""
    wanted: dict[str, set[int]] = {}
    for path, record in places:
        wanted.setdefault(path, set()).add(record)
    records = Records(workspace)
    for path, numbers in sorted(wanted.items()):
        file = Path(path)
        if not file.is_file() or file.stat().st_size > MAX_FILE:
            continue
        for reading in records.read([path]):
            for first, tables in reading:
                for table in tables:
                    for row, number in enumerate(table.numbers):
                        if first + number + 1 in numbers:
                            yield (path, first + number + 1), table.pick([row])
                if reading.records >= max(numbers):
                    break
