"""Steps: the only way in which a playbook touches the world.

Each call is one recorded step: after a crash the playbook runs again from its start, and what was done is not done
again but answered from the record. So a playbook must decide by what steps return, never by the clock, randomness or
files of its own.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from datetime import timedelta
from typing import Any, Protocol, TypeVar

import msgspec

from tocsin.kit.verbs import Verb
from tocsin.model import Fact, Observable, Outcome

T = TypeVar("T")
R = TypeVar("R")

NOBODY = ""  # who answered a question to which nobody did in time


class Reply(msgspec.Struct, frozen=True, kw_only=True):
    """What a person answered: one of the choices, by whom.

    `by` is empty when nobody answered in time.
    """

    choice: str
    by: str = NOBODY

    @property
    def is_answered(self) -> bool:
        """Tell whether a person answered."""
        return self.by != NOBODY


class Steps(Protocol):
    """What a playbook may do."""

    async def do(self, verb: Verb, /) -> Outcome:
        """Do something by the product that the settings name for it.

        Raises Refused or RemoteError.
        """
        ...

    async def enrich(self, seen: Observable, /) -> Sequence[Fact]:
        """Return what the enrichers say of a value.

        Nothing when all were asked and none knows it.
        """
        ...

    async def ask(
        self,
        question: str,
        /,
        *,
        choices: Sequence[str] = ("yes", "no"),
        whom: str = "",
        within: timedelta = timedelta(days=7),
    ) -> Reply:
        """Ask a person and wait.

        When nobody answers in time, the last choice is the reply.
        """
        ...

    async def map(
        self, function: Callable[[T], Awaitable[R]], items: Iterable[T], /, *, at_once: int = 8
    ) -> Sequence[R]:
        """Return what an async function gives for each item.

        In their order, several at once.
        """
        ...

    async def sleep(self, span: timedelta, /) -> None:
        """Wait; a wait goes on over a restart."""
        ...

    async def note(self, says: str, /) -> None:
        """Write a note into the case."""
        ...

    async def notify(self, to: str, says: str, /) -> None:
        """Tell people something, without waiting for an answer."""
        ...

    async def call(self, playbook: str, subject: Any, /) -> Outcome:
        """Run another playbook on a finding or case, and return its outcome."""
        ...
