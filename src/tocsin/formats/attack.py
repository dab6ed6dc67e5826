"""MITRE ATT&CK Enterprise as data: the names of techniques and the tactics that they serve.

The table stands in content/lists/attack.toml. Rules name a technique by its tag, `attack.t1059.001`, a tactic as
`attack.execution`.
"""

import re
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from importlib import resources

import msgspec

_TECHNIQUE = re.compile(r"(?:attack\.)?(t\d{4}(?:\.\d{3})?)", re.IGNORECASE)


class Technique(msgspec.Struct, frozen=True, kw_only=True):
    """A technique or sub-technique.

    Its id, its name (`Brute Force: Password Guessing`), and its tactics by their short names, in the order of the
    matrix. `retired` are those that the version in force no longer has.
    """

    id: str
    name: str
    tactics: tuple[str, ...]
    retired: bool = False

    @property
    def parent(self) -> str:
        """Return the id of the technique that a sub-technique is part of, else its own."""
        return self.id.partition(".")[0]


class Matrix(msgspec.Struct, frozen=True, kw_only=True):
    """All techniques by id, and the titles of the tactics in order.

    Those that are retired are among them.
    """

    version: str
    tactics: dict[str, str]
    techniques: dict[str, Technique]

    def in_force(self) -> Iterator[Technique]:
        """Yield the techniques of this version, sub-techniques too."""
        return (one for one in self.techniques.values() if not one.retired)

    def name(self, technique: str) -> str:
        """Return the name of a technique; nothing for an id that ATT&CK never had."""
        found = self.techniques.get(technique)
        return found.name if found else ""


@cache
def matrix() -> Matrix:
    """Return the table, read once."""
    said = tomllib.loads((resources.files("tocsin") / "content" / "lists" / "attack.toml").read_text("utf-8"))
    names = {id_: entry[0] for heading in ("retired", "techniques") for id_, entry in said[heading].items()}
    techniques = {
        id_: Technique(id=id_, name=_whole_name(id_, names), tactics=tuple(entry[1:]), retired=heading == "retired")
        for heading in ("techniques", "retired")
        for id_, entry in said[heading].items()
    }
    return Matrix(version=said["version"], tactics=said["tactics"], techniques=techniques)


def _whole_name(id_: str, names: dict[str, str]) -> str:
    parent = id_.partition(".")[0]
    return names[id_] if parent == id_ or parent not in names else f"{names[parent]}: {names[id_]}"


def techniques_of(tags: Iterable[str]) -> list[str]:
    """Return the ids of the techniques that tags name: `T1059.001`.

    Each comes once, in their order.
    """
    found = (_TECHNIQUE.fullmatch(tag) for tag in tags)
    return list(dict.fromkeys(one[1].upper() for one in found if one is not None))
