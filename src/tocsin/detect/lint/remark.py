"""What a lint says: remarks on a rule, each with its line, what to do, and perhaps the edit that does it."""

from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Any, TypeVar

import msgspec

T = TypeVar("T")

LONGEST = 60  # characters of a value that a remark shows


class State(StrEnum):
    """How bad it is.

    An error: the rule cannot load, cannot fire, or does not do what it says. A warning is the rest.
    """

    OK = "ok"
    WARNING = "warning"
    ERROR = "error"


class Edit(msgspec.Struct, frozen=True):
    """Whole lines of a file put in place of others.

    `first` and `last` are counted from 1, both included; none in `lines` takes them away.
    """

    first: int
    last: int
    lines: tuple[str, ...] = ()


class Said(msgspec.Struct, frozen=True, kw_only=True):
    """What one lint found at one place.

    `fix` says in words what `edit` does. `about` is the id of the rule where that is not the document's.
    """

    line: int
    says: str
    hint: str = ""
    edit: Edit | None = None
    fix: str = ""


class Remark(msgspec.Struct, frozen=True, kw_only=True):
    """One thing that is wrong with a rule, or that nothing is."""

    path: str
    id: str
    lint: str = ""
    state: State = State.OK
    says: str = ""
    line: int = 0
    hint: str = ""
    fix: str | None = None
    edit: Edit | None = None


class Lint(msgspec.Struct, frozen=True, kw_only=True):
    """One lint: its id, how bad what it finds is, and what it looks for.

    `look` takes a document; that of a lint of the `whole` set takes all documents and yields pairs of document and
    what is said. `convention` names the set of house rules that it belongs to; those are asked for by name.
    """

    id: str
    state: State
    about: str
    look: Callable[[Any], Iterable[Any]]
    whole: bool = False
    convention: str = ""


SIGMAHQ = "sigmahq"
PORTABLE = "portable"
CONVENTIONS = (SIGMAHQ, PORTABLE)


def error(id: str, about: str, *, convention: str = "") -> Callable[[Callable[[Any], Iterable[Said]]], Lint]:
    """Return the decorator of a lint whose findings are errors."""
    return lambda look: Lint(id=id, state=State.ERROR, about=about, look=look, convention=convention)


def warning(id: str, about: str, *, convention: str = "") -> Callable[[Callable[[Any], Iterable[Said]]], Lint]:
    """Return the decorator of a lint whose findings are warnings."""
    return lambda look: Lint(id=id, state=State.WARNING, about=about, look=look, convention=convention)


def of_set(id: str, state: State, about: str, *, convention: str = "") -> Callable[[Callable[[Any], Any]], Lint]:
    """Return the decorator of a lint that looks at all documents together."""
    return lambda look: Lint(id=id, state=state, about=about, look=look, whole=True, convention=convention)


def q(text: str) -> str:
    """Return a text between quotes, shortened.

    Backslashes stay single, as the rule has them.
    """
    return f"'{text if len(text) <= LONGEST else text[: LONGEST - 3] + '...'}'"


def twice(members: Sequence[T]) -> list[int]:
    """Return the places of members that an earlier one equals."""
    seen: set[T] = set()
    found = []
    for place, member in enumerate(members):
        if member in seen:
            found.append(place)
        seen.add(member)
    return found
