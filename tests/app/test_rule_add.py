"""Bringing sets of rules: what is pinned, what changes, all of it or nothing."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.detect.made_sets import rule, zipped
from tests.detect.test_set_changes import FILTER, PIPELINE
from tocsin.app.rule_add import Asked, Plan, folder_of, plan, remove, standing, write
from tocsin.app.rule_add_lock import read as lock_of
from tocsin.app.rules import rules_of
from tocsin.model import Refused, UserError
from tocsin.runtime.workspace import Scan, Settings, Workspace
from tocsin.runtime.workspace import read as workspace_of

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
V1 = {"rules/a.yml": rule("a"), "rules/sub/b.yml": rule("b")}
V2 = {"rules/a.yml": rule("a", level="low"), "rules/sub/c.yml": rule("c")}


@pytest.fixture
def team(tmp_path: Path) -> Workspace:
    folder = tmp_path / "team"
    (folder / "rules").mkdir(parents=True)
    (folder / "tocsin.toml").write_text("")
    return workspace_of(folder)


def asked(team: Workspace, files: dict[str, bytes], word: str = "ours@1", **words: object) -> Plan:
    assert team.folder is not None
    archive = team.folder.parent / "set.zip"
    archive.write_bytes(zipped(files))
    return plan(Asked(word=word, place=str(archive), **words), team, NOW)  # type: ignore[arg-type]  # words of a test


def tree(team: Workspace) -> dict[str, bytes]:
    assert team.folder is not None
    return {p.relative_to(team.folder).as_posix(): p.read_bytes() for p in team.folder.rglob("*") if p.is_file()}


def test_a_set_is_written_with_its_line_in_the_lock(team: Workspace) -> None:
    made = asked(team, V1)
    assert not made.needs_word
    place = write(made, team)
    assert tree(team) == {
        "tocsin.toml": b"", "rules/ours/a.yml": rule("a"), "rules/ours/sub/b.yml": rule("b"),
        "rules.lock.toml": tree(team)["rules.lock.toml"],
    }  # fmt: skip
    (locked,) = lock_of(place.parent.parent).values()
    assert (locked.name, locked.version, locked.files, locked.rules, locked.added) == ("ours", "1", 2, 2, NOW)
    assert [one.state for one in standing(team)] == ["as added"]


def test_the_rules_of_a_set_are_in_force_in_its_workspace(team: Workspace) -> None:
    write(asked(team, V1), team)
    rules = rules_of(team.rule_folders, only=True)
    assert {one.about.id for one in rules.rules} == {"a", "b"}
    assert not rules.problems


def test_planning_writes_nothing(team: Workspace) -> None:
    before = tree(team)
    asked(team, V1)
    assert tree(team) == before


def test_another_version_replaces_the_first_and_its_difference_is_known_before(team: Workspace) -> None:
    write(asked(team, V1), team)
    made = asked(team, V2, "ours@2")
    assert made.needs_word
    what = made.difference
    assert [one.id for one in what.added] == ["c"]
    assert [one.id for one in what.removed] == ["b"]
    assert [(one.id, one.what) for one in what.changed] == [("a", ("level high -> low",))]
    write(made, team)
    assert set(tree(team)) == {"tocsin.toml", "rules.lock.toml", "rules/ours/a.yml", "rules/ours/sub/c.yml"}


def test_the_same_again_is_there_already(team: Workspace) -> None:
    write(asked(team, V1), team)
    assert asked(team, V1).is_there


def test_files_that_were_changed_here_are_told_and_put_back_only_with_a_word(team: Workspace) -> None:
    place = write(asked(team, V1), team)
    (place / "a.yml").write_bytes(rule("a", level="low"))
    assert [one.state for one in standing(team)] == ["changed here"]
    made = asked(team, V1)
    assert (made.edited, made.is_there, made.needs_word) == (True, False, True)
    assert [one.what for one in made.difference.changed] == [("level low -> high",)]


def test_the_bytes_of_a_digest_are_taken_and_no_others(team: Workspace) -> None:
    digest = asked(team, V1).now.digest
    assert asked(team, V1, digest=digest).now.digest == digest
    with pytest.raises(Refused, match="the archive is not the one that was pinned") as caught:
        asked(team, V2, digest=digest)
    assert caught.value.code == 4
    with pytest.raises(UserError, match="is no digest"):
        asked(team, V1, digest="md5:1")


def test_a_version_whose_bytes_are_others_now_is_refused_by_the_lock(team: Workspace) -> None:
    write(asked(team, V1), team)
    with pytest.raises(Refused, match=r"not the one that was pinned: ours@1 was sha256") as caught:
        asked(team, V2)
    digest = caught.value.hint.rpartition(" ")[2]
    assert asked(team, V2, digest=digest).needs_word


def test_what_would_not_load_and_ids_that_are_taken_are_told(team: Workspace) -> None:
    assert team.folder is not None
    (team.folder / "rules" / "mine.yml").write_bytes(rule("a"))
    made = asked(team, {**V1, "rules/bad.yml": rule("x").replace(b"contains", b"contians")})
    (bad,) = [one for one in made.unloaded if one.path == "bad.yml"]
    assert "line 7: message|contians: no modifier is named 'contians'" in bad.why
    assert [(one.id, one.path) for one in made.collisions] == [("a", "a.yml")]
    assert made.collisions[0].other.endswith("mine.yml")


def test_filters_and_pipelines_are_left_out_unless_they_are_asked_for(team: Workspace) -> None:
    files = {**V1, "rules/f.yml": FILTER, "rules/p.yml": PIPELINE, "rules/other.yml": b"x: y"}
    made = asked(team, files)
    assert (made.filters, made.pipelines) == (("f.yml",), ("p.yml",))
    assert made.left["YAML files that hold no rule"] == 1
    assert set(made.files) == {"a.yml", "sub/b.yml"}
    assert set(asked(team, files, filters=True).files) == {"a.yml", "sub/b.yml", "f.yml", "p.yml"}


def test_folders_and_filters_that_were_asked_for_once_hold_for_updates(team: Workspace) -> None:
    files = {**V1, "rules/sub/f.yml": FILTER}
    write(asked(team, files, under=("rules/sub",), filters=True), team)
    assert set(asked(team, files, "ours@2").files) == {"b.yml", "f.yml"}


def test_an_archive_without_a_rule_is_refused(team: Workspace) -> None:
    with pytest.raises(UserError, match="holds no Sigma rule") as caught:
        asked(team, {"x.yml": b"a: 1", "y.txt": b""})
    assert caught.value.hint == "it holds 1 YAML files without a rule, 1 files that are no YAML"


def test_a_folder_of_ones_own_is_never_replaced(team: Workspace) -> None:
    assert team.folder is not None
    (team.folder / "rules" / "ours").mkdir()
    with pytest.raises(UserError, match="no set was added under that name"):
        asked(team, V1)


def test_a_set_that_cannot_be_written_changes_nothing(team: Workspace) -> None:
    write(asked(team, V1), team)
    before = tree(team)
    made = asked(team, V2, "ours@2")
    bad = Plan(**{name: getattr(made, name) for name in made.__struct_fields__ if name != "files"},
               files={**made.files, "a.yml/in/a/file.yml": b"x"})  # fmt: skip
    with pytest.raises(UserError, match="nothing was changed"):
        write(bad, team)
    assert tree(team) == before


def test_a_lock_that_cannot_be_written_puts_the_old_set_back(team: Workspace) -> None:
    assert team.folder is not None
    write(asked(team, V1), team)
    made = asked(team, V2, "ours@2")
    lock = team.folder / "rules.lock.toml"
    kept = lock.read_bytes()
    lock.unlink()
    lock.mkdir()
    (lock / "x").write_text("")
    with pytest.raises(UserError):
        write(made, team)
    (lock / "x").unlink()
    lock.rmdir()
    lock.write_bytes(kept)
    assert [one.state for one in standing(team)] == ["as added"]


def test_what_was_broken_off_between_two_moves_is_put_back(team: Workspace) -> None:
    assert team.folder is not None
    place = write(asked(team, V1), team)
    aside = team.folder / ".tocsin" / "replaced-ours"
    aside.parent.mkdir(exist_ok=True)
    place.rename(aside)
    assert [one.state for one in standing(team)] == ["as added"]
    assert not aside.exists()


def test_a_set_is_removed_with_its_line(team: Workspace) -> None:
    assert team.folder is not None
    write(asked(team, V1), team)
    (team.folder / "rules" / "mine.yml").write_bytes(rule("m"))
    remove("ours", team)
    assert set(tree(team)) == {"tocsin.toml", "rules.lock.toml", "rules/mine.yml"}
    with pytest.raises(UserError, match="no set is called 'ours'"):
        remove("ours", team)


def test_without_a_workspace_that_reads_rules_there_is_no_place_for_a_set(team: Workspace) -> None:
    with pytest.raises(UserError, match="there is none here"):
        folder_of(Workspace())
    elsewhere = Workspace(folder=team.folder, settings=Settings(scan=Scan(rules=("detections",))))
    with pytest.raises(UserError, match="reads rules from detections"):
        folder_of(elsewhere)
