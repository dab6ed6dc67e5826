"""Every sample of a built-in plug-in, rule and kind of secret gives what its out.json says."""

import json
from pathlib import Path

import pytest

from tocsin.kit.declare import Kind
from tocsin.testing.cases import Case, find
from tocsin.testing.plugs import Plugs
from tocsin.testing.samples import compare, found

SAMPLES = Path(__file__).resolve().parent.parent / "samples"
CASES = list(find(SAMPLES))
PLUGS = Plugs()
TWINNED = ("check", "rule", "secret")


def name(case: Case) -> str:
    return case.id


@pytest.mark.parametrize("case", CASES, ids=name)
def test_a_sample_gives_what_is_expected(case: Case) -> None:
    problem = compare(case, PLUGS)
    assert not problem, problem


@pytest.mark.parametrize("kind", [kind.value for kind in Kind])
def test_each_kind_of_plugin_has_a_sample_that_is_run(kind: str) -> None:
    assert any(case.kind == kind for case in CASES)


def test_a_case_finds_something_unless_it_is_called_quiet() -> None:
    mute = [
        c.id for c in CASES if c.kind in TWINNED and not c.is_quiet and not found(json.loads(c.out.read_text("utf-8")))
    ]
    assert mute == []
