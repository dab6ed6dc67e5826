"""`rules.lock.toml`: what was written is read again, and what is damaged is one sentence."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tocsin.app.rule_add_lock import NAME, Locked, files_of, is_as_written, read, write
from tocsin.detect.sets import tree_digest
from tocsin.model import UserError

ONE = Locked(
    name="ours", version="1", source='a "quoted" place\\x.zip', digest="sha256:0", tree=tree_digest({"a.yml": b"x"}),
    files=1, rules=1, added=datetime(2026, 1, 2, tzinfo=UTC), under=("rules",), commit="ab", licence="DRL-1.1",
)  # fmt: skip


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    write(tmp_path, [ONE])
    assert read(tmp_path) == {"ours": ONE}
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [NAME]
    write(tmp_path, [])
    assert read(tmp_path) == {}


def test_without_a_lock_there_is_no_set(tmp_path: Path) -> None:
    assert read(tmp_path) == {}


@pytest.mark.parametrize("raw", [b"[[set]]\nname = 1\n", b"[[set]\n", b"\xff\xfe", b'[[set]]\nname = "x"\nevil = 1\n'])
def test_a_lock_that_is_damaged_is_one_sentence(tmp_path: Path, raw: bytes) -> None:
    (tmp_path / NAME).write_bytes(raw)
    with pytest.raises(UserError, match=NAME):
        read(tmp_path)


def test_a_set_is_as_written_until_a_file_of_it_changes(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_bytes(b"x")
    assert files_of(tmp_path) == {"a.yml": b"x"}
    assert is_as_written(tmp_path, ONE)
    (tmp_path / "b.yml").write_bytes(b"")
    assert not is_as_written(tmp_path, ONE)
    assert not is_as_written(tmp_path / "none", ONE)
