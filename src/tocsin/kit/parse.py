"""What parsers speak in: a chunk of records goes in, a batch of tables comes out.

There is no Python object per record on the bulk path. A table holds columns (one sequence per field, one value per
row), so that a rule can look at a whole column at once; an Event is made only for a record that matched or is shown.

Two shapes of parser, one signature each:

- an *outer* parser reads records of a frame (`lines`, `json`, `csv`, `evtx`, `xml`, `zeek`): `Chunk, wanted -> Batch`;
- an *inner* parser (`within="syslog"`, `within="json"`...) refines rows of an outer one: `Table, wanted -> Batch`.
  One that is both has `looks` for records and may have `looks_within` for what stands within the outer one's.
  An outer parser that is `like="syslog"` gives rows that those within syslog refine as well.

Rows that an inner parser hands back as `rest` stay rows of the outer table: still events, still searched as text.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any

import msgspec

from tocsin.model.fields import is_ecs, other_names

Value = str | int | float | bool | None | list[Any]
Wanted = frozenset[str] | None  # the fields that rules ask for; None means all


class LogSource(msgspec.Struct, frozen=True):
    """What a Sigma rule's logsource is compared with.

    A product, and the categories and services that rows serve.
    """

    product: str = ""
    categories: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()


class Refused(msgspec.Struct, frozen=True):
    """A record that could not be decoded or is over a bound.

    Its number in the chunk (from 0), and why.
    """

    record: int
    why: str


class Chunk(msgspec.Struct, frozen=True, kw_only=True):
    """Records of one input, cut out by its frame.

    `texts` are the records as text; `numbers` their numbers in the chunk, from 0. Frames of objects (json, csv, evtx)
    also give `objects`, one dict per record.
    """

    path: str
    texts: Sequence[str]
    numbers: Sequence[int]
    objects: Sequence[Mapping[str, Any]] | None = None


Derived = Mapping[str, Callable[[Mapping[str, Any]], Any]]  # a field to the function that reads it from a record


class Columns(Mapping[str, Sequence[Any]]):
    """Columns of records that are objects, made when asked for.

    A dotted name walks into nested objects.
    `derived` fields come before those that a record has under the same name, also where they say nothing: they are read
    by a function when asked for.
    """

    def __init__(self, objects: Sequence[Mapping[str, Any]], derived: Derived | None = None) -> None:
        self.objects = objects
        self.derived: Derived = {} if derived is None else derived
        self._made: dict[str, list[Any]] = {}

    def __getitem__(self, name: str) -> Sequence[Any]:
        column = self._made.get(name)
        if column is None:
            derive = self.derived.get(name)
            column = [o.get(name) if derive is None else derive(o) for o in self.objects]
            if "." in name and derive is None:
                path = name.split(".")
                column = [dig(o, path) if v is None else v for v, o in zip(column, self.objects, strict=True)]
            self._made[name] = column
        return column

    def __iter__(self) -> Iterator[str]:
        seen: dict[str, None] = {}
        for record in self.objects:
            seen.update(dict.fromkeys(record))
        seen.update(dict.fromkeys(self.derived))
        return iter(seen)

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and (name in self.derived or any(v is not None for v in self[name]))

    def record(self, index: int) -> dict[str, Any]:
        """Return one record with its normalised fields.

        Those are derived ones of the vocabulary; None values are left out.
        """
        record = self.objects[index]
        fields = {**record, **{name: self.derived[name](record) for name in self.derived if is_ecs(name)}}
        return {name: value for name, value in fields.items() if value is not None}

    def pick(self, rows: Sequence[int]) -> "Columns":
        """Return the columns of some rows, given by index."""
        return Columns([self.objects[i] for i in rows], self.derived)


class Table(msgspec.Struct, kw_only=True):
    """Rows of one kind: equal columns, one log source, one way to write times.

    `what` is shown to people ("syslog: sshd"). `numbers` are the rows' record numbers in the chunk, ascending.
    `columns` maps a field to one value per row, `same` a field to the value that all rows share. `times` are as
    written, in the `clock` of formats/clock.py; an empty clock means that the rows carry no time.
    `parsed` is False for rows that no parser knows (only `message` is there).
    """

    what: str
    logsource: LogSource
    numbers: Sequence[int]
    texts: Sequence[str]
    columns: Mapping[str, Sequence[Any]] = {}
    same: Mapping[str, Value] = {}
    times: Sequence[Any] = ()
    clock: str = ""
    parsed: bool = True

    def __len__(self) -> int:
        return len(self.numbers)

    def column(self, name: str) -> Sequence[Any] | None:
        """Return the values of a field; None when no row has it.

        The field goes by its own name or another of the vocabulary.
        """
        for candidate in (name, *other_names(name)):
            if candidate in self.columns:
                return self.columns[candidate]
            if candidate in self.same:
                return [self.same[candidate]] * len(self)
        return None

    def row(self, index: int) -> dict[str, Any]:
        """Return all that one row says: its own fields and the normalised ones.

        None values are left out.
        """
        if isinstance(self.columns, Columns):
            record = self.columns.record(index)
        else:
            record = {name: column[index] for name, column in self.columns.items() if column[index] is not None}
        return {**record, **{name: value for name, value in self.same.items() if value is not None}}

    def pick(self, rows: Sequence[int]) -> "Table":
        """Return the table of some rows, given by index, ascending."""
        columns: Mapping[str, Sequence[Any]]
        if isinstance(self.columns, Columns):
            columns = self.columns.pick(rows)
        else:
            columns = {name: [column[i] for i in rows] for name, column in self.columns.items()}
        return msgspec.structs.replace(
            self,
            numbers=[self.numbers[i] for i in rows],
            texts=[self.texts[i] for i in rows],
            columns=columns,
            times=[self.times[i] for i in rows] if self.times else (),
        )


class Batch(msgspec.Struct, kw_only=True):
    """What a parser made of a chunk or table.

    Each record is in just one place: a row of a table, `rest` (indexes of what it was given that are not its kind), or
    `refused`.
    """

    tables: Sequence[Table] = ()
    rest: Sequence[int] = ()
    refused: Sequence[Refused] = ()


ParserFunction = Callable[[Any, Wanted], Batch]


def dig(record: Mapping[str, Any], path: Iterable[str]) -> Any:
    """Return the value at a path of nested objects, or None."""
    value: Any = record
    for step in path:
        if type(value) is not dict and not isinstance(value, Mapping):  # asking for the type alone is ten times faster
            return None
        value = value.get(step)
    return value


def _field(group: str) -> str:
    return group.replace("__", ".")


class Lines:
    """A reader of text records by one pattern with named groups.

    `__` in a group's name stands for a dot.
    `read` takes a chunk in one pass of the regex engine. The group `time` holds the time as written. A group that did
    not take part gives None. The pattern must match from the start of the record; what follows it is ignored unless
    the pattern ends in `$`. Keep it linear: no nested repeats.
    """

    def __init__(
        self,
        pattern: str,
        *,
        what: str,
        logsource: LogSource,
        clock: str = "",
        same: Mapping[str, Value] | None = None,
        flags: int = 0,
    ) -> None:
        self.what = what
        self.logsource = logsource
        self.clock = clock
        self.same = dict(same or {})
        self.pattern = re.compile(pattern, flags)
        order = sorted(self.pattern.groupindex.items(), key=lambda item: item[1])
        self.groups = [(name, index - 1) for name, index in order]

    def read(self, chunk: Chunk | Table, column: str = "") -> Batch:
        """Return the rows that the pattern matches as one table; the others are `rest`."""
        subjects = chunk.texts if not column else _column_of(chunk, column)
        found = list(map(self.pattern.match, subjects))
        if None in found:
            rows = [index for index, one in enumerate(found) if one is not None]
            rest = [index for index, one in enumerate(found) if one is None]
        else:
            rows, rest = list(range(len(found))), []
        hits = [one.groups() for one in found if one is not None]
        if not rows:
            return Batch(rest=rest)
        return Batch(tables=[self._table(chunk, rows, hits)], rest=rest)

    def _table(self, chunk: Chunk | Table, rows: list[int], hits: list[tuple[Any, ...]]) -> Table:
        made = list(zip(*hits, strict=True))
        columns: dict[str, Sequence[Any]] = {}
        times: Sequence[Any] = ()
        for name, index in self.groups:
            if name == "time":
                times = made[index]
            else:
                columns[_field(name)] = made[index]
        whole = len(rows) == len(chunk.texts)
        return Table(
            what=self.what,
            logsource=self.logsource,
            clock=self.clock,
            same=self.same,
            columns=columns,
            times=times,
            numbers=chunk.numbers if whole else [chunk.numbers[i] for i in rows],
            texts=chunk.texts if whole else [chunk.texts[i] for i in rows],
        )


class Form(msgspec.Struct, frozen=True):
    """One shape of message.

    Its pattern (named groups are fields), and the fields that it always means.
    """

    pattern: str
    says: Mapping[str, Value]


class Forms:
    """A reader of messages by the first form that matches.

    It is the inner parser of a program's lines.
    All forms become one alternation, so a message that none knows costs one failing match. A form should begin with
    literal text: the regex engine passes it over by its first character. What any of them may have in front
    (`message repeated 3 times: [`) belongs into `before`.
    """

    def __init__(self, *forms: Form, before: str = "") -> None:
        self.forms = forms
        parts: list[str] = []
        names: list[str] = ["event.action"]
        for number, form in enumerate(forms):
            renamed = re.sub(r"\(\?P<(\w+)>", lambda m, n=number: f"(?P<f{n}_{m[1]}>", form.pattern)  # type: ignore[misc]  # n binds now
            parts.append(f"(?:{renamed})(?P<f{number}>)")  # the empty group closes last, so `lastgroup` names the form
            names.extend(form.says)
        self.pattern = re.compile(f"{before}(?:{'|'.join(parts)})")
        common = [(index, _field(name)) for name, index in re.compile(before).groupindex.items()]
        self._fields = {f"f{number}": list(common) for number in range(len(forms))}
        for name, index in self.pattern.groupindex.items():
            form_name, _, field = name.partition("_")
            if field and form_name in self._fields:
                self._fields[form_name].append((index, _field(field)))
        names.extend(field for own in self._fields.values() for _, field in own)
        self.names = tuple(dict.fromkeys(names))
        self._says = {f"f{n}": form.says for n, form in enumerate(forms)}
        # a form's own groups in one call; two at least, since one alone comes without a tuple
        self._groups = {form: (*(index for index, _ in own), 0, 0) for form, own in self._fields.items()}

    def read(self, table: Table, *, what: str, logsource: LogSource, column: str = "message") -> Batch:
        """Return the rows of known messages as one table.

        Their fields stand beside those of the outer one.
        """
        match = self.pattern.match
        groups = self._groups
        rows: list[int] = []
        rest: list[int] = []
        hits: dict[str, tuple[list[int], list[tuple[Any, ...]]]] = {form: ([], []) for form in groups}
        for index, subject in enumerate(table.columns[column]):
            found = match(subject)
            if found is None:
                rest.append(index)
                continue
            form = found.lastgroup
            places, said = hits[form]  # type: ignore[index]  # each alternative is a named group
            places.append(len(rows))
            said.append(found.group(*groups[form]))  # type: ignore[index]  # as above
            rows.append(index)
        if not rows:
            return Batch(rest=rest)
        kept = table if not rest else table.pick(rows)
        columns = {**kept.columns, **self._columns(hits, len(rows))}
        merged = msgspec.structs.replace(kept, what=what, logsource=logsource, columns=columns)
        return Batch(tables=[merged], rest=rest)

    def _columns(
        self, hits: Mapping[str, tuple[list[int], list[tuple[Any, ...]]]], size: int
    ) -> dict[str, Sequence[Any]]:
        """Return a column for each field of the forms that were met."""
        columns: dict[str, list[Any]] = {}
        for form, (places, said) in hits.items():
            if not places:
                continue
            values: dict[str, Sequence[Any]] = {
                name: (value,) * len(places) for name, value in self._says[form].items()
            }
            values.update(zip((name for _, name in self._fields[form]), zip(*said, strict=True), strict=False))
            for name, column in values.items():
                whole = columns.setdefault(name, [None] * size)
                for place, value in zip(places, column, strict=True):
                    whole[place] = value
        return {name: columns[name] for name in self.names if name in columns}


def _column_of(table: Chunk | Table, name: str) -> Sequence[str]:
    if isinstance(table, Table):
        return table.columns[name]
    raise TypeError("a chunk has no columns")


def lines(pattern: str, **words: Any) -> Lines:
    """Return a reader of text records by a named-group pattern (see Lines)."""
    return Lines(pattern, **words)
