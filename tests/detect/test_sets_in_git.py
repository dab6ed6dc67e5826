"""Sets of rules in a git folder: at a commit, whatever lies in the working tree."""

from pathlib import Path

import pytest
from dulwich import porcelain

from tests.detect.made_sets import rule
from tests.skips import skip
from tocsin.detect.sets_in_git import is_git, of_git
from tocsin.model import UserError

WHO = b"Ann <ann@example.org>"


def commit(folder: Path, files: dict[str, bytes], *, tag: str = "") -> str:
    for name, raw in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)
        porcelain.add(folder, paths=[str(path)])
    made = porcelain.commit(folder, message=b"rules", author=WHO, committer=WHO)
    if tag:
        porcelain.tag_create(folder, tag)
    return made.decode()


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    folder = tmp_path / "sigma"
    folder.mkdir()
    porcelain.init(folder)
    commit(folder, {"rules/a.yml": rule("a"), "README.md": b"x", "LICENSE": b"DRL 1.1"}, tag="r1")
    commit(folder, {"rules/a.yml": rule("a", level="low"), "rules/b.yml": rule("b")}, tag="r2")
    return folder


def test_a_tag_gives_the_files_of_that_commit(repository: Path) -> None:
    (repository / "rules" / "a.yml").write_bytes(b"changed in the working tree")
    taken = of_git(repository, "r1")
    assert taken.files == {"a.yml": rule("a")}
    assert (taken.moves, taken.licence, taken.left) == (False, "DRL 1.1", {"files that are no YAML": 2})
    assert set(of_git(repository, "r2").files) == {"a.yml", "b.yml"}


def test_a_commit_is_found_by_the_beginning_of_its_id(repository: Path) -> None:
    whole = of_git(repository, "r1").commit
    assert len(whole) == 40
    assert of_git(repository, whole[:10]).commit == whole


@pytest.mark.parametrize("name", ["HEAD", "master"])
def test_a_branch_moves_and_is_said_to(repository: Path, name: str) -> None:
    taken = of_git(repository, name)
    assert taken.moves
    assert taken.commit == of_git(repository, "r2").commit


def test_a_revision_that_is_not_there_names_the_tags(repository: Path) -> None:
    with pytest.raises(UserError, match="is no commit of that repository") as caught:
        of_git(repository, "r9")
    assert caught.value.hint == "the last tags are r1, r2"


def test_a_link_in_a_tree_is_never_followed(repository: Path) -> None:
    try:
        (repository / "rules" / "x.yml").symlink_to("/etc/passwd")
    except OSError:
        skip("windows", "links need a right there")
    porcelain.add(repository, paths=[str(repository / "rules" / "x.yml")])
    porcelain.commit(repository, message=b"link", author=WHO, committer=WHO)
    taken = of_git(repository, "HEAD")
    assert "x.yml" not in taken.files
    assert taken.refused == {"rules/x.yml": "it is a link, not a file"}


def test_settings_and_hooks_of_the_repository_run_nothing(repository: Path, tmp_path: Path) -> None:
    mark = tmp_path / "ran"
    with (repository / ".git" / "config").open("a") as config:
        config.write(f'[core]\n\tfsmonitor = "touch {mark}"\n\tsshCommand = "touch {mark}"\n')
    assert of_git(repository, "r1").files
    assert not mark.exists()


@pytest.mark.parametrize("name", ["HEAD", "refs/tags/r1"])
def test_a_broken_repository_is_one_sentence(repository: Path, name: str) -> None:
    (repository / ".git" / name).write_bytes(b"\xff" * 40)
    with pytest.raises(UserError) as caught:
        of_git(repository, "r1" if name != "HEAD" else "HEAD")
    assert "\n" not in caught.value.says


def test_objects_that_are_cut_are_one_sentence(repository: Path) -> None:
    for path in (repository / ".git" / "objects").rglob("*"):
        if path.is_file():
            path.chmod(0o600)
            path.write_bytes(path.read_bytes()[:9])
    with pytest.raises(UserError, match=r"cannot be read as git|is no commit"):
        of_git(repository, "r1")


def test_repositories_are_known_by_their_folders(repository: Path, tmp_path: Path) -> None:
    porcelain.init(tmp_path / "bare.git", bare=True)
    assert is_git(repository)
    assert is_git(tmp_path / "bare.git")
    assert not is_git(tmp_path)
