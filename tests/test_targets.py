"""What the Makefile's scripts do with exit codes, Pythons and benchmarks."""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.house.sources import ROOT

pytestmark = pytest.mark.skip_when("windows", "make's scripts are for a POSIX shell")


def script(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{text}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


def sh(folder: Path, *words: str, **variables: str) -> subprocess.CompletedProcess[str]:
    env = {"PATH": "/usr/bin:/bin", **variables}
    return subprocess.run(
        ["/bin/sh", *words], cwd=folder, env=env, capture_output=True, text=True, check=False, timeout=60
    )


def generator(tree: Path, does: str) -> None:
    """Put a `python` in its place that answers `-c` as Python does, and otherwise acts as the generator."""
    script(tree / "bin" / "python", f'[ "$1" != -c ] || exec {sys.executable} "$@"\n{does}')


@pytest.fixture
def demo(tmp_path: Path) -> Path:
    """Return a tree with the demo's script, a generator that counts its runs, and a `tocsin` that ends with $CODE."""
    shutil.copytree(ROOT / "tools", tmp_path / "tools", ignore=shutil.ignore_patterns("__pycache__"))
    (tmp_path / "demo").mkdir()
    (tmp_path / "demo" / "make_acme.py").write_text("# one\n", encoding="utf-8")
    generator(tmp_path, 'echo made >>made.log; mkdir -p "$5" && echo day >"$5/day.log"')
    script(tmp_path / "bin" / "tocsin", 'echo "tocsin got: $*"; exit "$CODE"')
    return tmp_path


@pytest.mark.parametrize(("ended", "expected"), [(0, 0), (3, 0), (1, 1), (2, 2), (5, 5), (130, 130)])
def test_the_demo_is_well_when_tocsin_ended_0_or_3(demo: Path, ended: int, expected: int) -> None:
    result = sh(demo, "tools/demo.sh", "bin", CODE=str(ended))
    assert result.returncode == expected
    assert f"tocsin ended with exit code {ended}" in result.stdout


def test_the_demo_scans_the_made_day_with_its_workspace_and_report(demo: Path) -> None:
    result = sh(demo, "tools/demo.sh", "bin", CODE="0")
    assert "tocsin got: --workspace demo scan demo/acme --report demo-report.html" in result.stdout
    assert (demo / "demo" / "acme" / "day.log").is_file()


def test_the_demos_day_is_made_once(demo: Path) -> None:
    for _ in range(2):
        sh(demo, "tools/demo.sh", "bin", CODE="0")
    assert (demo / "made.log").read_text(encoding="utf-8").count("made") == 1


def test_a_newer_generator_makes_a_newer_day(demo: Path) -> None:
    sh(demo, "tools/demo.sh", "bin", CODE="0")
    (demo / "demo" / "make_acme.py").write_text("# two\n", encoding="utf-8")
    sh(demo, "tools/demo.sh", "bin", CODE="0")
    assert (demo / "made.log").read_text(encoding="utf-8").count("made") == 2


def test_a_generator_that_fails_leaves_no_half_day(demo: Path) -> None:
    generator(demo, 'mkdir -p "$5"; exit 1')
    assert sh(demo, "tools/demo.sh", "bin", CODE="0").returncode == 2
    assert not (demo / "demo" / "acme").exists()


def find_python(folder: Path, **variables: str) -> subprocess.CompletedProcess[str]:
    return sh(folder, str(ROOT / "tools" / "find-python.sh"), PATH=str(folder), **variables)


def test_a_shim_for_a_python_that_is_not_there_is_passed_over(tmp_path: Path) -> None:
    script(tmp_path / "python3", "exit 127")
    (tmp_path / "python3.11").symlink_to(sys.executable)
    assert find_python(tmp_path).returncode == 0


def test_a_python_that_is_too_old_is_passed_over(tmp_path: Path) -> None:
    # stands for an old one: it fails the question for the version, as python3.10 does
    script(tmp_path / "python3", "exit 1")
    result = find_python(tmp_path)
    assert result.returncode == 2
    assert "needs CPython 3.11 or later" in result.stderr


def test_a_named_python_that_will_not_do_is_not_replaced_by_another(tmp_path: Path) -> None:
    (tmp_path / "python3").symlink_to(sys.executable)
    result = find_python(tmp_path, TOCSIN_PYTHON="/bin/false")
    assert result.returncode == 2
    assert "TOCSIN_PYTHON=/bin/false" in result.stderr


def every(folder: Path, what: str) -> subprocess.CompletedProcess[str]:
    (folder / "tools").mkdir(exist_ok=True)
    shutil.copy(ROOT / "tools" / "every.py", folder / "tools")
    command = [sys.executable, "tools/every.py", what]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False, timeout=60)


def test_a_failing_benchmark_is_named_and_the_others_run(tmp_path: Path) -> None:
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "a.py").write_text("raise SystemExit(1)", encoding="utf-8")
    (tmp_path / "benchmarks" / "b.py").write_text("print('two')", encoding="utf-8")
    (tmp_path / "benchmarks" / "soak_c.py").write_text("raise SystemExit(1)", encoding="utf-8")
    result = every(tmp_path, "bench")
    assert result.returncode == 1
    assert "FAILED with exit code 1" in result.stdout
    assert "two" in result.stdout
    assert "soak_c" not in result.stdout


def test_a_full_count_that_cannot_run_here_is_told_and_fails_nothing(tmp_path: Path) -> None:
    (tmp_path / "benchmarks").mkdir()
    (tmp_path / "benchmarks" / "soak_c.py").write_text("raise SystemExit(77)", encoding="utf-8")
    result = every(tmp_path, "soak")
    assert result.returncode == 0
    assert "not run here" in result.stdout
