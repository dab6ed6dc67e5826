"""`explain CORRELATION --event`: which parts matched, how they group, what the nearest group lacks."""

from io import BytesIO
from pathlib import Path

import pytest

from tests.app.made import failures
from tocsin.app.explain_chain import ChainTold, explain_chain
from tocsin.app.rule_named import named
from tocsin.model import UserError
from tocsin.runtime import workspace


def told(rule: str, text: str, record: int | None = None) -> ChainTold:
    space = workspace.find(None, Path.cwd(), [])
    return explain_chain(named(rule, space), "-", record, space, BytesIO(text.encode()))


def test_a_group_that_is_full_fires(home: Path) -> None:
    assert home.is_dir()
    found = told("ssh-guessing", failures(8, "192.0.2.1"))
    assert (found.matched, found.findings) == (True, 1)
    assert found.says == "it fires once: at least 6 events within 10 minutes were there"


def test_the_group_that_comes_nearest_is_told_with_what_it_lacks(home: Path) -> None:
    assert home.is_dir()
    found = told("ssh-guessing", failures(2, "192.0.2.1") + failures(5, "192.0.2.2"))
    assert found.says == (
        "it needs at least 6 events within 10 minutes; source.ip=192.0.2.2 comes nearest: 5 within 10 minutes"
    )
    assert [(group.by, group.most, group.parts) for group in found.groups] == [
        ({"source.ip": "192.0.2.2"}, 5, {"ssh_failed": 5}), ({"source.ip": "192.0.2.1"}, 2, {"ssh_failed": 2}),
    ]  # fmt: skip


def test_a_part_that_matched_nothing_is_told_with_its_nearest_record(home: Path) -> None:
    assert home.is_dir()
    found = told("ssh-guessed", failures(40, "192.0.2.1"))
    assert [(part.name, part.matched > 0, part.is_correlation) for part in found.parts] == [
        ("ssh_failed_often", True, True), ("ssh_accepted", False, False),
    ]  # fmt: skip
    assert found.says.startswith("1 of 2 parts matched nothing: ssh_accepted: record 1 comes nearest; ")
    assert "event.outcome must be 'success'" in found.says


def test_only_what_lies_within_a_span_counts_together(home: Path) -> None:
    assert home.is_dir()
    lines = [line.replace("02:11:", f"{n:02d}:11:") for n, line in enumerate(failures(9, "192.0.2.1").splitlines())]
    found = told("ssh-guessing", "\n".join(lines) + "\n")
    assert [(group.most, group.parts["ssh_failed"]) for group in found.groups] == [(1, 9)]


def test_a_record_alone_cannot_be_asked_for(home: Path) -> None:
    assert home.is_dir()
    with pytest.raises(UserError, match="all records of a file together"):
        told("ssh-guessing", failures(1, "192.0.2.1"), 1)
