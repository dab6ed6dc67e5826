"""Running, comparing and blessing samples."""

import json
from pathlib import Path

import pytest

from tocsin.model import PluginError, UserError
from tocsin.testing.cases import Case, find
from tocsin.testing.plugs import Plugs
from tocsin.testing.samples import bless, compare, named, run

FINDER = '''"""Notes.

Finds notes. See: https://example.org
"""

from collections.abc import Iterator

from tocsin.kit import File, finder
from tocsin.model import Component


@finder(files=("*.txt",), what="notes")
def notes(file: File) -> Iterator[Component]:
    """Yield a component for a file that says so."""
    if b"note" in file.raw:
        yield Component(kind="note", name=file.text().strip(), path=file.path)
'''


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    (tmp_path / "plugins").mkdir()
    (tmp_path / "plugins" / "notes.py").write_text(FINDER)
    for name, text in (("one", "a note\n"), ("quiet_other", "nothing\n")):
        case = tmp_path / "samples" / "finder" / "notes" / name
        case.mkdir(parents=True)
        (case / "in.txt").write_text(text)
    return tmp_path


def cases(workspace: Path) -> list[Case]:
    return list(find(workspace / "samples"))


def test_blessing_writes_what_is_not_there_and_then_nothing(workspace: Path) -> None:
    plugs = Plugs(workspace)
    assert [case.name for case in bless(cases(workspace), plugs)] == ["one", "quiet_other"]
    assert json.loads(cases(workspace)[0].out.read_text()) == [{"kind": "note", "name": "a note", "path": "in.txt"}]
    assert list(bless(cases(workspace), plugs)) == []
    assert [compare(case, plugs) for case in cases(workspace)] == ["", ""]


def test_how_expectations_are_laid_out_makes_no_difference(workspace: Path) -> None:
    plugs = Plugs(workspace)
    list(bless(cases(workspace), plugs))
    out = cases(workspace)[0].out
    out.write_text(json.dumps(json.loads(out.read_text())))
    assert compare(cases(workspace)[0], plugs) == ""
    assert list(bless(cases(workspace), plugs)) == []


def test_a_quiet_case_that_finds_something_fails_even_when_it_was_blessed(workspace: Path) -> None:
    (workspace / "samples" / "finder" / "notes" / "quiet_other" / "in.txt").write_text("note")
    plugs = Plugs(workspace)
    list(bless(cases(workspace), plugs))
    assert "is called quiet, and finds something" in compare(cases(workspace)[1], plugs)


def test_a_sample_gives_the_same_bytes_each_time(workspace: Path) -> None:
    assert run(cases(workspace)[0], Plugs(workspace)) == run(cases(workspace)[0], Plugs(workspace))


def test_a_folder_of_no_plugin_is_the_authors_to_mend(workspace: Path) -> None:
    (workspace / "samples" / "finder" / "notes").rename(workspace / "samples" / "finder" / "nodes")
    with pytest.raises(UserError, match="no finder is named nodes"):
        run(cases(workspace)[0], Plugs(workspace))


def test_a_broken_file_of_the_workspace_is_named(workspace: Path) -> None:
    (workspace / "plugins" / "wrong.py").write_text("def (")
    with pytest.raises(PluginError, match=r"wrong\.py"):
        run(cases(workspace)[0], Plugs(workspace))


def test_cases_are_named_by_kind_plugin_or_whole_id(workspace: Path) -> None:
    samples = workspace / "samples"
    for names in ([], ["notes"], ["finder"], ["finder/notes"], ["finder/notes/"]):
        assert len(list(named(samples, names))) == 2
    assert [c.name for c in named(samples, ["finder/notes/one"])] == ["one"]
    assert list(named(samples, ["note"])) == []
