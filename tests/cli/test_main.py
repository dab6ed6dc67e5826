"""The command `tocsin` itself: what it says where no command, or none that there is, was named."""

import json
from collections.abc import Callable

import pytest

from tests.cli.conftest import Result

Tocsin = Callable[..., Result]


@pytest.mark.parametrize("words", [(), ("case",), ("store",)])
def test_without_a_command_the_help_is_shown_as_it_is_and_ends_with_two(tocsin: Tocsin, words: tuple[str, ...]) -> None:
    code, out, err = tocsin(*words)
    assert (code, out) == (2, "")
    assert err.startswith("Usage: tocsin")
    assert "\\x0a" not in err


def test_without_a_command_json_is_one_error(tocsin: Tocsin, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_FORMAT", "json")
    code, _, err = tocsin("case")
    assert code == 2
    assert json.loads(err)["error"] == {"says": "no command is named", "where": "", "hint": "tocsin case --help"}


def test_a_name_that_is_nearly_one_is_guessed(tocsin: Tocsin) -> None:
    assert "Did you mean 'scan'?" in tocsin("scna")[2]


@pytest.mark.parametrize("noun", ["findings", "cases", "events", "plugins", "stores"])
def test_a_noun_answers_to_its_plural(tocsin: Tocsin, noun: str) -> None:
    assert tocsin(noun, "--help")[0] == 0


def test_a_shell_is_given_its_completion(process: Callable[..., object], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_TOCSIN_COMPLETE", "bash_source")
    assert "COMP_WORDS" in process().stdout  # type: ignore[attr-defined]  # a CompletedProcess
