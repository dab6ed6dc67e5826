"""What the author of a scanner works with."""

import pytest

from tocsin.kit.declare import Declaration, Kind
from tocsin.kit.project import MAX_BYTES, Project, Rule
from tocsin.model import Confidence, PluginError, Severity

RULE = Rule(id="dep-a", title="T", severity=Severity.LOW, confidence=Confidence.LOW, remedy="R")


def project(**files: bytes) -> Project:
    made = Project({name.replace("__", "/"): raw for name, raw in files.items()})
    made.asking = Declaration(kind=Kind.SCANNER, name="a", says={"title": "T", "rules": ("dep-a",)})
    return made


def test_files_are_found_by_the_pattern_of_their_name_whatever_its_case() -> None:
    made = Project({"b/Requirements-dev.TXT": b"", "a/requirements.txt": b"", "requirements.txt/x": b""})
    assert list(made.named("requirements*.txt")) == ["a/requirements.txt", "b/Requirements-dev.TXT"]


def test_beside_means_the_same_folder() -> None:
    made = Project({"a/x.toml": b"", "a/y.lock": b"", "b/y.lock": b"", "y.lock": b""})
    assert list(made.beside("a/x.toml", "*.lock")) == ["a/y.lock"]


@pytest.mark.parametrize(("raw", "why"), [(b"\xff\xfe", "not UTF-8"), (b"a" * (MAX_BYTES + 1), "over the bound")])
def test_a_file_without_text_is_named(raw: bytes, why: str) -> None:
    made = project(a=raw)
    assert made.text("a") is None
    assert why in made.missed[0].why


def test_a_mark_at_the_begin_is_no_text() -> None:
    assert project(a=b"\xef\xbb\xbfx").text("a") == "x"


def test_a_rule_that_is_not_declared_is_refused() -> None:
    made = project(a=b"")
    with pytest.raises(PluginError, match="dep-b"):
        made.finding(
            Rule(id="dep-b", title="", severity=Severity.LOW, confidence=Confidence.LOW, remedy=""), "a", "says"
        )


def test_each_line_is_a_place_and_counts() -> None:
    found = project(a=b"").finding(RULE, "a", "says", lines=[3, 5])
    assert (found.count, [place.line for place in found.where]) == (2, [3, 5])
