"""Verbs: records of what is to be done, in no product's words."""

import inspect

import pytest

from tocsin.kit import verbs
from tocsin.kit.verbs import VERBS, Verb, block_address, quarantine_mail
from tocsin.model.codec import from_json, to_json
from tocsin.model.observable import split_entity


def test_every_verb_is_in_the_table_and_has_a_function_of_its_name() -> None:
    kinds = {k for _, k in inspect.getmembers(verbs, inspect.isclass) if issubclass(k, Verb) and k is not Verb}
    assert set(VERBS.values()) == kinds
    assert all(getattr(verbs, name) is kind for name, kind in VERBS.items())


def test_a_verb_survives_being_stored_and_names_itself() -> None:
    verb = block_address(address="192.0.2.7", minutes=5, why="guessing")
    raw = to_json(verb)
    assert raw.startswith(b'{"verb":"block_address"')
    assert from_json(raw, type(verb)) == verb


@pytest.mark.parametrize("kind", VERBS.values())
def test_a_target_is_an_entity_or_nothing(kind: type[Verb]) -> None:
    made = kind(**{name: "x" for name in kind.__struct_fields__ if name not in {"minutes", "mailboxes"}})
    assert not made.target or split_entity(made.target)[1] == "x"


def test_mail_of_one_mailbox_is_about_its_owner() -> None:
    assert quarantine_mail(message="<1@example.org>").target == ""
    assert quarantine_mail(message="<1@example.org>", mailboxes=("A@example.org",)).target == "email:a@example.org"
