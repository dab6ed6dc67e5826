"""Every rule of ours fires where it must, keeps quiet where it must, and no mutant of it does the same."""

import json
from pathlib import Path

import pytest

from tests.detect.rule_samples import assembled, cases, mutants, results, rules_of, sources
from tests.detect.scan import own_rules

STEMS = sorted(sources())


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("samples")


@pytest.mark.parametrize("stem", STEMS)
def test_a_rule_finds_in_its_samples_what_stands_beside_them(stem: str, folder: Path) -> None:
    rules = rules_of(stem)
    for case in cases(stem):
        expected = json.loads((case / "out.json").read_text("utf-8"))
        assert results(stem, rules, [assembled(case, folder)]) == expected, case.name
        assert (expected == []) == case.name.startswith("quiet"), case.name


@pytest.mark.parametrize("stem", STEMS)
def test_no_mutant_of_a_rule_passes_its_samples(stem: str, folder: Path) -> None:
    expected = {case: json.loads((case / "out.json").read_text("utf-8")) for case in cases(stem)}
    alive = [
        says
        for says, raw in mutants(sources()[stem][1])
        if all(
            results(stem, rules_of(stem, raw), [assembled(case, folder)]) == found for case, found in expected.items()
        )
    ]
    assert alive == []


def test_there_are_rules_of_each_kind_of_source() -> None:
    rules = own_rules()
    told = [rules.document(number).about for number in rules.telling]
    assert len(told) >= 40
    assert {Path(about.path).parent.name for about in told} == {
        "linux",
        "web",
        "network",
        "windows",
        "aws",
        "azure",
        "bitbucket",
        "entra",
        "gcp",
        "github",
        "kubernetes",
        "m365",
        "mail",
        "okta",
        "opencanary",
    }


@pytest.mark.parametrize("number", own_rules().telling)
def test_a_rule_tells_all_that_a_reader_needs(number: int) -> None:
    about = own_rules().document(number).about
    assert about.id == Path(about.path).stem.replace("_", "-")
    assert about.author == "Tocsin"
    assert any(tag.startswith("attack.t") for tag in about.tags)
    assert all((about.description, about.references, about.falsepositives, about.level, about.status, about.own.says))
    assert about.level not in {"high", "critical"} or about.own.do
