"""The command line as a contract: exit codes, errors, formats, what goes where, and readers that go away."""

import json
import os
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.app.made import SHELL, command, failures
from tests.cli.conftest import Result
from tests.skips import skip
from tocsin.cli.main import COMMANDS

Tocsin = Callable[..., Result]
Process = Callable[..., "subprocess.CompletedProcess[str]"]


@pytest.fixture
def tool(home: Path) -> Path:
    (home / "tool.py").write_text(SHELL)
    return home / "tool.py"


def test_nothing_but_the_result_is_on_stdout_and_nothing_on_stderr(process: Process, tool: Path) -> None:
    ended = process("scan", "tool.py", "--format", "json")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert json.loads(ended.stdout)["command"] == "scan"


@pytest.mark.parametrize("words", [("--version",), ("--help",), ("-h",), *((name, "--help") for name in COMMANDS)])
def test_help_is_given_for_all(tocsin: Tocsin, words: tuple[str, ...]) -> None:
    code, out, err = tocsin(*words)
    assert (code, err) == (0, "")
    assert out


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("scna", "x"), "There is no command 'scna'. Did you mean 'scan'?"),
        (("scan",), "Missing argument 'PATH...'."),
        (("scan", "nowhere"), "nowhere: there is no such file or folder"),
        (("scan", "tool.py", "--fail-on", "huge"), "'huge' is no severity"),
        (("scan", "tool.py", "--tz", "Mars"), "there is no time zone 'Mars'"),
        (("scan", "tool.py", "--rules", "nowhere"), "nowhere: there is no such file or folder of rules"),
        (("scan", "tool.py", "--workspace", "nowhere"), "nowhere is no workspace: it has no tocsin.toml"),
        (("scan", "tool.py", "--workers", "0"), "Invalid value for '--workers'"),
        (("scan", "tool.py", "--report", "r.docx"), "r.docx: no report has the suffix '.docx'"),
        (("event", "tool.py", "--where", "a and ("), "--where"),
        (("explain", "code-shel"), "there is no rule, check, kind of secret or finding 'code-shel'"),
    ],
)
def test_wrong_use_is_one_sentence_and_two(tocsin: Tocsin, tool: Path, words: tuple[str, ...], says: str) -> None:
    code, out, err = tocsin(*words)
    assert (code, out) == (2, "")
    assert err.startswith("tocsin: ")
    assert says in err
    assert len(err.splitlines()) <= 2


@pytest.mark.parametrize("words", [("scan", "nowhere"), ("finding", "show", "ffff"), ("scna",), ("scan", "--nope")])
@pytest.mark.parametrize("by", ["option", "variable"])
def test_errors_in_json_are_json_on_stderr(
    tocsin: Tocsin, words: tuple[str, ...], by: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if by == "variable":
        monkeypatch.setenv("TOCSIN_FORMAT", "json")
    code, out, err = tocsin(*words, *(["--format", "json"] if by == "option" else []))
    assert (code, out) == (2, "")
    assert set(json.loads(err)["error"]) == {"says", "where", "hint"}


def test_the_variable_sets_the_format_where_it_makes_sense_and_the_option_wins(
    tocsin: Tocsin, tool: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_FORMAT", "sarif")
    assert json.loads(tocsin("scan", "tool.py")[1])["version"] == "2.1.0"
    assert tocsin("scan", "tool.py", "--format", "text")[1].lstrip().startswith("Looked at 1 input")
    assert "code-shell" in tocsin("finding", "list")[1]
    monkeypatch.setenv("TOCSIN_FORMAT", "nonsense")
    assert tocsin("scan", "tool.py")[0] == 2


def test_the_variable_names_the_store_and_the_option_wins(
    tocsin: Tocsin, tool: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_STORE", f"sqlite:///{home / 'a.db'}")
    assert "Kept in: a.db" in tocsin("scan", "tool.py")[1]
    assert "Kept in: b.db" in tocsin("scan", "tool.py", "--store", f"sqlite:///{home / 'b.db'}")[1]


def test_colour_only_where_it_is_wanted(tocsin: Tocsin, tool: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "\x1b" not in tocsin("scan", "tool.py")[1]
    monkeypatch.setenv("FORCE_COLOR", "1")
    assert "\x1b[" in tocsin("scan", "tool.py")[1]
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b" not in tocsin("scan", "tool.py")[1]


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ((), 3),
        (("--fail-on", "critical"), 3),
        (("--fail-on", "high"), 1),
        (("--fail-on", "high", "--report", "nowhere/r.html"), 2),
    ],
)
def test_the_first_exit_code_of_two_one_three_wins(
    tocsin: Tocsin, tool: Path, home: Path, options: tuple[str, ...], code: int
) -> None:
    (home / "wrong.py").write_text("def f(:\n")
    ended, out, _ = tocsin("scan", home, *options)
    assert ended == code
    assert f"\nExit {code}: " in out


def test_a_reader_that_goes_away_ends_it_quietly_and_the_gate_still_holds(tool: Path, home: Path) -> None:
    (home / "auth.log").write_text("".join(failures(40, f"192.0.2.{n}") for n in range(1, 250)))
    child = subprocess.Popen(
        command("scan", home, "--format", "json", "--no-store", "--fail-on", "high"),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert child.stdout is not None
    child.stdout.close()  # as `| head` does, once it has its lines
    child.stdout = None
    _, err = child.communicate(timeout=60)
    assert (child.returncode, err) == (1, b"")


@pytest.mark.parametrize("words", [("event", "big.log"), ("plugin", "list"), ("explain", "ssh-guessing")])
def test_other_commands_end_quietly_too(home: Path, words: tuple[str, ...]) -> None:
    (home / "big.log").write_text(failures(3000, "192.0.2.1"))
    child = subprocess.Popen(command(*words), stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout is not None
    child.stdout.close()
    child.stdout = None
    _, err = child.communicate(timeout=60)
    assert child.returncode == 0
    assert b"Traceback" not in err
    assert b"BrokenPipe" not in err


def test_a_full_standard_output_is_one_sentence(tool: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        skip("windows", "no device is full there")
    with full.open("w") as nowhere:
        ended = subprocess.run(
            command("scan", "tool.py", "--no-store"), stdout=nowhere, stderr=subprocess.PIPE, text=True, check=False
        )
    assert (ended.returncode, ended.stderr) == (2, "tocsin: standard output: No space left on device\n")


def test_a_closed_standard_output_stops_nothing(tool: Path) -> None:
    if os.name == "nt":
        skip("windows", "a standard file cannot be closed there")
    code = "import os, sys; os.close(1); os.execv(sys.executable, [sys.executable, '-m', 'tocsin', *sys.argv[1:]])"
    ended = subprocess.run(
        [command()[0], "-c", code, "scan", "tool.py", "--no-store", "--fail-on", "high", "--report", "r.json"],
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    assert (ended.returncode, ended.stderr) == (1, "")
    assert json.loads(Path("r.json").read_text())["findings"]
