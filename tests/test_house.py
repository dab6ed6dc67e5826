"""The tree keeps the rules of the house; tests/test_house_rules.py shows that each rule can fail."""

import re
import tomllib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

import pytest

from tests.house import constructs, floors, shape, tree
from tests.house.sources import ROOT, Source, sources, tracked
from tests.skips import LIST, read
from tocsin.cli.main import COMMANDS
from tocsin.runtime.index import builtins

SAMPLES = ROOT / "samples"
IMPORT_NAMES = {"pyyaml": "yaml", "tree-sitter": "tree_sitter", "tree-sitter-python": "tree_sitter_python"}
NOTES = {"jinja2": "jinja", "tree-sitter-python": "tree-sitter"}
DATA_ONLY = {"tzdata"}  # zoneinfo finds it by itself
Rule = Callable[[Source], Iterator[str]]

IN_PACKAGE: list[Rule] = [
    shape.too_long,
    shape.empty_name,
    shape.undocumented,
    shape.full_init,
    shape.plugin_page,
    shape.silent_exception,
    constructs.unsafe,
    constructs.broad_except,
    constructs.built_sql,
    constructs.stray_output,
    constructs.second_way,
    constructs.hidden_import,
    constructs.posix_only,
]
EVERYWHERE: list[Rule] = [shape.too_long, shape.empty_name, shape.silent_exception]
OF_GRAPH = [floors.upward, floors.homeless, floors.plugin_imports, floors.content_code, floors.cycles]


def hold(problems: Iterable[str]) -> None:
    found = list(problems)
    assert not found, "\n" + "\n".join(found)


def name(rule: Callable[..., object]) -> str:
    return rule.__name__


@pytest.mark.parametrize("rule", IN_PACKAGE, ids=name)
def test_the_package_keeps(rule: Rule) -> None:
    hold(problem for source in sources("src") for problem in rule(source))


@pytest.mark.parametrize("rule", EVERYWHERE, ids=name)
def test_tests_and_tools_keep(rule: Rule) -> None:
    others = sources("tests", "tools", "demo", "benchmarks")
    hold(problem for source in others for problem in rule(source))


@pytest.mark.parametrize("rule", OF_GRAPH, ids=name)
def test_imports_keep(rule: Callable[[floors.Graph], Iterator[str]]) -> None:
    hold(rule(floors.graph(sources("src"))))


def test_the_floors_of_import_linter_are_ours() -> None:
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    listed = [re.findall(r"\((\w+)\)", line) for line in re.findall(r'^  "(\(.*\))",$', text, re.MULTILINE)]
    assert [tuple(floor) for floor in listed if not set(floor) & floors.SIDES] == [tuple(f) for f in floors.FLOORS]


def names_by_kind() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for entry in builtins():
        found.setdefault(entry.declaration.kind.value, []).append(entry.declaration.name)
    content = ROOT / "src" / "tocsin" / "content"
    found["rule"] = sorted(path.stem for path in (content / "rules").rglob("*.y*ml"))
    found["secret"] = sorted(path.stem for path in (content / "secrets").rglob("*.toml"))
    return found


def test_every_plugin_rule_and_secret_kind_has_its_samples_and_its_quiet_twin() -> None:
    hold(p for kind, names in names_by_kind().items() for p in tree.sampleless(kind, names, SAMPLES))


def test_every_sample_folder_belongs_to_something() -> None:
    hold(p for kind, names in names_by_kind().items() for p in tree.orphans(kind, names, SAMPLES))
    hold(tree.unknown_kinds(SAMPLES))


def test_a_plugin_bears_the_name_of_its_file() -> None:
    hold(f"{e.path} declares {e.declaration.name}" for e in builtins() if Path(e.path).stem != e.declaration.name)


def test_each_core_dependency_is_imported_by_the_package_and_has_a_decision_note() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    needed = {re.split(r"[><=;\[ ]", line)[0] for line in project["dependencies"]} - DATA_ONLY
    imported = {name.split(".")[0] for source in sources("src") for _, name in constructs.imported(source.tree)}
    hold(f"{name} is installed for nothing" for name in needed if IMPORT_NAMES.get(name, name) not in imported)
    notes = {path.stem for path in (ROOT / "docs" / "decisions").glob("*.md")}
    hold(f"{name} has no note in docs/decisions" for name in needed if NOTES.get(name, name) not in notes)


def test_no_file_names_the_machine_it_was_written_on() -> None:
    found: list[str] = []
    for path in tracked():
        if path.parts[0] == "samples" or path.name == "uv.lock":
            continue
        try:
            text = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += list(tree.machine_paths(path.as_posix(), text, str(ROOT)))
    hold(found)


def test_no_file_is_too_big_for_the_repository() -> None:
    hold(p for path in tracked() for p in tree.heavy(path, (ROOT / path).stat().st_size))


def test_each_line_of_the_list_of_skips_is_well_formed() -> None:
    assert all(line.reason for line in read(LIST.read_text(encoding="utf-8")))


def test_each_pattern_of_the_list_of_skips_names_a_file_that_is_there() -> None:
    patterns = [line.pattern for line in read(LIST.read_text(encoding="utf-8"))]
    files = [Path(pattern.partition("::")[0]) for pattern in patterns if pattern != "*"]
    assert [str(file) for file in files if not any(ROOT.glob(str(file)))] == []


def test_each_decision_note_says_what_why_and_instead_of_what() -> None:
    notes = [path for path in (ROOT / "docs" / "decisions").glob("*.md") if path.name != "README.md"]
    texts = {note.name: note.read_text(encoding="utf-8") for note in notes}
    wanted = ("What", "Why", "Instead of")
    hold(
        f"{name} does not say: {w}"
        for name, text in texts.items()
        for w in wanted
        if not re.search(rf"^(?:## |\*\*){w}\b", text, re.MULTILINE)
    )


def test_each_decision_note_is_listed() -> None:
    folder = ROOT / "docs" / "decisions"
    listed = (folder / "README.md").read_text(encoding="utf-8")
    hold(note.name for note in folder.glob("*.md") if note.name != "README.md" and f"({note.name})" not in listed)


def test_each_link_of_the_pages_leads_somewhere() -> None:
    pages = [ROOT / path for path in tracked() if path.suffix == ".md" and path.parts[0] != "samples"]
    hold(problem for page in pages for problem in tree.dead_links(page, page.read_text(encoding="utf-8")))


def test_the_readme_lists_only_commands_that_are_there() -> None:
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    named = set(re.findall(r"(?:^|[`$] ?)\s*tocsin (?:--workspace \S+ )?([a-z]+)", text, re.MULTILINE))
    assert named - set(COMMANDS) == set()
