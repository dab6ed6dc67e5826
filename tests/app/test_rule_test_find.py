from pathlib import Path

import pytest

from tocsin.app.records import Records
from tocsin.app.rule_test_find import Absent, Finder, Malformed, files_of
from tocsin.app.rule_test_run import Inline, Regression
from tocsin.match.sigma.rule import nodes
from tocsin.match.sigma.tree import Node
from tocsin.model import UserError
from tocsin.runtime import workspace

INFO = "rule_metadata: [{id: r}]\nregression_tests_info: [{name: p, path: regression_data/a/in.log}]\n"


def records(tz: str = "") -> Records:
    return Records(workspace.find(None, Path.cwd(), []), tz=tz)


def finder(*paths: Path) -> Finder:
    return Finder(files_of(paths), records(), records)


def document(text: str) -> Node:
    (node,) = nodes(text.encode())
    assert isinstance(node, Node)
    return node


def test_rules_and_infos_are_told_apart_and_none_is_taken_twice(home: Path) -> None:
    (home / "a").mkdir()
    (home / "a" / "info.yml").write_text(INFO)
    (home / "a" / "r.yml").write_text("title: t\n")
    found = files_of([home, home / "a"])
    assert [Path(path).name for path, _ in found.rules] == ["r.yml"]
    assert [Path(path).name for path in found.infos] == ["info.yml"]


def test_a_recording_lies_beside_its_info_or_below_a_folder_above(home: Path) -> None:
    (home / "a").mkdir()
    (home / "a" / "info.yml").write_text(INFO)
    assert [type(one) for one in finder(home).of_name("r")] == [Absent]
    (home / "regression_data" / "a").mkdir(parents=True)
    (home / "regression_data" / "a" / "in.log").write_text("x")
    assert [type(one) for one in finder(home).of_name("r")] == [Regression]


def test_a_regression_that_is_wrong_is_named_with_its_line(home: Path) -> None:
    (home / "info.yml").write_text(
        "rule_metadata: [{id: r}]\nregression_tests_info:\n  - {name: p}\n  - {path: x, match_count: many}\n"
    )
    assert [(type(one), one.where.rpartition(":")[2]) for one in finder(home).of_name("r")] == [
        (Malformed, "3"), (Malformed, "4"),
    ]  # fmt: skip


def test_the_cases_of_a_document_come_in_their_order(home: Path) -> None:
    node = document("title: t\ntocsin: {tests: [{event: {f: 1}, expect: match}, {expect: 1}]}\n")
    found = list(finder(home).of(node, "r.yml", "r", frozenset({"r"}), has_samples=False))
    assert [type(one) for one in found] == [Inline, Malformed]


def test_a_path_that_is_not_there_is_an_error(home: Path) -> None:
    with pytest.raises(UserError, match="no such file or folder"):
        files_of([home / "nothing"])
