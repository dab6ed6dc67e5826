"""Folders of rules with broken ones among them: each broken one is listed with file and line, all others are loaded."""

import os
import time
import tracemalloc
from pathlib import Path

import pytest

from tests.detect.made_sets import rule
from tests.match.sigma.test_tree import LAUGHS
from tests.skips import skip
from tocsin.detect import rules as loader
from tocsin.detect.rules import load

MANY = 10_000
GOOD = rule("good").decode()
# what is broken → the text, the line that is named, and what is said
BROKEN = {
    "modifier": (GOOD.replace("contains", "contians"), 7, "no modifier is named 'contians'"),
    "condition": (GOOD.replace("condition: sel", "condition: sel and (nope"), 8, ""),
    "selection": (GOOD.replace("condition: sel", "condition: other"), 8, "'other'"),
    "flow": (GOOD + "tags: [a, b\n", 10, "not readable as YAML"),
    "title": (GOOD.replace("title: Rule good\n", ""), 1, "the rule has no title"),
    "level": (GOOD.replace("level: high", "level: severe"), 4, "no level is named 'severe'"),
    "logsource": (GOOD.replace("logsource: {product: linux, service: sshd}\n", ""), 1, "names no logsource"),
    "detection": ("title: x\nid: good\nlogsource: {product: x}\n", 1, "neither a detection nor a correlation"),
    "words": ("just words\n", 1, "a map is needed here"),
    "regex": (GOOD.replace("contains: 'Failed'", "re: '(a+)+$'"), 7, "several ways"),
    "backtrack": (GOOD.replace("contains: 'Failed'", "re: '(a'"), 7, "is wrong"),
    "cidr": (GOOD.replace("message|contains: 'Failed'", "source.ip|cidr: 300.1.2.3/8"), 7, ""),
    "twice": (GOOD.replace("level: high", "level: high\nlevel: low"), 5, "stands twice"),
    "deep": (GOOD + "x: " + "[" * 5000, 9, "nesting depth"),
    "bomb": (GOOD + LAUGHS, 9, "more than 100,000 values"),
    "nul": (GOOD + "x: \0\n", 9, "control characters"),
    "python": (GOOD.replace("detection:", "detection: !!python/object/apply:os.system\n  - x\nmore:"), 6, ""),
}  # fmt: skip


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("many")
    for number in range(MANY):
        place = folder / f"{number % 97:02d}"
        place.mkdir(exist_ok=True)
        (place / f"r{number}.yml").write_bytes(rule(f"r{number}", word=f"word {number}"))
    for number in range(0, MANY, 50):
        kind = list(BROKEN)[number // 50 % len(BROKEN)]
        text = BROKEN[kind][0].replace("id: good", f"id: r{number}")
        (folder / f"{number % 97:02d}" / f"r{number}.yml").write_text(text)
    return folder


def test_ten_thousand_rules_are_loaded_but_for_the_broken_ones_in_bounded_time_and_memory(many: Path) -> None:
    began = time.process_time()
    found = load([many])
    assert time.process_time() - began < 60
    broken = {f"r{number}.yml" for number in range(0, MANY, 50)}
    assert {one.about.id for one in found.rules} == {
        f"r{number}" for number in range(MANY) if f"r{number}.yml" not in broken
    }
    assert {Path(one.path).name for one in found.problems} == broken
    assert all(one.line for one in found.problems)
    assert all(len(str(one)) < 400 for one in found.problems)


def test_ten_thousand_rules_take_bounded_memory(many: Path) -> None:
    tracemalloc.start()
    found = load([many / f"{number:02d}" for number in range(10)])
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(found.rules) > 900
    assert peak < 20 << 20  # a tenth of the rules


@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_rule_is_named_with_its_line_and_its_neighbour_is_loaded(kind: str, tmp_path: Path) -> None:
    text, line, says = BROKEN[kind]
    (tmp_path / "bad.yml").write_text(text)
    (tmp_path / "good.yml").write_bytes(rule("neighbour"))
    found = load([tmp_path])
    assert [one.about.id for one in found.rules] == ["neighbour"]
    (problem,) = found.problems
    assert (Path(problem.path).name, problem.line) == ("bad.yml", line)
    assert says in problem.says


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "utf-16-le-mark", "utf-16-be-mark"])
def test_rules_in_other_encodings_with_a_mark_are_loaded(encoding: str, tmp_path: Path) -> None:
    text = rule("a", title="Grüße").decode()
    marked = encoding.endswith("-mark")
    (tmp_path / "a.yml").write_bytes((("\ufeff" if marked else "") + text).encode(encoding.removesuffix("-mark")))
    found = load([tmp_path])
    assert [one.about.title for one in found.rules] == ["Grüße"]
    assert not found.problems


def test_a_pipeline_in_utf_16_counts_as_well(tmp_path: Path) -> None:
    pipeline = "name: p\npriority: 1\ntransformations:\n  - {type: field_name_mapping, mapping: {message: msg}}\n"
    (tmp_path / "p.yml").write_text(pipeline, encoding="utf-16")
    (tmp_path / "a.yml").write_bytes(rule("a"))
    (one,) = load([tmp_path]).rules
    assert "msg" in repr(one.expression)


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        ("Grüße: [".encode("latin-1"), "invalid leading UTF-8 octet"),
        (b"\xff\xfea", "not readable as UTF-16"),
        (b"\0" * 400, "control characters"),
        (bytes(range(256)), "control characters"),
        (b"x" * ((1 << 20) + 1), "a rule file has at most"),
    ],
)
def test_bytes_that_are_no_rule_are_named(raw: bytes, says: str, tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_bytes(raw)
    (problem,) = load([tmp_path]).problems
    assert says in problem.says


@pytest.mark.parametrize("raw", [b"", b"\n\n", b"# all of it\n# is comment\n", b"---\n"])
def test_a_file_that_says_nothing_is_told_and_no_problem(raw: bytes, tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_bytes(raw)
    found = load([tmp_path])
    assert not found.problems
    assert [Path(one.path).name for one in found.left_out] == ["a.yml"]


def test_a_folder_called_like_a_rule_is_a_folder(tmp_path: Path) -> None:
    (tmp_path / "x.yml").mkdir()
    (tmp_path / "x.yml" / "a.yml").write_bytes(rule("a"))
    found = load([tmp_path])
    assert [one.about.id for one in found.rules] == ["a"]
    assert not found.problems


def test_a_pipe_or_a_link_to_nowhere_is_named_and_not_waited_for(tmp_path: Path) -> None:
    if os.name == "nt":
        skip("windows", "pipes and links are made otherwise there")
    os.mkfifo(tmp_path / "pipe.yml")
    (tmp_path / "dead.yml").symlink_to(tmp_path / "gone")
    (tmp_path / "loop.yml").symlink_to(tmp_path / "loop.yml")
    (tmp_path / "up").symlink_to(tmp_path)
    (tmp_path / "a.yml").write_bytes(rule("a"))
    found = load([tmp_path])
    assert [one.about.id for one in found.rules] == ["a"]
    assert {Path(one.path).name: one.says for one in found.problems} == dict.fromkeys(
        ["pipe.yml", "dead.yml", "loop.yml"], "cannot be read: it is no file"
    )


def test_more_files_than_are_read_are_counted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(loader, "MAX_FILES", 2)
    for name in "abc":
        (tmp_path / f"{name}.yml").write_bytes(rule(name))
    found = load([tmp_path])
    assert len(found.rules) == 2
    assert [one.says for one in found.problems] == ["it holds 3 rule files; those past 2 were not read"]
