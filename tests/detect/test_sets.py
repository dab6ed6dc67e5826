"""Sets of rules in archives: what is taken, what is left, and what is refused whole."""

import gzip
from collections.abc import Callable
from hashlib import sha256
from random import Random

import pytest

from tests.detect.made_sets import rule, tarred, zipped
from tocsin.detect.sets import MAX_FILE, of_archive, tree_digest
from tocsin.model import UserError

RULES = {"rules/linux/a.yml": rule("a"), "rules/windows/b.yaml": rule("b")}


@pytest.mark.parametrize("made", [zipped, tarred], ids=["zip", "tar.gz"])
def test_rule_files_are_taken_without_the_folders_that_all_have_in_common(made: Callable[..., bytes]) -> None:
    taken = of_archive(made(RULES), "x")
    assert taken.files == {"linux/a.yml": rule("a"), "windows/b.yaml": rule("b")}


@pytest.mark.parametrize("mode", ["w", "w:bz2", "w:xz"])
def test_other_tars_are_read_too(mode: str) -> None:
    assert set(of_archive(tarred(RULES, mode=mode), "x").files) == {"linux/a.yml", "windows/b.yaml"}


def test_the_digest_is_that_of_the_archive_as_sha256sum_prints_it() -> None:
    raw = zipped(RULES)
    assert of_archive(raw, "x").digest == f"sha256:{sha256(raw).hexdigest()}"


def test_what_is_no_rule_file_is_counted_by_reason() -> None:
    more = {"README.md": b"read me", "a/b.py": b"import os", ".github/w.yml": b"on: push", "LICENSE": b"# DRL 1.1\n\nx"}
    taken = of_archive(zipped({**RULES, **more}), "x")
    assert taken.left == {"files that are no YAML": 3, "hidden files": 1}
    assert taken.licence == "DRL 1.1"
    assert len(taken.files) == 2


def test_only_what_lies_under_the_folders_that_were_asked_for_is_taken() -> None:
    files = {f"sigma-1/{name}": raw for name, raw in {**RULES, "rules-more/c.yml": rule("c")}.items()}
    assert set(of_archive(zipped(files), "x", ["rules-more"]).files) == {"c.yml"}
    assert set(of_archive(zipped(files), "x", ["sigma-1/rules/linux"]).files) == {"a.yml"}


def test_a_suffix_in_large_letters_is_a_rule_file_that_loads_as_well() -> None:
    assert set(of_archive(zipped({"a.YML": rule("a")}), "x").files) == {"a.yml"}


@pytest.mark.parametrize("made", [zipped, tarred], ids=["zip", "tar.gz"])
@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("../../x.yml", "leads out of it"),
        ("rules/../../x.yml", "leads out of it"),
        ("/etc/x.yml", "leads out of it"),
        ("..\\..\\x.yml", "leads out of it"),
        ("C:/x.yml", "leads out of it"),
        ("rules/\x1b[31mred.yml", "control characters"),
        ("rules/a\nb.yml", "control characters"),
        ("rules/\u202elmy.x.yml", "control characters"),
        ("d/" * 40 + "x.yml", "too long"),
        ("x" * 500 + ".yml", "too long"),
    ],
)
def test_an_archive_with_a_hostile_name_is_refused_whole(made: Callable[..., bytes], name: str, says: str) -> None:
    with pytest.raises(UserError, match=says) as caught:
        of_archive(made({**RULES, name: rule("x")}), "x.zip")
    assert "nothing of it is taken" in caught.value.says
    assert caught.value.says.isprintable()


@pytest.mark.parametrize("made", [zipped, tarred], ids=["zip", "tar.gz"])
def test_a_link_is_never_followed(made: Callable[..., bytes]) -> None:
    taken = of_archive(made(RULES, {"rules/passwd.yml": "/etc/passwd", "rules/docs": "/etc"}), "x")
    assert set(taken.files) == {"linux/a.yml", "windows/b.yaml"}
    assert "a link" in taken.refused["rules/passwd.yml"]
    assert taken.left == {"links and what cannot be read": 1}


def test_two_files_of_one_name_are_refused() -> None:
    with pytest.raises(UserError, match="two files called"):
        of_archive(zipped({"A.yml": rule("a"), "a.yml": rule("b")}), "x")


def test_a_rule_file_that_swells_is_not_taken_and_the_rest_is() -> None:
    taken = of_archive(zipped({**RULES, "rules/bomb.yml": b"a" * (40 << 20)}), "x")
    assert len(taken.files) == 2
    assert "grows more than" in taken.refused["rules/bomb.yml"]


def test_a_rule_file_that_is_too_long_is_named() -> None:
    taken = of_archive(zipped({**RULES, "rules/long.yml": Random(1).randbytes(MAX_FILE + 1)}), "x")
    assert "a rule file has at most" in taken.refused["rules/long.yml"]


def test_a_stream_that_swells_is_refused() -> None:
    with pytest.raises(UserError, match="grows more than"):
        of_archive(gzip.compress(tarred({"x.bin": bytes(300 << 20)}, mode="w")), "x")


def test_too_many_names_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.detect.sets.MAX_MEMBERS", 20)
    with pytest.raises(UserError, match="more than 20 names"):
        of_archive(zipped({f"{n}.txt": b"" for n in range(21)}), "x")


def test_too_many_bytes_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tocsin.detect.sets.MAX_RULES", 500)
    with pytest.raises(UserError, match="more than 50,000 rule files or 500 bytes"):
        of_archive(zipped({f"{n}.yml": rule(str(n)) for n in range(5)}), "x")


@pytest.mark.parametrize("raw", [b"", b"just words", b"PK\x03\x04cut", zipped(RULES)[:-40], tarred(RULES)[:200]])
def test_what_is_no_archive_or_is_damaged_is_one_sentence(raw: bytes) -> None:
    with pytest.raises(UserError) as caught:
        of_archive(raw, "x.zip")
    assert caught.value.says.startswith("x.zip ")
    assert "\n" not in caught.value.says


def test_an_encrypted_rule_is_named() -> None:
    raw = bytearray(zipped({"a.yml": rule("a")}))
    for magic, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        raw[raw.index(magic) + at] |= 1
    assert of_archive(bytes(raw), "x").refused == {"a.yml": "it is encrypted"}


def test_a_crc_that_is_wrong_refuses_the_archive() -> None:
    raw = bytearray(zipped({"a.yml": rule("a")}))
    raw[raw.index(b"PK\x01\x02") + 16] ^= 0xFF
    with pytest.raises(UserError, match="damaged"):
        of_archive(bytes(raw), "x")


def test_the_digest_of_a_tree_is_the_same_in_any_order_and_another_for_any_change() -> None:
    one = {"a": b"1", "b": b"2"}
    assert tree_digest(one) == tree_digest(dict(reversed(one.items())))
    assert len({tree_digest(t) for t in (one, {"a": b"1"}, {"a": b"12", "b": b""}, {"c": b"1", "b": b"2"})}) == 4
