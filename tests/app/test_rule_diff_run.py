"""The files that a side is run with: they say what the set said."""

from pathlib import Path

import pytest

from tests.detect.test_compare import CHAIN, FILTER, ONE, RULE, TWO, rule
from tocsin.app.rule_diff_run import dumped, write
from tocsin.detect.compare import Version, to_run
from tocsin.detect.rules import files, load, together
from tocsin.match.sigma.tree import Node, documents


def test_a_document_reads_back_as_the_same_values() -> None:
    values = "1, 1.5, true, null, '1', 'true', 'null', '2026-01-01', ' x ', \"\\u2028\", '0x10', 'café'"
    text = f"a: [{values}]\n'yes': 'no'\n".encode()
    first = next(documents(text))
    assert isinstance(first, Node)
    second = next(documents(dumped(first)))
    assert isinstance(second, Node)
    assert [one.value for one in first.map["a"].items] == [one.value for one in second.map["a"].items]
    assert second.map["yes"].value == "no"


def test_filters_and_pipelines_come_along(tmp_path: Path) -> None:
    pipeline = "name: p\ntransformations:\n  - type: field_name_mapping\n    mapping:\n      Image: proc.path\n"
    sources = {
        "windows/a.yml": f"action: global\nlevel: high\n---\n{RULE}",
        "windows/p.yml": pipeline,
        "other/b.yml": rule(TWO, title="Other"),
        "other/c.yml": CHAIN.format(rules=f"{ONE}, {TWO}"),
        "f.yml": FILTER.format(rules=ONE, user="bob"),
        "g.yml": FILTER.format(rules=TWO, user="eve").replace("ours", "theirs"),
    }
    from tocsin.detect.pipelines import FileName

    version = Version("v", [(FileName(name, ""), text.encode()) for name, text in sources.items()])
    write(version, to_run(version, {ONE, "many"}), tmp_path)
    again = load([tmp_path])
    whole = {one.about.id: one for one in version.rules.rules}
    assert {one.about.id: one.expression for one in again.rules} == {id_: whole[id_].expression for id_ in (ONE, TWO)}
    assert [one.correlation.rules for one in again.chains] == [(ONE, TWO)]
    assert again.silent == version.rules.silent


def test_every_rule_of_sigmahq_says_the_same_once_it_is_written_anew(data: Path, tmp_path: Path) -> None:
    folder = data / "sigma" / "rules"
    version = Version("v", [(Path(name).relative_to(folder).as_posix(), raw) for name, raw in files(folder)])
    every = to_run(version, version.documents)
    some = every[::7]
    write(version, some, tmp_path)
    again = {one.about.id: one for one in together(files(tmp_path)).rules}
    assert len(again) == len(some) > 400
    for one in some:
        assert again[one.about.id].expression == one.expression  # type: ignore[union-attr]  # rules, no correlation


@pytest.mark.parametrize("path", ["/tmp/a.yml", "../a.yml", "a/../../b.yml"])
def test_nothing_is_written_outside_the_folder(tmp_path: Path, path: str) -> None:
    version = Version("v", [(path, RULE.encode())])
    with pytest.raises(ValueError, match=path):
        write(version, to_run(version, {ONE}), tmp_path / "inside")
    assert not (tmp_path / "inside").exists()
