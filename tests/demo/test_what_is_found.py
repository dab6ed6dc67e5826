"""What our own rules find in the demo's day: the two stories that were planted, and nothing of the ordinary work."""

from io import BytesIO
from pathlib import Path

import pytest

from tests.demo.day import DEMO, written
from tocsin.app.scan import scan
from tocsin.app.scan_looked import Request
from tocsin.runtime import workspace

PLANTED = {
    "aws-key-places", "aws-trail-stopped", "fw-port-scan", "m365-forward-rule", "m365-guessed", "m365-guessing",
    "ssh-guessed", "ssh-guessing", "ssh-user-names", "web-traversal",
}  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_the_rules_fire_on_what_was_planted_and_on_nothing_else(tmp_path: Path, seed: int) -> None:
    day = written(tmp_path, seed)
    request = Request(paths=(str(day),), workspace=workspace.find(DEMO, tmp_path, [day]))
    result = scan(request, stdin=BytesIO(), progress=lambda *_: None).result
    assert {finding.rule for finding in result.findings if finding.kind == "log"} == PLANTED
