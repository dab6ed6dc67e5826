"""Git's history names the last author of a file, and a broken store names nobody."""

from pathlib import Path

from dulwich import porcelain

from tocsin.posture.history import last_authors


def test_the_last_author_of_a_file_is_named(tmp_path: Path) -> None:
    porcelain.init(tmp_path)
    for author in (b"Ann <ann@example.org>", b"Bob <bob@example.org>"):
        (tmp_path / "tool.py").write_bytes(author)
        porcelain.add(tmp_path, paths=[str(tmp_path / "tool.py")])
        porcelain.commit(tmp_path, message=b"change", author=author, committer=author)
    assert last_authors(tmp_path) == {"tool.py": "bob@example.org"}


def test_a_broken_store_names_nobody(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "HEAD").write_bytes(b"\xff" * 40)
    assert last_authors(tmp_path) == {}
