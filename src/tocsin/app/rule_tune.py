"""A filter learnt from false hits, and proven by the real matcher: the journey of `tocsin rule tune`."""

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec

from tocsin.app.explain_event import mask, place_of
from tocsin.app.records import Records
from tocsin.app.rule_named import Named, named
from tocsin.detect.rules import RuleSet, together
from tocsin.detect.subset import number_of
from tocsin.detect.tune import Alike, Learnt, Sample, alike, learn
from tocsin.detect.tune_yaml import document, valued
from tocsin.kit.parse import Table
from tocsin.match.sigma.expression import Expression, Not, Some, leaves
from tocsin.match.sigma.look import Look
from tocsin.match.sigma.matcher import Matcher, fields_of
from tocsin.match.sigma.placeholder import Fills, of_estate
from tocsin.match.sigma.predicate import text_of
from tocsin.match.sigma.rule import Filter, Rule, read
from tocsin.model import UserError
from tocsin.model.coverage import Missed
from tocsin.model.fields import is_ecs, other_names
from tocsin.runtime.workspace import Workspace

MAX_HITS = 20_000  # of one side that are learnt from
MAX_UNMATCHED = 50  # places that are named
MAX_RANGES = 20  # of records of one input
MAX_DEPTH = 4  # of objects in objects
TRIES = 10  # candidates that are put to the proof
OTHERS = 3  # candidates that are told besides
NAME = "tuned filter"


class Side(msgspec.Struct, frozen=True, kw_only=True):
    """One side: its records, and how many the rule matches.

    Those that it does not are named by input.
    """

    records: int
    hits: int
    unmatched: tuple[str, ...] = ()


class Proof(msgspec.Struct, frozen=True, kw_only=True):
    """What the real matcher says of rule and filter.

    Hits removed and kept, and how many other records of the good data the filter's selection fits.
    """

    removed: int
    kept: int
    others: int


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """A filter that would do: its risk, what it asks, and why it has that risk."""

    risk: str
    asks: tuple[str, ...]
    why: tuple[str, ...]


class Tuned(msgspec.Struct, frozen=True, kw_only=True):
    """A filter and its proof.

    Without `yaml` there is none, and `alike` says which records cannot be told apart.
    """

    rule: str
    title: str
    bad: Side
    good: Side
    yaml: str = ""
    choice: Choice | None = None
    proof: Proof | None = None
    others: tuple[Choice, ...] = ()
    alike: tuple[Alike, ...] = ()
    missed: tuple[Missed, ...] = ()


class _Read:
    """Hits of one side: samples of them, and the places of what the rule does not match."""

    def __init__(self, rule: Rule, paths: Sequence[str], records: Records) -> None:
        self.samples: list[Sample] = []
        self.unmatched: dict[str, list[int]] = {}
        self.records = self.hits = 0
        matcher = Matcher([rule])
        used = _names(rule)
        for path, number, table in _tables(paths, records):
            rows = {row for _, row in matcher.run(table)}
            for row in range(len(table)):
                place = f"{path}#{number(row)}"
                self.records += 1
                if row not in rows:
                    self.unmatched.setdefault(path, []).append(number(row))
                    continue
                self.hits += 1
                if len(self.samples) < MAX_HITS:
                    self.samples.append(Sample(place, _fields(table.pick([row]), used)))

    @property
    def side(self) -> Side:
        """Return it for the result."""
        named = [f"{path}#{ranges(sorted(numbers))}" for path, numbers in self.unmatched.items()]
        return Side(records=self.records, hits=self.hits, unmatched=tuple(named[:MAX_UNMATCHED]))


def tune(
    name: str, bad: Sequence[str], good: Sequence[str], workspace: Workspace, folders: Sequence[Path] = ()
) -> Tuned:
    """Return the filter that takes the bad hits away and keeps the good ones.

    Raises UserError for what is no rule, is a correlation, or matches none of the bad records.
    """
    found = named(name, workspace, folders)
    rule = _rule(found)
    records = Records(workspace)
    first, second = _Read(rule, bad, records), _Read(rule, good, records)
    missed = tuple(records.missed)
    if not first.samples:
        hint = f"tocsin explain {rule.about.id} --event FILE#N says why it does not match"
        raise UserError(f"the rule matches none of the {first.records:,} bad records", where=rule.about.id, hint=hint)
    result = Tuned(
        rule=rule.about.id, title=rule.about.title, bad=first.side, good=second.side, missed=missed
    )  # fmt: skip
    avoid = frozenset(_asked(rule.expression)) if not second.samples else frozenset()
    choices = learn(first.samples, second.samples, avoid)
    fills = of_estate(workspace.estate)
    for place, learnt in enumerate(choices[:TRIES]):
        text = document(learnt, rule, first.hits, second.hits)
        proof = _proven(text, found, fills, (bad, good), workspace)
        if proof is not None and proof.removed == first.hits and proof.kept == second.hits:
            others = [_choice(one) for at, one in enumerate(choices) if at != place][:OTHERS]
            return msgspec.structs.replace(
                result, yaml=text, proof=proof, choice=_choice(learnt), others=tuple(others)
            )  # fmt: skip
    return msgspec.structs.replace(result, alike=tuple(alike(first.samples, second.samples, avoid))[:MAX_UNMATCHED])


def _rule(found: Named) -> Rule:
    if isinstance(found.document, Rule):
        return found.document
    parts = ", ".join(found.document.correlation.rules[:3])
    raise UserError(
        f"{found.document.about.id} is a correlation, and a filter is for a rule", where=found.document.about.id,
        hint=f"name one of the rules it is made of: {parts}",
    )  # fmt: skip


def _names(rule: Rule) -> frozenset[str]:
    return frozenset(name for leaf in leaves(rule.expression) for name in fields_of(leaf))


def _asked(expression: Expression, *, is_wanted: bool = True) -> Iterator[str]:
    """Yield the fields that must have something for an expression to hold, and not those that must not."""
    if isinstance(expression, Not):
        yield from _asked(expression.part, is_wanted=not is_wanted)
    elif isinstance(expression, Some):
        for part in expression.parts:
            yield from _asked(part, is_wanted=is_wanted)
    elif is_wanted:
        yield from fields_of(expression)


def _tables(paths: Sequence[str], records: Records) -> Iterator[tuple[str, "_Number", Table]]:
    """Yield tables of the records that paths name, `FILE` or `FILE#N`, with what gives the number of a row."""
    for one in paths:
        path, wanted = place_of(one, None)
        if not Path(path).exists():
            raise UserError(f"{path}: there is no such file", where=path)
        for reading in records.read([path]):
            for first, tables in reading:
                for table in tables:
                    kept = table
                    if wanted is not None:
                        kept = table.pick([row for row, n in enumerate(table.numbers) if first + n + 1 == wanted])
                    if len(kept):
                        yield reading.path, _Number(first, kept), kept


class _Number:
    """The numbers of a table's rows in their input, counted from 1."""

    def __init__(self, first: int, table: Table) -> None:
        self._first = first
        self._numbers = table.numbers

    def __call__(self, row: int) -> int:
        return self._first + self._numbers[row] + 1


def _fields(table: Table, used: frozenset[str]) -> dict[str, str]:
    """Return what the one row of a table says, as rules compare it: one name for each thing, no lists, no secrets."""
    row = dict(_flat(table.row(0), ""))
    look, hide = Look(table), mask()
    speaks_ecs = not used or any(map(is_ecs, used))
    found: dict[str, str] = {}
    for name in row:
        if name not in used and is_ecs(name) and (not speaks_ecs or any(one in row for one in other_names(name))):
            continue  # the source's own name says the same, and is the one that such rules use
        column, shared = look.field(name)
        value = shared if column is None else column[0]
        if value is None or isinstance(value, list | tuple | Mapping):
            continue
        text = text_of(value)
        if text and hide(text) == text:
            found[name] = text
    return found


def _flat(value: Mapping[str, Any], under: str, depth: int = 0) -> Iterator[tuple[str, Any]]:
    for name, one in value.items():
        if isinstance(one, Mapping) and depth < MAX_DEPTH:
            yield from _flat(one, f"{under}{name}.", depth + 1)
        else:
            yield f"{under}{name}", one


def _proven(
    text: str, found: Named, fills: Fills, sides: tuple[Sequence[str], Sequence[str]], workspace: Workspace
) -> Proof | None:
    """Return what rule and filter together say of all records, read anew; None where they do not load together."""
    raw = text.encode()
    rules: RuleSet = together([*found.sources, (NAME, raw)], fills)
    number = number_of(rules, found.document.about.id)
    filters = [one for one in read(raw, NAME, fills) if isinstance(one, Filter)]
    if number is None or not filters or any(problem.path == NAME for problem in rules.problems):
        return None
    before, after = _rule(found), rules.rules[number]
    if filters[0].about.id not in after.filters:
        return None
    fits = msgspec.structs.replace(before, expression=Not(filters[0].clause(fills).expression()))
    matcher = Matcher([before, after, fits])
    removed, _, _ = _counts(matcher, sides[0], workspace)
    gone, kept, others = _counts(matcher, sides[1], workspace)
    return None if gone else Proof(removed=removed, kept=kept, others=others)


def _counts(matcher: Matcher, paths: Sequence[str], workspace: Workspace) -> tuple[int, int, int]:
    """Return how many hits of the rule are gone, how many stay, and how many records the selection fits otherwise."""
    gone = kept = others = 0
    for _, _, table in _tables(paths, Records(workspace)):
        hits: list[set[int]] = [set(), set(), set()]
        for rule, row in matcher.run(table):
            hits[rule].add(row)
        gone += len(hits[0] - hits[1])
        kept += len(hits[0] & hits[1])
        others += len(hits[2] - hits[0])
    return gone, kept, others


def ranges(numbers: Sequence[int]) -> str:
    """Return ascending numbers in short: `1-4, 7`; many are cut."""
    found: list[list[int]] = []
    for number in numbers:
        if found and found[-1][1] == number - 1:
            found[-1][1] = number
        else:
            found.append([number, number])
    more = f" and {len(found) - MAX_RANGES} ranges more" if len(found) > MAX_RANGES else ""
    return ", ".join(f"{a}" if a == b else f"{a}-{b}" for a, b in found[:MAX_RANGES]) + more


def _choice(learnt: Learnt) -> Choice:
    asks, why = [], []
    for selection in learnt.selections:
        asks.append(" and ".join(f"{atom.key}: {', '.join(map(valued, atom.values))}" for atom in selection.atoms))
        why += [f"{atom.key}: {atom.why}" for atom in selection.atoms]
    return Choice(risk=learnt.risk.name.lower(), asks=tuple(asks), why=tuple(dict.fromkeys(why)))
