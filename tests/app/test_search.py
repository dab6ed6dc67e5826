"""`tocsin event` over files: what it holds and what it says."""

import os
from pathlib import Path

import msgspec
import pytest

from tests.app.made import failures, measured
from tests.skips import skip
from tocsin.app.search import Cut
from tocsin.ingest.frame import Block


def test_the_words_of_a_plug_in_that_failed_hold_no_secret() -> None:
    key = "AKIA" + "QZ3TKLM7XWPR7Q2M"
    raw = Cut().set_aside(msgspec.msgpack.encode(Block(path="x", frame="lines", number=0)), f"ValueError: {key}")
    assert key.encode() not in raw


def test_events_of_a_great_log_are_held_on_disk(tmp_path: Path) -> None:
    if not hasattr(os, "wait4"):
        skip("windows", "the memory of a process that ended is not told")
    log = tmp_path / "a.log"
    log.write_text(failures(3000, "192.0.2.7") * 150)  # 40 MB
    _, out, peak = measured(tmp_path, "event", log, "--count-by", "user.name")
    assert b"450000" in out.replace(b",", b"")
    assert peak < 200 << 10  # held in memory they took 800 MB


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Give each test a user's folders of its own."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
