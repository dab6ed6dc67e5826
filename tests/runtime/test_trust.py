"""Trust: code of a workspace runs only after a person pinned its digests."""

import os
import shutil
from pathlib import Path

import pytest

from tests.runtime.test_index import GOOD, write
from tocsin.model import PluginError, UserError
from tocsin.runtime import index, trust


@pytest.fixture
def pins(tmp_path: Path) -> Path:
    return tmp_path / "data" / "trust.json"


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """Return a workspace as it comes from a stranger."""
    folder = tmp_path / "clone"
    write(folder / "plugins", "notes", GOOD)
    write(folder / "plugins" / "deep", "other", GOOD)
    return folder


def names(standing: trust.Standing) -> tuple[list[str], list[tuple[str, str]]]:
    trusted = [entry.declaration.name for entry in standing.trusted]
    return sorted(trusted), sorted((e.declaration.name, why) for e, why in standing.refused)


def pin_all(pins: Path, clone: Path) -> None:
    trust.pin(pins, clone, [entry for entry, _ in trust.standing(pins, clone).refused])


def test_a_clone_brings_no_trust_with_it(pins: Path, clone: Path) -> None:
    assert names(trust.standing(pins, clone)) == ([], [("notes", "not trusted"), ("other", "not trusted")])


def test_pins_that_lie_in_the_clone_count_for_nothing(tmp_path: Path, pins: Path, clone: Path) -> None:
    elsewhere = tmp_path / "elsewhere.json"
    pin_all(elsewhere, clone)
    for place in (".tocsin/trust.json", "trust.json", ".tocsin/data/trust.json"):
        (clone / place).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(elsewhere, clone / place)
    assert names(trust.standing(pins, clone))[0] == []


def test_what_was_pinned_is_trusted_until_it_changes(pins: Path, clone: Path) -> None:
    pin_all(pins, clone)
    assert names(trust.standing(pins, clone)) == (["notes", "other"], [])
    write(clone / "plugins", "notes", GOOD + "# a change\n")
    assert names(trust.standing(pins, clone)) == (["other"], [("notes", "changed since it was trusted")])


def test_a_new_file_beside_trusted_ones_is_not_trusted(pins: Path, clone: Path) -> None:
    pin_all(pins, clone)
    write(clone / "plugins", "third", GOOD)
    assert names(trust.standing(pins, clone)) == (["notes", "other"], [("third", "not trusted")])


def test_trust_in_one_clone_is_none_in_another(tmp_path: Path, pins: Path, clone: Path) -> None:
    pin_all(pins, clone)
    shutil.copytree(clone, tmp_path / "second")
    assert names(trust.standing(pins, tmp_path / "second"))[0] == []


def test_a_file_that_moves_is_not_trusted_under_its_new_name(pins: Path, clone: Path) -> None:
    pin_all(pins, clone)
    (clone / "plugins" / "notes.py").rename(clone / "plugins" / "moved.py")
    assert names(trust.standing(pins, clone)) == (["other"], [("notes", "not trusted")])


def test_a_change_that_keeps_size_and_time_is_caught_when_it_is_loaded(tmp_path: Path, pins: Path, clone: Path) -> None:
    cache = tmp_path / "cache.json"
    pin_all(pins, clone)
    trust.standing(pins, clone, cache)
    path = clone / "plugins" / "notes.py"
    stat = path.stat()
    path.write_text(GOOD.replace("{name}", "notes").replace("return ()", "return 66"[:9]), encoding="utf-8")
    assert path.stat().st_size == stat.st_size
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    [entry] = [e for e in trust.standing(pins, clone, cache).trusted if e.declaration.name == "notes"]
    with pytest.raises(PluginError, match="changed while it was being loaded"):
        index.load(entry)


def test_trusting_again_replaces_what_was_trusted(pins: Path, clone: Path) -> None:
    pin_all(pins, clone)
    [entry] = [e for e in trust.standing(pins, clone).trusted if e.declaration.name == "other"]
    trust.pin(pins, clone, [entry])
    assert names(trust.standing(pins, clone)) == (["other"], [("notes", "not trusted")])


def test_revoking_forgets_one_workspace_only(tmp_path: Path, pins: Path, clone: Path) -> None:
    second = tmp_path / "second"
    shutil.copytree(clone, second)
    pin_all(pins, clone)
    pin_all(pins, second)
    assert trust.revoke(pins, clone)
    assert not trust.revoke(pins, clone)
    assert names(trust.standing(pins, clone))[0] == []
    assert names(trust.standing(pins, second))[0] == ["notes", "other"]


def test_a_workspace_reached_by_another_path_is_the_same_one(pins: Path, clone: Path) -> None:
    pin_all(pins, clone)
    assert names(trust.standing(pins, clone / "plugins" / ".."))[0] == ["notes", "other"]


def test_broken_plugins_are_named_and_not_trusted(pins: Path, clone: Path) -> None:
    write(clone / "plugins", "wrong", "def (")
    standing = trust.standing(pins, clone)
    assert [Path(broken.path).name for broken in standing.broken] == ["wrong.py"]


def test_a_damaged_list_of_pins_trusts_nothing_and_is_said(pins: Path, clone: Path) -> None:
    pins.parent.mkdir()
    pins.write_text('{"workspaces": 7}')
    with pytest.raises(UserError, match="cannot be read"):
        trust.standing(pins, clone)


def test_a_folder_without_plugins_has_nothing_to_trust(tmp_path: Path, pins: Path) -> None:
    assert trust.standing(pins, tmp_path) == trust.Standing()
