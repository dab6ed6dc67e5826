"""What becomes of findings when the store is bad, busy or full, and when the scan itself is ended."""

import json
import os
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import update

from tests.app.made import command, environment, failures
from tests.cli.conftest import Result
from tests.skips import skip
from tocsin.app.scan import scan
from tocsin.app.scan_looked import Limits, Request
from tocsin.runtime.workspace import Workspace
from tocsin.store.open import file_url, open_store
from tocsin.store.tables import STORE

Tocsin = Callable[..., Result]
BUSY = 3 << 20  # bytes of a log: more than a pipe holds, so that who has written them knows that they were read


def start(home: Path, *words: object, **more: str) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        command("scan", *words), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        env=environment(home, **more),
    )  # fmt: skip


def ended(child: "subprocess.Popen[bytes]") -> tuple[int, str, str]:
    out, err = child.communicate(timeout=60)
    assert b"Traceback" not in err, err.decode()
    return child.returncode, out.decode(), err.decode()


def guessers(home: Path, store: str) -> set[str]:
    listed = subprocess.run(
        command("finding", "list", "--store", store, "--rule", "ssh-guessing", "--format", "json"),
        capture_output=True,
        env=environment(home),
        check=True,
    )
    return {e for f in json.loads(listed.stdout)["findings"] for e in f["entities"] if e.startswith("ip:")}


@pytest.fixture
def log(home: Path) -> Path:
    path = home / "auth.log"
    path.write_text(failures(40, "192.0.2.1"))
    return path


@pytest.fixture
def busy() -> bytes:
    """Return a log that keeps a scan busy, and in which an address guesses at once."""
    line = b"Nov 22 03:00:00 bastion app[1]: " + b"x" * 300 + b"\n"
    return failures(40, "192.0.2.1").encode() + line * (BUSY // len(line))


def test_a_file_that_is_no_store_of_ours_is_refused_before_anything_is_read_and_stays_as_it_is(
    tocsin: Tocsin, log: Path
) -> None:
    other = log.parent / "notes.db"
    other.write_text("my notes\n")
    code, out, err = tocsin("scan", log, "--store", file_url(other))
    assert (code, out) == (2, "")
    assert err == f"tocsin: {other} is no store of Tocsin\n  hint: name another with --store; nothing was changed\n"
    assert other.read_text() == "my notes\n"


def test_a_database_of_somebody_else_is_refused_and_stays_as_it_is(tocsin: Tocsin, log: Path) -> None:
    other = log.parent / "theirs.db"
    with sqlite3.connect(other) as conn:
        conn.execute("CREATE TABLE theirs (a)")
    conn.close()
    before = other.read_bytes()
    code, out, err = tocsin("scan", log, "--store", file_url(other))
    assert (code, out) == (2, "")
    assert "is no store of Tocsin" in err
    assert other.read_bytes() == before


def test_a_store_of_a_newer_version_is_refused_in_one_sentence(tocsin: Tocsin, log: Path) -> None:
    url = file_url(log.parent / "newer.db")
    with open_store(url) as store, store.begin() as conn:
        conn.execute(update(STORE).values(version=99))
    code, out, err = tocsin("scan", log, "--store", url)
    assert (code, out) == (2, "")
    assert "version 99, made by a newer Tocsin" in err


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("nonsense", "the store named is no URL that Tocsin knows"),
        ("mysql://there/db", "a store cannot be kept in 'mysql'"),
        ("sqlite:////dev/null/x/store.db", "cannot be opened: Not a directory"),
    ],
)
def test_a_store_that_cannot_be_is_refused_in_one_sentence(tocsin: Tocsin, log: Path, url: str, says: str) -> None:
    code, out, err = tocsin("scan", log, "--store", url)
    assert (code, out) == (2, "")
    assert says in err


def test_what_was_found_is_shown_when_another_holds_the_store_for_too_long(log: Path) -> None:
    path = log.parent / "busy.db"
    open_store(file_url(path)).close()
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    request = Request(
        paths=(str(log),), workspace=Workspace(), workers=1, store_url=file_url(path), limits=Limits(store=0.2)
    )
    told = scan(request, stdin=BytesIO(), progress=lambda *_: None)
    other.close()
    assert "ssh-guessing" in {f.rule for f in told.result.findings}
    assert told.trouble is not None
    assert str(path) in told.trouble.says


def test_a_full_disk_is_one_sentence_and_what_was_found_is_shown(home: Path, log: Path) -> None:
    if os.name == "nt":
        skip("windows", "a process cannot be kept from writing there")
    url = file_url(home / "full.db")
    open_store(url).close()
    limited = (
        "import resource; resource.setrlimit(resource.RLIMIT_FSIZE, (40_000, 40_000)); "
        "from tocsin.cli.main import main; main()"
    )
    child = subprocess.Popen(
        [sys.executable, "-c", limited, "scan", str(log), "--store", url, "--report", "r.html"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env=environment(home),
    )
    code, out, err = ended(child)
    assert code == 2
    assert "ssh-guessing" in out
    assert "Nothing was kept: the store failed" in out
    assert "Exit 2: not all that was asked for could be written" in out
    assert err.startswith("tocsin: r.html cannot be written: ")
    assert "full.db" in err
    assert not list(home.glob("r.html*"))


def test_a_report_that_cannot_be_written_costs_neither_the_screen_nor_the_other_reports(
    tocsin: Tocsin, log: Path
) -> None:
    code, out, err = tocsin("scan", log, "--report", "nowhere/r.html", "--report", "r.json")
    assert code == 2
    assert "ssh-guessing" in out
    assert err == "tocsin: nowhere/r.html cannot be written: No such file or directory\n"
    assert json.loads((log.parent / "r.json").read_text())["findings"]


def test_ctrl_c_keeps_and_shows_what_was_done(home: Path, busy: bytes) -> None:
    if os.name == "nt":
        skip("windows", "signals are others there")
    url = file_url(home / "store.db")
    child = start(home, "-", "--store", url)
    assert child.stdin is not None
    child.stdin.write(busy)
    child.stdin.flush()
    child.send_signal(signal.SIGINT)
    code, out, err = ended_without_input(child)
    assert code == 130
    assert err == ""
    assert "ssh-guessing" in out
    assert "interrupted; what comes after was not looked at" in out
    assert "Exit 130: interrupted; what was done is kept" in out
    assert guessers(home, url) == {"ip:192.0.2.1"}


def ended_without_input(child: "subprocess.Popen[bytes]") -> tuple[int, str, str]:
    """Return how a process ended whose standard input nobody closes: what waits for its end would wait forever."""
    assert child.stdin is not None
    held, child.stdin = child.stdin, None
    try:
        return ended(child)
    finally:
        held.close()


def test_an_interrupted_look_says_of_nothing_that_it_is_gone(home: Path, busy: bytes) -> None:
    if os.name == "nt":
        skip("windows", "signals are others there")
    url = file_url(home / "store.db")
    other = home / "other.log"
    other.write_text(failures(40, "192.0.2.9"))
    assert ended(start(home, "-", other, "--store", url))[0] == 0
    child = start(home, "-", other, "--store", url)
    assert child.stdin is not None
    child.stdin.write(busy)
    child.stdin.flush()
    child.send_signal(signal.SIGINT)
    assert ended_without_input(child)[0] == 130
    assert guessers(home, url) == {"ip:192.0.2.1", "ip:192.0.2.9"}


def test_two_scans_at_once_keep_what_both_found(home: Path) -> None:
    url = file_url(home / "store.db")
    for number in (1, 2):
        (home / f"{number}.log").write_text(failures(40, f"192.0.2.{number}"))
    both = [start(home, home / f"{number}.log", "--store", url) for number in (1, 2)]
    assert [ended(child)[0] for child in both] == [0, 0]
    assert guessers(home, url) == {"ip:192.0.2.1", "ip:192.0.2.2"}


def test_a_scan_that_was_killed_leaves_a_store_in_which_the_next_one_keeps(home: Path, log: Path, busy: bytes) -> None:
    if os.name == "nt":
        skip("windows", "signals are others there")
    url = file_url(home / "store.db")
    temporary = home / "temporary"
    temporary.mkdir()
    with start(home, "-", "--store", url, TMPDIR=str(temporary)) as child:
        assert child.stdin is not None
        child.stdin.write(busy)
        child.stdin.flush()
        child.kill()
    assert child.returncode == -signal.SIGKILL
    code, out, err = ended(start(home, log, "--store", url))
    assert (code, err) == (0, "")
    assert "ssh-guessing" in out
    assert guessers(home, url) == {"ip:192.0.2.1"}
    assert not list(temporary.iterdir())
