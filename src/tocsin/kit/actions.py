"""Actions: plug-ins that change the world, each with its undo and its look-up in the same file.

    @action(does="block_address", effect="reversible", key="address", hosts=("api.example.org",), ...)
    def product_block(params: BlockAddress, ctx: Context) -> Outcome: ...

    @product_block.undo
    def _(outcome: Outcome, ctx: Context) -> Outcome: ...

    @product_block.look_up
    def _(params: BlockAddress, ctx: Context) -> Outcome | None: ...

After a crash between the call and its record, `look_up` says whether it happened: an outcome, or None.
"""

from collections.abc import Callable
from enum import StrEnum
from functools import update_wrapper
from typing import Any, Generic, TypeVar

from tocsin.kit.context import Context
from tocsin.kit.declare import Declaration, Kind, check_words
from tocsin.kit.verbs import VERBS, Verb
from tocsin.model import Outcome, PluginError

P = TypeVar("P", bound=Verb)
Act = Callable[[P, Context], Outcome]
Undo = Callable[[Outcome, Context], Outcome]
LookUp = Callable[[P, Context], Outcome | None]


class Effect(StrEnum):
    """What an action does to the world."""

    REVERSIBLE = "reversible"  # its undo puts back what was
    LASTING = "lasting"  # it cannot be put back: a message, a ticket, a password


class Action(Generic[P]):
    """A declared action: call it to act.

    `undo_of` and `looked_up` call its other halves.
    """

    def __init__(self, function: Act[P], declaration: Declaration) -> None:
        update_wrapper(self, function)
        self.__tocsin__ = declaration
        self._act = function
        self._undo: Undo | None = None
        self._look_up: LookUp[P] | None = None

    def __call__(self, params: P, ctx: Context, /) -> Outcome:
        """Act, and return what was done and what its undo needs; raises Refused or RemoteError."""
        return self._act(params, ctx)

    def undo(self, function: Undo) -> Undo:
        """Decorate the function that puts back what the action did."""
        self._undo = function
        return function

    def look_up(self, function: LookUp[P]) -> LookUp[P]:
        """Decorate the function that says whether the action happened."""
        self._look_up = function
        return function

    def undo_of(self, outcome: Outcome, ctx: Context) -> Outcome:
        """Put back what an outcome says was done.

        Raises PluginError when the action has no undo.
        """
        if self._undo is None:
            raise PluginError(f"{self.__tocsin__.id} has no undo", hint="decorate one with @name.undo")
        return self._undo(outcome, ctx)

    def looked_up(self, params: P, ctx: Context) -> Outcome | None:
        """Return the outcome of what already happened, None when it did not.

        Raises PluginError without a look-up.
        """
        if self._look_up is None:
            raise PluginError(f"{self.__tocsin__.id} has no look-up", hint="decorate one with @name.look_up")
        return self._look_up(params, ctx)

    def missing(self) -> list[str]:
        """Return the halves that this action must have and has not.

        A look-up, and an undo where it is reversible.
        """
        wanted = {"look_up": self._look_up}
        if self.__tocsin__.says["effect"] == Effect.REVERSIBLE:
            wanted["undo"] = self._undo  # type: ignore[assignment]  # only whether it is there counts
        return [name for name, function in wanted.items() if function is None]


def action(**says: Any) -> Callable[[Act[P]], Action[P]]:
    """Declare an action; its words stand in WORDS.

    `key` names the parameters that make two calls the same one.
    """

    def attach(function: Act[P]) -> Action[P]:
        declaration = check_words(Kind.ACTION, function.__name__, says)
        if says["does"] not in VERBS:
            raise PluginError(
                f"{function.__name__}: no verb is named {says['does']!r}", hint=f"known: {', '.join(VERBS)}"
            )
        if says["effect"] not in {effect.value for effect in Effect}:
            raise PluginError(
                f"{function.__name__}: {says['effect']!r} is no effect", hint=f"known: {', '.join(Effect)}"
            )
        return Action(function, declaration)

    return attach


def key_of(declaration: Declaration, params: Verb) -> str:
    """Return the idempotency key of a call: equal for each attempt at the same thing.

    It is made of the action's name and the parameters that its declaration names (all but `why` when it names none).
    """
    fields = [name for name in params.__struct_fields__ if name != "why"]
    named = [name.strip() for name in declaration.says.get("key", "").split(",") if name.strip()] or fields
    if unknown := sorted(set(named) - set(fields)):
        raise PluginError(f"{declaration.name}: its key names {unknown[0]!r}, which {params.name} has not")
    return ":".join([declaration.id, *(f"{name}={getattr(params, name)}" for name in named)])
