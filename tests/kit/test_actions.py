"""Actions: the call, its undo and its look-up are one plug-in."""

from collections.abc import Callable
from typing import Any, cast

import pytest

from tocsin.kit import Action, Context, action, declared, key_of
from tocsin.kit.verbs import BlockAddress
from tocsin.model import Outcome, PluginError

CTX = cast("Context", None)  # nothing in here touches the world
ASKED = BlockAddress(address="192.0.2.7", minutes=5, why="guessing")


def made(**says: Any) -> "Action[BlockAddress]":
    def some_block(params: BlockAddress, ctx: Context) -> Outcome:
        """Block an address."""
        del ctx
        return Outcome(says=params.address, changed=True, undo={"id": "7"})

    words = {"does": "block_address", "effect": "reversible", **says}
    decorate: Callable[[Callable[[BlockAddress, Context], Outcome]], Action[BlockAddress]] = action(**words)
    return decorate(some_block)


def test_an_action_is_called_like_its_function_and_keeps_its_name() -> None:
    block = made()
    assert block(ASKED, CTX).says == "192.0.2.7"
    assert (declared(block).name, block.__doc__) == ("some_block", "Block an address.")


def test_undo_and_look_up_are_called_through_the_action() -> None:
    block = made()

    @block.undo
    def _undo(outcome: Outcome, ctx: Context) -> Outcome:
        del ctx
        return Outcome(says=f"undid {(outcome.undo or {})['id']}", changed=True)

    @block.look_up
    def _look_up(params: BlockAddress, ctx: Context) -> Outcome | None:
        del params, ctx
        return None

    assert block.undo_of(block(ASKED, CTX), CTX).says == "undid 7"
    assert block.looked_up(ASKED, CTX) is None
    assert block.missing() == []


def test_what_an_action_must_have_and_has_not_is_named() -> None:
    assert made().missing() == ["look_up", "undo"]
    assert made(effect="lasting").missing() == ["look_up"]
    with pytest.raises(PluginError, match="has no undo"):
        made().undo_of(Outcome(says="", changed=True), CTX)
    with pytest.raises(PluginError, match="has no look-up"):
        made().looked_up(ASKED, CTX)


def test_verbs_and_effects_are_closed_sets() -> None:
    with pytest.raises(PluginError, match="no verb is named 'explode'"):
        made(does="explode")
    with pytest.raises(PluginError, match="'sometimes' is no effect"):
        made(effect="sometimes")


def test_two_attempts_at_the_same_thing_have_one_key_whatever_their_reason() -> None:
    block = declared(made(key="address"))
    again = BlockAddress(address="192.0.2.7", minutes=60, why="another case")
    assert key_of(block, ASKED) == key_of(block, again) == "some-block:address=192.0.2.7"
    assert key_of(declared(made()), ASKED) == "some-block:address=192.0.2.7:minutes=5"


def test_a_key_of_a_parameter_that_is_not_there_is_the_authors_to_mend() -> None:
    with pytest.raises(PluginError, match="its key names 'adress'"):
        key_of(declared(made(key="adress")), ASKED)
