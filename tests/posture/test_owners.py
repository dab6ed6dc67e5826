"""Who owns a file."""

import os
from pathlib import Path

import pytest
from dulwich import porcelain

from tocsin.posture.owners import CodeOwners, Owners

RULES = """# who looks after what
* @all
/tools/ @secops @lead
*.md writer@example.org   # the pages
/tools/free.py
docs/ @docs
"""


@pytest.mark.parametrize(
    ("path", "owner"),
    [
        ("a.py", "@all"),
        ("tools/a.py", "@secops @lead"),
        ("tools/deep/b.py", "@secops @lead"),
        ("x/tools/a.py", "@all"),
        ("tools/a.md", "writer@example.org"),
        ("tools/free.py", None),
        ("x/docs/a.txt", "@docs"),
    ],
)
def test_the_last_rule_that_fits_wins(path: str, owner: str | None) -> None:
    assert CodeOwners(RULES).of(path) == owner


@pytest.mark.parametrize("place", ["CODEOWNERS", ".github/CODEOWNERS", "docs/CODEOWNERS"])
def test_the_file_is_found_where_forges_look_for_it(tmp_path: Path, place: str) -> None:
    (tmp_path / place).parent.mkdir(exist_ok=True)
    (tmp_path / place).write_text("* @all\n")
    assert Owners(tmp_path).of(tmp_path / "x" / "a.py") == "@all"


def test_it_is_found_above_the_scanned_folder(tmp_path: Path) -> None:
    (tmp_path / "CODEOWNERS").write_text("/tools/ @secops\n")
    (tmp_path / "tools").mkdir()
    assert Owners(tmp_path / "tools").of(tmp_path / "tools" / "a.py") == "@secops"


def test_without_either_there_is_no_owner(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    assert Owners(tmp_path).of(tmp_path / "a.py") is None


def test_a_broken_repository_gives_no_owner(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_text("ref: refs/heads/main\n")
    (tmp_path / ".git" / "config").write_bytes(b"\0\xff[broken")
    assert Owners(tmp_path).of(tmp_path / "a.py") is None


def test_git_names_the_last_author_where_no_rule_does(tmp_path: Path) -> None:
    porcelain.init(str(tmp_path))
    for author, names in ((b"Ann <ann@example.org>", ("a.py", "b.py")), (b"Bob <bob@example.org>", ("b.py",))):
        for name in names:
            (tmp_path / name).write_text(f"# {author!r}\n")
            porcelain.add(str(tmp_path), [str(tmp_path / name)])
        porcelain.commit(str(tmp_path), message=b"change", author=author, committer=author)
    owners = Owners(tmp_path)
    assert owners.of(tmp_path / "a.py") == "ann@example.org"
    assert owners.of(tmp_path / "b.py") == "bob@example.org"
    assert owners.of(tmp_path / "new.py") is None


def test_a_hook_of_the_scanned_tree_is_not_run(tmp_path: Path) -> None:
    porcelain.init(str(tmp_path))
    (tmp_path / "a.py").write_text("a = 1\n")
    porcelain.add(str(tmp_path), [str(tmp_path / "a.py")])
    porcelain.commit(str(tmp_path), message=b"one", author=b"A <a@example.org>", committer=b"A <a@example.org>")
    mark = tmp_path / "ran"
    config = tmp_path / ".git" / "config"
    config.write_text(config.read_text() + f'[core]\n\tfsmonitor = "touch {mark}"\n\tpager = "touch {mark}"\n')
    assert Owners(tmp_path).of(tmp_path / "a.py") == "a@example.org"
    assert not os.path.lexists(mark)
