"""Errors: the type says who must act, and the exit code follows."""

import pytest

from tocsin.model import Exit, PluginError, Refused, RemoteError, TocsinError, UserError


@pytest.mark.parametrize(
    ("kind", "code"),
    [(UserError, Exit.USAGE), (PluginError, Exit.USAGE), (RemoteError, Exit.REMOTE), (Refused, Exit.REFUSED)],
)
def test_an_error_carries_its_sentence_its_hint_and_its_exit_code(kind: type[TocsinError], code: Exit) -> None:
    error = kind("it broke", where="a.py:7", hint="mend it")
    assert (str(error), error.where, error.hint, error.code) == ("it broke", "a.py:7", "mend it", code)
