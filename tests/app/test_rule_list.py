"""Listing rules: what is in force, what each needs, what could not be loaded."""

from pathlib import Path

import pytest

from tests.detect.lint.conftest import HEAD, rule
from tocsin.app.rule_list import Request, Row, rule_list, shape
from tocsin.model import UserError
from tocsin.model.errors import Exit

ONE = rule(
    "s:\n    CommandLine|contains: whoami\n    User: a\ncondition: s",
    head=HEAD + "tags: [attack.t1059.001, attack.execution]\n",
)
PART = rule(
    "s:\n    source.ip: 192.0.2.1\ncondition: s",
    head="title: Part\nname: part\n",
    source="logsource: {product: linux, service: sshd}\n",
)
CHAIN = HEAD.replace("3a11", "3a12").replace("level: low", "level: high") + (
    "correlation: {type: event_count, rules: [part], group-by: [host.name], timespan: 1h, condition: {gte: 2}}\n"
)
FILTER = (
    "title: Not ours\nid: not-ours\nlogsource: {product: windows}\n"
    "filter: {rules: [5f1c2f8e-8a51-4c4e-9d38-0a0b4b7d3a11], s: {User: svc}, condition: not s}\n"
)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a_one.yml").write_text(ONE)
    (tmp_path / "b_chain.yml").write_text(f"{CHAIN}---\n{PART}")
    (tmp_path / "c_filter.yml").write_text(FILTER)
    return tmp_path


def listed(folder: Path, **more: tuple[str, ...]) -> list[Row]:
    return list(rule_list(Request(folders=(folder,), only_rules=True, **more)).rules)  # type: ignore[arg-type]  # words


def test_each_rule_stands_with_what_it_needs(folder: Path) -> None:
    one, part, chain = listed(folder)
    assert (part.serves, part.level, part.logsource) == (True, "medium", "linux sshd")
    assert part.needs == ("OpenSSH's server",)
    assert chain.parts == ("part",)
    assert chain.fields == ("source.ip", "host.name")
    assert chain.logsource == "linux sshd"
    assert one.fields == ("CommandLine", "User")
    assert one.filters == ("not-ours",)
    assert one.needs == ("Windows Security 4688", "Windows Microsoft-Windows-Sysmon/Operational 1")


def test_rules_stand_by_level_the_most_severe_last(folder: Path) -> None:
    assert [row.level for row in listed(folder)] == ["low", "medium", "high"]


@pytest.mark.parametrize(
    ("more", "titles"),
    [
        ({"products": ("windows",)}, 1), ({"products": ("linux",)}, 2), ({"levels": ("high", "low")}, 2),
        ({"tags": ("attack.t1059",)}, 1), ({"tags": ("T1059.001",)}, 1),
        ({"tags": ("execution",)}, 1), ({"tags": ("t105",)}, 0),
    ],
)  # fmt: skip
def test_rules_are_left_out_that_are_not_asked_for(folder: Path, more: dict[str, tuple[str, ...]], titles: int) -> None:
    assert len(listed(folder, **more)) == titles


def test_what_cannot_be_loaded_is_listed_and_makes_the_list_incomplete(folder: Path) -> None:
    (folder / "d_bad.yml").write_text(ONE.replace("contains", "contans").replace("3a11", "3a19"))
    found = rule_list(Request(folders=(folder,), only_rules=True))
    assert [Path(one.path).name for one in found.unloaded] == ["d_bad.yml"]
    assert found.code is Exit.INCOMPLETE
    assert shape(found)["counts"]["unloaded"] == 1


def test_our_own_rules_are_listed_unless_left_out(folder: Path) -> None:
    assert len(rule_list(Request(folders=(folder,))).rules) > len(listed(folder)) + 60


def test_a_correlation_over_several_logs_names_what_they_share(folder: Path) -> None:
    other = PART.replace("part", "other").replace("sshd", "sudo").replace("title: Part", "title: Other")
    both = CHAIN.replace("[part]", "[part, other]")
    (folder / "b_chain.yml").write_text(f"{both}---\n{PART}---\n{other}")
    chain = next(row for row in listed(folder) if row.kind == "correlation")
    assert (chain.product, chain.service) == ("linux", "")


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="no such file or folder"):
        rule_list(Request(folders=(tmp_path / "nowhere",)))
