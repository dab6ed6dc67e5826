"""Fragments are one line of a known kind, and a release joins them."""

from pathlib import Path

import pytest

from tests.house.sources import ROOT
from tools import changelog


def fragments() -> list[Path]:
    return [path for path in (ROOT / "changes").glob("*.md") if path.name != "README.md"]


def test_each_fragment_of_the_tree_is_well_formed() -> None:
    assert [changelog.fault(p.name, p.read_text(encoding="utf-8")) for p in fragments()] == [""] * len(fragments())


def test_a_fragment_of_an_unknown_kind_is_named() -> None:
    assert "KIND one of" in changelog.fault("scan.nice.md", "It is nicer.")


def test_a_fragment_without_a_name_is_named() -> None:
    assert "KIND one of" in changelog.fault("added.md", "It is there.")


def test_a_fragment_of_two_lines_is_named() -> None:
    assert "one line" in changelog.fault("scan.added.md", "It is there.\nAnd here.")


def test_a_release_stands_above_the_older_ones_with_its_kinds_in_order() -> None:
    log = f"# Changes\n\n{changelog.MARK}\n## 0.1.0 (2026-01-01)\n"
    entries = [("b.fixed.md", "B is right.\n"), ("a.added.md", "A is there.\n")]
    expected = (
        f"# Changes\n\n{changelog.MARK}\n## 0.2.0 (2026-02-02)\n"
        "\n### Added\n- A is there.\n\n### Fixed\n- B is right.\n"
        "\n## 0.1.0 (2026-01-01)\n"
    )
    assert changelog.joined(log, "0.2.0", "2026-02-02", entries) == expected


def test_a_log_without_its_mark_is_refused() -> None:
    with pytest.raises(SystemExit):
        changelog.joined("# Changes\n", "0.2.0", "2026-02-02", [])
