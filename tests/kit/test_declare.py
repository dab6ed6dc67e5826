"""Declarations: literals that say what a plug-in is."""

from typing import Any

import pytest

from tocsin import kit
from tocsin.kit.declare import WORDS, Kind, check_words, declared
from tocsin.model import PluginError

SAYS: dict[type, Any] = {tuple: ("a",), str: "a", int: 1}
OWN = {"does": "block_address", "effect": "reversible"}


@pytest.mark.parametrize("kind", list(Kind))
def test_each_kind_has_a_decorator_of_its_name(kind: Kind) -> None:
    needed = {word[:-1]: SAYS[kinds] for word, kinds in WORDS[kind].items() if word.endswith("!")}  # type: ignore[index]  # needed words have one type

    def some_plugin() -> None:
        """Do nothing."""

    made = getattr(kit, kind.value)(**{**needed, **(OWN if kind is Kind.ACTION else {})})(some_plugin)
    assert (declared(made).kind, declared(made).name, declared(made).id) == (kind, "some_plugin", "some-plugin")


def test_a_function_without_a_decorator_is_no_plugin() -> None:
    with pytest.raises(PluginError, match="is no plug-in"):
        declared(test_a_function_without_a_decorator_is_no_plugin)


@pytest.mark.parametrize(
    ("says", "message"),
    [
        ({"files": ("*",)}, "must declare 'what'"),
        ({"files": ["*"], "what": "x"}, "files is"),
        ({"files": ("*",), "what": "x", "hosts": ("h",)}, "declares no 'hosts'"),
    ],
)
def test_a_declaration_that_is_wrong_says_which_word(says: dict[str, Any], message: str) -> None:
    with pytest.raises(PluginError, match=message):
        check_words(Kind.FINDER, "odd", says)


def test_only_kinds_that_touch_the_world_may_declare_hosts() -> None:
    assert {kind.value for kind, words in WORDS.items() if {"hosts", "hosts!"} & set(words)} == {
        "feed", "enricher", "source", "sink", "action",
    }  # fmt: skip
