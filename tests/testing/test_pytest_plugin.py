"""The pytest plug-in, as an author outside uses it: in a workspace of their own, in a process of its own."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

PARSER = r'''"""Door log.

Who came in. Misses who left. See: https://example.org
"""

from tocsin.kit import Batch, Chunk, LogSource, Wanted, lines, parser

READER = lines(
    r"(?P<time>\d{4}-\d\d-\d\dT\S+) door (?P<user__name>\w+)",
    what="door",
    logsource=LogSource(services=frozenset({"door"})),
    clock="iso",
)


@parser(frame="lines", what="door", looks=r"\d{4}-\d\d-\d\dT\S+ door ")
def door(chunk: Chunk, _: Wanted) -> Batch:
    """Return who came in."""
    return READER.read(chunk)
'''
ALICE = {"record": 1, "what": "door", "at": "2026-01-02T03:04:05Z", "fields": {"user.name": "alice"}}


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "tocsin.toml").write_text("")
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "door.py").write_text(PARSER)
    case = tmp_path / "samples" / "parser" / "door" / "two_people"
    case.mkdir(parents=True)
    (case / "in.log").write_text("2026-01-02T03:04:05Z door {{join:al|ice}}\nno such line\n")
    return tmp_path


def run(workspace: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")}
    environment["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # of the others; the name of ours is in its entry point
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "tocsin", "--color=no", *words]
    return subprocess.run(
        command, cwd=workspace, env=environment, text=True, capture_output=True, check=False, timeout=120
    )


def out(workspace: Path) -> Path:
    return workspace / "samples" / "parser" / "door" / "two_people" / "out.json"


def test_a_case_without_expectations_fails_and_shows_what_it_gives(workspace: Path) -> None:
    ran = run(workspace, "--tocsin-samples", "samples/")
    assert ran.returncode == 1
    assert "parser/door/two_people has no out.json: bless it" in ran.stdout
    assert '"user.name": "alice"' in ran.stdout


def test_blessing_writes_expectations_that_then_hold(workspace: Path) -> None:
    assert run(workspace, "--tocsin-samples", "samples", "--tocsin-bless").returncode == 0
    assert json.loads(out(workspace).read_text()) == {"events": [ALICE], "refused": [], "rest": [2]}
    ran = run(workspace, "--tocsin-samples", "samples")
    assert (ran.returncode, "1 passed" in ran.stdout) == (0, True)


def test_a_difference_is_shown_line_by_line(workspace: Path) -> None:
    changed = {"events": [{**ALICE, "fields": {"user.name": "mallory"}}], "refused": [], "rest": [2]}
    out(workspace).write_text(json.dumps(changed))
    ran = run(workspace, "--tocsin-samples", "samples")
    assert ran.returncode == 1
    assert '-        "user.name": "mallory"' in ran.stdout
    assert '+        "user.name": "alice"' in ran.stdout


def test_the_authors_own_tests_run_beside_the_samples(workspace: Path) -> None:
    (workspace / "test_own.py").write_text("def test_own():\n    pass\n")
    run(workspace, "--tocsin-samples", "samples", "--tocsin-bless")
    ran = run(workspace, "test_own.py", "--tocsin-samples", "samples")
    assert "2 passed" in ran.stdout


def test_without_the_option_samples_are_left_alone(workspace: Path) -> None:
    assert "no tests ran" in run(workspace).stdout


def test_samples_elsewhere_are_run_with_the_workspace_that_is_named(workspace: Path, tmp_path: Path) -> None:
    other = tmp_path / "elsewhere"
    (workspace / "samples").rename(other)
    assert (
        "no parser is named door" in run(workspace, "--tocsin-samples", "elsewhere", "--tocsin-workspace", "x").stdout
    )
    assert run(workspace, "--tocsin-samples", "elsewhere", "--tocsin-workspace", ".", "--tocsin-bless").returncode == 0


def test_a_plugin_that_is_broken_fails_with_its_own_words(workspace: Path) -> None:
    (workspace / "plugins" / "door.py").write_text(PARSER.replace("def door(", "def door(("))
    ran = run(workspace, "--tocsin-samples", "samples")
    assert ran.returncode == 1
    assert "door.py: cannot be parsed" in ran.stdout


def test_a_folder_that_is_no_kind_is_said(workspace: Path) -> None:
    (workspace / "samples" / "pasrer" / "x" / "y").mkdir(parents=True)
    ran = run(workspace, "--tocsin-samples", "samples")
    assert ran.returncode != 0
    assert "pasrer is no kind of plug-in" in ran.stdout + ran.stderr
