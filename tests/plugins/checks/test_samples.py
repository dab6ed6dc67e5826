"""Each check sees its guilty samples and is quiet on their twins, which differ in one fact."""

import json
from pathlib import Path

import pytest

from tests.plugins.loaded import CHECKS, answer
from tocsin.formats.python_source import Parsed, parse
from tocsin.kit.code import Module
from tocsin.posture.checks import Checks

SAMPLES = Path(__file__).parents[3] / "samples" / "check"
CASES = sorted(path for path in SAMPLES.glob("*/*") if path.is_dir())
BY_NAME = {declaration.name: (declaration, function) for declaration, function in CHECKS}


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_a_check_says_of_its_sample_just_what_is_written_beside_it(case: Path) -> None:
    parsed = parse((case / "in.py").read_bytes())
    assert isinstance(parsed, Parsed)
    module = Module("in.py", parsed.text, parsed.tree)
    found, aside = Checks([BY_NAME[case.parent.name]]).look(module)
    assert [answer(finding) for finding in found] == json.loads((case / "out.json").read_text(encoding="utf-8"))
    assert not aside


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.parent.name}-{case.name}")
def test_a_sample_is_guilty_or_quiet_as_its_name_says(case: Path) -> None:
    wanted = json.loads((case / "out.json").read_text(encoding="utf-8"))
    assert case.name.startswith("guilty_" if wanted else "quiet_")


@pytest.mark.parametrize("name", sorted(BY_NAME))
def test_every_check_has_guilty_and_quiet_samples(name: str) -> None:
    kinds = {case.name.partition("_")[0] for case in (SAMPLES / name).iterdir()}
    assert kinds == {"guilty", "quiet"}


def test_every_folder_of_samples_belongs_to_a_check() -> None:
    assert {path.name for path in SAMPLES.iterdir()} == set(BY_NAME)
