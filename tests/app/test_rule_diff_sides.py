"""The sides of a comparison: commits, the working tree, folders."""

from pathlib import Path

import pytest

from tests.app.changes import commit, rule, write
from tocsin.app.rule_diff_sides import TREE, sides
from tocsin.model import UserError


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return a repository with two commits of one rule in `rules`, and stand in it."""
    folder = tmp_path / "repository"
    commit(folder, {"rules/a.yml": rule("x"), "README.md": "words", "rules/.hidden.yml": "a: b"})
    commit(folder, {"rules/a.yml": rule("y"), "rules/deep/b.yml": rule("z", "other")})
    monkeypatch.chdir(folder)
    return folder


def names(side: object) -> list[str]:
    return sorted(str(name) for name, _ in side.sources)  # type: ignore[attr-defined]  # a Side


def test_a_commit_gives_its_rule_files_and_no_others(repository: Path) -> None:
    before, after = sides(["HEAD~1..HEAD"], None)
    assert (names(before), names(after)) == (["rules/a.yml"], ["rules/a.yml", "rules/deep/b.yml"])
    assert before.name.startswith("HEAD~1 (")


def test_paths_are_those_in_the_folder_of_rules(repository: Path) -> None:
    before, after = sides(["HEAD~1..HEAD"], Path("rules"))
    assert (names(before), names(after)) == (["a.yml"], ["a.yml", "deep/b.yml"])


def test_the_folder_that_one_stands_in_is_that_of_the_rules(repository: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(repository / "rules" / "deep")
    assert names(sides(["HEAD..HEAD"], None)[0]) == ["b.yml"]


def test_one_file_of_a_repository_can_be_compared(repository: Path) -> None:
    before, after = sides(["HEAD~1..HEAD"], Path("rules/a.yml"))
    assert (names(before), names(after)) == (["a.yml"], ["a.yml"])
    assert before.sources[0][1] != after.sources[0][1]


@pytest.mark.parametrize("words", ["HEAD..", "HEAD"])
def test_without_a_second_commit_it_is_the_working_tree(repository: Path, words: str) -> None:
    write(repository, {"rules/new.yml": rule("n", "new")})
    _, after = sides([words], Path("rules"))
    assert (after.name, names(after)) == (TREE, ["a.yml", "deep/b.yml", "new.yml"])


def test_a_tag_a_branch_and_the_beginning_of_an_id_name_commits(repository: Path) -> None:
    from dulwich import porcelain

    made = commit(repository, {"rules/c.yml": rule("c", "third")})
    porcelain.tag_create(str(repository), b"v1")
    for revision in ("v1", made[:8], "refs/heads/master"):
        assert "rules/c.yml" in names(sides([f"HEAD~2..{revision}"], None)[1])


def test_two_folders_are_compared_where_both_are_there(tmp_path: Path) -> None:
    for name in ("old", "new"):
        write(tmp_path / name, {"a.yml": rule(name)})
    for words in ([f"{tmp_path / 'old'}..{tmp_path / 'new'}"], [str(tmp_path / "old"), str(tmp_path / "new")]):
        before, after = sides(words, None)
        assert (names(before), before.name, after.name) == (["a.yml"], str(tmp_path / "old"), str(tmp_path / "new"))


def test_folders_above_are_told_from_the_dots_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("old", "new", "here"):
        write(tmp_path / name, {"a.yml": rule(name)})
    monkeypatch.chdir(tmp_path / "here")
    before, after = sides(["../old..../new"], None)
    assert (before.name, after.name) == ("../old", "../new")


@pytest.mark.parametrize(
    ("words", "says"),
    [("nothing..HEAD", "has no commit 'nothing'"), ("HEAD...HEAD", "three dots"), ("HEAD..0000000", "has no commit")],
)
def test_what_is_no_commit_is_said(repository: Path, words: str, says: str) -> None:
    with pytest.raises(UserError, match=says):
        sides([words], None)


def test_outside_a_repository_the_way_out_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UserError, match="lies in no git repository") as caught:
        sides(["HEAD~1..HEAD"], None)
    assert "DIR1..DIR2" in caught.value.hint


def test_a_link_among_the_rules_is_not_followed(repository: Path) -> None:
    (repository / "rules" / "link.yml").symlink_to("/etc/passwd")
    from dulwich import porcelain

    porcelain.add(str(repository), [str(repository / "rules" / "link.yml")])
    porcelain.commit(str(repository), message=b"link", author=b"A <a@example.org>", committer=b"A <a@example.org>")
    found = dict(sides(["HEAD"], None)[0].sources)
    assert found["rules/link.yml"] == "cannot be read: it is a link, not a file"


def test_a_repository_with_a_broken_object_is_an_error_and_no_traceback(repository: Path) -> None:
    for path in (repository / ".git" / "objects").glob("??/*"):
        path.chmod(0o644)
        path.write_bytes(b"broken")
    with pytest.raises(UserError, match="has no commit 'HEAD'"):
        sides(["HEAD"], None)


def test_a_step_back_beyond_the_first_commit_is_said(repository: Path) -> None:
    with pytest.raises(UserError, match="has no commit 'HEAD~9'"):
        sides(["HEAD~9..HEAD"], None)
