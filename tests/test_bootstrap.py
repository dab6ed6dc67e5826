"""The bootstrap gets the pinned uv from an index, or says why not."""

import functools
import hashlib
import http.server
import io
import os
import shutil
import stat
import subprocess
import sys
import threading
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.house.sources import ROOT
from tools import bootstrap

WHEELS: list[dict[str, Any]] = next(
    package
    for package in tomllib.loads((ROOT / "uv.lock").read_text(encoding="utf-8"))["package"]
    if package["name"] == "uv"
)["wheels"]


@pytest.mark.parametrize(
    ("machine", "mark"),
    [
        ("linux_x86_64", "manylinux_2_17_x86_64"),
        ("linux_aarch64", "aarch64"),
        ("linux_armv7l", "armv7l"),
        ("linux_riscv64", "manylinux_2_31_riscv64"),
        ("musl_x86_64", "musllinux_1_1_x86_64"),
        ("musl_aarch64", "musllinux_1_1_aarch64"),
        ("macosx_arm64", "macosx_11_0_arm64"),
        ("macosx_x86_64", "macosx_10_12_x86_64"),
        ("win_amd64", "win_amd64"),
        ("win_arm64", "win_arm64"),
    ],
)
def test_each_machine_gets_its_wheel(machine: str, mark: str) -> None:
    assert mark in bootstrap.choose(WHEELS, machine)["url"]


def test_a_machine_without_a_wheel_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        bootstrap.choose(WHEELS, "linux_pdp11")
    assert "no uv for linux_pdp11" in capsys.readouterr().err


def test_each_wheel_of_uv_is_pinned_by_its_hash() -> None:
    assert all(wheel["hash"].startswith("sha256:") and len(wheel["hash"]) == 71 for wheel in WHEELS)


def wheel_of(version: str) -> bytes:
    """Return a wheel whose `uv` is a script that says its version."""
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("uv-9.9.9.data/scripts/uv", f"#!/bin/sh\necho uv {version}\n")
    return content.getvalue()


class Index:
    """An index on loopback with one wheel of uv, and a tree whose lock pins it."""

    def __init__(self, folder: Path) -> None:
        self.served = folder / "served"
        self.tree = folder / "tree"
        (self.served / "simple" / "uv").mkdir(parents=True)
        (self.tree / "tools").mkdir(parents=True)
        shutil.copy(ROOT / "tools" / "bootstrap.py", self.tree / "tools")
        self.wheel = wheel_of("9.9.9")
        handler = functools.partial(Quiet, directory=str(self.served))
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/simple"
        self.file = bootstrap.choose(WHEELS)["url"].rsplit("/", 1)[1]

    def serve(self) -> None:
        """Put the wheel, its page and the lock in their places."""
        page = f'<html><body><a href="../../files/{self.file}#sha256=0">{self.file}</a></body></html>'
        (self.served / "simple" / "uv" / "index.html").write_text(page, encoding="utf-8")
        (self.served / "files").mkdir()
        (self.served / "files" / self.file).write_bytes(self.wheel)

    def lock(self, content: bytes) -> None:
        """Pin the wheel by the hash of some bytes."""
        digest = hashlib.sha256(content).hexdigest()
        wheel = f'{{ url = "https://files.example.org/{self.file}", hash = "sha256:{digest}", size = 1048576 }}'
        text = f'[[package]]\nname = "uv"\nversion = "9.9.9"\nwheels = [{wheel}]\n'
        (self.tree / "uv.lock").write_text(text, encoding="utf-8")

    def run(self, **variables: str) -> subprocess.CompletedProcess[str]:
        """Ask the tree's bootstrap for uv."""
        command = [sys.executable, "-I", str(self.tree / "tools" / "bootstrap.py"), "uv"]
        wanted = {"PATH": os.defpath, "PIP_INDEX_URL": self.url, "HOME": str(self.tree), **variables}
        return subprocess.run(command, env=wanted, capture_output=True, text=True, check=False, timeout=60)


class Quiet(http.server.SimpleHTTPRequestHandler):
    """A file server that prints nothing."""

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    index = Index(tmp_path)
    yield index
    index.server.shutdown()
    index.server.server_close()


@pytest.mark.skip_when("windows", "the stand-in for uv is a shell script")
class TestFetching:
    """uv from an index, without pip."""

    def test_uv_is_fetched_from_the_index_that_pip_was_told(self, index: Index) -> None:
        index.serve()
        index.lock(index.wheel)
        result = index.run()
        assert result.stdout.strip() == str(index.tree / ".uv" / "uv-9.9.9" / "uv")
        assert Path(result.stdout.strip()).stat().st_mode & stat.S_IXUSR

    def test_a_wheel_with_another_hash_is_refused(self, index: Index) -> None:
        index.serve()
        index.lock(b"another wheel")
        result = index.run()
        assert result.returncode == 2
        assert "nothing was installed" in result.stderr
        assert not (index.tree / ".uv").exists()

    def test_an_index_without_the_file_is_named(self, index: Index) -> None:
        (index.served / "simple" / "uv" / "index.html").write_text("<html></html>", encoding="utf-8")
        index.lock(index.wheel)
        assert f"the index {index.url} has no {index.file}" in index.run().stderr

    def test_a_password_of_the_index_is_not_printed(self, index: Index) -> None:
        index.lock(index.wheel)
        (index.served / "simple" / "uv" / "index.html").write_text("<html></html>", encoding="utf-8")
        said = index.run(PIP_INDEX_URL=index.url.replace("http://", "http://ada:hunter2@")).stderr
        assert "has no" in said
        assert "hunter2" not in said

    def test_a_second_time_nothing_is_fetched(self, index: Index) -> None:
        index.serve()
        index.lock(index.wheel)
        index.run()
        shutil.rmtree(index.served)
        assert index.run().returncode == 0

    def test_a_uv_of_another_version_in_path_is_not_used(self, index: Index, tmp_path: Path) -> None:
        index.serve()
        index.lock(index.wheel)
        (tmp_path / "uv").write_text("#!/bin/sh\necho uv 0.0.1\n", encoding="utf-8")
        (tmp_path / "uv").chmod(0o755)
        assert index.run(PATH=f"{tmp_path}:{os.defpath}").stdout.strip() != str(tmp_path / "uv")

    def test_a_uv_of_the_pinned_version_in_path_is_used(self, index: Index, tmp_path: Path) -> None:
        index.lock(index.wheel)
        (tmp_path / "uv").write_text("#!/bin/sh\necho uv 9.9.9\n", encoding="utf-8")
        (tmp_path / "uv").chmod(0o755)
        assert index.run(PATH=f"{tmp_path}:{os.defpath}").stdout.strip() == str(tmp_path / "uv")
