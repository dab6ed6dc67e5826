"""Walking: what is named, what is read in place, and what is never opened."""

import bz2
import gzip
import io
import os
import socket
import tarfile
import zipfile
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path

import pytest

from tests.fixtures import Unprivileged
from tests.skips import skip
from tocsin.ingest.stream import Bounds
from tocsin.ingest.walk import Input, inputs
from tocsin.model import UserError
from tocsin.model.coverage import Missed, Nothing

LINE = b"Dec 10 06:55:46 bastion sshd[1]: Invalid user admin from 192.0.2.1\n"


def seen(paths: Iterable[Path | str], bounds: Bounds | None = None, stdin: bytes = b"") -> dict[str, bytes | str]:
    """Return what each path gave: its bytes, or why it was not read."""
    found: dict[str, bytes | str] = {}
    walked = inputs([str(p) for p in paths], bounds or Bounds(), stdin=io.BytesIO(stdin), now=1)
    for item in walked:
        if isinstance(item, Input):
            found[item.path] = item.open().read()
            if item.trouble:
                found[f"{item.path} trouble"] = item.trouble
        else:
            found[item.path] = f"{type(item).__name__}: {item.why}"
    return found


def test_files_of_a_folder_come_sorted(tmp_path: Path) -> None:
    for name in ("b.log", "a.log", "sub/c.log"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(LINE)

    assert list(seen([tmp_path])) == [str(tmp_path / n) for n in ("a.log", "b.log", "sub/c.log")]


def test_a_path_that_is_not_there_is_the_users_error() -> None:
    with pytest.raises(UserError, match=r"^no/such\.log: there is no such file or folder$"):
        inputs(["no/such.log"])


def test_standard_input_is_an_input() -> None:
    assert seen(["-"], stdin=LINE) == {"-": LINE}


def test_a_compressed_file_is_read_in_place_whatever_its_name(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(gzip.compress(LINE))
    (tmp_path / "b.gz").write_bytes(LINE)

    assert seen([tmp_path]) == {str(tmp_path / "a.log"): LINE, str(tmp_path / "b.gz"): LINE}


def test_compressed_standard_input_is_read(tmp_path: Path) -> None:
    assert seen(["-"], stdin=bz2.compress(LINE)) == {"-": LINE}


def test_the_digest_is_that_of_the_decoded_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.log.gz").write_bytes(gzip.compress(LINE * 9))

    for item in inputs([str(tmp_path)]):
        assert isinstance(item, Input)
        item.open().peek(10)
        item.open().read()
        assert item.digest == sha256(LINE * 9).hexdigest()


def test_archives_in_archives_are_read_and_their_names_shown(tmp_path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w") as packed:
        packed.writestr("deep/b.log.gz", gzip.compress(LINE))
    with tarfile.open(tmp_path / "a.tgz", "w:gz") as tar:
        info = tarfile.TarInfo("logs/in.zip")
        info.size = len(inner.getvalue())
        tar.addfile(info, io.BytesIO(inner.getvalue()))

    deep = f"{tmp_path}/a.tgz!/logs/in.zip!/deep/b.log.gz"
    assert seen([tmp_path], Bounds(depth=4)) == {deep: LINE}
    assert seen([tmp_path], Bounds(depth=3)) == {deep: "Missed: packed more than 3 times"}


def test_an_archive_of_too_many_members_is_named(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as packed:
        for number in range(5):
            packed.writestr(f"{number}.log", LINE)

    found = seen([tmp_path], Bounds(members=3))

    assert len(found) == 4
    assert found[str(tmp_path / "a.zip")] == "Missed: it has more than 3 members; the rest was not read"


def test_a_zip_whose_names_climb_out_is_read_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    with zipfile.ZipFile(tmp_path / "in/a.zip", "w") as packed:
        packed.writestr("../../evil.log", LINE)

    assert seen([tmp_path / "in"]) == {f"{tmp_path}/in/a.zip!/../../evil.log": LINE}
    assert sorted(p.name for p in tmp_path.rglob("*")) == ["a.zip", "in"]


def test_a_gzip_bomb_is_read_up_to_its_bound_and_named(tmp_path: Path) -> None:
    (tmp_path / "bomb.gz").write_bytes(gzip.compress(bytes(100_000_000)))

    found = seen([tmp_path], Bounds(free=1 << 20))

    assert len(found[str(tmp_path / "bomb.gz")]) < 30_000_000
    assert "grows more than 250 times" in str(found[f"{tmp_path}/bomb.gz trouble"])


def test_a_compressed_file_that_ends_early_keeps_what_came(tmp_path: Path) -> None:
    whole = LINE * 20_000
    (tmp_path / "a.gz").write_bytes(gzip.compress(whole)[:-30])

    found = seen([tmp_path])

    assert whole.startswith(bytes(found[str(tmp_path / "a.gz")]))  # type: ignore[arg-type]  # it was read
    assert "it ends early" in str(found[f"{tmp_path}/a.gz trouble"])


def test_an_input_over_the_bound_is_cut_and_named(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LINE * 10)

    found = seen([tmp_path], Bounds(bytes=100))

    assert found[str(tmp_path / "a.log")] == (LINE * 10)[:100]
    assert "over 100 bytes" in str(found[f"{tmp_path}/a.log trouble"])


@pytest.mark.parametrize("name", [".git", "__pycache__", "node_modules", ".venv"])
def test_folders_that_are_nobodys_are_named_once(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "a.log").write_bytes(LINE)

    (found,) = inputs([str(tmp_path)])

    assert isinstance(found, Nothing)
    assert found.path == str(tmp_path / name)


def test_such_a_folder_is_walked_when_it_is_what_was_named(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git/a.log").write_bytes(LINE)

    assert seen([tmp_path / ".git"]) == {str(tmp_path / ".git/a.log"): LINE}


@pytest.fixture
def links(tmp_path: Path) -> Path:
    """Return a folder in which links can be made; skips where the system makes none."""
    try:
        (tmp_path / "probe").symlink_to(tmp_path)
    except OSError:
        skip("windows", "links need a privilege")
    (tmp_path / "probe").unlink()
    return tmp_path


def test_links_in_a_circle_end(links: Path) -> None:
    (links / "in/sub").mkdir(parents=True)
    (links / "in/a.log").write_bytes(LINE)
    (links / "in/sub/up").symlink_to(links / "in", target_is_directory=True)
    (links / "in/self").symlink_to("self")

    found = seen([links / "in"])

    assert found[str(links / "in/a.log")] == LINE
    assert found[str(links / "in/sub/up")] == "Nothing: a link; what it leads to is looked at under its own name"
    assert found[str(links / "in/self")] == "Nothing: a link that leads nowhere"


def test_a_link_out_of_what_was_named_is_not_followed(links: Path) -> None:
    (links / "in").mkdir()
    (links / "secret.log").write_bytes(LINE)
    (links / "in/a.log").symlink_to(links / "secret.log")

    found = seen([links / "in"])

    assert str(found[str(links / "in/a.log")]).startswith("Missed: a link that leads out of what was named")


def test_a_link_that_was_named_is_followed(links: Path) -> None:
    (links / "real.log").write_bytes(LINE)
    (links / "a.log").symlink_to(links / "real.log")

    assert seen([links / "a.log"]) == {str(links / "a.log"): LINE}


def test_a_path_in_another_that_was_named_is_looked_at_once(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LINE)

    found = list(inputs([str(tmp_path), str(tmp_path / "a.log")]))

    assert [type(item).__name__ for item in found] == ["Input", "Nothing"]


def test_pipes_and_sockets_are_named_and_never_opened(tmp_path: Path) -> None:
    if not hasattr(os, "mkfifo"):
        skip("windows", "there are no FIFOs")
    os.mkfifo(tmp_path / "pipe")
    listening = socket.socket(socket.AF_UNIX)
    listening.bind(str(tmp_path / "sock"))
    listening.close()

    assert seen([tmp_path, "/dev/null"]) == {
        str(tmp_path / "pipe"): "Missed: a named pipe; give it on standard input, with -",
        str(tmp_path / "sock"): "Missed: a socket",
        "/dev/null": "Missed: a device",
    }


def test_what_may_not_be_read_is_named_and_the_rest_is_read(unprivileged: Unprivileged) -> None:
    folder = unprivileged.folder
    (folder / "closed.log").write_bytes(LINE)
    (folder / "closed.log").chmod(0)
    (folder / "open.log").write_bytes(LINE)
    (folder / "open.log").chmod(0o644)
    (folder / "shut").mkdir()
    (folder / "shut").chmod(0)

    found = unprivileged(lambda: seen([folder]))

    assert found == {
        str(folder / "closed.log"): "Missed: no permission to read it",
        str(folder / "open.log"): LINE,
        str(folder / "shut"): "Missed: no permission to read it",
    }


def test_a_name_that_is_no_text_is_shown_escaped(tmp_path: Path) -> None:
    try:
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/a\xff.log")).write_bytes(LINE)
    except (OSError, UnicodeError):
        skip("windows", "names must be Unicode")

    assert seen([tmp_path]) == {f"{tmp_path}/a\\xff.log": LINE}


def test_7z_says_what_to_install_where_its_reader_is_absent(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setitem(sys.modules, "py7zr", None)
    monkeypatch.delitem(sys.modules, "tocsin.formats.sevenzip", raising=False)
    monkeypatch.delattr("tocsin.formats.sevenzip", raising=False)
    (tmp_path / "a.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(100))

    (found,) = inputs([str(tmp_path)])

    assert found == Missed(path=str(tmp_path / "a.7z"), why="reading .7z needs py7zr: pip install 'tocsin[archives]'")


def test_a_folder_named_beside_what_lies_in_it_is_looked_at_once(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    (tmp_path / "sub" / "a.log").write_bytes(LINE)
    walked = list(inputs([str(tmp_path / "sub" / "a.log"), str(tmp_path / "sub"), str(tmp_path)]))

    assert [item.path for item in walked if isinstance(item, Input)] == [str(tmp_path / "sub" / "a.log")]


def test_a_file_in_a_folder_that_is_passed_over_is_looked_at_when_it_is_named_too(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "a.log").write_bytes(LINE)

    assert seen([tmp_path, tmp_path / ".git" / "a.log"])[str(tmp_path / ".git" / "a.log")] == LINE


def test_a_link_into_a_folder_that_is_passed_over_is_named_as_not_looked_at(tmp_path: Path) -> None:
    (tmp_path / "node_modules").mkdir()
    (tmp_path / "node_modules" / "a.log").write_bytes(LINE)
    (tmp_path / "a.log").symlink_to(tmp_path / "node_modules" / "a.log")

    assert seen([tmp_path])[str(tmp_path / "a.log")].startswith("Missed")  # type: ignore[arg-type]  # it is a reason


def test_two_members_of_one_name_are_two_inputs(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "a.tar", "w") as tar:
        for data in (LINE, LINE * 2):
            info = tarfile.TarInfo("a.log")
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))

    name = str(tmp_path / "a.tar") + "!/a.log"
    assert seen([tmp_path]) == {name: LINE, f"{name} (2)": LINE * 2}


def test_many_small_bombs_are_one_bomb(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as packed:
        for number in range(50):
            packed.writestr(f"{number}.log", LINE * 1000)
    bounds = Bounds(ratio=10, free=100_000, depth=3)
    found = seen([tmp_path], bounds)

    assert sum(len(data) for data in found.values() if isinstance(data, bytes)) < 40 * len(LINE * 1000)
    assert "grows more than 30 times, all in all" in str(found[str(tmp_path / "a.zip")])


def test_a_pipe_that_takes_the_place_of_a_file_is_never_waited_for(tmp_path: Path) -> None:
    (tmp_path / "a.log").write_bytes(LINE)
    (tmp_path / "b.log").write_bytes(LINE)
    walked = inputs([str(tmp_path)])
    next(walked)
    (tmp_path / "b.log").unlink()
    os.mkfifo(tmp_path / "b.log")

    (last,) = walked
    assert isinstance(last, Missed)
