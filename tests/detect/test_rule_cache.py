"""Rule sets kept on disk."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from tocsin.detect import rule_cache
from tocsin.detect.pipelines import FileName
from tocsin.detect.rule_cache import kept, key
from tocsin.detect.rules import RuleSet, together

RULE = b"""
title: a
id: a
logsource: {product: windows}
detection:
  s: {Image|contains|windash: ['-a*', 'b'], User: null, x|exists: true, f|re: 'a.b', n|lt: 3}
  k: [word, 'two words']
  condition: s and not k or 1 of s*
"""
CHAIN = b"""
title: b
correlation: {type: event_count, rules: [a], group-by: [User], timespan: 5m, condition: {gte: 3}}
"""
SOURCES: list[tuple[str, bytes | str]] = [
    ("a.yml", RULE),
    ("b.yml", CHAIN),
    ("c.yml", b"title: c"),
    ("d.yml", "cannot be read: it is no file"),
]


def never() -> RuleSet:
    raise AssertionError("the rules were made again")


def test_a_set_is_made_once_and_is_the_same_when_it_is_read(tmp_path: Path) -> None:
    made = together(SOURCES)
    assert len(made.rules) == len(made.chains) == 1
    assert kept(tmp_path / "new", "x", lambda: made) is made
    assert kept(tmp_path / "new", "x", never) == made


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: raw[:0],
        lambda raw: raw[:-1],
        lambda raw: raw[:40] + b"\xff" + raw[41:],
        lambda raw: raw + b"x",
        lambda raw: b"\0" * len(raw),
    ],
)
def test_a_file_that_is_not_whole_is_as_good_as_none(tmp_path: Path, spoil: Callable[[bytes], bytes]) -> None:
    made = together(SOURCES)
    kept(tmp_path, "x", lambda: made)
    file = tmp_path / f"x{rule_cache.SUFFIX}"
    whole = file.read_bytes()
    file.write_bytes(spoil(whole))
    assert kept(tmp_path, "x", lambda: made) is made
    assert file.read_bytes() == whole


def test_where_nothing_can_be_written_the_set_is_made_each_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    made = together(SOURCES)
    assert kept(tmp_path / "file", "x", lambda: made) is made


def test_the_oldest_sets_go_first(tmp_path: Path) -> None:
    folder = tmp_path / "kept"
    made = together(SOURCES)
    for number in range(rule_cache.MAX_KEPT + 2):
        kept(folder, f"n{number}", lambda: made)
        os.utime(folder / f"n{number}{rule_cache.SUFFIX}", (number, number))
    kept(folder, "last", lambda: made)
    names = {file.stem for file in folder.iterdir()}
    assert names == {"last", *(f"n{number}" for number in range(3, rule_cache.MAX_KEPT + 2))}


def test_a_key_tells_of_names_bytes_folders_and_what_fills_them() -> None:
    keys = {
        key(SOURCES),
        key(SOURCES[:-1]),
        key([(f"x{path}", raw) for path, raw in SOURCES]),
        key([(FileName(path, "folder"), raw) for path, raw in SOURCES]),
        key([(path, raw + b"#" if isinstance(raw, bytes) else raw) for path, raw in SOURCES]),
        key(SOURCES, {"x": ["a"]}),
        key([("ab", b"c")]),
        key([("a", b"bc")]),
        key([("a", "bc")]),
    }
    assert len(keys) == 9
    assert key(SOURCES) in keys
