"""What a stranger made neither ends a scan, stops it, nor costs anything but itself."""

import json
import os
import zlib
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import pytest
from dulwich import porcelain

from tests.app.made import SHELL, Said, failures
from tests.cli.conftest import Result
from tocsin.app.scan import scan
from tocsin.app.scan_looked import Limits, Request
from tocsin.runtime.workspace import Workspace

Tocsin = Callable[..., Result]


def said(tocsin: Tocsin, *words: object) -> Said:
    return Said(*tocsin("scan", *words, "--no-store", "--format", "json"))


@pytest.mark.parametrize(
    "line",
    [
        json.dumps({"time": -99_999_999_999, "message": "x", "level": "error", "user": "bob"}),
        "0001-01-01T00:00:00+05:00 web1 sshd[1]: Failed password for root from 192.0.2.7 port 1 ssh2",
        "9999-12-31T23:59:59 web1 sshd[1]: Failed password for root from 192.0.2.7 port 1 ssh2",
    ],
)
def test_a_time_that_no_calendar_shows_costs_nothing_else(tocsin: Tocsin, home: Path, line: str) -> None:
    (home / "odd.log").write_text(f"{line}\n" * 5)
    (home / "auth.log").write_text(failures(40, "192.0.2.7"))
    assert said(tocsin, ".", "--tz", "America/New_York").guessers == {"192.0.2.7"}


def spoil(git: Path, raw: bytes) -> None:
    for path in git.glob("objects/??/*"):
        path.chmod(0o644)
        path.write_bytes(raw)


@pytest.mark.parametrize(
    "raw", [b"", b"x\x9cjunk", zlib.compress(b"tree 5\0junk!"), zlib.compress(b"blob"), zlib.compress(b"commit 1\0x")]
)
def test_a_repository_that_is_no_repository_costs_its_authors_only(tocsin: Tocsin, home: Path, raw: bytes) -> None:
    (home / "tool.py").write_text(SHELL)
    repo = porcelain.init(str(home))
    porcelain.add(repo, [str(home / "tool.py")])
    porcelain.commit(repo, b"x", author=b"a <a@example.org>", committer=b"a <a@example.org>")
    repo.close()
    spoil(home / ".git", raw)
    assert "code-shell" in said(tocsin, ".").rules("tool.py")


def test_owners_that_take_forever_to_match_are_given_up(home: Path) -> None:
    (home / f"{'a' * 65}.py").write_text(SHELL)
    (home / "CODEOWNERS").write_text("*a" * 14 + "b @x\n")
    limits = Limits(job=3.0, record=1.0)
    scanned = scan(
        Request(paths=(str(home),), workspace=Workspace(), limits=limits), stdin=BytesIO(), progress=lambda *_: None
    )
    assert any(f.rule == "code-shell" for f in scanned.result.findings)
    assert any("owners not known: took longer" in one.why for one in scanned.result.coverage.nothing_to_look_for)


def test_owners_of_a_file_whose_name_is_no_text_are_known(tocsin: Tocsin, home: Path) -> None:
    if os.name != "posix":
        return
    Path(os.fsdecode(b"a\xff.py")).write_text(SHELL)
    (home / "CODEOWNERS").write_text("* @secops\n")
    result = said(tocsin, ".")
    assert {f["owner"] for f in result.result["findings"]} == {"@secops"}
