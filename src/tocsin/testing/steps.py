"""Steps that are recorded and answered from a script, so that a playbook can be run without touching anything.

`steps.json` says what the world answers: `facts` (entity → facts), `replies` (in the order of the questions), `do`
(verb → outcome, or `{"refused": why}`), `call` (playbook → outcome). What it does not name gets the least: no facts,
nobody answers, an outcome that changed something.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from datetime import timedelta
from typing import Any, TypeVar

import msgspec

from tocsin.kit.steps import Reply
from tocsin.kit.verbs import Verb
from tocsin.model import Fact, Observable, Outcome, Refused, RemoteError
from tocsin.model.codec import to_builtins

T = TypeVar("T")
R = TypeVar("R")


class RecordedSteps:
    """Steps that only write down what was asked of them."""

    def __init__(self, script: Mapping[str, Any]) -> None:
        self._script = script
        self._replies = list(script.get("replies", ()))
        self.taken: list[dict[str, Any]] = []

    async def do(self, verb: Verb, /) -> Outcome:
        """Write down what is to be done, and return the scripted outcome."""
        self._take("do", to_builtins(verb), about=verb.target)
        return self._outcome("do", verb.name)

    async def enrich(self, seen: Observable, /) -> Sequence[Fact]:
        """Write down what is asked about, and return the scripted facts."""
        self._take("enrich", str(seen))
        return msgspec.convert(self._script.get("facts", {}).get(str(seen), []), tuple[Fact, ...])

    async def ask(
        self,
        question: str,
        /,
        *,
        choices: Sequence[str] = ("yes", "no"),
        whom: str = "",
        within: timedelta = timedelta(days=7),
    ) -> Reply:
        """Write down a question, and return the next scripted reply.

        The last choice when there is none.
        """
        self._take("ask", question, choices=list(choices), whom=whom, hours=within.total_seconds() / 3600)
        if not self._replies:
            return Reply(choice=choices[-1])
        return msgspec.convert(self._replies.pop(0), Reply)

    async def map(
        self, function: Callable[[T], Awaitable[R]], items: Iterable[T], /, *, at_once: int = 8
    ) -> Sequence[R]:
        """Call a function for each item, one after the other.

        So the record is the same each time.
        """
        del at_once
        return [await function(item) for item in items]

    async def sleep(self, span: timedelta, /) -> None:
        """Write down a wait, and do not wait."""
        self._take("sleep", span.total_seconds())
        await asyncio.sleep(0)

    async def note(self, says: str, /) -> None:
        """Write down a note."""
        self._take("note", says)

    async def notify(self, to: str, says: str, /) -> None:
        """Write down a message."""
        self._take("notify", says, to=to)

    async def call(self, playbook: str, subject: Any, /) -> Outcome:
        """Write down that another playbook is called, and return the scripted outcome."""
        about = getattr(subject, "fingerprint", None) or getattr(subject, "id", None) or str(subject)
        self._take("call", playbook, about=about)
        return self._outcome("call", playbook)

    def _outcome(self, step: str, name: str) -> Outcome:
        said = self._script.get(step, {}).get(name, {"says": f"{name}: done", "changed": True})
        if "refused" in said:
            raise Refused(said["refused"])
        if "remote" in said:
            raise RemoteError(said["remote"])
        return msgspec.convert(said, Outcome)

    def _take(self, step: str, what: Any, **more: Any) -> None:
        self.taken.append({"step": step, "what": what, **{name: value for name, value in more.items() if value}})
