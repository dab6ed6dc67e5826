"""The index of plug-ins: declarations are read, never run."""

import os
import py_compile
import sys
from pathlib import Path

import msgspec
import pytest

import tocsin
from tests.skips import skip
from tocsin.kit.declare import Kind
from tocsin.model import PluginError
from tocsin.runtime import index

PLUGIN = '''"""A finder of notes.

See: https://example.org
"""
from tocsin.kit import finder as finds

raise SystemExit("this file was run")

@finds(files=("*.txt",), what="notes")
def {name}(file):
    return ()
'''
GOOD = PLUGIN.replace('raise SystemExit("this file was run")\n', "")


def write(folder: Path, name: str, text: str = PLUGIN) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{name}.py"
    path.write_text(text.replace("{name}", name), encoding="utf-8")
    return path


def test_a_declaration_is_read_without_running_the_file(tmp_path: Path) -> None:
    [entry] = index.read(write(tmp_path, "notes"))
    assert (entry.declaration.kind, entry.declaration.id, entry.title) == (Kind.FINDER, "notes", "A finder of notes.")
    assert entry.declaration.says == {"files": ("*.txt",), "what": "notes"}


def test_a_decorator_of_another_module_declares_nothing(tmp_path: Path) -> None:
    assert index.read(write(tmp_path, "notes", PLUGIN.replace("tocsin.kit", "elsewhere.kit"))) == []


@pytest.mark.parametrize(
    ("was", "becomes", "says"),
    [
        ('("*.txt",)', "tuple(FILES)", r"notes\.py:9: files of notes is no literal"),
        ('what="notes"', "**WORDS", "is no literal"),
        ('what="notes"', 'wath="notes"', "declares no 'wath'"),
        ('what="notes"', "what=7", "what is 7"),
        (', what="notes"', "", "must declare 'what'"),
        ("def {name}(file):", "def {name}(file", "cannot be parsed"),
    ],
)
def test_a_declaration_that_is_wrong_is_named_with_its_place(tmp_path: Path, was: str, becomes: str, says: str) -> None:
    with pytest.raises(PluginError, match=says):
        index.read(write(tmp_path, "notes", PLUGIN.replace(was, becomes)))


@pytest.mark.parametrize("text", ["x = 1\0", "(" * 100_000, "\ud800"])
def test_a_file_that_no_parser_reads_is_a_broken_plugin_and_no_crash(tmp_path: Path, text: str) -> None:
    path = tmp_path / "odd.py"
    path.write_bytes(text.encode("utf-8", "surrogatepass"))
    entries, broken = index.scan_folder(tmp_path, None)
    assert (entries, [b.path for b in broken]) == ([], [str(path)])


def test_a_file_that_is_too_large_is_not_parsed(tmp_path: Path) -> None:
    write(tmp_path, "notes", PLUGIN + "#" * index.MAX_PLUGIN)
    assert "too many" in index.scan_folder(tmp_path, None)[1][0].why


def test_one_broken_file_hides_no_other(tmp_path: Path) -> None:
    write(tmp_path, "notes")
    write(tmp_path, "wrong", "def (")
    entries, broken = index.scan_folder(tmp_path, None)
    assert ([e.declaration.name for e in entries], len(broken)) == (["notes"], 1)


def test_hidden_folders_underscores_and_links_are_passed_over(tmp_path: Path) -> None:
    if os.name == "nt":
        skip("windows", "links want a privilege there")
    outside = write(tmp_path / "outside", "linked")
    for folder in (".git", "__pycache__", "sub"):
        write(tmp_path / "plugins" / folder, f"in_{folder.strip('._')}")
    write(tmp_path / "plugins", "_private")
    (tmp_path / "plugins" / "linked.py").symlink_to(outside)
    entries, _ = index.scan_folder(tmp_path / "plugins", None)
    assert [entry.declaration.name for entry in entries] == ["in_sub"]


def test_an_unchanged_file_is_not_read_again(tmp_path: Path) -> None:
    path, cache = write(tmp_path / "p", "notes"), tmp_path / "c" / "cache.json"
    [before], _ = index.scan_folder(tmp_path / "p", cache)
    stat = path.stat()
    path.write_bytes(b"#" * stat.st_size)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert [entry.digest for entry in index.scan_folder(tmp_path / "p", cache)[0]] == [before.digest]


def test_a_changed_size_or_time_is_looked_at_again(tmp_path: Path) -> None:
    path, cache = write(tmp_path / "p", "notes"), tmp_path / "cache.json"
    [old], _ = index.scan_folder(tmp_path / "p", cache)
    write(tmp_path / "p", "notes", PLUGIN + "# more\n")
    [new], _ = index.scan_folder(tmp_path / "p", cache)
    assert new.digest != old.digest
    os.utime(path, ns=(1, 1))
    assert index.scan_folder(tmp_path / "p", cache) == ([new], [])


def test_a_file_that_is_gone_leaves_the_index(tmp_path: Path) -> None:
    path, cache = write(tmp_path / "p", "notes"), tmp_path / "cache.json"
    index.scan_folder(tmp_path / "p", cache)
    path.unlink()
    assert index.scan_folder(tmp_path / "p", cache) == ([], [])


@pytest.mark.parametrize("text", [b"", b"{", b'{"format": 99, "files": {}}', b'{"format": 1, "files": 7}', b"\xff\xfe"])
def test_a_damaged_or_foreign_cache_is_made_anew(tmp_path: Path, text: bytes) -> None:
    cache = tmp_path / "cache.json"
    cache.write_bytes(text)
    write(tmp_path / "p", "notes")
    entries, _ = index.scan_folder(tmp_path / "p", cache)
    assert [e.declaration.name for e in entries] == ["notes"]
    assert msgspec.json.decode(cache.read_bytes())["format"] == index.FORMAT


def test_a_cache_that_cannot_be_written_costs_nothing_but_time(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    write(tmp_path / "p", "notes")
    assert len(index.scan_folder(tmp_path / "p", tmp_path / "file" / "cache.json")[0]) == 1


def test_the_index_of_the_wheel_says_what_the_folders_say(tmp_path: Path) -> None:
    package = Path(tocsin.__file__).parent
    index.write_builtin_index(package, tmp_path / "index.json")
    made = msgspec.json.decode((tmp_path / "index.json").read_bytes(), type=list[index.Entry])
    read = index.builtins()
    assert [(e.module, e.digest, e.doc) for e in made] == [(e.module, e.digest, e.doc) for e in read]
    for entry in made:
        assert index.load(entry)[0].name == entry.declaration.name


def test_every_builtin_can_be_loaded_and_says_what_its_file_says() -> None:
    for entry in index.builtins():
        declaration, function = index.load(entry)
        assert callable(function)
        assert declaration == entry.declaration


def test_the_builtins_read_from_a_cache_can_be_loaded(tmp_path: Path) -> None:
    index.builtins(tmp_path)
    for entry in index.builtins(tmp_path):
        index.load(entry)


def test_a_workspaces_file_runs_only_when_it_is_the_one_that_was_read(tmp_path: Path) -> None:
    path = write(tmp_path, "notes", GOOD)
    [entry] = index.read(path)
    assert index.load(entry)[1](None) == ()
    write(tmp_path, "notes", GOOD + "# one more line\n")
    with pytest.raises(PluginError, match="changed while it was being loaded"):
        index.load(entry)


def test_a_pyc_beside_the_source_is_never_loaded(tmp_path: Path) -> None:
    evil = write(tmp_path / "evil", "notes", GOOD.replace("return ()", 'return ("evil",)'))
    path = write(tmp_path, "notes", GOOD)
    stat = path.stat()
    os.utime(evil, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    compiled = tmp_path / "__pycache__" / f"notes.{sys.implementation.cache_tag}.pyc"
    for target in (compiled, tmp_path / "notes.pyc"):
        py_compile.compile(str(evil), str(target), invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH)
    [entry] = index.read(path)
    assert index.load(entry)[1](None) == ()


def test_a_file_that_fails_to_load_is_the_plugins_fault(tmp_path: Path) -> None:
    [entry] = index.read(write(tmp_path, "notes", GOOD + "\nimport no_such_module_anywhere\n"))
    with pytest.raises(PluginError, match="cannot be loaded: No module named"):
        index.load(entry)


def test_a_declaration_that_changes_when_it_runs_is_refused(tmp_path: Path) -> None:
    more = "\nnotes.__tocsin__ = None\n"
    [entry] = index.read(write(tmp_path, "notes", GOOD + more))
    with pytest.raises(PluginError, match="no plug-in"):
        index.load(entry)


def test_loading_a_workspaces_file_leaves_no_pyc_behind(tmp_path: Path) -> None:
    [entry] = index.read(write(tmp_path, "notes", GOOD))
    index.load(entry)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.py"]
