"""Local programs: no shell, bounded time and output, a bare environment."""

import os
import sys
from datetime import timedelta
from pathlib import Path

import pytest

from tocsin.kit.context import Ran
from tocsin.model import PluginError, Refused, RemoteError
from tocsin.runtime import programs

SOON = timedelta(seconds=30)


@pytest.fixture
def python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Return a name in PATH under which this Python runs."""
    name = Path(sys.executable).name
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    return name


def run(python: str, code: str, *words: str, given: bytes = b"", within: timedelta = SOON) -> Ran:
    return programs.run([python, "-c", code, *words], given, within)


def test_a_program_gets_its_words_and_input_as_they_are(python: str) -> None:
    code = "import sys; sys.stdout.write(sys.argv[1] + sys.stdin.read()); sys.stderr.write('e'); sys.exit(3)"
    assert run(python, code, "$(id); *", given=b"in") == Ran(code=3, out=b"$(id); *in", err=b"e")


def test_a_program_gets_none_of_our_secrets_and_stands_in_an_empty_folder(
    python: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOCSIN_SECRET_KEY", "s3cret")
    ran = run(python, "import os; print(sorted(os.environ), os.listdir())")
    assert b"TOCSIN" not in ran.out
    assert ran.out.endswith(b"[]" + os.linesep.encode())


def test_a_program_that_takes_too_long_is_ended(python: str) -> None:
    with pytest.raises(RemoteError, match=r"takes longer than 0.3 seconds"):
        run(python, "import threading; threading.Event().wait()", within=timedelta(seconds=0.3))


def test_a_program_that_writes_without_end_is_ended(python: str) -> None:
    with pytest.raises(RemoteError, match="writes more than"):
        run(python, "import sys\nwhile True: sys.stdout.write('x' * 65536)")


def test_a_program_that_reads_nothing_is_no_failure(python: str) -> None:
    assert run(python, "pass", given=b"x" * (1 << 20)).code == 0


def test_a_program_that_is_not_there_is_said() -> None:
    with pytest.raises(Refused, match="not installed"):
        programs.run(["no-such-program-anywhere"], b"", SOON)


@pytest.mark.parametrize("argv", [[], ["a\0b"], ["./x"], ["/bin/sh"]])
def test_what_is_no_name_of_a_program_is_refused(argv: list[str]) -> None:
    with pytest.raises(PluginError):
        programs.run(argv, b"", SOON)
