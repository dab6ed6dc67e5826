"""Each parser of objects reads its samples as is written beside them."""

import json
from pathlib import Path

import pytest

from tests.plugins.parsers.sampled import SAMPLES, answer

FRAMES = frozenset({".json", ".csv", ".evtx"})
CASES = sorted(path for path in SAMPLES.glob("*/*/in.*") if path.suffix in FRAMES)


@pytest.mark.parametrize("path", CASES, ids=lambda path: f"{path.parent.parent.name}-{path.parent.name}")
def test_a_parser_of_objects_reads_its_sample_as_is_written_beside_it(path: Path) -> None:
    wanted = json.loads((path.parent / "out.json").read_text(encoding="utf-8"))
    assert json.loads(json.dumps(answer(path.parent.parent.name, path))) == wanted
