"""A record as a rule sees it: each field that it asks for, under which name it is there, and what it says."""

from collections.abc import Callable, Iterable
from typing import Any

import msgspec

from tocsin.kit.parse import Table
from tocsin.match.sigma.look import Look
from tocsin.match.sigma.predicate import members, text_of
from tocsin.model.fields import other_names

MAX_TEXT = 4096  # characters of a value that are told

Mask = Callable[[str], str]


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What a record has of a field: the name it has it under, and its texts.

    `state` is `absent`, `null`, `empty` or `value`; a list without members is `empty`.
    """

    field: str
    state: str
    under: str = ""
    texts: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """Return what is there, as text."""
        return ", ".join(self.texts)


class Sight:
    """One row of a table, seen field by field."""

    def __init__(self, table: Table, row: int, mask: Mask = str) -> None:
        self.table = table.pick([row]) if len(table) != 1 else table
        self.mask = mask
        self._look = Look(self.table)

    def value(self, field: str) -> Any:
        """Return what rules compare; None for a field that is absent or null."""
        column, shared = self._look.field(field)
        return shared if column is None else column[0]

    def seen(self, field: str) -> Seen:
        """Return what the record has of a field, with secrets masked."""
        value = self.value(field)
        if value is None:
            return Seen(field=field, state="null" if self._look.has(0, field) else "absent")
        texts = tuple(self.mask(text_of(member)[:MAX_TEXT]) for member in members(value))
        state = "value" if any(texts) else "empty"
        return Seen(field=field, state=state, under=self._under(field), texts=texts)

    def all(self, fields: Iterable[str]) -> list[Seen]:
        """Return what the record has of some fields."""
        return [self.seen(field) for field in dict.fromkeys(fields)]

    def _under(self, field: str) -> str:
        for name in (field, *other_names(field)):
            same = self.table.same.get(name)
            if same is not None or (name in self.table.columns and self.table.columns[name][0] is not None):
                return name
        return field
