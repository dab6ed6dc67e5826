"""All lints: each once, described, in the guide, and chosen by name or convention."""

import re
from pathlib import Path

from tocsin.detect.lint.catalogue import LINTS, chosen
from tocsin.detect.lint.remark import CONVENTIONS, PORTABLE, SIGMAHQ

GUIDE = Path(__file__).resolve().parents[3] / "docs" / "guide" / "lints.md"


def test_each_lint_has_an_id_of_its_own_and_a_line_on_it() -> None:
    ids = [one.id for one in LINTS]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", one) for one in ids)
    assert all(one.about and len(one.about) < 110 for one in LINTS)
    assert {one.convention for one in LINTS} == {"", *CONVENTIONS}


def test_conventions_are_asked_for_by_name() -> None:
    assert {one.convention for one in chosen()} == {""}
    assert {one.convention for one in chosen([SIGMAHQ])} == {"", SIGMAHQ}
    assert len(chosen([SIGMAHQ, PORTABLE])) == len(LINTS)


def test_lints_are_named_and_left_out_by_id() -> None:
    assert [one.id for one in chosen(only=["title-case", "never-fires"])] == ["never-fires", "title-case"]
    assert "never-fires" not in [one.id for one in chosen(skip=["never-fires"])]


def test_the_guide_lists_every_lint_and_no_other() -> None:
    text = GUIDE.read_text(encoding="utf-8").partition("## Theirs, and ours")[0]
    listed = re.findall(r"^\| `([a-z0-9-]+)` \|", text, re.MULTILINE)
    assert sorted(listed) == sorted(one.id for one in LINTS)
