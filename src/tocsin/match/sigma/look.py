"""A table as rules look at it: each field found once, under any name of the vocabulary."""

from collections.abc import Mapping, Sequence
from typing import Any

from tocsin.kit.parse import Columns, Table, dig
from tocsin.model.fields import other_names


class Look:
    """A table as slots look at it.

    A row has the value of a field's first name that says something in it. A field that is derived, or that all rows
    share, ends the search also where it says nothing.
    """

    def __init__(self, table: Table) -> None:
        self.table = table
        self.texts = table.texts
        self.columns = table.columns if isinstance(table.columns, Columns) else None
        self.objects = self.columns.objects if self.columns is not None else None
        self._found: dict[str, tuple[Sequence[Any] | None, Any]] = {}
        self._keys: frozenset[str] | None = None
        self._heads: frozenset[str] | None = None

    def __len__(self) -> int:
        """Return the number of rows."""
        return len(self.table)

    @property
    def keys(self) -> frozenset[str]:
        """Return the names that any record has, nested and derived ones not among them."""
        if self._keys is None:
            self._keys = frozenset(self.table.columns) if self.objects is None else frozenset().union(*self.objects)
        return self._keys

    @property
    def heads(self) -> frozenset[str]:
        """Return the names of which a field must have one, or its first part, to be there."""
        if self._heads is None:
            derived = self.columns.derived.keys() if self.columns is not None else ()
            self._heads = self.keys.union(derived, self.table.same)
        return self._heads

    def field(self, name: str) -> tuple[Sequence[Any] | None, Any]:
        """Return the column of a field, or None and the value that all rows share.

        Where that value is None as well, no row has the field.
        """
        found = self._found.get(name)
        if found is None:
            found = self._found[name] = self._find(name)
        return found

    def may_have(self, name: str) -> bool:
        """Return whether a record may have a field, by one of its names or made of others."""
        return any(self._may_have(one) or self._is_derived(one) for one in (name, *other_names(name)))

    def has(self, row: int, name: str) -> bool:
        """Return whether a record has a field at all, be it null."""
        return any(self._has(row, candidate) for candidate in (name, *other_names(name)))

    def _find(self, name: str) -> tuple[Sequence[Any] | None, Any]:
        columns, same = self.table.columns, self.table.same
        parts: list[Sequence[Any]] = []
        for candidate in (name, *other_names(name)):
            if self._is_derived(candidate):
                parts.append(columns[candidate])
                break
            if self._may_have(candidate) and candidate in columns:
                parts.append(columns[candidate])
            elif candidate in same:
                if not parts:
                    return None, same[candidate]
                parts.append([same[candidate]] * len(self))
                break
        if not parts:
            return None, None
        column = parts[0]
        for other in parts[1:]:
            column = [b if a is None else a for a, b in zip(column, other, strict=True)]
        return column, None

    def _may_have(self, name: str) -> bool:
        """Return False where no record can have a field: a column of objects is not made to find that out."""
        return name in self.keys or ("." in name and name.partition(".")[0] in self.keys)

    def _is_derived(self, name: str) -> bool:
        return self.columns is not None and name in self.columns.derived

    def _has(self, row: int, name: str) -> bool:
        if self.table.same.get(name) is not None:
            return True
        if self.columns is None:
            column = self.table.columns.get(name)
            return column is not None and column[row] is not None
        if name in self.columns.derived:
            return self.columns[name][row] is not None
        record = self.columns.objects[row]
        if name in record:
            return True
        *path, last = name.split(".")
        inner = dig(record, path) if path else None
        return isinstance(inner, Mapping) and last in inner
