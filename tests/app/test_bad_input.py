"""Bad input: one sentence that says what and where, and nothing else is lost."""

import gzip
import io
import os
import socket
import tarfile
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.app.made import SHELL, Said, environment, failures, measured, scanned
from tests.fixtures import Unprivileged
from tests.skips import skip
from tocsin.app.scan import scan
from tocsin.app.scan_looked import Request
from tocsin.runtime.workspace import Workspace

MIB = 1 << 20
GOOD = {  # file → the address that guesses in it, whatever else is wrong there
    "plain.log": "192.0.2.1",
    "utf16le.log": "192.0.2.2",
    "utf16be.log": "192.0.2.3",
    "utf16le_mark.log": "192.0.2.4",
    "utf16be_mark.log": "192.0.2.5",
    "nul.log": "192.0.2.6",
    "short.log.gz": "192.0.2.7",
    "outside.zip": "192.0.2.8",
    "nested.zip": "192.0.2.9",
    "latin.log": "192.0.2.10",
    "no_end.log": "192.0.2.11",
}


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> Said:
    """Look at a folder of everything that is wrong, once."""
    if os.name == "nt":
        skip("windows", "links, pipes and sockets are made otherwise there")
    home = tmp_path_factory.mktemp("bad")
    folder = home / "bad"
    folder.mkdir()
    texts(folder)
    packed(folder)
    odd(folder)
    code(folder)
    return scanned(home, folder)


def texts(folder: Path) -> None:
    lines = {name: failures(40, address) for name, address in GOOD.items()}
    (folder / "plain.log").write_text(lines["plain.log"])
    (folder / "utf16le.log").write_bytes(lines["utf16le.log"].encode("utf-16-le"))
    (folder / "utf16be.log").write_bytes(lines["utf16be.log"].encode("utf-16-be"))
    (folder / "utf16le_mark.log").write_bytes(b"\xff\xfe" + lines["utf16le_mark.log"].encode("utf-16-le"))
    (folder / "utf16be_mark.log").write_bytes(b"\xfe\xff" + lines["utf16be_mark.log"].encode("utf-16-be"))
    (folder / "nul.log").write_bytes(b"a\0b\0\0c\n" + lines["nul.log"].encode() + b"\0\0\0\0\n")
    (folder / "latin.log").write_bytes(
        "Nov 22 02:10:00 bastion app[1]: Grüße\n".encode("latin-1") * 3 + lines["latin.log"].encode()
    )
    (folder / "no_end.log").write_text(lines["no_end.log"].rstrip("\n"))
    (folder / "empty.log").write_bytes(b"")
    (folder / "white.log").write_bytes(b" \n\t\n\n")
    (folder / "random.dat").write_bytes(bytes(range(256)) * 40)


def packed(folder: Path) -> None:
    whole = gzip.compress(failures(40, GOOD["short.log.gz"]).encode() + os.urandom(90_000).hex().encode())
    (folder / "short.log.gz").write_bytes(whole[: len(whole) * 3 // 4])
    (folder / "bomb.log.gz").write_bytes(
        gzip.compress((b"Nov 22 02:11:00 bastion app[1]: " + b"x" * 500_000 + b"\n") * 170, 9)
    )
    (folder / "junk.gz").write_bytes(b"\x1f\x8b\x08\0" + b"junk" * 30)
    with zipfile.ZipFile(folder / "outside.zip", "w") as archive:
        archive.writestr("../../../outside.log", failures(40, GOOD["outside.zip"]))
    inner = zipped("deep.log", failures(40, GOOD["nested.zip"]).encode())
    (folder / "nested.zip").write_bytes(zipped("inner.zip", inner))
    for _ in range(4):
        inner = zipped("matryoshka.zip", inner)
    (folder / "too_nested.zip").write_bytes(inner)
    (folder / "cut.zip").write_bytes(zipped("a.log", failures(40, "192.0.2.99").encode())[:-30])
    with tarfile.open(folder / "link.tar", "w") as archive:
        member = tarfile.TarInfo("passwd.log")
        member.type, member.linkname = tarfile.SYMTYPE, "/etc/passwd"
        archive.addfile(member)


def zipped(name: str, raw: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, raw)
    return out.getvalue()


def odd(folder: Path) -> None:
    os.mkfifo(folder / "pipe.log")
    (folder / "loop").symlink_to(folder)
    (folder / "self").symlink_to(folder / "self")
    (folder / "up").symlink_to("/etc")
    (folder / "dead").symlink_to(folder / "nowhere")
    with socket.socket(socket.AF_UNIX) as listening:
        here = Path.cwd()
        os.chdir(folder)  # a socket's path may have 107 bytes
        listening.bind("talk.sock")
        os.chdir(here)
    (folder / "name\x1b[31m\n.dat").write_bytes(b"\x80\x81\x00\x01" * 99)
    (folder / os.fsdecode(b"latin\xff.log")).write_text("Nov 22 02:11:00 bastion app[1]: x\n")


def code(folder: Path) -> None:
    (folder / "good.py").write_text(SHELL)
    (folder / "long.py").write_text("x = 1\n" * 30_000 + SHELL)
    (folder / "wrong.py").write_text("def f(:\n    pass\n")
    (folder / "nul.py").write_bytes(b"import os\n\0\n")
    (folder / "deep.py").write_text("(" * 100_000 + ")" * 100_000)
    (folder / "deep_minus.py").write_text("x = " + "-" * 200_000 + "1\n")
    (folder / "cookie.py").write_bytes(b"# -*- coding: klingon -*-\nx = '\xff'\n")
    (folder / "bytes.py").write_bytes(b"x = '\xff\xfe'\n")
    (folder / "empty.py").write_bytes(b"")
    (folder / "wrong.ipynb").write_text('{"cells": [{"cell_type": "code", "source": 7')


def test_the_run_ends_incomplete_and_says_nothing_on_stderr(said: Said) -> None:
    assert (said.code, said.err) == (3, "")
    assert said.result["verdict"]["says"] == "undecided"


@pytest.mark.parametrize("name", GOOD)
def test_what_can_be_read_of_a_bad_input_is_looked_at(said: Said, name: str) -> None:
    assert GOOD[name] in said.guessers


def test_code_beside_bad_files_is_looked_at_to_its_end(said: Said) -> None:
    assert "code-shell" in said.rules("/good.py")
    assert "code-shell" in said.rules("/long.py")


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("random.dat", "binary data"),
        ("short.log.gz", "ends"),
        ("bomb.log.gz", "grows"),
        ("junk.gz", ""),
        ("matryoshka.zip", "packed more than 3 times"),
        ("cut.zip", ""),
        ("passwd.log", "a link"),
        ("pipe.log", "a named pipe; give it on standard input"),
        ("talk.sock", "a socket"),
        ("up", "a link that leads out of what was named"),
        ("wrong.py", "line 1: no parser reads it"),
        ("nul.py", "null bytes"),
        ("deep.py", "no parser reads it"),
        ("deep_minus.py", "no parser reads it"),
        ("cookie.py", "unknown encoding"),
        ("bytes.py", ""),
        ("wrong.ipynb", ""),
    ],
)
def test_what_cannot_be_read_is_named_with_its_reason(said: Said, name: str, why: str) -> None:
    assert why in said.missed[name]
    assert len(said.missed[name]) < 200


@pytest.mark.parametrize("name", ["empty.log", "white.log", "loop", "dead", "self"])
def test_where_there_is_nothing_to_see_that_is_said_and_is_complete(said: Said, name: str) -> None:
    assert said.nothing[name]
    assert name not in said.missed


def test_nothing_is_written_outside_for_an_archive_that_climbs(
    said: Said, tmp_path_factory: pytest.TempPathFactory
) -> None:
    assert said.code == 3
    assert not list(tmp_path_factory.getbasetemp().rglob("outside.log"))


def test_a_name_of_control_characters_stays_text(said: Said) -> None:
    assert any("\\x1b" in name or "\x1b" in name for name in said.missed)


@pytest.fixture
def long_line(tmp_path: Path) -> Iterator[Path]:
    log = tmp_path / "long.log"
    with log.open("wb") as file:
        file.write(failures(40, "192.0.2.1").encode())
        for _ in range(100):
            file.write(b"A" * MIB)
        file.write(b"\n" + failures(40, "192.0.2.2").encode())
        file.truncate(file.tell() + 400 * MIB)  # a hole: zeros without an end of line
    yield log
    log.unlink()


def test_a_line_of_100_mib_is_refused_in_bounded_memory_and_what_follows_is_read(
    long_line: Path, tmp_path: Path
) -> None:
    if os.name == "nt":
        skip("windows", "how much memory a process took is asked of the kernel here")
    code, out, peak = measured(tmp_path, "scan", long_line, "--no-store", "--format", "json")
    said = Said(code, out.decode(), "")
    assert said.code == 3
    assert said.guessers == {"192.0.2.1", "192.0.2.2"}
    assert said.missed["long.log:41"] == "the line has 104,857,600 bytes; 1,048,576 is the most"
    assert said.missed["long.log:82"] == "the line has 419,430,400 bytes; 1,048,576 is the most"
    assert peak < 300 * 1024


def test_a_broken_chunk_of_an_event_log_costs_only_its_own_records(data: Path, tmp_path: Path) -> None:
    (path,) = (data / "evtx-attack-samples").rglob("Sysmon_UACME_64.evtx")
    raw = bytearray(path.read_bytes())
    log = tmp_path / "broken.evtx"
    log.write_bytes(raw)
    before = scanned(tmp_path, log, "--no-store").result["coverage"]["looked_at"]
    raw[4096 + 3000 : 4096 + 9000] = b"\xa5" * 6000  # records of the first chunk, behind its header and tables
    log.write_bytes(raw)
    (tmp_path / "auth.log").write_text(failures(40, "192.0.2.1"))
    said = scanned(tmp_path, log, tmp_path / "auth.log", "--no-store")
    after = said.result["coverage"]["looked_at"]
    assert said.code == 3
    assert said.guessers == {"192.0.2.1"}
    assert 0 < before["records"] - (after["events"] - 40) < before["records"]
    assert any(name.startswith("broken.evtx") for name in said.missed)


class Trickster(io.BytesIO):
    """Standard input that does something to the world when it is read."""

    def __init__(self, trick: Callable[[], object]) -> None:
        super().__init__(failures(40, "192.0.2.1").encode())
        self.trick = trick

    def read(self, size: int | None = -1, /) -> bytes:
        self.trick()
        return super().read(size)


def test_a_file_that_vanishes_before_its_turn_is_named(home: Path) -> None:
    log = home / "b.log"
    log.write_text("Nov 22 02:11:00 bastion app[1]: x\n")
    request = Request(paths=("-", str(log)), workspace=Workspace(), workers=1)
    told = scan(request, stdin=Trickster(lambda: log.unlink(missing_ok=True)), progress=lambda *_: None)
    assert [(m.path, m.why) for m in told.result.coverage.not_looked_at] == [(str(log), "it is gone")]
    assert "ssh-guessing" in {f.rule for f in told.result.findings}


@pytest.mark.parametrize("change", ["grows", "shrinks", "goes"])
def test_a_file_that_changes_while_it_is_read_is_read_as_far_as_it_goes(home: Path, change: str) -> None:
    log = home / "busy.log"
    log.write_text(failures(40, "192.0.2.1") + failures(60_000, "192.0.2.2")[: 5 * MIB] + "\n")
    changed: list[str] = []

    def meanwhile(path: str, done: int, total: int) -> None:
        del path, done, total
        if not changed:
            changed.append(change)
            if change == "grows":
                with log.open("a") as file:
                    file.write(failures(40, "192.0.2.3"))
            elif change == "shrinks":
                os.truncate(log, 100)
            else:
                log.unlink()

    told = scan(Request(paths=(str(log),), workspace=Workspace(), workers=1), stdin=io.BytesIO(), progress=meanwhile)
    guessers = {e for f in told.result.findings if f.rule == "ssh-guessing" for e in f.entities if e.startswith("ip:")}
    assert {"ip:192.0.2.1", "ip:192.0.2.2"} <= guessers
    assert ("ip:192.0.2.3" in guessers) == (change == "grows")


def test_what_the_user_may_not_read_is_named_and_the_rest_is_read(unprivileged: Unprivileged) -> None:
    folder = unprivileged.folder / "in"
    (folder / "closed").mkdir(parents=True)
    (folder / "open.log").write_text(failures(40, "192.0.2.1"))
    (folder / "secret.log").write_text(failures(40, "192.0.2.2"))
    (folder / "closed" / "a.log").write_text("x\n")
    for path in (folder / "secret.log", folder / "closed"):
        path.chmod(0)

    def look() -> tuple[set[str], list[tuple[str, str]], int]:
        os.environ.update(environment(unprivileged.folder))
        request = Request(paths=(str(folder),), workspace=Workspace(), workers=1)
        told = scan(request, stdin=io.BytesIO(), progress=lambda *_: None)
        missed = [(Path(m.path).name, m.why) for m in told.result.coverage.not_looked_at]
        return {e for f in told.result.findings for e in f.entities}, missed, told.code

    entities, missed, code = unprivileged(look)
    for path in (folder / "secret.log", folder / "closed"):
        path.chmod(0o700)
    assert sorted(missed) == [("closed", "no permission to read it"), ("secret.log", "no permission to read it")]
    assert "ip:192.0.2.1" in entities
    assert "ip:192.0.2.2" not in entities
    assert code == 3
