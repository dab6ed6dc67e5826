"""A skip is allowed only by a line whose condition is true."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conditions import CONDITIONS, ROOT
from tests.skips import Skip, allowed_by, read

HOLDS = {**dict.fromkeys(CONDITIONS, False), "data-absent": True}


def test_a_line_with_an_unknown_condition_is_refused() -> None:
    with pytest.raises(ValueError, match="no condition 'monday'"):
        list(read("tests/x.py::* | monday | it is that day"))


def test_a_line_without_a_reason_is_refused() -> None:
    with pytest.raises(ValueError, match="line 2"):
        list(read("# said\ntests/x.py::* | root |"))


def test_a_skip_under_a_true_condition_is_allowed() -> None:
    lines = list(read("* | data-absent | it reads real data"))
    assert allowed_by(Skip("tests/a.py::test_b[c]", "data-absent: no folder"), lines, HOLDS) == lines[0]


def test_a_skip_under_a_false_condition_is_not_allowed() -> None:
    lines = list(read("* | no-chromium | it opens a page"))
    assert allowed_by(Skip("tests/a.py::test_b", "no-chromium: none in PATH"), lines, HOLDS) is None


def test_a_line_for_all_tests_does_not_cover_a_skip_for_another_reason() -> None:
    lines = list(read("* | data-absent | it reads real data"))
    assert allowed_by(Skip("tests/a.py::test_b", "flaky on my machine"), lines, HOLDS) is None


def test_a_pattern_with_parameters_matches_literally() -> None:
    lines = list(read("tests/a.py::test_b[one] | data-absent | it reads real data"))
    assert allowed_by(Skip("tests/a.py::test_b[one]", ""), lines, HOLDS) is not None
    assert allowed_by(Skip("tests/a.py::test_bo", ""), lines, HOLDS) is None


GUILTY = """
import pytest
def test_good(): pass
def test_lazy(): pytest.skip("not today")
@pytest.mark.xfail(reason="broken")
def test_broken(): assert False
"""
GUILTY_MODULE = """
import pytest
pytest.importorskip("no_such_module_is_there")
"""


def run(folder: Path, *options: str) -> subprocess.CompletedProcess[str]:
    (folder / "test_guilty.py").write_text(GUILTY, encoding="utf-8")
    (folder / "test_module.py").write_text(GUILTY_MODULE, encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-p",
        "tests.skips",
        "-c",
        str(folder / "pytest.ini"),
        *options,
        str(folder),
    ]
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, timeout=120)


@pytest.mark.parametrize("options", [(), ("-n", "1")], ids=["alone", "xdist"])
def test_an_unexpected_skip_fails_a_strict_run_and_is_named(tmp_path: Path, options: tuple[str, ...]) -> None:
    result = run(tmp_path, "--strict-skips", *options)
    assert result.returncode == 1
    for skipped in (
        "test_guilty.py::test_lazy: not today",
        "test_guilty.py::test_broken: expected to fail: broken",
        "test_module.py: ",
    ):
        assert "UNEXPECTED SKIP" in result.stdout
        assert skipped in result.stdout


def test_an_unexpected_skip_is_only_listed_without_the_option(tmp_path: Path) -> None:
    result = run(tmp_path)
    assert result.returncode == 0
    assert "skipped: 3, of them 3 unexpected" in result.stdout
